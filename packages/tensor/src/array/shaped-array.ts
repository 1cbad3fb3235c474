// The plain form of an array, which needs nothing of this package: what loaders give, and what transforms, networks and
// classifiers take beside a `Tensor`.
import type { RealArray } from './dtype.ts'

/** A typed array in row-major order with the shape of what it holds. */
export interface ShapedArray<
  Data extends ArrayBufferView = RealArray,
  Lengths extends readonly number[] = readonly number[],
> {
  readonly data: Data
  readonly shape: Lengths
}
