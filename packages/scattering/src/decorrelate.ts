// Combinations of numbers that small changes of an array move independently of each other. Descent on the squares of such combinations is
// well conditioned, where the numbers themselves go together.
import {
  type Random,
  type RealArray,
  type Tensor,
  add,
  matmul,
  mul,
  random,
  realArray,
  realOf,
  scope,
  sizeOf,
  square,
  startTurns,
  sum,
  take,
  tensor,
  unrecorded,
} from '@scatterlab/tensor'
import { whitening } from './whitening.ts'

/** Numbers of arrays, and where their slopes are measured. */
export interface Correlated {
  /** The numbers [arrays, numbers] of arrays [arrays, ...]. */
  readonly numbersOf: (x: Tensor) => Tensor
  /** Arrays [count, ...]. */
  readonly at: Tensor
  /** The measured steps: deviation of the white noise that is added, numbers of this size and either sign. */
  readonly step: number
  readonly seed: number | string
  readonly signal: AbortSignal | undefined
}

/** Arrays that are measured at once. */
const AT_ONCE = 32
/** Probes for each number. */
const PROBES = 2

/**
 * ‖W e‖² of numbers e [arrays, numbers], [arrays], a differentiable operation: W Wᵀ = (E s sᵀ)⁻¹ for the changes s of the numbers under white noise of
 * variance 1 in the array. It is about the squared distance of the array to one whose numbers are 0. The changes are measured by differences along
 * random directions.
 */
export async function decorrelate(given: Correlated): Promise<(numbers: Tensor) => Tensor> {
  const { backend, dtype } = given.at
  const { slopes, size } = await measured(given)
  const weights = realArray(realOf(dtype), size ** 2)
  weights.set(whitening(slopes, slopes.length / size, size))
  const W = tensor(weights, [size, size], { backend })
  return (numbers) => sum(square(matmul(numbers, W)), { axes: [-1] })
}

/** Slopes along random directions: [probes, size]. */
async function measured({ numbersOf, at, step, seed, signal }: Correlated) {
  const { backend, dtype } = at
  const [count, ...shape] = at.shape
  const here = await scope(() => unrecorded(() => numbersOf(at).read()))
  const size = here.length / count
  const probes = Math.ceil((PROBES * size) / AT_ONCE) * AT_ONCE
  const slopes = new Float64Array(probes * size)
  const stream = random(seed)
  const turns = startTurns(signal)
  for (let probe = 0; probe < probes; probe += AT_ONCE) {
    await turns.next()
    const reading = scope(() =>
      unrecorded(() => {
        const noise = signs(stream, realArray(realOf(dtype), AT_ONCE * sizeOf(shape)))
        const which = Array.from({ length: AT_ONCE }, (_, i) => i % count)
        return numbersOf(add(take(at, which), mul(tensor(noise, [AT_ONCE, ...shape], { backend }), step))).read()
      }),
    )
    const there = await reading
    there.forEach((v, i) => {
      const own = (Math.floor(i / size) % count) * size + (i % size)
      slopes[probe * size + i] = (v - here[own]) / step
    })
  }
  return { slopes, size }
}

/** White noise of variance 1: 1 or −1 each, 32 of them from one draw. */
function signs(stream: Random, out: RealArray): RealArray {
  for (let from = 0; from < out.length; from += 32) {
    const bits = stream.integer(0, 2 ** 32)
    for (let i = from; i < Math.min(from + 32, out.length); i++) out[i] = (bits >>> (i - from)) & 1 ? 1 : -1
  }
  return out
}
