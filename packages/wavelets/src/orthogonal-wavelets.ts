// Orthonormal wavelet transforms of signals and images, periodic: a cascade of two filters and their decimation, in Fourier, over
// the operations of tensors. As many coefficients as samples, and the inverse is the adjoint.
import {
  type ArrayInput,
  type Rules,
  type Tensor,
  ValueError,
  checkArgument,
  checkOptions,
  complexOf,
  concat,
  fft,
  ifft,
  mul,
  oneOf,
  scope,
  stack,
  sum,
  add,
  tensor,
  wholeNumber,
} from '@scatterlab/tensor'
import type { Box } from './box.ts'
import type { Bank } from './littlewood-paley.ts'
import { checkSignal } from './signal.ts'
import { type OrthogonalFamily, type Transfer, highPassTransfer, lowPassTransfer } from './orthogonal-filters.ts'

/** What an orthonormal transform is made of. */
export interface OrthogonalOptions {
  /** The length of signals [N], or the sides of images [height, width]; multiples of 2^J. */
  readonly shape: readonly number[]
  /** Number of scales J. */
  readonly scales: number
  /** `spline`: Battle–Lemarié. `daubechies`: shortest support. `shannon`: ideal bands. Default `spline`. */
  readonly family?: OrthogonalFamily
  /** Degree of the spline, 0 to 9, default 3; or vanishing moments p of Daubechies, 1 to 12, default 4. Shannon has none. */
  readonly order?: number
}

/** Wx: what each scale adds, and the average that is left. */
export interface WaveletCoefficients {
  /** Scale j: of signals [..., N/2^{j+1}]; of images [..., 3, H/2^{j+1}, W/2^{j+1}]: fine along rows, along columns, along both. */
  readonly details: readonly Tensor[]
  /** [..., N/2^J] or [..., H/2^J, W/2^J]. */
  readonly approximation: Tensor
}

/** An orthonormal transform. As a `Bank` its filters are the moduli of the equivalent ones over 2^{j/2} an axis: A(ω) = 1. */
export interface OrthogonalWavelets extends Bank {
  /** What it was built from, defaults filled in. */
  readonly options: Required<OrthogonalOptions>
  /** Wx of a real array [..., N] or [..., H, W], on the back end of x, recorded on the tape. Throws `ShapeError`, `DTypeError`. */
  readonly analyse: (x: ArrayInput) => WaveletCoefficients
  /** x from its coefficients: the inverse, which is the adjoint too. Throws `ShapeError`. */
  readonly synthesise: (coefficients: WaveletCoefficients) => Tensor
}

const rules: Rules<OrthogonalOptions> = {
  shape: (value) =>
    Array.isArray(value) &&
    (value.length === 1 || value.length === 2) &&
    value.every((n) => !wholeNumber(2, 2 ** 23)(n))
      ? undefined
      : 'a list of one or two whole numbers, each 2 or more',
  scales: wholeNumber(1, 26),
  family: oneOf('spline', 'daubechies', 'shannon'),
  order: wholeNumber(0, 12),
}

const ORDERS: Record<OrthogonalFamily, { least: number; most: number; usual: number; name: string }> = {
  spline: { least: 0, most: 9, usual: 3, name: 'the degree of a spline' },
  daubechies: { least: 1, most: 12, usual: 4, name: 'the vanishing moments' },
  shannon: { least: 0, most: 0, usual: 0, name: 'nothing of Shannon wavelets' },
}

/** Filters of one scale on one axis. */
interface Pair {
  readonly low: Transfer
  readonly high: Transfer
}

/**
 * Builds an orthonormal transform (Mallat 1989; Daubechies 1988; Battle 1987, Lemarié 1988), periodic at the edges: perfect
 * reconstruction to rounding. Throws `ValueError` for options out of range, naming the fix.
 */
export function orthogonalWavelets(given: OrthogonalOptions): OrthogonalWavelets {
  const options = complete(given)
  const { shape, scales, family, order } = options
  const pairs = shape.map((length) =>
    Array.from({ length: scales }, (_, j): Pair => {
      const low = lowPassTransfer(family, order, length / 2 ** j)
      return { low, high: highPassTransfer(low) }
    }),
  )
  return {
    options,
    ...equivalents(shape, pairs),
    analyse: (given) => scope(() => analyse(checkSignal(given, shape), pairs)),
    synthesise: (coefficients) => scope(() => synthesise(checkCoefficients(coefficients, options), pairs)),
  }
}

/** Which of the two filters stands on each axis, for each of the details: [high], or rows, columns, both. */
const detailsOf = (axes: number): readonly (readonly (keyof Pair)[])[] =>
  axes === 1
    ? [['high']]
    : [
        ['high', 'low'],
        ['low', 'high'],
        ['high', 'high'],
      ]

function analyse(x: Tensor, pairs: readonly Pair[][]): WaveletCoefficients {
  const axes = pairs.map((_, i) => i - pairs.length)
  const real = (spectrum: Tensor): Tensor => ifft(spectrum, { axes }).real.clone()
  let low = fft(x, { axes })
  const details = pairs[0].map((_, j) => {
    const through = (names: readonly (keyof Pair)[]): Tensor =>
      names.reduce((spectrum, name, i) => halved(spectrum, axes[i], pairs[i][j][name]), low)
    const bands = detailsOf(axes.length).map((names) => real(through(names)))
    low = through(axes.map(() => 'low'))
    return axes.length === 1 ? bands[0] : stack(bands, -3)
  })
  return { details, approximation: real(low) }
}

function synthesise({ details, approximation }: WaveletCoefficients, pairs: readonly Pair[][]): Tensor {
  const axes = pairs.map((_, i) => i - pairs.length)
  const back = (spectrum: Tensor, names: readonly (keyof Pair)[], j: number): Tensor =>
    names.reduce((wider, name, i) => doubled(wider, axes[i], pairs[i][j][name]), spectrum)
  const spectra = (j: number): Tensor[] =>
    axes.length === 1
      ? [fft(details[j], { axes })]
      : [0, 1, 2].map((band) => fft(details[j].slice(...details[j].shape.slice(0, -3).map(() => null), band), { axes }))
  const whole = details.reduceRight<Tensor>(
    (low, _, j) =>
      spectra(j).reduce(
        (total, spectrum, band) => add(total, back(spectrum, detailsOf(axes.length)[band], j)),
        back(
          low,
          axes.map(() => 'low'),
          j,
        ),
      ),
    fft(approximation, { axes }),
  )
  return ifft(whole, { axes }).real.clone()
}

/** The spectrum of every second sample of x ⋆ h̃: ½ Σ_{two aliases} X·conj ĥ. */
function halved(X: Tensor, axis: number, h: Transfer): Tensor {
  const filtered = mul(X, filterAlong(X, axis, h, 0.5, -1))
  const at = X.rank + axis
  return sum(filtered.reshape(...X.shape.toSpliced(at, 1, 2, X.shape[at] / 2)), { axes: [at] })
}

/** The spectrum of the samples with zeros between them, through h. */
const doubled = (Y: Tensor, axis: number, h: Transfer): Tensor =>
  mul(concat([Y, Y], axis), filterAlong(Y, axis, h, 1, 1))

/** gain·ĥ, conjugated for sign −1, as an array along an axis of `like`. */
function filterAlong(like: Tensor, axis: number, { re, im }: Transfer, gain: number, sign: 1 | -1): Tensor {
  const data = new Float64Array(2 * re.length)
  re.forEach((value, k) => {
    data[2 * k] = gain * value
    data[2 * k + 1] = sign * gain * im[k]
  })
  const shape = axis === -1 ? [re.length] : [re.length, 1]
  return tensor(data, shape, { dtype: complexOf(like.dtype), backend: like.backend })
}

/** |ψ̂_j| = |ĝ(2^jω)| Π_{i<j} |ĥ(2^iω)| over 2^{(j+1)/2} an axis, whole grids; and the low-pass. */
function equivalents(shape: readonly number[], pairs: readonly Pair[][]): Bank {
  const [height, width] = shape.length === 1 ? [1, shape[0]] : shape
  const lows: Float64Array[] = shape.map((length) => new Float64Array(length).fill(1))
  const times = (factor: Float64Array, { re, im }: Transfer): Float64Array =>
    factor.map((value, k) => (value * Math.hypot(re[k % re.length], im[k % re.length])) / Math.SQRT2)
  const boxOf = (factors: readonly Float64Array[]): Box => {
    const [rows, columns] = factors.length === 1 ? [new Float64Array(1).fill(1), factors[0]] : factors
    const values = new Float64Array(height * width)
    for (let r = 0, at = 0; r < height; r++) for (let c = 0; c < width; c++, at++) values[at] = rows[r] * columns[c]
    return { grid: [height, width], row: 0, column: 0, rows: height, columns: width, values }
  }
  const filter = (factors: readonly Float64Array[]): Bank['psi'][number] => ({
    atLevel: (level) => {
      checkArgument('level', level, (value) => (value === 0 ? undefined : '0: the coefficients are decimated already'))
      return boxOf(factors)
    },
  })
  const psi = pairs[0].flatMap((_, j) => {
    const bands = detailsOf(shape.length).map((names) => names.map((name, i) => times(lows[i], pairs[i][j][name])))
    shape.forEach((_, i) => (lows[i] = times(lows[i], pairs[i][j].low)))
    return bands.map(filter)
  })
  return { grid: [height, width], psi, phi: filter(lows) }
}

function complete(given: OrthogonalOptions): Required<OrthogonalOptions> {
  const checked = checkOptions('orthogonalWavelets', given, rules, ['shape', 'scales'])
  const { family = 'spline', shape, scales } = checked
  const { least, most, usual, name } = ORDERS[family]
  const { order = usual } = checked
  if (order < least || order > most)
    throw new ValueError(`order is ${order}: it is ${name}, from ${least} to ${most} for family '${family}'`)
  for (const length of shape)
    if (length % 2 ** scales !== 0)
      throw new ValueError(
        `shape is [${shape.join(', ')}]: ${length} cannot be halved ${scales} times, pad it to a multiple of ${2 ** scales} or lower scales`,
      )
  return { family, order, ...checked }
}

function checkCoefficients(
  given: WaveletCoefficients,
  { shape, scales }: Required<OrthogonalOptions>,
): WaveletCoefficients {
  checkArgument('synthesise: coefficients', given, (value) => {
    const { details, approximation } = (value ?? {}) as Partial<WaveletCoefficients>
    return Array.isArray(details) && details.length === scales && approximation !== undefined
      ? undefined
      : `what analyse gives, { details, approximation } with ${scales} details`
  })
  const coarsest = shape.map((n) => n / 2 ** scales)
  const approximation = checkSignal(given.approximation, coarsest, 'synthesise: approximation')
  const details = given.details.map((x, j) => {
    const sides = shape.map((n) => n / 2 ** (j + 1))
    return checkSignal(x, shape.length === 1 ? sides : [3, ...sides], `synthesise: details[${j}]`)
  })
  return { details, approximation }
}
