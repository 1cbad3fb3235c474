// Each sample scaled to Euclidean norm 1. Nothing is fitted: the norm is the sample's own.
import { type FeatureTransform, sourceAndTarget } from './transforms.ts'

/** x ← x/‖x‖; a zero sample stays zero. */
export const unitRows: FeatureTransform = {
  apply(features, options = {}) {
    const { source, out } = sourceAndTarget(features, options)
    const [rows, columns] = source.shape
    for (let row = 0; row < rows; row++) {
      const begin = row * columns
      let square = 0
      for (let at = begin; at < begin + columns; at++) square += source.data[at] * source.data[at]
      const scale = square > 0 ? 1 / Math.sqrt(square) : 0
      for (let at = begin; at < begin + columns; at++) out[at] = source.data[at] * scale
    }
    return { data: out, shape: source.shape }
  },
}
