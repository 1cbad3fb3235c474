// How like two pictures are: the peak signal-to-noise ratio, as they lie or after the shift, and the turn by half a circle, that suit best.
import { type Tensor, conj, ifft2, fft2, mul, scope, tensor } from '@scatterlab/tensor'

/** A picture of one channel, row by row. */
export interface Picture {
  readonly data: Float32Array
  readonly shape: readonly [height: number, width: number]
}

/** Peak signal-to-noise ratio in dB, 10·log₁₀(R²/MSE), R the range of the original. */
export function psnr(original: Picture, other: ArrayLike<number>): number {
  const { data } = original
  let [least, most, error] = [Infinity, -Infinity, 0]
  data.forEach((v, i) => {
    least = Math.min(least, v)
    most = Math.max(most, v)
    error += (v - other[i]) ** 2
  })
  return 10 * Math.log10((most - least) ** 2 / (error / data.length))
}

/**
 * The shift of `other`, and of it turned by half a circle, that comes nearest to the original: what coefficients averaged over the whole
 * image cannot tell. Pictures go on periodically.
 */
export function aligned(original: Picture, other: Picture): Picture {
  const turned = { data: other.data.toReversed(), shape: other.shape }
  const [as, round] = [other, turned].map((picture) => ({ picture, ...bestShift(original, picture) }))
  const { picture, row, column } = round.value > as.value ? round : as
  return shifted(picture, row, column)
}

/** Where the circular cross-correlation of two pictures is largest. */
function bestShift(a: Picture, b: Picture): { value: number; row: number; column: number } {
  const correlation = scope(() => {
    const spectrum = ({ data, shape }: Picture): Tensor => fft2(tensor(Float64Array.from(data), shape))
    return ifft2(mul(spectrum(a), conj(spectrum(b)))).real.toTypedArray()
  })
  const width = a.shape[1]
  let best = 0
  correlation.forEach((v, i) => (best = v > correlation[best] ? i : best))
  return { value: correlation[best], row: Math.floor(best / width), column: best % width }
}

function shifted({ data, shape }: Picture, row: number, column: number): Picture {
  const [height, width] = shape
  const moved = new Float32Array(data.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      moved[((y + row) % height) * width + ((x + column) % width)] = data[y * width + x]
    }
  }
  return { data: moved, shape }
}
