// What the fitted transforms of features have in common: where the result goes.
import { type RealArray, Tensor, ValueError, checkOptions, dtypeOf, realArray, trueOrFalse } from '@scatterlab/tensor'
import { type FeatureMatrix, type Features, matrixOf } from './features.ts'

/** Where a transform writes. */
export interface ApplyOptions {
  /** Overwrite the features instead of allocating as much again; default false. */
  readonly inPlace?: boolean
}

/** A map of features to features of the same shape. `apply` throws `ShapeError` for another number of features. */
export interface FeatureTransform {
  /** The mapped features, [samples, features]; with `inPlace` in the memory of those given. */
  apply(features: Features, options?: ApplyOptions): FeatureMatrix
}

/** Input and output of one application: the same memory if `inPlace`. */
export function sourceAndTarget(
  features: Features,
  options: ApplyOptions | undefined,
): { source: FeatureMatrix; out: RealArray } {
  const { inPlace = false } = checkOptions('apply', options, { inPlace: trueOrFalse })
  const source = matrixOf(features)
  if (!inPlace) return { source, out: realArray(dtypeOf(source.data), source.data.length) }
  const given = features instanceof Tensor ? features.buffer.data : 'data' in features ? features.data : null
  if (given?.buffer !== source.data.buffer) {
    throw new ValueError(
      'inPlace on features that are not contiguous in memory: give x.contiguous(), or leave `inPlace` out',
    )
  }
  return { source, out: source.data }
}
