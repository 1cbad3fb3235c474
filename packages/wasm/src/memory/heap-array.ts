// Arrays in the heap, as kernels take them.
import type { Address } from './heap.ts'

/** An array of real numbers in the heap; strides in bytes. */
export interface HeapArray {
  readonly address: Address
  readonly shape: readonly number[]
  readonly strides: readonly number[]
}
