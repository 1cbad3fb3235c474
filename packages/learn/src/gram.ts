// Sums of products of rows, X·Xᵀ and Xᵀ·X: only the block rows at and above the diagonal are multiplied, in the element
// type of the data, and added up in double precision.
import { type RealArray, type Tensor, matmul } from '@scatterlab/tensor'
import { chunksOf, compute, upload } from './chunks.ts'
import type { FeatureMatrix } from './features.ts'
import type { Run } from './run.ts'

const PANEL = 256

/** sum ← sum + Z·Zᵀ at and above the diagonal; Z is [size, k] (any strides) and sum [size, size] in row-major order. */
async function addProducts(run: Run, z: Tensor, sum: Float64Array): Promise<void> {
  const size = z.shape[0]
  for (let top = 0; top < size; top += PANEL) {
    const bottom = Math.min(size, top + PANEL)
    const panel = await compute(run, () => matmul(z.slice([top, bottom]), z.slice([top]).transpose()))
    const width = size - top
    for (let i = top; i < bottom; i++) {
      const from = (i - top) * width - top
      for (let j = i; j < size; j++) sum[i * size + j] += panel[from + j]
    }
    await run.breathe()
  }
}

/** Fills the part below the diagonal from the part above. */
function mirror(matrix: Float64Array, size: number): void {
  for (let i = 1; i < size; i++) for (let j = 0; j < i; j++) matrix[i * size + j] = matrix[j * size + i]
}

/**
 * sum ← sum + Σ_rows (x - shift)(x - shift)ᵀ, symmetric [columns, columns]; one chunk of rows at a time is on the back
 * end.
 */
export async function addSecondMoment(
  run: Run,
  matrix: FeatureMatrix,
  rows: Int32Array,
  shift: Float64Array,
  sum: Float64Array,
  onChunk: (rowsDone: number) => Promise<void>,
): Promise<void> {
  const columns = matrix.shape[1]
  for (const { data, start, count } of chunksOf(matrix, rows, shift)) {
    await addFromHost(run, data, count, columns, (x) => x.transpose(), sum)
    await onChunk(start + count)
  }
  mirror(sum, columns)
}

/** Z·Zᵀ of the `count` rows of `data`, in double precision. */
export async function rowProducts(run: Run, data: RealArray, count: number): Promise<Float64Array> {
  const products = new Float64Array(count * count)
  await addFromHost(run, data, count, data.length / count, (x) => x, products)
  mirror(products, count)
  return products
}

async function addFromHost(
  run: Run,
  data: RealArray,
  count: number,
  columns: number,
  view: (x: Tensor) => Tensor,
  sum: Float64Array,
): Promise<void> {
  const x = upload(run, data, count, columns)
  try {
    await addProducts(run, view(x), sum)
  } finally {
    run.backend.release(x.buffer)
  }
}

/** H K H of the leading [size, size] part of K [stride, stride], with H = I - 11ᵀ/size: the rows less their mean. */
export function doublyCentred(products: Float64Array, stride: number, size: number): Float64Array {
  const means = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) means[i] += products[i * stride + j]
    means[i] /= size
  }
  const mean = means.reduce((sum, value) => sum + value, 0) / size
  const centred = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) centred[i * size + j] = products[i * stride + j] - means[i] - means[j] + mean
  }
  return centred
}
