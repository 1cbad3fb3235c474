// A scijs `ndarray` as an array, without a copy. It needs no more of ndarray than its types.
import type { NdArray } from 'ndarray'
import { shown } from '../check-options.ts'
import { DTypeError, ShapeError, ValueError } from '../errors.ts'
import { type RealArray, dtypeOf } from './dtype.ts'
import { formatShape } from './shape.ts'
import { Tensor, type TensorOptions, tensor } from './tensor.ts'

/**
 * An array over the memory of an ndarray of `Float32Array` or `Float64Array` data (a copy where the back end keeps
 * memory of its own). Throws `DTypeError` for other data.
 */
export function fromNdarray(array: NdArray<RealArray>, options: Pick<TensorOptions, 'backend'> = {}): Tensor {
  if (!Array.isArray(array?.shape) || !Array.isArray(array.stride))
    throw new ValueError(`fromNdarray of ${shown(array)}: give an ndarray, with data, shape, stride and offset`)
  if (!(array.data instanceof Float32Array || array.data instanceof Float64Array)) {
    throw new DTypeError(`ndarray of ${array.dtype}: convert its data to a Float32Array or a Float64Array first`)
  }
  const reach = array.shape.map((length, axis) => (length - 1) * array.stride[axis])
  const first = array.offset + reach.reduce((sum, steps) => sum + Math.min(0, steps), 0)
  const last = array.offset + reach.reduce((sum, steps) => sum + Math.max(0, steps), 0)
  if (!array.shape.includes(0) && !(first >= 0 && last < array.data.length))
    throw new ShapeError(
      `ndarray of shape ${formatShape(array.shape)}, stride ${array.stride.join()}, offset ${array.offset} reaches beyond its ${array.data.length} numbers`,
    )
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
