// Each sample scaled to Euclidean norm 1. Nothing is fitted: the norm is the sample's own.
import { normOf } from './features.ts'
import { savedAs } from './saved-kinds.ts'
import { type FeatureTransform, sourceAndTarget } from './transforms.ts'

/** x ← x/‖x‖; a zero sample stays zero. */
export const unitRows: FeatureTransform = /* @__PURE__ */ savedAs('unitRows', {}, {
  apply(features, options) {
    const { source, out } = sourceAndTarget(features, options)
    const [rows, columns] = source.shape
    for (let row = 0; row < rows; row++) {
      const [start, end] = [row * columns, (row + 1) * columns]
      const norm = normOf(source.data, start, end) || 1
      for (let at = start; at < end; at++) out[at] = source.data[at] / norm
    }
    return { data: out, shape: source.shape }
  },
} satisfies FeatureTransform)
