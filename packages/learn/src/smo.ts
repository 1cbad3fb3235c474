// Sequential minimal optimisation over a few variables whose kernel matrix is at hand: two of them move at a time, chosen by the
// second-order rule of Fan, Chen and Lin (2005).

/** Variables β with bounds, and the gradient F = Kβ − y of ½βᵀKβ − yᵀβ at them. */
export interface BoxVariables {
  readonly beta: Float64Array
  readonly lower: Float64Array
  readonly upper: Float64Array
  readonly gradient: Float64Array
}

/** The least F of a variable that may grow, and the largest of one that may shrink: at an optimum the second is not larger. */
export function extremes({ beta, lower, upper, gradient }: BoxVariables): { grows: number; shrinks: number } {
  let grows = Infinity
  let shrinks = -Infinity
  for (let i = 0; i < beta.length; i++) {
    if (gradient[i] < grows && beta[i] < upper[i]) grows = gradient[i]
    if (gradient[i] > shrinks && beta[i] > lower[i]) shrinks = gradient[i]
  }
  return { grows, shrinks }
}

/**
 * Lowers ½βᵀKβ − yᵀβ with Σβ unchanged and lower ≤ β ≤ upper, in place, until no pair violates optimality by more than `tolerance`,
 * or for `most` steps; K is [size, size], and `leastCurvature` stands for the 0 of equal samples. Gives the number of steps.
 */
export function smo(
  kernel: Float64Array,
  { beta, lower, upper, gradient }: BoxVariables,
  tolerance: number,
  leastCurvature: number,
  most: number,
): number {
  const size = beta.length
  const diagonal = Float64Array.from({ length: size }, (_, k) => kernel[k * size + k])
  for (let step = 0; step < most; step++) {
    let i = -1
    let least = Infinity
    for (let k = 0; k < size; k++) {
      if (gradient[k] < least && beta[k] < upper[k]) {
        least = gradient[k]
        i = k
      }
    }
    if (i < 0) return step
    const row = i * size
    let j = -1
    let best = 0
    let violation = 0
    for (let k = 0; k < size; k++) {
      const b = gradient[k] - least
      if (b <= 0 || beta[k] <= lower[k]) continue
      if (b > violation) violation = b
      const curvature = diagonal[i] + diagonal[k] - 2 * kernel[row + k]
      const gain = (b * b) / (curvature > leastCurvature ? curvature : leastCurvature)
      if (gain > best) {
        best = gain
        j = k
      }
    }
    if (j < 0 || violation <= tolerance) return step
    const other = j * size
    const curvature = Math.max(leastCurvature, diagonal[i] + diagonal[j] - 2 * kernel[row + j])
    const [room, give] = [upper[i] - beta[i], beta[j] - lower[j]]
    const delta = Math.min((gradient[j] - least) / curvature, room, give)
    beta[i] = delta === room ? upper[i] : beta[i] + delta
    beta[j] = delta === give ? lower[j] : beta[j] - delta
    for (let k = 0; k < size; k++) gradient[k] += delta * (kernel[row + k] - kernel[other + k])
  }
  return most
}
