// Curse of Dimensionality: to know f(x) from samples nearby, some must be near. In d dimensions the nearest of n points is about
// n^{−1/d} away: drawn, by theory, and among real digits.
import { type GreyShape, type LabelledImages, take, toFloat32 } from '@scatterlab/datasets'
import { mnistOrSample } from '@scatterlab/datasets/mnist-or-sample'
import { type Experiment, type Row, errorRow, experiment, grouped } from '@scatterlab/repro'
import { scattering2d } from '@scatterlab/scattering'
import { startTurns } from '@scatterlab/tensor'
import { type Neighbourhood, type Points, neighbourhoods, withShuffledPixels } from './digits.ts'
import { type Measured, digitPlot, distancePlot, errorPlot } from './pictures.ts'
import { logPointsToCover, nearestDistance, nearestDistanceWrapped, pairDistance } from './theory.ts'
import { draw, logSlope, neighbours, queriesFor } from './uniform.ts'

/** How many points are drawn, and how many digits are looked through. */
export interface Budget {
  readonly dimensions: readonly number[]
  readonly sizes: readonly number[]
  /** Sizes with n·d above this are left out. */
  readonly mostNumbers: number
  readonly digits: readonly number[]
  readonly unseen: number
}

/** Radius of the balls that are to cover the cube. */
const EPSILON = 0.1

/** An error above this share of the deviation of f is no longer on its way to 0 as n^{−1/d}. */
const LAW = 0.5

const dimensions = [1, 2, 3, 5, 10, 20, 50, 100]

const curse: Experiment<Budget> = experiment({
  name: 'curse',
  slide: 'Curse of Dimensionality',
  claim: 'local interpolation needs ε^-d points: in high dimension ‖x − xᵢ‖ is always large',
  budgets: {
    quick: {
      dimensions,
      sizes: [1_000, 10_000, 100_000],
      mostNumbers: 2e6,
      digits: [100, 300, 1_000, 3_000, 10_000],
      unseen: 1_000,
    },
    full: {
      dimensions,
      sizes: [1_000, 10_000, 100_000, 1_000_000],
      mostNumbers: 2e7,
      digits: [100, 300, 1_000, 3_000, 10_000, 60_000],
      unseen: 10_000,
    },
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run({ budget, seed, backend, dataFolder, progress, signal, output }) {
    const { digits, note } = await progress.during('data', () => mnistOrSample({ folder: dataFolder, signal }))
    const digitSizes = budget.digits.filter((size) => size <= digits.train.labels.length)
    const known = take(digits.train, Math.max(...digitSizes))
    const unseen = take(digits.test, Math.min(budget.unseen, digits.test.labels.length))
    output.describe({
      data: `uniform points, drawn; ${digits.source}`,
      protocol:
        'uniform points on the torus and in the cube, as many queries as make the standard error of the mean distance 0.5 % ' +
        '(400 at least); f(x) = the distance on the torus to its middle, from its values at the nearest points; ' +
        `nearest of the first ${grouped(Math.min(...digitSizes))} to ${grouped(known.labels.length)} training digits to ` +
        `${grouped(unseen.labels.length)} test digits, Euclidean; Φ: scattering J = 3, L = 8, order 2, of digits framed to 32×32`,
      note,
    })

    // balls of radius ε cannot cover the cube with fewer than 1/(V_d ε^d) points
    for (const d of [...budget.dimensions, 784])
      number('log₁₀ of the points that cover the cube', 'theory', logPointsToCover(d, EPSILON), { d, radius: EPSILON })

    // the nearest of n points is n^{−1/d} away
    const turns = startTurns(signal)
    const measured: Measured[] = []
    for (const d of budget.dimensions) {
      const sizes = budget.sizes.filter((n) => n * d <= budget.mostNumbers)
      const drawn = await progress.during(
        `${d} dimensions`,
        async (phase) => {
          const all = []
          for (const n of sizes) {
            all.push(await draw(n, d, `${n} points of ${d} dimensions, ${seed}`, () => turns.next()))
            phase.advance()
          }
          return all
        },
        sizes.length,
      )
      const torus = drawn.map((one) => one.torus)
      const error = drawn.map(({ interpolation: [nearest] }) => nearest)
      const largest = { d, n: sizes.at(-1)! }
      number('nearest distance on the torus', 'drawn', torus.at(-1)!, largest)
      number('nearest distance over √(d/6)', 'drawn, torus', torus.at(-1)! / pairDistance(d), largest)
      number('nearest distance over √(d/6)', 'drawn, cube', drawn.at(-1)!.cube / pairDistance(d), largest)
      for (const [theory, of] of Object.entries({
        'Γ(1+1/d)(nV_d)^(−1/d)': nearestDistance,
        wrapped: nearestDistanceWrapped,
      })) {
        const departures = torus.map((r, i) => 100 * (r / of(sizes[i], d) - 1))
        const farthest = departures.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a))
        number('farthest from theory at any n', theory, farthest, { d }, '%')
      }
      const wrapped = sizes.map((n) => nearestDistanceWrapped(n, d))
      number('slope of the distance, times −d', 'drawn', -d * slopeOf(sizes, torus), { d })
      number('slope of the distance, times −d', 'wrapped', -d * slopeOf(sizes, wrapped), { d })
      if (error.at(-1)! < LAW) number('slope of the error, times −d', '1-NN', -d * slopeOf(sizes, error), { d })
      neighbours.forEach((k, i) => {
        const settings = { ...largest, queries: queriesFor(d) }
        number('error over the deviation of f', `${k}-NN`, drawn.at(-1)!.interpolation[i], settings)
      })
      measured.push({ d, sizes, torus, cube: drawn.map(({ cube }) => cube), error })
    }
    output.file('uniform.json', JSON.stringify(measured, null, 1))
    await output.figure('distances', distancePlot(measured), 'On the torus; theory with balls that wrap.')
    await output.figure(
      'interpolation',
      errorPlot(measured),
      '1 is the error of the mean of f, which looks at no point.',
    )

    // the same of real images: pixels, pixels made independent, Φ
    const transform = scattering2d({ shape: [32, 32], scales: 3, orientations: 8, backend })
    const pixelsOf = ({ images }: LabelledImages<GreyShape>): Promise<Points> => Promise.resolve(toFloat32(images))
    const scatteringOf = ({ images }: LabelledImages<GreyShape>): Promise<Points> =>
      transform.transformAsync(images, { prepare: (some) => toFloat32(some, { pad: [32, 32] }), signal })
    const ways = {
      pixels: { of: pixelsOf, sets: [known, unseen] },
      Φ: { of: scatteringOf, sets: [known, unseen] },
      'independent pixels': { of: pixelsOf, sets: [known, unseen].map((set) => withShuffledPixels(set, seed)) },
    }
    const found: Record<string, Neighbourhood[]> = {}
    for (const [way, { of, sets }] of Object.entries(ways)) {
      const all = await progress.during(
        `digits: ${way}`,
        async (phase) => {
          const [a, b] = [await of(sets[0]), await of(sets[1])]
          const options = { backend, signal, onSize: () => phase.advance() }
          return neighbourhoods(a, known.labels, b, unseen.labels, digitSizes, options)
        },
        digitSizes.length,
      )
      found[way] = all
      const { nearest, dimension, standardError, size: n } = all.at(-1)!
      const fromSlope =
        -1 /
        slopeOf(
          digitSizes,
          all.map(({ nearest }) => nearest),
        )
      number('nearest distance over the mean distance', way, nearest, { n })
      number('intrinsic dimension', way, dimension, { n, standardError: Number(standardError.toFixed(2)) })
      number('dimension by the slope −1/d', way, fromSlope)
      number('log₁₀ of how many times more digits halve it', way, fromSlope * Math.log10(2))
      if (way === 'independent pixels') continue
      for (const { size: trainingSize, errors: count, total } of all)
        output.row(errorRow({ method: `1-NN of ${way}`, settings: { trainingSize }, count, total }))
    }
    transform.dispose()
    await output.figure(
      'digits',
      digitPlot(found),
      'Independent pixels: each drawn from the same place of another digit.',
    )

    function number(measure: string, method: string, value: number, settings: Row['settings'] = {}, unit = ''): void {
      output.row({ measure, method, settings, value, unit })
    }
  },
})

/** The slope over all sizes, or 0 where there is one size only. */
const slopeOf = (sizes: readonly number[], values: readonly number[]): number =>
  sizes.length < 2 ? 0 : logSlope(sizes, values)

export default curse
