// Fractional Brownian motion, its sheet in the plane, and the isotropic field: self-similar Gaussian processes, from a seed.
import {
  type Rule,
  type ShapedArray,
  aSeed,
  checkOptions,
  complex,
  irfft2,
  mul,
  numberFrom,
  random,
  rfft2,
  scope,
  tensor,
  wholeNumber,
  wholeNumbers,
} from '@scatterlab/tensor'
import { type GaussianProcess, gaussianProcess } from './gaussian-process.ts'

/** Which motion. */
export interface FractionalMotionOptions {
  /** Number of samples. */
  readonly length: number
  /** H, above 0 and below 1; ½ is Brownian motion. Default ½. */
  readonly hurst?: number
  /** Default 0. */
  readonly seed?: number | string
}

/** Which sheet. */
export interface FractionalSheetOptions {
  /** Size of the field in pixels. */
  readonly shape: readonly [height: number, width: number]
  /** H along rows' axis and columns' axis, or one number for both. Default ½. */
  readonly hurst?: number | readonly [vertical: number, horizontal: number]
  /** Default 0. */
  readonly seed?: number | string
}

/** Which field. */
export interface FractionalFieldOptions extends Omit<FractionalSheetOptions, 'hurst'> {
  /** H, above 0 and below 1. Default ½. */
  readonly hurst?: number
}

const aHurst = numberFrom(0.01, 0.99)
const hursts: Rule = (value) =>
  aHurst(value) === undefined ||
  (Array.isArray(value) && value.length === 2 && value.every((h) => aHurst(h) === undefined))
    ? undefined
    : 'a number from 0.01 to 0.99, or two of them'
const MOST_LENGTH = 2 ** 21

/** Increments of fractional Brownian motion: E x_t x_{t+l} = ½(|l+1|^2H − 2|l|^2H + |l−1|^2H). */
const noiseOf = (length: number, hurst: number): GaussianProcess =>
  gaussianProcess(
    length,
    (l) => (Math.abs(l + 1) ** (2 * hurst) - 2 * Math.abs(l) ** (2 * hurst) + Math.abs(l - 1) ** (2 * hurst)) / 2,
  )

/**
 * Fractional Brownian motion B_H(1), …, B_H(length): Gaussian, E (B_H(t + l) − B_H(t))² = l^2H exactly (Mandelbrot & Van Ness 1968). Throws
 * `ValueError` for options out of range.
 */
export function fractionalBrownianMotion(given: FractionalMotionOptions): ShapedArray<Float64Array> {
  const rules = { length: wholeNumber(1, MOST_LENGTH), hurst: aHurst, seed: aSeed }
  const { length, hurst = 0.5, seed = 0 } = checkOptions('fractionalBrownianMotion', given, rules, ['length'])
  const data = noiseOf(length, hurst).draw(random(seed))
  for (let t = 1; t < length; t++) data[t] += data[t - 1]
  return { data, shape: [length] }
}

/**
 * A fractional Brownian sheet on the points (1 … height, 1 … width): Gaussian, its increment over a rectangle of a × b points has the variance
 * a^2H₁ b^2H₂ exactly (Kamont 1996). Throws `ValueError` for options out of range.
 */
export function fractionalBrownianSheet(given: FractionalSheetOptions): ShapedArray<Float64Array> {
  const rules = { shape: wholeNumbers(2, 1, 4096), hurst: hursts, seed: aSeed }
  const { shape, hurst = 0.5, seed = 0 } = checkOptions('fractionalBrownianSheet', given, rules, ['shape'])
  const [height, width] = shape
  const [vertical, horizontal] = typeof hurst === 'number' ? [hurst, hurst] : hurst
  const [rows, columns] = [noiseOf(width, horizontal), noiseOf(height, vertical)]
  const stream = random(seed)
  // the noise of each column is white along it, and along the rows that of the rows
  const noise = (): Float64Array => transposed(rows.draw(stream, columns.period), width, columns.period)
  const data = columns.coloured(noise(), noise(), width)
  for (let y = 0; y < height; y++) for (let x = 1; x < width; x++) data[y * width + x] += data[y * width + x - 1]
  for (let i = width; i < data.length; i++) data[i] += data[i - width]
  return { data, shape: [height, width] }
}

const transposed = (data: Float64Array, rows: number, columns: number): Float64Array =>
  Float64Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)])

/**
 * An isotropic fractional Brownian field, periodic, of mean 0 and variance 1 in expectation: Gaussian, E|x̂(k)|² ∝ |k|^−(2H + 2), so that
 * differences grow like |l|^2H far below the period. Throws `ValueError` for options out of range.
 */
export function fractionalBrownianField(given: FractionalFieldOptions): ShapedArray<Float64Array> {
  const rules = { shape: wholeNumbers(2, 1, 4096), hurst: aHurst, seed: aSeed }
  const { shape, hurst = 0.5, seed = 0 } = checkOptions('fractionalBrownianField', given, rules, ['shape'])
  const [height, width] = shape
  const half = Math.floor(width / 2) + 1
  const gains = new Float64Array(height * half)
  let variance = 0
  gains.forEach((_, i) => {
    const row = Math.floor(i / half)
    const [ky, kx] = [Math.min(row, height - row) / height, (i % half) / width]
    if (i === 0) return
    gains[i] = Math.hypot(ky, kx) ** -(hurst + 1)
    variance += (kx > 0 && 2 * kx < 1 ? 2 : 1) * gains[i] ** 2
  })
  const scale = Math.sqrt((height * width) / variance)
  const data = scope(() => {
    const white = tensor(random(seed).fillNormal(new Float64Array(height * width)), [height, width])
    const gain = complex(tensor(gains.map((g) => g * scale), [height, half]))
    return irfft2(mul(rfft2(white), gain), width).toTypedArray()
  })
  return { data: Float64Array.from(data), shape: [height, width] }
}
