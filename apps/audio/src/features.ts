// Features of coefficients [recordings, paths, samples]: kymatio's, means over time of logarithms; and ours, logarithms of the means over a
// few stretches of the recording, which keep what comes first and what last.
import type { ShapedArray } from '@scatterlab/tensor'
import { LENGTH, type Extent } from './recordings.ts'

/** Features of every recording: [recordings, features]. */
export interface Features {
  readonly data: Float32Array
  readonly shape: readonly [recordings: number, features: number]
}

/** Stretches of a recording, and what is added to a mean before its logarithm: chosen by cross-validation in the training set. */
export const STRETCHES = 5
const FLOOR = 1e-3
/** What kymatio's example adds. */
const KYMATIO_FLOOR = 1e-6

/** The mean over time of log(S + 10⁻⁶) of some paths. */
export const meansOverTime = (S: ShapedArray, paths: readonly number[]): Features =>
  perPath(S, paths, 1, (row) => [row.reduce((sum, v) => sum + Math.log(v + KYMATIO_FLOOR), 0) / row.length])

/** log(mean of S + 10⁻³) over overlapping stretches of the recording itself, of some paths. */
export function stretches(S: ShapedArray, paths: readonly number[], extents: readonly Extent[]): Features {
  const samples = S.shape[2]
  const step = LENGTH / samples
  const weightsOf = ({ start, length }: Extent): Float64Array[] =>
    Array.from({ length: STRETCHES }, (_, k) => {
      const centre = start + (length * (k + 0.5)) / STRETCHES
      const reach = (0.75 * length) / STRETCHES + step
      const weights = Float64Array.from({ length: samples }, (_, s) =>
        Math.max(0, 1 - Math.abs(s * step - centre) / reach),
      )
      const sum = weights.reduce((a, b) => a + b, 0)
      return weights.map((w) => w / sum)
    })
  const weights = extents.map(weightsOf)
  return perPath(S, paths, STRETCHES, (row, recording) =>
    weights[recording].map((own) => Math.log(row.reduce((sum, v, s) => sum + own[s] * v, 0) + FLOOR)),
  )
}

function perPath(
  { data, shape: [count, all, samples] }: ShapedArray,
  paths: readonly number[],
  each: number,
  of: (row: Float32Array, recording: number) => readonly number[],
): Features {
  const features = new Float32Array(count * paths.length * each)
  for (let i = 0, at = 0; i < count; i++) {
    for (const path of paths) {
      const first = (i * all + path) * samples
      features.set(of(data.subarray(first, first + samples) as Float32Array, i), at)
      at += each
    }
  }
  return { data: features, shape: [count, paths.length * each] }
}
