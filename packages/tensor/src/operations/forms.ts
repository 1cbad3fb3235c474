// Checks of the views of element-wise operations.
import { isComplex } from '../array/dtype.ts'
import { formatShape, sameShape } from '../array/shape.ts'
import type { View } from '../backend/backend.ts'
import { DTypeError, ShapeError } from '../errors.ts'

/** Throws `ShapeError` unless x has the shape of `out`. */
export function checkSameShape(name: string, out: View, x: View): void {
  if (!sameShape(x.shape, out.shape))
    throw new ShapeError(`${name} of ${formatShape(x.shape)} to ${formatShape(out.shape)}: give views of one shape`)
}

/** Throws `ShapeError` unless x has the shape of `out`, and `DTypeError` unless both are real or both complex. */
export function checkSameForm(name: string, out: View, x: View): void {
  checkSameShape(name, out, x)
  if (isComplex(x.dtype) !== isComplex(out.dtype))
    throw new DTypeError(`${name} of ${x.dtype} to ${out.dtype}: give real views, or complex ones`)
}
