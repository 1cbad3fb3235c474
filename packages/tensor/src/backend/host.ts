// Buffers as the references see them: in host memory, complex numbers as two real ones.
import { type RealArray, isComplex, realOf } from '../array/dtype.ts'
import { DTypeError } from '../errors.ts'
import type { Buffer, View } from './backend.ts'

/** The numbers of a buffer; the reference only ever sees host memory. */
export function dataOf(buffer: Buffer): RealArray {
  if (buffer.data === null) throw new DTypeError('the reference back end reads host memory: `await x.read()` first')
  return buffer.data
}

/** A view as real numbers: a complex one gains a last axis of its two parts. */
export function realParts(view: View): View {
  if (!isComplex(view.dtype)) return view
  const { buffer, dtype, shape, strides, offset, imagStride } = view
  return {
    buffer,
    dtype: realOf(dtype),
    shape: [...shape, 2],
    strides: [...strides, imagStride],
    offset,
    imagStride: 0,
  }
}
