// Coordinates in which a texture is less coloured, so that one step is neither too long for its faint frequencies nor too short for its strong
// ones; and noise of its spectrum.
import { type Tensor, irfft2, mul, onBackend, random, realOf, rfft2, scope, sizeOf, tensor } from '@scatterlab/tensor'

/** The coordinates z of arrays x [..., height, width] or [..., length]. */
export interface Equalised {
  /** x = F⁻¹ a^⅓ F z: a differentiable operation, on the back end of z. */
  from(z: Tensor): Tensor
  /** z of x, both in double precision. */
  to(x: Float64Array): Float64Array
}

/** The power of its amplitude that a frequency is scaled by: 0 would be the array itself, 1 would make it white. */
const POWER = 1 / 3
/** Amplitudes count as this share of the largest at least. */
const FLOOR = 1e-3

/** Coordinates for the amplitudes [height, ⌊width/2⌋ + 1] of arrays of a size. */
export function equalised(amplitudes: Float64Array, size: readonly number[]): Equalised {
  const largest = amplitudes.reduce((most, v) => Math.max(most, v), 0)
  // the mean has no band
  const gains = amplitudes.map((v, i) => (i === 0 ? largest : Math.max(v, FLOOR * largest)) ** POWER)
  const inverse = gains.map((gain) => 1 / gain)
  return {
    from: (z) => filtered(z, gains, size),
    to: (x) => scope(() => Float64Array.from(filtered(tensor(x, [x.length]), inverse, size).toTypedArray())),
  }
}

/** Gaussian noise of these amplitudes, `count` arrays of a size. Double precision. */
export function colouredNoise(
  amplitudes: Float64Array,
  size: readonly number[],
  { mean, count, seed }: { readonly mean: number; readonly count: number; readonly seed: number },
): Float64Array {
  const white = random(seed).fillNormal(new Float64Array(count * sizeOf(size)))
  const gains = amplitudes.with(0, 0)
  const noise = scope(() => filtered(tensor(white, [white.length]), gains, size).toTypedArray())
  return Float64Array.from(noise, (v) => v + mean)
}

/** Arrays with each frequency scaled; a signal is an image of one row. */
function filtered(x: Tensor, gains: Float64Array, size: readonly number[]): Tensor {
  const [height, width] = size.length === 1 ? [1, size[0]] : size
  const of = onBackend(tensor(realOf(x.dtype) === 'float32' ? Float32Array.from(gains) : gains), x.backend)
  const spectrum = rfft2(x.reshape(-1, height, width)).asReal()
  return irfft2(mul(spectrum, of.reshape(height, -1, 1)).asComplex(), width).reshape(...x.shape)
}
