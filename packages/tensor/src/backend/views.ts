// Views of whole buffers, and complex views as real ones.
import { type DType, isComplex, realOf } from '../array/dtype.ts'
import { type Shape, contiguousStrides } from '../array/shape.ts'
import type { Buffer, View } from './backend.ts'

/** Real numbers of an element: 1, or 2 where it is complex. */
export const stepOf = (dtype: DType): 1 | 2 => (isComplex(dtype) ? 2 : 1)

/** A buffer as an array in row-major order, complex numbers interleaved. */
export function wholeView(buffer: Buffer, dtype: DType, shape: Shape): View {
  const step = stepOf(dtype)
  return { buffer, dtype, shape: [...shape], strides: contiguousStrides(shape, step), offset: 0, imagStride: step - 1 }
}

/** The real parts of a view. */
export function realPart({ buffer, dtype, shape, strides, offset }: View, from: number = offset): View {
  return { buffer, dtype: realOf(dtype), shape, strides, offset: from, imagStride: 0 }
}

/** The imaginary parts of a complex view. */
export const imagPart = (view: View): View => realPart(view, view.offset + view.imagStride)

/** A view as real numbers: a complex one gains a last axis of its two parts. */
export function realParts(view: View): View {
  if (!isComplex(view.dtype)) return view
  return { ...realPart(view), shape: [...view.shape, 2], strides: [...view.strides, view.imagStride] }
}

/** Puts a real view on a list as it is, a complex one as its real and its imaginary parts. */
export function pushParts(view: View, to: View[]): void {
  if (isComplex(view.dtype)) to.push(realPart(view), imagPart(view))
  else to.push(view)
}

/** A real view as it is, a complex one as its real and its imaginary parts. */
export function partsOf(view: View): View[] {
  const parts: View[] = []
  pushParts(view, parts)
  return parts
}
