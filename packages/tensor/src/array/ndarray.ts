// Exchange with scijs `ndarray`, both ways without a copy. The only file that imports it.
import ndarray, { type NdArray } from 'ndarray'
import { type RealArray, dtypeOf, isComplex } from './dtype.ts'
import { DTypeError } from '../errors.ts'
import { Tensor, type TensorOptions, tensor } from './tensor.ts'

/**
 * An ndarray over the same memory. A complex array becomes a real one with a last axis of 2. Throws on a GPU back end.
 */
export function toNdarray(x: Tensor): NdArray<RealArray> {
  const { data } = x.buffer
  if (data === null)
    throw new DTypeError(`the ${x.backend.name} back end keeps its arrays on the device: use \`await x.read()\``)
  const real = isComplex(x.dtype) ? x.asReal() : x
  return ndarray(data, [...real.shape], [...real.strides], real.offset)
}

/**
 * An array over the memory of an ndarray of `Float32Array` or `Float64Array` data (a copy where the back end keeps
 * memory of its own). Throws `DTypeError` for other data.
 */
export function fromNdarray(array: NdArray<RealArray>, options: Pick<TensorOptions, 'backend'> = {}): Tensor {
  if (!(array.data instanceof Float32Array || array.data instanceof Float64Array)) {
    throw new DTypeError(`ndarray of ${array.dtype}: convert its data to a Float32Array or a Float64Array first`)
  }
  const whole = tensor(array.data, [array.data.length], options)
  return new Tensor(whole.backend, {
    buffer: whole.buffer,
    dtype: dtypeOf(array.data),
    shape: [...array.shape],
    strides: [...array.stride],
    offset: array.offset,
    imagStride: 0,
  })
}
