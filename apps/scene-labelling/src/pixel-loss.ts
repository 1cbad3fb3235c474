// The cross-entropy of pixels, with a weight for each class; places that are larger than a pixel hold shares of classes.
import { SCENE_CLASSES } from '@scatterlab/datasets/scenes'
import { type Tensor, add, differentiable, empty, mul, scope, sum, tensor } from '@scatterlab/tensor'
import { softmaxCrossEntropy } from '@scatterlab/tensor/operations'

const CLASSES = SCENE_CLASSES.length

/** Weighted shares of each class in each place, [places, classes], places in the order [item, row, column]. */
export interface PlaceLabels {
  readonly shares: Float32Array
}

/**
 * How often each class stands in blocks of `side`×`side` pixels of label maps [items, h, w], as a share of the block, times the class's weight.
 * Pixels without a class count nowhere.
 */
export function placeLabels(
  labels: Uint8Array,
  [items, height, width]: readonly [number, number, number],
  side: number,
  weights: ArrayLike<number>,
): PlaceLabels {
  const [rows, columns] = [height / side, width / side]
  const shares = new Float32Array(items * rows * columns * CLASSES)
  for (let row = 0, at = 0; row < items * height; row++) {
    const first = Math.floor(row / side) * columns // items of whole blocks follow one another
    for (let column = 0; column < width; column++, at++) {
      const label = labels[at]
      if (label < CLASSES)
        shares[(first + Math.floor(column / side)) * CLASSES + label] += weights[label] / (side * side)
    }
  }
  return { shares }
}

/**
 * −Σ t[p, c]·log softmax(scores[·, c, ·, ·])[p, c] / Σ t for scores [items, classes, h, w], t the shares: the mean over the weight of all places.
 * 0 where no place has a class.
 */
export function pixelLoss(scores: Tensor, { shares }: PlaceLabels): Tensor {
  const places = shares.length / CLASSES
  const logits = scores.transpose(0, 2, 3, 1).clone().reshape(places, CLASSES)
  // −Σ t·log p = −s·log p[k] + Σ (s·[c = k] − t)·z, s = Σ t, for any class k
  const likeliest = new Int32Array(places)
  const weight = new Float32Array(places)
  const rest = new Float32Array(shares.length)
  let total = 0
  for (let p = 0; p < places; p++) {
    for (let c = 0; c < CLASSES; c++) {
      const share = shares[p * CLASSES + c]
      weight[p] += share
      rest[p * CLASSES + c] = -share
      if (share > shares[p * CLASSES + likeliest[p]]) likeliest[p] = c
    }
    rest[p * CLASSES + likeliest[p]] += weight[p]
    total += weight[p]
  }
  const scale = total > 0 ? 1 / total : 0
  const { backend } = scores
  return scope(() => {
    const [s, r] = [tensor(weight, [places, 1], { backend }), tensor(rest, [places, CLASSES], { backend })]
    const losses = empty([places, 1], logits)
    const gradient = empty([places, CLASSES], logits)
    softmaxCrossEntropy(backend, logits, likeliest, losses.reshape(places), gradient)
    const own = differentiable(sum(mul(losses, s)), [logits, (g) => mul(mul(gradient, s), g)])
    return mul(add(own, sum(mul(logits, r))), scale)
  })
}

/** A weight for each class from its pixels in label maps: (median frequency / frequency)^power, power 0 for none. Eigen & Fergus (2015), section 6.3.2. */
export function classWeights(labels: Uint8Array, power: number): Float32Array {
  const counts = new Float64Array(CLASSES)
  for (const label of labels) if (label < CLASSES) counts[label]++
  const present = [...counts].filter((count) => count > 0).sort((a, b) => a - b)
  const median = present[Math.floor(present.length / 2)] ?? 1
  return Float32Array.from(counts, (count) => (count > 0 ? (median / count) ** power : 0))
}
