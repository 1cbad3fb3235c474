// The plain form of an array, which needs nothing of this package: what loaders give, and what transforms, networks and
// classifiers take beside a `Tensor`.
import type { RealArray } from './dtype.ts'

/** A typed array in row-major order with the shape of what it holds. */
export interface ShapedArray<
  Data extends ArrayBufferView = RealArray,
  Lengths extends readonly number[] = readonly number[],
> {
  /** The elements, the last axis the fastest. */
  readonly data: Data
  /** The length of each axis; their product is the number of elements. */
  readonly shape: Lengths
}
