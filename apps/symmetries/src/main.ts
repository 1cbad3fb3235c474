// Linearization of Symmetries; Translation and Deformations: the orbit {g.x} of an image is curved in the space of pixels. A good Φ makes
// it flat: a linear operator can then remove the symmetry, and moves along it stay small and in proportion to the deformation.
import { take, toFloat32 } from '@scatterlab/datasets'
import { mnistOrSample } from '@scatterlab/datasets/mnist-or-sample'
import { evaluate, fit } from '@scatterlab/nn'
import { type Experiment, type Row, errorRow, experiment, grouped, trainingHost } from '@scatterlab/repro'
import type { ShapedArray } from '@scatterlab/tensor'
import { SIDE, convNet, framed, trainingBy } from './convnet.ts'
import { STRENGTHS, type Stability, deformedDigits, stability } from './deformations.ts'
import { morph } from './morph.ts'
import { face } from './face.ts'
import { type Flatness, RANGE, flatness, groups, orbitsOf } from './orbits.ts'
import { byRepresentation, distancePlot, morphStrip } from './pictures.ts'
import { SCALES, representations } from './representations.ts'

/** How much is looked at, and how long the network is trained. */
export interface Budget {
  /** Digits whose orbits are followed. */
  readonly orbits: number
  /** Digits that are deformed. */
  readonly deformed: number
  readonly known: number
  readonly steps: number
  /** Iterations that invert Φ in the morph. */
  readonly iterations: number
}

const symmetries: Experiment<Budget> = experiment({
  name: 'symmetries',
  slide: 'Linearization of Symmetries; Translation and Deformations',
  claim: 'Φ flattens the orbits {g.x} of translations and small diffeomorphisms',
  budgets: {
    quick: { orbits: 20, deformed: 50, known: 3_000, steps: 400, iterations: 100 },
    full: { orbits: 200, deformed: 200, known: 60_000, steps: 4_000, iterations: 300 },
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run(context) {
    const { budget, seed, backend, dataFolder, progress, signal, output } = context
    const { digits, note } = await progress.during('data', () => mnistOrSample({ folder: dataFolder, signal }))
    const portrait = await face(dataFolder, signal)
    const known = take(digits.train, Math.min(budget.known, digits.train.labels.length))
    const digitsOf = (count: number): ShapedArray<Float32Array> =>
      toFloat32(take(digits.test, Math.min(count, digits.test.labels.length)).images, { pad: [SIDE, SIDE] })
    output.describe({
      data: `${digits.source}; ${portrait.source}`,
      protocol:
        `digits framed by zeros to 32×32; orbits of the first ${budget.orbits} test digits, 9 points each: translations by up to ` +
        `${RANGE.pixels} pixels, rotations by 30°, scalings by e^±${RANGE.scale}, shears by ${RANGE.shear}, a random field of ` +
        `‖∇τ‖∞ = ${RANGE.gradient}; deformations of the first ${budget.deformed} by random fields, one a digit; scattering with L = 8; ` +
        `ConvNet trained on the first ${grouped(known.labels.length)} training digits for ${budget.steps} steps of 50, none of them deformed`,
      note: [note, portrait.note].filter((text) => text !== undefined).join('. ') || undefined,
    })

    // a Φ that is learned, beside those that are not
    const host = await trainingHost(context, 'convnet', budget.steps, { every: 500 })
    const { weights } = await fit(convNet, { ...trainingBy(known, budget.steps), ...host })
    const { errors: count, total } = await evaluate(convNet, weights, framed(digits.test, 500), { signal })
    output.row(errorRow({ method: 'ConvNet', count, total }))
    const { all, dispose } = representations(weights, backend, signal)
    const names = Object.keys(all)

    // orbits: curved by pixels, nearly straight after Φ
    const found: Record<string, Record<string, Flatness>> = {}
    const some = digitsOf(budget.orbits)
    for (const [name, group] of Object.entries(groups(SIDE, `orbit ${seed}`))) {
      const own = await progress.during(
        name,
        async (phase) => {
          const orbits = orbitsOf(some, group)
          const each: Record<string, Flatness> = {}
          for (const [way, of] of Object.entries(all)) {
            each[way] = await flatness(orbits, of)
            phase.advance()
          }
          return each
        },
        names.length,
      )
      found[name] = own
      for (const [way, { turn, one, two, residual }] of Object.entries(own).filter(([way]) => isShown(way))) {
        number('turn of the orbit, radians', way, turn, { group: name })
        number('share of variance in one direction', way, 100 * one, { group: name }, '%')
        number('share of variance in two directions', way, 100 * two, { group: name }, '%')
        number('move to the ends beside the tangent', way, residual, { group: name })
      }
    }
    output.file('orbits.json', JSON.stringify(found, null, 1))
    const shown = names.filter(isShown)
    const overGroups = (pick: (flat: Flatness) => number) =>
      Object.fromEntries(Object.entries(found).map(([group, own]) => [group, shown.map((way) => pick(own[way]))]))
    await output.figure(
      'turns',
      byRepresentation(
        'By how much orbits of digits turn',
        'radians, from end to end',
        shown.map(short),
        overGroups(({ turn }) => turn),
      ),
    )
    await output.figure(
      'variance',
      byRepresentation(
        'Variance of orbits beyond two directions',
        'share of the variance, %',
        shown.map(short),
        overGroups(({ two }) => 100 * (1 - two)),
      ),
    )

    // deformations: distances against ‖∇τ‖∞
    const moved = digitsOf(budget.deformed)
    const deformed = deformedDigits(moved, `deformations ${seed}`)
    const stabilities: Record<string, Stability> = {}
    for (const [way, of] of Object.entries(all)) {
      const own = await progress.during(`deformations: ${way}`, () => stability(moved, deformed, of, String(seed)))
      stabilities[way] = own
      number('‖Φ D_τ x − Φ x‖ / ‖Φ x‖‖∇τ‖∞', way, own.slope)
      number('departure from a straight line through 0', way, 100 * own.residual, {}, '%')
      number('distance to another digit, over ‖Φ x‖', way, own.others)
      number('deformed over another digit', way, own.distances[STRENGTHS.indexOf(0.3)] / own.others, { gradient: 0.3 })
      number('R: moved by deformation over noise', way, own.relative, { gradient: 0.3 })
    }
    output.file('deformations.json', JSON.stringify(stabilities, null, 1))
    const drawn = Object.fromEntries(Object.entries(stabilities).filter(([way]) => isShown(way)))
    await output.figure('deformations', distancePlot(drawn))

    // along an orbit, and two ways between its ends
    const morphs = {
      translations: {
        x: { data: digitsOf(1).data, shape: [SIDE, SIDE] },
        title: 'A digit along its orbit of translations',
      },
      rotations: { x: { data: digitsOf(1).data, shape: [SIDE, SIDE] }, title: 'A digit along its orbit of rotations' },
      'random deformations': { x: portrait.x, title: 'A face along an orbit of deformations' },
    }
    for (const [group, { x, title }] of Object.entries(morphs)) {
      const [side] = x.shape
      const ways = await progress.during(`morph: ${group}`, () =>
        morph(x, groups(side, `orbit ${seed}`)[group], { iterations: budget.iterations, backend, signal }),
      )
      number('distance of the mix from the orbit, over ‖x‖', 'pixels', ways.apart.pixels, { group })
      number('distance of the mix from the orbit, over ‖x‖', 'Φ, inverted', ways.apart.phi, { group })
      await output.figure(
        `morph-${group.replace(' ', '-')}`,
        morphStrip(title, ways, side),
        'First row: the orbit. Second: both ends mixed. Third: the image whose Φ is the mix of those of the ends.',
      )
    }
    dispose()

    function number(
      measure: string,
      method: string,
      value: number,
      settings: Row['settings'] = {},
      unit: Row['unit'] = '',
    ): void {
      output.row({ measure, method, settings, value, unit })
    }
  },
})

/** What tables and figures show of the orbits; the files hold all. */
const isShown = (way: string): boolean =>
  !way.startsWith('Φ') || way.endsWith('order 2') || way === `Φ, J = ${SCALES[0]}, order 1`

/** A name that fits under a tick. */
const short = (way: string): string =>
  way
    .replace('Fourier modulus', '|Fourier|')
    .replace(/, order \d/, '')
    .replace('ConvNet, ', '')

export default symmetries
