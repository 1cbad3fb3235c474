// Arrays of a batch, one by one.
import type { ShapedArray } from '@scatterlab/tensor'

/** [count, ...] → count arrays [...], in single precision. */
export function cut({ data, shape: [count, ...shape] }: ShapedArray): ShapedArray<Float32Array>[] {
  const size = data.length / count
  return Array.from({ length: count }, (_, i) => ({
    data: Float32Array.from(data.subarray(i * size, (i + 1) * size)),
    shape,
  }))
}
