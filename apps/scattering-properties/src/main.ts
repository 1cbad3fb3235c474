// Scattering Properties: S_J contracts, keeps the norm, moves little with translations the larger J is, and moves as much as ‖∇τ‖∞ with
// deformations, since wavelets nearly commute with them. Each inequality is measured, with its constant.
import { type Experiment, type Row, experiment } from '@scatterlab/repro'
import { lineThroughZero } from '@scatterlab/symmetry'
import { type ShapedArray, startTurns } from '@scatterlab/tensor'
import { commutatorsOf } from './commutators.ts'
import {
  type Representation,
  byScale,
  contractions,
  deformed,
  largest,
  moves,
  pixels,
  scalesOf,
  scattering,
  translations,
  waveConstants,
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
/** Side of the waves that are dilated, and their frequencies. */
const PACKET = 64
const FREQUENCIES = [1, 2, 3, 4, 6, 8].map((k) => (k * Math.PI) / 16)

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
      walkers: 128,
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

    // ‖S_J x − S_J y‖ ≤ ‖x − y‖, and the less the larger J
    for (const set of sets) {
      const ratios = await progress.during(`contraction: ${set.name}`, () =>
        byScale(set, { whole: true, ...common }, (S) => contractions(set, S)),
      )
      ratios.forEach((own, i) => number('‖S_J x − S_J y‖ / ‖x − y‖, largest', set.name, largest(own), { J: i + 1 }))
      const growth = ratios.slice(1).map((own, i) => largest(own.map((ratio, pair) => ratio / ratios[i][pair])))
      number('‖S_J x − S_J y‖ over that of J − 1, largest', set.name, largest(growth))
    }

    // ‖S x‖² = ‖x‖²: the energies of all orders sum to 1
    const energies: Record<string, readonly Energies[]> = {}
    for (const set of sets) {
      const each: Energies[] = []
      await progress.during(`energy: ${set.name}`, async () => {
        for (const scales of scalesOf(set)) {
          const settings = { scales, orientations, maxOrder: ORDERS, walkers, seed: `${set.name}, ${scales}, ${seed}` }
          each.push(await energyByOrder(set, { ...settings, backend, onOrder: () => turns.next() }))
        }
      })
      const [J, { orders, errors, growing }] = [each.length, each.at(-1)!]
      for (const order of [0, 1, 2, 3, 4]) {
        const settings = { J, order, standardError: round(100 * errors[order]) }
        number('energy of an order', set.name, 100 * orders[order], settings, '%')
      }
      each.forEach((own, i) =>
        number(`energy of orders 0 to ${ORDERS}`, set.name, 100 * total(own.orders), { J: i + 1 }, '%'),
      )
      number('energy of the paths j1 < j2 < … alone', set.name, 100 * total(growing), { J }, '%')
      energies[`${set.name}, J = ${J}`] = each
    }
    output.file('energies.json', JSON.stringify(energies, null, 1))
    const left = Object.entries(energies).map(([label, found]) => ({ label, ...leftAfter(found.at(-1)!) }))
    await output.figure('energy', energyPlot(left), 'A tight frame: what is left falls to 0, so that the norm is kept.')

    // ‖[W, D_τ]‖ ≤ C‖∇τ‖∞, while a windowed Fourier transform has a constant for each frequency
    const commutator = commutatorsOf({ side: budget.torus, orientations, window: WINDOW, backend, turns })
    const norms: Curve[] = []
    for (const deformation of commutator.deformations) {
      for (const transform of commutator.transforms) {
        const y = await progress.during(
          `commutator: ${transform}, ${deformation}`,
          (phase) => commutator.norms(transform, deformation, strengths, String(seed), () => phase.advance()),
          strengths.length,
        )
        straight('‖[W, D_τ]‖ / ‖∇τ‖∞', transform, strengths, y, { deformation })
        norms.push({ label: `${transform}, ${deformation}`, x: strengths, y })
      }
    }
    await output.figure('commutator', strengthPlot('The commutator with a deformation', '‖[W, D_τ]‖', norms))
    const constants = await progress.during('commutator by frequency', () => commutator.byFrequency(strengths[0]))
    for (const { label, x, y } of constants) {
      x.forEach((xi, i) => number('‖[ψ⋆, D_τ]‖ / ‖∇τ‖∞ of one filter', label, y[i], { frequency: round(xi) }))
    }
    await output.figure(
      'commutator-by-frequency',
      frequencyPlot('One filter’s commutator with a dilation', constants),
      `‖∇τ‖∞ = ${strengths[0]}.`,
    )

    // ‖S_J T_c x − S_J x‖ ≤ C 2^−J |c| ‖x‖
    const shifted: Curve[] = []
    for (const set of sets) {
      const moved = await progress.during(`translation: ${set.name}`, () =>
        byScale(set, common, (S) => translations(set, S, SHIFTS)),
      )
      SHIFTS.forEach((c, i) => {
        const J = moved.length
        number('‖S_J T_c x − S_J x‖ / ‖x‖', set.name, moved[J - 1][i], { J, c })
        const constants = moved.map((own, j) => (own[i] * 2 ** (j + 1)) / c)
        number('its constant, × 2^J / c, largest over J', set.name, largest(constants), { c })
        if (set !== sets[0]) return
        const [x, y] = [moved.map((_, j) => 2 ** (j + 1)), moved.map((own) => own[i])]
        shifted.push({ label: `${set.name}, c = ${c}`, x, y })
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
    const waves: Curve[] = []
    for (const [label, of] of Object.entries(representations(PACKET))) {
      if (of !== pixels) {
        const y = await progress.during(`waves: ${label}`, () => waveConstants(PACKET, FREQUENCIES, of))
        FREQUENCIES.forEach((xi, i) => number('constant for a dilated wave', label, y[i], { frequency: round(xi) }))
        waves.push({ label, x: FREQUENCIES, y })
      }
      of.dispose?.()
    }
    await output.figure('waves', frequencyPlot('A wave made a little larger: how far what stands for it moves', waves))

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

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
const round = (value: number): number => Number(value.toFixed(2))
const plain = ({ data, shape }: ImageSet): ShapedArray => ({ data, shape: [...shape] })

export default scatteringProperties
