// Sums over kernels, f(x) = Σ_i k(x_i, x)·w_i: what support vector machines, kernel ridge and Nyström features all compute of new samples.
import { type RealArray, dtypeOf, matmul, realArray } from '@scatterlab/tensor'
import { compute, upload } from './chunks.ts'
import type { FeatureMatrix } from './features.ts'
import { type Kernel, kernelBlock, kernelSamples } from './kernel.ts'
import type { Run } from './run.ts'

/** The samples x_i and their weights. */
export interface KernelExpansion {
  readonly kernel: Kernel
  /** One or more: [samples, features]. */
  readonly samples: FeatureMatrix
  /** w, row-major [samples, outputs]. */
  readonly weights: ArrayLike<number>
  readonly outputs: number
  /** From where samples are measured. */
  readonly origin: Float64Array | null
}

/** Rows that are computed at a time, and the most kernel values of them. */
const MOST = { rows: 2048, values: 2 ** 24 }

/** out[r, ·] ← f(the r-th of the rows of a matrix), chunk by chunk. */
export async function expand(
  run: Run,
  { kernel, samples, weights, outputs, origin }: KernelExpansion,
  matrix: FeatureMatrix,
  rows: Int32Array,
  out: RealArray,
): Promise<void> {
  const [count] = samples.shape
  const every = Int32Array.from({ length: count }, (_, i) => i)
  const known = kernelSamples(run, kernel, samples, every, origin)
  const own = realArray(dtypeOf(samples.data), weights.length)
  own.set(weights)
  const placed = upload(run, own, count, outputs)
  try {
    const height = Math.max(1, Math.min(MOST.rows, Math.floor(MOST.values / count)))
    for (let first = 0; first < rows.length; first += height) {
      await run.step('samples', first, rows.length)
      const asked = kernelSamples(run, kernel, matrix, rows.subarray(first, first + height), origin)
      try {
        out.set(await compute(run, () => matmul(kernelBlock(kernel, asked, known), placed)), first * outputs)
      } finally {
        asked.release()
      }
    }
    await run.step('samples', rows.length, rows.length)
  } finally {
    known.release()
    run.backend.release(placed.buffer)
  }
}
