// Numbers whose squares leave their element type: what batch normalisation does with them, where they can be looked at.
import { type Tensor, mul, tensor } from '@scatterlab/tensor'

// large enough that no ε counts beside its square, small enough that the squares of any number of pixels have a sum
const LARGE = { float32: 2 ** 40, float64: 2 ** 300 }

const largeOf = ({ dtype }: Tensor): number => LARGE[dtype === 'float64' ? 'float64' : 'float32']

/** Which channels have an infinite variance; null if none has, or on a back end whose numbers must be awaited. */
function overflowing(variance: Tensor): readonly boolean[] | null {
  if (variance.buffer.data === null) return null
  const infinite = Array.from(variance.toTypedArray(), (v) => v === Infinity)
  return infinite.includes(true) ? infinite : null
}

/**
 * x [items, channels, …] with each channel whose variance is infinite, though its numbers are not, divided by a power of two: its
 * normalised numbers stay the same. Null where nothing is to be done.
 */
export function withinRange(x: Tensor, variance: Tensor): Tensor | null {
  const infinite = overflowing(variance)
  if (infinite === null) return null
  const pixels = x.size / (x.shape[0] * infinite.length)
  const largest = infinite.map(() => 0)
  x.toTypedArray().forEach((value, i) => {
    const channel = Math.floor(i / pixels) % infinite.length
    largest[channel] = Math.max(largest[channel], Math.abs(value))
  })
  const factors = largest.map((most, channel) =>
    infinite[channel] && most < Infinity ? largeOf(x) / 2 ** Math.floor(Math.log2(most)) : 1,
  )
  if (factors.every((factor) => factor === 1)) return null
  const shape = [factors.length, ...x.shape.slice(2).map(() => 1)]
  return mul(
    x,
    tensor(
      variance.toTypedArray().map((_, channel) => factors[channel]),
      shape,
      { backend: x.backend },
    ),
  )
}

/** Variances with a large number for infinite ones, so that running moments can hold them. */
export function saturated(variance: Tensor): Tensor {
  if (overflowing(variance) === null) return variance
  const most = largeOf(variance) ** 3
  return tensor(
    variance.toTypedArray().map((v) => Math.min(v, most)),
    variance.shape,
    { backend: variance.backend },
  )
}
