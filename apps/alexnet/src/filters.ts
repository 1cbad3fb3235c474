// The first layer of a network as what the slide shows: small colour pictures, each with its strongest colour and what Gabor function
// its pattern in that colour is nearest to.
import type { Weights } from '@scatterlab/nn'
import type { Measured, RunContext } from '@scatterlab/repro'
import { type Random, random } from '@scatterlab/tensor'
import { type GaborFit, type Pattern, fitGabor } from './gabor.ts'
import { filterFigure } from './pictures.ts'

/** One learned filter. */
export interface Filter {
  /** [side, side, 3], row by row, red, green and blue of a pixel together. */
  readonly pixels: Float32Array
  readonly side: number
  /** The unit colour c that holds most of the filter's energy: w ≈ pattern ⊗ c; its sum is not negative. */
  readonly colour: readonly [red: number, green: number, blue: number]
  /** Which share of the energy that is. */
  readonly share: number
  /** Share of the energy of the colour c that is grey. */
  readonly greyness: number
  readonly pattern: Pattern
  readonly fit: GaborFit
  /** Whether the fit is a wave: it does not reach frequency 0, and half a wavelength lies within the filter; else it is a blob. */
  readonly isWave: boolean
  /** R² of the same fit to the same numbers in random order: what 25 numbers and 7 parameters come to by themselves. */
  readonly shuffledR2: number
}

/** The filters of a weight array [filters, 3, side, side]. */
export function filtersOf(
  weights: { readonly data: ArrayLike<number>; readonly shape: readonly number[] },
  seed: number,
): Filter[] {
  const [count, channels, side] = weights.shape as [number, number, number]
  if (channels !== 3) throw new RangeError(`filters of ${channels} channels: give filters of red, green and blue`)
  const area = side * side
  const stream = random(`${seed} shuffled filters`)
  return Array.from({ length: count }, (_, f) => {
    const plane = (c: number) => Float64Array.from({ length: area }, (__, i) => weights.data[(f * 3 + c) * area + i])
    const planes = [plane(0), plane(1), plane(2)] as const
    const { colour, share } = strongestColour(planes)
    const data = planes[0].map((_v, i) => planes.reduce((sum, p, c) => sum + colour[c] * p[i], 0))
    const pattern: Pattern = { data, shape: [side, side] }
    const fit = fitGabor(pattern)
    return {
      pixels: Float32Array.from({ length: area * 3 }, (__, i) => planes[i % 3][Math.floor(i / 3)]),
      side,
      colour,
      share,
      greyness: (colour[0] + colour[1] + colour[2]) ** 2 / 3,
      pattern,
      fit,
      isWave: fit.octaves !== null && Math.PI / fit.frequency <= side,
      shuffledR2: fitGabor({ data: shuffled(data, stream), shape: [side, side] }).r2,
    }
  })
}

function shuffled(data: Float64Array, stream: Random): Float64Array {
  const order = stream.permutation(data.length)
  return data.map((_, i) => data[order[i]])
}

/** The first eigenvector of Σ_u w(u) w(u)ᵀ, by powers of the matrix. */
function strongestColour(planes: readonly Float64Array[]): { colour: [number, number, number]; share: number } {
  const gram = planes.map((a) => planes.map((b) => a.reduce((sum, v, i) => sum + v * b[i], 0)))
  const trace = gram[0][0] + gram[1][1] + gram[2][2]
  if (trace === 0) return { colour: [1, 0, 0], share: 1 }
  // starts from the largest column, which no first eigenvector is orthogonal to
  const largest = [0, 1, 2].reduce((a, b) => (gram[b][b] > gram[a][a] ? b : a))
  let c = gram.map((row) => row[largest])
  let energy = 0
  for (let i = 0; i < 200; i++) {
    const next = gram.map((row) => row.reduce((sum, g, k) => sum + g * c[k], 0))
    const length = Math.hypot(...next)
    energy = length / Math.hypot(...c)
    c = next.map((v) => v / length)
  }
  const sign = c[0] + c[1] + c[2] < 0 ? -1 : 1
  return { colour: c.map((v) => sign * v) as [number, number, number], share: energy / trace }
}

/** Keeps what the first layer learned: how well Gabor functions fit its filters, all that was fitted, and the picture. */
export async function showFilters(
  { seed, progress, output }: Pick<RunContext<unknown>, 'seed' | 'progress' | 'output'>,
  { parameters }: Weights,
  title: string,
  caption?: string,
): Promise<void> {
  const { 'conv1.weight': first } = parameters
  const filters = await progress.during('Gabor fits', async () =>
    filtersOf({ data: await first.read(), shape: first.shape }, seed),
  )
  filterRows(filters).forEach(output.row)
  output.file('gabor-fits.json', fitsAsJson(filters))
  await output.figure('filters', filterFigure(filters, title), caption)
}

/** How well Gabor functions fit, beside how well they fit the same numbers in random order, and how many filters are waves. */
function filterRows(filters: readonly Filter[]): Measured[] {
  const [{ side }] = filters
  const method = `Gabor fits, ${filters.length} filters of ${side}×${side}`
  const waves = filters.filter(({ isWave }) => isWave)
  const blobs = filters.filter(({ isWave }) => !isWave)
  const grey = (measure: string, some: readonly Filter[]): Measured[] =>
    some.length === 0
      ? []
      : [{ measure, method, value: some.reduce((sum, { greyness }) => sum + greyness, 0) / some.length }]
  return [
    { measure: 'median R²', method, value: median(filters.map(({ fit }) => fit.r2)) },
    { measure: 'median R², numbers shuffled', method, value: median(filters.map(({ shuffledR2 }) => shuffledR2)) },
    { measure: 'filters that are waves', method, value: waves.length, settings: { of: filters.length } },
    ...grey('greyness of waves, mean', waves),
    ...grey('greyness of blobs, mean', blobs),
  ]
}

/** All that was fitted, as JSON: a list of filters in their order. Angles in degrees, frequencies in radians a pixel, y down. */
function fitsAsJson(filters: readonly Filter[]): string {
  const fits = filters.map(({ fit, isWave, colour, share, greyness, shuffledR2 }) => {
    const { centre, width, frequency, angle, octaves, r2 } = fit
    const gabor = { angle: (angle * 180) / Math.PI, frequency, octaves, width, centre, r2 }
    return { isWave, ...gabor, shuffledR2, colour, share, greyness }
  })
  return `${JSON.stringify(fits, null, 2)}\n`
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
