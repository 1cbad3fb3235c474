// Some hundred pictures of some ten thousand numbers each as points of as many dimensions as there are pictures, with the same distances:
// what a linear classifier or a Gaussian kernel makes of them is the same, and fast.
import type { FeatureMatrix } from '@scatterlab/learn'
import { type Backend, matmul, scope, tensor } from '@scatterlab/tensor'
import { measuring, takenTogether } from './wavelets.ts'

/** Numbers of pictures and of their mirror images, row-major. */
export interface Rows {
  readonly columns: number
  readonly image: Float32Array
  /** Of the mirror images; the same array where mirroring changes nothing. */
  readonly mirror: Float32Array
  /** The weight of column j beside others of equal deviation; where it is not given, columns stay as they are. */
  readonly share?: (j: number) => number
}

/** Columns at a time. */
const CHUNK = 4096
/** A picture that lies this near to the span of others, over the mean squared distance, adds no dimension. */
const DEPENDENT = 1e-5

/**
 * Φ of all pictures, an image and its mirror image taken together, columns weighed as the training pictures tell: coordinates
 * [pictures, pictures] whose distances are those of Φ, over the root of the mean squared distance of training pictures (error 1e-4).
 */
export async function coordinatesOf(
  { columns, image, mirror, share }: Rows,
  training: Int32Array,
  backend: Backend,
): Promise<FeatureMatrix> {
  const n = image.length / columns
  const measure = measuring(columns, 2 * training.length)
  for (const rows of [image, mirror])
    for (const row of training) measure.add(rows.subarray(row * columns, (row + 1) * columns))
  const measured = measure.weights(share ?? (() => 1))
  const mean = measured.mean
  const scale = share ? measured.scale : measured.scale.fill(1)

  // ⟨Φ(x), Φ(y)⟩, from chunks of columns
  const products = new Float64Array(n * n)
  for (let from = 0; from < columns; from += CHUNK) {
    const to = Math.min(columns, from + CHUNK)
    const part = (rows: Float32Array): Float32Array => {
      const out = new Float32Array(n * (to - from))
      for (let i = 0; i < n; i++) out.set(rows.subarray(i * columns + from, i * columns + to), i * (to - from))
      return out
    }
    const a = part(image)
    const weights = { mean: mean.subarray(from, to), scale: scale.subarray(from, to) }
    const phi = takenTogether(a, mirror === image ? a : part(mirror), weights)
    const block = scope(() => {
      const x = tensor(phi, [n, 2 * (to - from)], { backend })
      return matmul(x, x.transpose()).clone()
    })
    const values = await block.read()
    backend.release(block.buffer)
    for (let i = 0; i < products.length; i++) products[i] += values[i]
  }
  const spread = meanSquaredDistance(products, n, training)
  const near = products.map((value) => value / spread)
  return { data: Float32Array.from(pointsOf(near, n)), shape: [n, n] }
}

/** Over all pairs of two training pictures. */
function meanSquaredDistance(products: Float64Array, n: number, training: Int32Array): number {
  let [own, all] = [0, 0]
  for (const i of training) {
    own += products[i * n + i]
    for (const j of training) all += products[i * n + j]
  }
  const m = training.length
  return (2 * (own - all / m)) / (m - 1)
}

/** Points [n, n] with these inner products, one a row: Cholesky's L. */
export function pointsOf(products: Float64Array, n: number): Float64Array {
  const points = new Float64Array(n * n)
  for (let j = 0; j < n; j++) {
    const inner = (i: number): number => {
      let sum = products[i * n + j]
      for (let k = 0; k < j; k++) sum -= points[i * n + k] * points[j * n + k]
      return sum
    }
    const square = inner(j)
    if (square < DEPENDENT) continue
    const length = Math.sqrt(square)
    points[j * n + j] = length
    for (let i = j + 1; i < n; i++) points[i * n + j] = inner(i) / length
  }
  return points
}
