// An array as a scijs `ndarray`, without a copy. The only file that imports it.
import ndarray, { type NdArray } from 'ndarray'
import { DTypeError } from '../errors.ts'
import { checkTensor } from './checks.ts'
import { type RealArray, isComplex } from './dtype.ts'
import type { Tensor } from './tensor.ts'

/**
 * An ndarray over the same memory. A complex array becomes a real one with a last axis of 2. Throws on a GPU back end.
 */
export function toNdarray(x: Tensor): NdArray<RealArray> {
  checkTensor('toNdarray', x)
  const { data } = x.buffer
  if (data === null)
    throw new DTypeError(`the ${x.backend.name} back end keeps its arrays on the device: use \`await x.read()\``)
  const real = isComplex(x.dtype) ? x.asReal() : x
  return ndarray(data, [...real.shape], [...real.strides], real.offset)
}
