// Local response normalisation's two conventions as one set of numbers, for all back ends.
import { ValueError } from '../errors.ts'

/** Local response normalisation across channels. */
export interface ResponseNormOptions {
  /** Channels in a neighbourhood, odd: ⌊size/2⌋ on either side, fewer at the ends. */
  readonly size: number
  /** α: how much the squares of the neighbours count. */
  readonly alpha: number
  /** β: the power of the divisor. */
  readonly beta: number
  /** Default 2 (`paper`) or 1 (`caffe`). */
  readonly k?: number
  /** `paper` (default) multiplies the neighbourhood's sum of squares by α, `caffe` by α / size. */
  readonly convention?: 'paper' | 'caffe'
}

/** Local response normalisation's numbers: α as the factor of the sum of squares, and channels on either side. */
export interface ResponseNormConstants {
  /** Channels on either side of the middle one. */
  readonly half: number
  /** Factor of the neighbourhood's sum of squares; `caffe`'s division by the size is done. */
  readonly alpha: number
  /** The power of the divisor (k + α·Σx²)^β. */
  readonly beta: number
  /** What the divisor begins with, above 0. */
  readonly k: number
}

/** Resolves the convention. Throws `ValueError` for a size that is not odd or a k that is not positive. */
export function responseNormConstants({
  size,
  alpha,
  beta,
  convention = 'paper',
  k = convention === 'paper' ? 2 : 1,
}: ResponseNormOptions): ResponseNormConstants {
  if (!Number.isInteger(size) || size < 1 || size % 2 === 0)
    throw new ValueError(`size ${size}: give an odd number of channels, a middle one and as many on either side`)
  if (!(k > 0)) throw new ValueError(`k ${k}: give a positive number, so that nothing is divided by zero`)
  return { half: (size - 1) / 2, alpha: convention === 'paper' ? alpha : alpha / size, beta, k }
}
