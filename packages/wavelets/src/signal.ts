// What a transform takes: a real array whose last axes are its signals or images.
import {
  type ArrayInput,
  DTypeError,
  ShapeError,
  Tensor,
  ValueError,
  asTensor,
  formatShape,
  isComplex,
} from '@scatterlab/tensor'

/**
 * The array, `name`, with the last axes of `shape`. Throws `DTypeError`, `ShapeError`, and `ValueError` for numbers that are not finite;
 * of a tensor they are not looked at: it may be on a device.
 */
export function checkSignal(given: ArrayInput, shape: readonly number[], name = 'x'): Tensor {
  const x = asTensor(given, name)
  if (isComplex(x.dtype)) throw new DTypeError(`${name} is ${x.dtype}: give a real array, for example x.real`)
  if (x.rank < shape.length || shape.some((n, i) => x.shape[x.rank - shape.length + i] !== n))
    throw new ShapeError(`${name} is of shape ${formatShape(x.shape)}: its last axes must be ${shape.join('×')}`)
  if (given instanceof Tensor) return x
  const values = x.asTypedArray()
  const bad = values.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0)
    throw new ValueError(`${name} holds ${values[bad]} at number ${bad}: replace it by a finite number first`)
  return x
}
