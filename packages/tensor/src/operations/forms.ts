// Checks of the views of element-wise operations.
import { isComplex } from '../array/dtype.ts'
import { formatShape, sameShape } from '../array/shape.ts'
import type { View } from '../backend/backend.ts'
import { DTypeError, ShapeError } from '../errors.ts'

/** Throws `ShapeError` unless every view has the shape of `out`. */
export function checkSameShape(name: string, out: View, ...views: readonly View[]): void {
  for (const { shape } of views) {
    if (!sameShape(shape, out.shape))
      throw new ShapeError(`${name} of ${formatShape(shape)} to ${formatShape(out.shape)}: give views of one shape`)
  }
}

/** Throws `ShapeError` unless every view has the shape of `out`, and `DTypeError` unless all are real or all complex. */
export function checkSameForm(name: string, out: View, ...views: readonly View[]): void {
  const complex = isComplex(out.dtype)
  let fits = true
  for (const view of views) fits &&= sameShape(view.shape, out.shape) && isComplex(view.dtype) === complex
  if (fits) return
  checkSameShape(name, out, ...views)
  throw new DTypeError(
    `${name} of ${views.map(({ dtype }) => dtype).join(', ')} to ${out.dtype}: give real views, or complex ones`,
  )
}
