// Scattering Properties: S_J contracts, keeps the norm, moves little with translations the larger J is, and moves as much as ‖∇τ‖∞ with
// deformations, since wavelets nearly commute with them. Each inequality is measured, with its constant.
import { type Experiment, type Row, experiment } from '@scatterlab/repro'
import { lineThroughZero, randomDisplacement } from '@scatterlab/symmetry'
import { type ShapedArray, startTurns } from '@scatterlab/tensor'
import { filterBank2d, tightFrame } from '@scatterlab/wavelets'
import { type Filters, commutatorNorm, deformationMatrix, localDilation, uniformFilters } from './commutator.ts'
import {
  type Representation,
  contractions,
  deformed,
  dilated,
  largest,
  moves,
  pixels,
  scattering,
  translations,
  wavePacket,
  windowedFourier,
} from './distances.ts'
import { type Energies, energyByOrder } from './energy.ts'
import { type ImageSet, imageSets } from './images.ts'
import { type Curve, energyPlot, frequencyPlot, strengthPlot, translationPlot } from './pictures.ts'

/** How much is measured. */
export interface Budget {
  /** Images of each set. */
  readonly images: number
  /** Side of the photographs. */
  readonly side: number
  readonly orientations: number
  /** Walkers an image that estimate energies. */
  readonly walkers: number
  /** Strengths ‖∇τ‖∞ of the commutator, and the side of its torus. */
  readonly strengths: readonly number[]
  readonly torus: number
}

/** Highest order of the energies. */
const ORDERS = 6
/** ‖∇τ‖∞ of deformed images. */
const STRENGTHS = [0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5]
const SHIFTS = [1, 2, 4, 8]
/** Side of the windows that scattering with J = 3 is compared with. */
const WINDOW = 16

const scatteringProperties: Experiment<Budget> = experiment({
  name: 'scattering-properties',
  slide: 'Scattering Properties',
  claim:
    'S_J contracts, keeps the norm, and is stable to deformations: ‖[W, D_τ]‖ ≤ C‖∇τ‖∞, ‖S_J D_τ x − S_J x‖ ≤ C‖∇τ‖∞‖x‖',
  budgets: {
    quick: {
      images: 16,
      side: 64,
      orientations: 4,
      walkers: 32,
      torus: 32,
      strengths: [0.05, 0.1, 0.2, 0.3, 0.4, 0.5],
    },
    full: {
      images: 24,
      side: 64,
      orientations: 8,
      walkers: 256,
      torus: 32,
      strengths: [0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5],
    },
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run({ budget, seed, backend, dataFolder, progress, signal, output }) {
    const { orientations, walkers, strengths } = budget
    const { sets, data, note } = await progress.during('data', () =>
      imageSets({ dataFolder, signal, count: budget.images, side: budget.side }),
    )
    output.describe({
      data,
      protocol:
        'grey images of mean 0 and norm 1 on the torus; Morlet filters, L = 8, order 2, divided by √max A where ‖S_J‖ ≤ 1 is asked; ' +
        `energies: filters divided by √A(ω), L = ${orientations}, all paths by ${walkers} walkers an image; ` +
        `deformations: random fields of frequencies up to 3 half periods, one an image; commutator: ${budget.torus}×${budget.torus}, L = ${orientations}, ` +
        'power iteration over x below 3π/4',
      note,
    })
    const turns = startTurns(signal)
    const common = { backend, signal }
    const scalesOf = ({ shape }: ImageSet): number[] => range(1, Math.log2(shape[1]) - 1)

    // ‖S_J x − S_J y‖ ≤ ‖x − y‖, and the less the larger J
    for (const set of sets) {
      const ratios = await progress.during(`contraction: ${set.name}`, async () => {
        const found: Float64Array[] = []
        for (const scales of scalesOf(set)) {
          const S = scattering({ side: set.shape[1], scales, whole: true, ...common })
          found.push(await contractions(set, S))
          S.dispose()
        }
        return found
      })
      ratios.forEach((own, i) => number('‖S_J x − S_J y‖ / ‖x − y‖, largest', set.name, largest(own), { J: i + 1 }))
      const growth = ratios.slice(1).map((own, i) => largest(own.map((ratio, pair) => ratio / ratios[i][pair])))
      number('‖S_J x − S_J y‖ over that of J − 1, largest', set.name, largest(growth))
    }

    // ‖S x‖² = ‖x‖²: the energies of all orders sum to 1
    const energies: Record<string, readonly Energies[]> = {}
    for (const set of sets) {
      const all = scalesOf(set)
      const found = await progress.during(
        `energy: ${set.name}`,
        async (phase) => {
          const each: Energies[] = []
          for (const scales of all) {
            const settings = {
              scales,
              orientations,
              maxOrder: ORDERS,
              walkers,
              seed: `${set.name}, ${scales}, ${seed}`,
            }
            each.push(await energyByOrder(set, { ...settings, backend, onOrder: () => turns.next() }))
            phase.advance()
          }
          return each
        },
        all.length,
      )
      energies[`${set.name}, J = ${all.at(-1)}`] = found
      const [J, { orders, errors, growing }] = [all.at(-1)!, found.at(-1)!]
      for (const order of [0, 1, 2, 3, 4]) {
        const settings = { J, order, standardError: round(100 * errors[order]) }
        number('energy of an order', set.name, 100 * orders[order], settings, '%')
      }
      found.forEach((own, i) =>
        number(`energy of orders 0 to ${ORDERS}`, set.name, 100 * total(own.orders), { J: all[i] }, '%'),
      )
      number('energy of the paths j1 < j2 < … alone', set.name, 100 * total(growing), { J }, '%')
    }
    output.file('energies.json', JSON.stringify(energies, null, 1))
    const left = Object.entries(energies).map(([label, found]) => ({ label, ...leftAfter(found.at(-1)!) }))
    await output.figure('energy', energyPlot(left), 'A tight frame: what is left falls to 0, so that the norm is kept.')

    // ‖[W, D_τ]‖ ≤ C‖∇τ‖∞, while a windowed Fourier transform has a constant for each frequency
    const side = budget.torus
    const bank = filterBank2d({ shape: [side, side], scales: 3, orientations })
    const frame = tightFrame(bank)
    const uniform = uniformFilters(side, WINDOW)
    const transforms: Record<string, Filters> = {
      wavelets: { side, grids: [frame.phi, ...frame.psi] },
      'windowed Fourier': uniform,
    }
    const kinds = {
      dilation: (s: number) => localDilation(side, s),
      'random field': (s: number) =>
        randomDisplacement({ shape: [side, side], gradient: s, seed: `commutator ${seed}` }).data,
    }
    const norms: Curve[] = []
    for (const [kind, field] of Object.entries(kinds)) {
      for (const [name, filters] of Object.entries(transforms)) {
        const y = await progress.during(
          `commutator: ${name}, ${kind}`,
          async (phase) => {
            let start: Float32Array | undefined
            const found: number[] = []
            for (const s of strengths) {
              const options = { backend, ...(start && { start }), onStep: () => turns.next() }
              const { norm, x } = await commutatorNorm(filters, deformationMatrix(field(s), side), options)
              start = x
              found.push(norm)
              phase.advance()
            }
            return found
          },
          strengths.length,
        )
        straight('‖[W, D_τ]‖ / ‖∇τ‖∞', name, strengths, y, { deformation: kind })
        norms.push({ label: `${name}, ${kind}`, x: strengths, y })
      }
    }
    await output.figure('commutator', strengthPlot('The commutator with a deformation', '‖[W, D_τ]‖', norms))
    const slight = deformationMatrix(localDilation(side, strengths[0]), side)
    const oneFilter = async (grid: Float64Array): Promise<number> =>
      (await commutatorNorm({ side, grids: [grid] }, slight, { backend, onStep: () => turns.next() })).norm /
      strengths[0]
    const byFrequency = await progress.during('commutator by frequency', async () => ({
      wavelets: await constants(
        // along the axes, as the other filters are
        bank.psi.flatMap(({ xi, orientation }, i) => (orientation === 0 ? [{ at: xi, of: frame.psi[i] }] : [])),
        oneFilter,
      ),
      'windowed Fourier': await constants(
        uniform.centres.flatMap((at, i) => (at > 0 && at < 0.7 * Math.PI ? [{ at, of: uniform.grids[i] }] : [])),
        oneFilter,
      ),
    }))
    for (const [name, { x, y }] of Object.entries(byFrequency)) {
      x.forEach((xi, i) => number('‖[ψ⋆, D_τ]‖ / ‖∇τ‖∞ of one filter', name, y[i], { frequency: round(xi) }))
    }
    await output.figure(
      'commutator-by-frequency',
      frequencyPlot('One filter’s commutator with a dilation', curvesOf(byFrequency)),
      `‖∇τ‖∞ = ${strengths[0]}.`,
    )

    // ‖S_J T_c x − S_J x‖ ≤ C 2^−J |c| ‖x‖
    const shifted: Curve[] = []
    for (const set of sets) {
      const all = await progress.during(`translation: ${set.name}`, async () => {
        const found: { J: number; y: number[] }[] = []
        for (const J of scalesOf(set)) {
          const S = scattering({ side: set.shape[1], scales: J, ...common })
          found.push({ J, y: await translations(set, S, SHIFTS) })
          S.dispose()
        }
        return found
      })
      SHIFTS.forEach((c, i) => {
        const { J, y } = all.at(-1)!
        number('‖S_J T_c x − S_J x‖ / ‖x‖', set.name, y[i], { J, c })
        number(
          'its constant, × 2^J / c, largest over J',
          set.name,
          largest(all.map(({ J, y }) => (y[i] * 2 ** J) / c)),
          { c },
        )
        if (set === sets[0])
          shifted.push({ label: `${set.name}, c = ${c}`, x: all.map(({ J }) => 2 ** J), y: all.map(({ y }) => y[i]) })
      })
    }
    await output.figure('translation', translationPlot(shifted))

    // ‖S_J D_τ x − S_J x‖ ≤ C ‖∇τ‖∞ ‖x‖
    for (const set of sets) {
      const waysOf = representations(set.shape[1])
      const all = deformed(set, STRENGTHS, `deformation ${seed}`)
      const curves: Curve[] = []
      for (const [name, of] of Object.entries(waysOf)) {
        const y = await progress.during(`deformation: ${set.name}, ${name}`, () => moves(plain(set), all, of))
        straight('‖Φ D_τ x − Φ x‖ / ‖x‖‖∇τ‖∞', name, STRENGTHS, y, { images: set.name })
        curves.push({ label: name, x: STRENGTHS, y })
        of.dispose?.()
      }
      await output.figure(
        `deformation-${set.name.toLowerCase()}`,
        strengthPlot(`Deformed ${set.name}: how far what stands for them moves`, '‖Φ D_τ x − Φ x‖ / ‖x‖', curves),
      )
    }

    // the same of waves: the constant of a windowed Fourier modulus grows with the frequency
    const small = [0.01, 0.02, 0.04]
    const frequencies = [1, 2, 3, 4, 6, 8].map((k) => (k * Math.PI) / 16)
    const waves: Record<string, { x: number[]; y: number[] }> = {}
    for (const [name, of] of Object.entries(representations(64))) {
      if (name === 'pixels') continue
      waves[name] = await progress.during(`waves: ${name}`, () =>
        constants(
          frequencies.map((xi) => ({ at: xi, of: wavePacket(64, xi) })),
          async (packet) => {
            const all = dilated(packet, small)
            return lineThroughZero(
              all.map(({ strength }) => strength),
              await moves(packet, all, of),
            ).slope
          },
        ),
      )
      of.dispose?.()
      waves[name].x.forEach((xi, i) =>
        number('constant for a dilated wave', name, waves[name].y[i], { frequency: round(xi) }),
      )
    }
    await output.figure(
      'waves',
      frequencyPlot('A wave made a little larger: how far what stands for it moves', curvesOf(waves)),
    )

    function representations(of: number): Record<string, Representation> {
      return {
        pixels,
        'Fourier modulus': windowedFourier(of, backend),
        'windowed Fourier modulus': windowedFourier(WINDOW, backend),
        'S_J, order 1': scattering({ side: of, scales: 3, maxOrder: 1, ...common }),
        'S_J, order 2': scattering({ side: of, scales: 3, ...common }),
      }
    }

    /** Reports how straight a curve through 0 is, and its constant. */
    function straight(
      measure: string,
      method: string,
      x: readonly number[],
      y: readonly number[],
      settings: Row['settings'],
    ): void {
      const { slope, residual } = lineThroughZero(x, y)
      number(measure, method, slope, settings)
      number('departure from a straight line through 0', method, 100 * residual, settings, '%')
      number('slope at the strongest over that at the weakest', method, y.at(-1)! / x.at(-1)! / (y[0] / x[0]), settings)
    }

    function number(measure: string, method: string, value: number, settings: Row['settings'] = {}, unit = ''): void {
      output.row({ measure, method, settings, value, unit })
    }
  },
})

/** What orders above m hold, in per cent; no less than rounding. */
const leftAfter = ({ orders }: Energies): { x: number[]; y: number[] } => ({
  x: orders.map((_, m) => m),
  y: orders.map((_, m) => Math.max(1e-3, 100 * (1 - total(orders.slice(0, m + 1))))),
})

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i)
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
const round = (value: number): number => Number(value.toFixed(2))
const plain = ({ data, shape }: ImageSet): ShapedArray => ({ data, shape: [...shape] })
const curvesOf = (all: Readonly<Record<string, { x: number[]; y: number[] }>>): Curve[] =>
  Object.entries(all).map(([label, { x, y }]) => ({ label, x, y }))

/** A constant for each frequency, one after the other, from low to high. */
async function constants<T>(
  all: readonly { readonly at: number; readonly of: T }[],
  measure: (of: T) => Promise<number>,
): Promise<{ x: number[]; y: number[] }> {
  const sorted = all.toSorted((a, b) => a.at - b.at)
  const y: number[] = []
  for (const { of } of sorted) y.push(await measure(of))
  return { x: sorted.map(({ at }) => at), y }
}

export default scatteringProperties
