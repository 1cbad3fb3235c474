// The first numbers of parameters: rules that fill an array from a seeded stream.
import {
  type Random,
  type RealArray,
  ValueError,
  aFunction,
  checkOptions,
  someNumbers,
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
  /** Which numbers have that variance (default `normal`). */
  readonly distribution?: 'normal' | 'uniform'
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
 * N(0, 2 / (1 + slope²) / fan), or uniform of that variance: keeps the variance through rectifiers of this slope. He et al. (2015),
 * equations 10, 14 and 15. PyTorch begins convolutions and linear layers as `he({ slope: Math.sqrt(5), distribution: 'uniform' })`.
 */
export function he(options: HeOptions = {}): Initialiser {
  const rules = { fan: oneOf('in', 'out'), slope: finite, distribution: oneOf('normal', 'uniform') }
  const { fan = 'in', slope = 0, distribution = 'normal' } = checkOptions<HeOptions>('he', options, rules)
  return (out, { fanIn, fanOut }, random) => {
    const deviation = Math.sqrt(2 / (1 + slope ** 2) / (fan === 'in' ? fanIn : fanOut))
    const bound = Math.sqrt(3) * deviation
    if (distribution === 'normal') random.fillNormal(out, 0, deviation)
    else random.fillUniform(out, -bound, bound)
  }
}

/**
 * A convolution that begins by handing its channels on: the first filters, one for each input channel, are 1 in the middle of that
 * channel and 0 elsewhere; any further ones begin by `rest` (default `he()`). For squares of an odd side, in one group.
 */
export function dirac(rest: Initialiser = he()): Initialiser {
  checkArgument('dirac: rest', rest, aFunction)
  return (out, fans, random) => {
    // out is [filters, channels, rows, columns], of which fanIn = channels·area and fanOut = filters·area
    const filters = out.length / fans.fanIn
    const area = fans.fanOut / filters
    const channels = fans.fanIn / area
    if (!(Number.isInteger(Math.sqrt(area)) && area % 2 === 1 && Number.isInteger(channels)))
      throw new ValueError('dirac: give it to a convolution of one group whose filters are squares of an odd side')
    rest(out, fans, random)
    for (let filter = 0; filter < Math.min(filters, channels); filter++) {
      out.fill(0, filter * fans.fanIn, (filter + 1) * fans.fanIn)
      out[filter * fans.fanIn + filter * area + (area - 1) / 2] = 1
    }
  }
}

/** These numbers, in row-major order. Throws `ValueError` where an array takes another count of them. */
export function given(values: ArrayLike<number>): Initialiser {
  checkArgument('given: values', values, someNumbers)
  const numbers = Float64Array.from(values)
  const wrong = numbers.findIndex((value) => !Number.isFinite(value))
  if (wrong >= 0) throw new ValueError(`given: number ${wrong} is ${numbers[wrong]}: give finite numbers`)
  return (out) => {
    if (out.length !== numbers.length)
      throw new ValueError(`given: ${numbers.length} numbers for an array of ${out.length}: give as many`)
    out.set(numbers)
  }
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
