// The first numbers of parameters: rules that fill an array from a seeded stream.
import {
  type Random,
  type RealArray,
  checkOptions,
  numberFrom,
  oneOf,
  aRandom,
  checkArgument,
  finite,
} from '@scatterlab/tensor'
import { isRecord } from '../arguments.ts'

/** How many terms meet in a layer, where no edge and no stride leaves some out. */
export interface Fans {
  /** How many inputs one output sums over. */
  readonly fanIn: number
  /** How many outputs one input goes to. */
  readonly fanOut: number
}

/** Fills the numbers of one array. */
export type Initialiser = (out: RealArray, fans: Fans, random: Random) => void

/** Options of `he`. */
export interface HeOptions {
  /** Which fan keeps its variance: that of the forward pass (`in`, default) or of the gradients (`out`). */
  readonly fan?: 'in' | 'out'
  /** Of the rectifier that follows, below 0 (default 0). */
  readonly slope?: number
}

/** One number everywhere. The lecture's biases are `constant(1)` where rectifiers should begin alive. */
export function constant(value: number): Initialiser {
  checkArgument('constant: value', value, finite)
  return (out) => void out.fill(value)
}

/** N(mean, deviation²). The lecture's weights are `normal(0.01)`, DCGAN's `normal(0.02)`. */
export function normal(deviation: number, mean = 0): Initialiser {
  checkArgument('normal: deviation', deviation, numberFrom(0, Number.MAX_VALUE))
  checkArgument('normal: mean', mean, finite)
  return (out, _, random) => void random.fillNormal(out, mean, deviation)
}

/** U[low, high). */
export function uniform(low: number, high: number): Initialiser {
  checkArgument('uniform: low', low, finite)
  checkArgument('uniform: high', high, numberFrom(low, Number.MAX_VALUE))
  return (out, _, random) => void random.fillUniform(out, low, high)
}

/**
 * N(0, 2 / (1 + slope²) / fan): keeps the variance through rectifiers of this slope. He et al. (2015), equations 10, 14
 * and 15.
 */
export function he(options: HeOptions = {}): Initialiser {
  const { fan = 'in', slope = 0 } = checkOptions<HeOptions>('he', options, { fan: oneOf('in', 'out'), slope: finite })
  return (out, { fanIn, fanOut }, random) =>
    void random.fillNormal(out, 0, Math.sqrt(2 / (1 + slope ** 2) / (fan === 'in' ? fanIn : fanOut)))
}

/** U(−b, b) with b = √(6 / (fanIn + fanOut)). Glorot & Bengio (2010), equation 16. */
export const glorot: Initialiser = (out, fans, random) => {
  checkArgument('glorot: out', out, (array) =>
    ArrayBuffer.isView(array) ? undefined : 'a Float32Array or a Float64Array',
  )
  checkArgument('glorot: fans', fans, (given) => (isRecord(given) ? undefined : '{ fanIn, fanOut }'))
  checkArgument('glorot: random', random, aRandom)
  const { fanIn, fanOut } = fans
  const bound = Math.sqrt(6 / (fanIn + fanOut))
  random.fillUniform(out, -bound, bound)
}
