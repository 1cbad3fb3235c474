// Made-up samples for the tests of this package: classes around their own means, and a back end that counts its
// buffers.
import { type Backend, type Buffer, random, reference } from '@scatterlab/tensor'
import type { FeatureMatrix } from './features.ts'

/** Classes of normal samples: axis j has deviation 1/(1 + j/2), rotated differently in each class by a cyclic shift. */
export function clouds(
  count: number,
  columns: number,
  classes: number,
  { seed = 1, distance = 1, single = false }: { seed?: number; distance?: number; single?: boolean } = {},
): { features: FeatureMatrix; labels: Int32Array } {
  const stream = random(seed)
  const means = Array.from({ length: classes }, () => stream.fillNormal(new Float64Array(columns), 0, distance))
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes)
  const data = single ? new Float32Array(count * columns) : new Float64Array(count * columns)
  labels.forEach((label, i) => {
    for (let j = 0; j < columns; j++) {
      data[i * columns + j] = means[label][j] + stream.normal() / (1 + ((j + 3 * label) % columns) / 2)
    }
  })
  return { features: { data, shape: [count, columns] }, labels }
}

/** The reference, with the number of its buffers that are not released yet. */
export function countingBackend(): { backend: Backend; live: () => number } {
  const live = new Set<Buffer>()
  const born = (buffer: Buffer): Buffer => {
    live.add(buffer)
    return buffer
  }
  const backend: Backend = {
    ...reference,
    allocate: (dtype, length) => born(reference.allocate(dtype, length)),
    adopt: (data) => born(reference.adopt(data)),
    release: (buffer) => void live.delete(buffer),
  }
  return { backend, live: () => live.size }
}

/** Rows of a matrix as arrays. */
export const rowsOf = ({ data, shape: [rows, columns] }: FeatureMatrix): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * columns, (i + 1) * columns)))

/** Largest absolute difference of two lists of one length. */
export const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0)
