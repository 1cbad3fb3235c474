// The same questions of real images: how far the nearest of n digits is, by pixels, by Φ, and by pixels that depend on nothing.
import { type ByteImages, type GreyShape, type LabelledImages, take } from '@scatterlab/datasets'
import { errorCount, intrinsicDimension, kNearestNeighbours } from '@scatterlab/learn'
import { type Backend, type RealArray, random } from '@scatterlab/tensor'

/** One row of numbers a digit. */
export interface Points {
  readonly data: RealArray
  readonly shape: readonly number[]
}

/** What the nearest of the first `size` digits are to the unseen ones. */
export interface Neighbourhood {
  readonly size: number
  /** Mean distance to the nearest digit, over the mean distance of two digits. */
  readonly nearest: number
  /** Dimension that the ten nearest tell of (Levina and Bickel), and its standard error. */
  readonly dimension: number
  readonly standardError: number
  /** Errors of the label of the nearest digit. */
  readonly errors: number
  readonly total: number
}

/** Neighbours that an estimate of the dimension looks at. */
const NEIGHBOURS = 10

/** The neighbourhoods of `unseen` among the first so many of `known`, for each size. */
export async function neighbourhoods(
  known: Points,
  labels: ArrayLike<number>,
  unseen: Points,
  truth: ArrayLike<number>,
  sizes: readonly number[],
  options: { readonly backend: Backend; readonly signal: AbortSignal; readonly onSize: () => void },
): Promise<Neighbourhood[]> {
  const { onSize, ...run } = options
  const typical = meanPairDistance(known, unseen)
  const found: Neighbourhood[] = []
  for (const size of sizes) {
    const rows = Int32Array.from({ length: size }, (_, i) => i)
    const model = kNearestNeighbours(known, labels, { k: NEIGHBOURS, rows, ...run })
    const { distances, indices, shape } = await model.neighbours(unseen, run)
    const nearest = Array.from({ length: shape[0] }, (_, i) => i * NEIGHBOURS)
    const { errors, count: total } = errorCount(
      nearest.map((at) => labels[indices[at]]),
      truth,
    )
    const distance = nearest.reduce((sum, at) => sum + distances[at], 0) / shape[0]
    const dimension = intrinsicDimension({ data: distances, shape })
    found.push({ size, nearest: distance / typical, ...dimension, errors, total })
    onSize()
  }
  return found
}

/** Mean distance of an unseen digit to a known one, over 2,000 pairs in turn. */
function meanPairDistance(known: Points, unseen: Points): number {
  const columns = known.data.length / known.shape[0]
  const pairs = 2_000
  let sum = 0
  for (let pair = 0; pair < pairs; pair++) {
    const [a, b] = [(pair % known.shape[0]) * columns, (pair % unseen.shape[0]) * columns]
    let square = 0
    for (let c = 0; c < columns; c++) square += (known.data[a + c] - unseen.data[b + c]) ** 2
    sum += Math.sqrt(square)
  }
  return sum / pairs
}

/** Digits whose pixels are drawn each from the same place of another digit: every pixel keeps its law, and depends on no other. */
export function withShuffledPixels(set: LabelledImages<GreyShape>, seed: number): LabelledImages<GreyShape> {
  const { images, labels } = take(set, set.labels.length)
  const [count, height, width] = images.shape
  const stream = random(`pixels of ${seed}`)
  const data = new Uint8Array(images.data.length)
  const pixels = height * width
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = stream.permutation(count)
    for (let i = 0; i < count; i++) data[i * pixels + pixel] = images.data[from[i] * pixels + pixel]
  }
  return { images: { data, shape: images.shape } satisfies ByteImages<GreyShape>, labels }
}
