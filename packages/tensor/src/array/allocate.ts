// New memory for an array whose shape and element type are known to be right.
import type { Backend, View } from '../backend/backend.ts'
import { stepOf, wholeView } from '../backend/views.ts'
import { type DType, realOf } from './dtype.ts'
import { track } from './scope.ts'
import { type Shape, sizeOf } from './shape.ts'

/** Zeros, or numbers that may be anything; released with the innermost scope, if there is one. */
export function allocate(backend: Backend, shape: Shape, dtype: DType, content: 'zeros' | 'any'): View {
  const buffer = backend.allocate(realOf(dtype), sizeOf(shape) * stepOf(dtype), content)
  return wholeView(track(backend, buffer), dtype, shape)
}
