// What parameters begin as: rules that fill an array from a seeded stream.
import type { Random, RealArray } from '@scatterlab/tensor'

/** How many terms meet in a layer, where no edge and no stride leaves some out. */
export interface Fans {
  /** How many inputs one output sums over. */
  readonly fanIn: number
  /** How many outputs one input goes to. */
  readonly fanOut: number
}

/** Fills the numbers of one array. */
export type Initialiser = (out: RealArray, fans: Fans, random: Random) => void

/** One number everywhere. The lecture's biases are `constant(1)` where rectifiers should begin alive. */
export const constant =
  (value: number): Initialiser =>
  (out) =>
    void out.fill(value)

/** N(mean, deviation²). The lecture's weights are `normal(0.01)`, DCGAN's `normal(0.02)`. */
export const normal =
  (deviation: number, mean = 0): Initialiser =>
  (out, _, random) =>
    void random.fillNormal(out, mean, deviation)

/** U[low, high). */
export const uniform =
  (low: number, high: number): Initialiser =>
  (out, _, random) =>
    void random.fillUniform(out, low, high)

/**
 * N(0, 2 / (1 + slope²) / fan): keeps the variance through rectifiers of this slope. He et al. (2015), equations 10, 14
 * and 15.
 */
export const he =
  ({ fan = 'in', slope = 0 }: { readonly fan?: 'in' | 'out'; readonly slope?: number } = {}): Initialiser =>
  (out, { fanIn, fanOut }, random) =>
    void random.fillNormal(out, 0, Math.sqrt(2 / (1 + slope ** 2) / (fan === 'in' ? fanIn : fanOut)))

/** U(−b, b) with b = √(6 / (fanIn + fanOut)). Glorot & Bengio (2010), equation 16. */
export const glorot: Initialiser = (out, { fanIn, fanOut }, random) => {
  const bound = Math.sqrt(6 / (fanIn + fanOut))
  random.fillUniform(out, -bound, bound)
}
