// Numbers from any back end: at once where it computes on the CPU, awaited elsewhere. Safe inside a scope, which may release the
// array before the numbers are there.
import { type RealArray, type Tensor, isComplex, sum } from '@scatterlab/tensor'

/** A copy of the numbers, in row-major order. */
export const numbersOf = (x: Tensor): RealArray | Promise<RealArray> =>
  x.buffer.data === null ? x.read() : x.toTypedArray()

/** The number of an array of one element. */
export const numberOf = (x: Tensor): number | Promise<number> =>
  x.buffer.data === null ? x.read().then(([value]) => value) : x.item()

/** The sum of all numbers, which is not finite if one of them is not. */
export const totalOf = (x: Tensor): Tensor => sum(isComplex(x.dtype) ? x.asReal() : x)
