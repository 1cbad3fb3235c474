// What stands outside an image, by the names of `pad` in tensor.
import { type Rule, oneOf } from '@scatterlab/tensor'

/**
 * `reflect`: the mirror image, edge pixels not repeated; `periodic`: the image again; `zero`; `edge`: the nearest pixel of the image.
 */
export type Border = 'reflect' | 'periodic' | 'zero' | 'edge'

export const aBorder: Rule = oneOf('reflect', 'periodic', 'zero', 'edge')

/** Index of the sample that stands at `at` of a line of `length`; −1 for zero. */
export function placeOf(at: number, length: number, border: Border): number {
  if (at >= 0 && at < length) return at
  if (border === 'zero') return -1
  if (border === 'edge') return at < 0 ? 0 : length - 1
  if (border === 'periodic') return modulo(at, length)
  const period = Math.max(1, 2 * (length - 1))
  const folded = modulo(at, period)
  return folded < length ? folded : period - folded
}

const modulo = (k: number, n: number): number => ((k % n) + n) % n
