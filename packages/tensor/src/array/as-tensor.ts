// The forms in which arrays come in: tensors, typed arrays with a shape, nested arrays, ndarrays of scijs.
import { shown } from '../check-options.ts'
import { DTypeError, ValueError } from '../errors.ts'
import { fromNdarray } from './from-ndarray.ts'
import type { ShapedArray } from './shaped-array.ts'
import { type NestedNumbers, Tensor, tensor } from './tensor.ts'

/** An ndarray of scijs: a typed array with shape, stride and offset. */
export interface NdarrayLike extends ShapedArray {
  /** Elements of `data` from one element to the next, for each axis; may be negative. */
  readonly stride: readonly number[]
  /** Element of `data` where the array begins. */
  readonly offset: number
}

/** An array of real numbers in any form. */
export type ArrayInput = Tensor | ShapedArray | NdarrayLike | NestedNumbers[]

/**
 * The array as a tensor: no copy but of nested arrays, which become `float32`. `name` says in messages what it is ("images").
 * Throws `DTypeError` for data that are not a `Float32Array` or a `Float64Array`, `ValueError` for what is no array,
 * `ShapeError` where the data do not fill the shape.
 */
export function asTensor(x: ArrayInput, name: string): Tensor {
  if (x instanceof Tensor) return x
  if (Array.isArray(x)) return tensor(x)
  const form = 'a Tensor, nested arrays, or { data, shape } with a Float32Array or a Float64Array'
  if (typeof x !== 'object' || x === null) throw new ValueError(`${name} are ${shown(x)}: give ${form}`)
  const data: unknown = ArrayBuffer.isView(x) ? x : x.data
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    const fix = 'convert them to a Float32Array, for example Float32Array.from(x, (v) => v / 255)'
    throw new DTypeError(`${name} are ${shown(data)}: ${ArrayBuffer.isView(data) ? fix : `give ${form}`}`)
  }
  if (!Array.isArray(x.shape)) throw new ValueError(`${name} have no \`shape\`: give ${form}`)
  return 'stride' in x ? fromNdarray(x as Parameters<typeof fromNdarray>[0]) : tensor(data, x.shape)
}
