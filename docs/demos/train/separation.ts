// How far a layer has parted the classes: a number for one set of features.

/** Features [items, …] with a label each. */
export interface Labelled {
  readonly data: ArrayLike<number>
  readonly shape: readonly number[]
}

/**
 * Fisher's ratio tr S_b / tr S_w: the variance of the class means, each counted by its items, over the mean variance within classes. 0 where
 * all classes have one mean, ∞ where each class is one point.
 */
export function fisherRatio({ data, shape: [items, ...rest] }: Labelled, labels: ArrayLike<number>): number {
  const size = rest.reduce((product, n) => product * n, 1)
  const classes = Math.max(...Array.from(labels)) + 1
  const counts = new Float64Array(classes)
  const means = new Float64Array(classes * size)
  const mean = new Float64Array(size)
  for (let i = 0; i < items; i++) {
    counts[labels[i]]++
    for (let k = 0; k < size; k++) {
      means[labels[i] * size + k] += data[i * size + k]
      mean[k] += data[i * size + k] / items
    }
  }
  let [between, within] = [0, 0]
  for (let c = 0; c < classes; c++) {
    for (let k = 0; k < size; k++) {
      if (counts[c] > 0) means[c * size + k] /= counts[c]
      between += counts[c] * (means[c * size + k] - mean[k]) ** 2
    }
  }
  for (let i = 0; i < items; i++) {
    for (let k = 0; k < size; k++) within += (data[i * size + k] - means[labels[i] * size + k]) ** 2
  }
  return between / within
}
