// Rows of a kernel matrix, as the solver of a support vector machine asks for them: missing ones are computed together, as one matrix
// product, and the most recently used ones are kept.
import { type RealArray, dtypeOf, realArray } from '@scatterlab/tensor'
import { compute } from './chunks.ts'
import type { FeatureMatrix } from './features.ts'
import { type Kernel, kernelBlock, kernelSamples } from './kernel.ts'
import type { Run } from './run.ts'

/** Numbers of one block of rows that is computed at a time. */
const BLOCK = 2 ** 23

/** Rows of the kernel matrix of some samples. */
export interface KernelRows {
  readonly count: number
  /** k(x, x) of each sample. */
  readonly diagonal: Float64Array
  /** k(x_i, ·) over all samples for each of the given i, each a row [count] that is not to be changed. */
  get(indices: ArrayLike<number>): Promise<RealArray[]>
  /** The rows of some of the samples only; takes over the rows that are here, of which these must be released after it. */
  restricted(active: Int32Array): KernelRows
  release(): void
}

/** The kernel rows of the chosen samples, of which about `cacheBytes` are kept. */
export function kernelRows(
  run: Run,
  kernel: Kernel,
  matrix: FeatureMatrix,
  rows: Int32Array,
  origin: Float64Array | null,
  cacheBytes: number,
  known: ReadonlyMap<number, RealArray> = new Map(),
): KernelRows {
  const samples = kernelSamples(run, kernel, matrix, rows, origin)
  const count = rows.length
  const most = Math.max(2, Math.floor(cacheBytes / (count * matrix.data.BYTES_PER_ELEMENT)))
  /** From the least to the most recently used. */
  const kept = new Map<number, RealArray>(known)

  async function computeRows(missing: readonly number[], found: Map<number, RealArray>): Promise<void> {
    const height = Math.max(1, Math.floor(BLOCK / count))
    for (let start = 0; start < missing.length; start += height) {
      const wanted = missing.slice(start, start + height)
      const block = kernelSamples(
        run,
        kernel,
        matrix,
        Int32Array.from(wanted, (i) => rows[i]),
        origin,
      )
      try {
        const values = await compute(run, () => kernelBlock(kernel, block, samples))
        wanted.forEach((i, at) => {
          // a row of its own, so that dropping it gives its memory back; k(x, x) without the rounding of a distance of 0
          const row = values.slice(at * count, (at + 1) * count)
          row[i] = samples.diagonal[i]
          found.set(i, row)
        })
      } finally {
        block.release()
      }

      await run.breathe()
    }
  }

  return {
    count,
    diagonal: samples.diagonal,
    async get(indices) {
      const found = new Map<number, RealArray>()
      const missing: number[] = []
      for (let at = 0; at < indices.length; at++) {
        const row = kept.get(indices[at])
        if (row === undefined) missing.push(indices[at])
        else {
          found.set(indices[at], row)
          kept.delete(indices[at])
          kept.set(indices[at], row)
        }
      }
      await computeRows(missing, found)
      for (const i of missing) kept.set(i, found.get(i)!)
      for (const i of kept.keys()) {
        if (kept.size <= most) break
        kept.delete(i)
      }
      return Array.from(indices, (i) => found.get(i)!)
    },
    restricted(active) {
      const carried = new Map<number, RealArray>()
      const positions = new Map(Array.from(active, (i, at): [number, number] => [i, at]))
      for (const [i, row] of kept) {
        const at = positions.get(i)
        if (at === undefined) continue
        const short = realArray(dtypeOf(row), active.length)
        for (let k = 0; k < active.length; k++) short[k] = row[active[k]]
        carried.set(at, short)
      }
      return kernelRows(
        run,
        kernel,
        matrix,
        active.map((i) => rows[i]),
        origin,
        cacheBytes,
        carried,
      )
    },
    release: () => samples.release(),
  }
}
