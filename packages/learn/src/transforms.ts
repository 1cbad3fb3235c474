// What the fitted transforms of features have in common: where the result goes.
import { type RealArray, Tensor, ValueError, dtypeOf, realArray } from '@scatterlab/tensor'
import { type FeatureMatrix, type Features, matrixOf } from './features.ts'

/** Where a transform writes. */
export interface ApplyOptions {
  /** Overwrite the features instead of allocating as much again; default false. */
  readonly inPlace?: boolean
}

/** A map of features to features of the same shape. `apply` throws `ShapeError` for another number of features. */
export interface FeatureTransform {
  apply(features: Features, options?: ApplyOptions): FeatureMatrix
}

/** Input and output of one application: the same memory if `inPlace`. */
export function sourceAndTarget(features: Features, options: ApplyOptions): { source: FeatureMatrix; out: RealArray } {
  const source = matrixOf(features)
  if (!options.inPlace) return { source, out: realArray(dtypeOf(source.data), source.data.length) }
  if (features instanceof Tensor && !features.isContiguous) {
    throw new ValueError('inPlace on a tensor that is not contiguous: give x.contiguous(), or leave `inPlace` out')
  }
  return { source, out: source.data }
}
