// What a texture is beside its moments of second order, shown by images that have these and nothing else.
import {
  type ArrayInput,
  type ShapedArray,
  ShapeError,
  ValueError,
  aSeed,
  asTensor,
  checkOptions,
  irfft2,
  isComplex,
  random,
  rfft2,
  scope,
  tensor,
} from '@scatterlab/tensor'

/** Of the random phases. */
export interface TwinOptions {
  /** Default 0. */
  readonly seed?: number
}

/**
 * A Gaussian process with the spectrum of an image [height, width]: the same |x̂| at every frequency, phases uniform. Mean and
 * autocorrelation are the image's, all else is that of Gaussian noise. Double precision. Throws `ShapeError` for anything but one image.
 */
export function gaussianTwin(image: ArrayInput, options?: TwinOptions): ShapedArray<Float64Array> {
  const { seed = 0 } = checkOptions('gaussianTwin', options, { seed: aSeed })
  const { data, shape } = imageOf(image)
  const white = random(seed).fillNormal(new Float64Array(data.length)) as Float64Array
  const twin = scope(() => {
    const spectrum = rfft2(tensor(data, shape))
    // phases of white noise have the symmetry of a real image's, and its mean keeps its sign
    const noise = rfft2(tensor(white, shape)).asReal().toTypedArray()
    const [original, phases] = [spectrum.asReal().toTypedArray(), new Float64Array(noise.length)]
    for (let i = 0; i < noise.length; i += 2) {
      const size = Math.hypot(original[i], original[i + 1])
      const length = Math.hypot(noise[i], noise[i + 1])
      phases[i] = i === 0 ? original[0] : (size * noise[i]) / length
      phases[i + 1] = i === 0 ? 0 : (size * noise[i + 1]) / length
    }
    return irfft2(tensor(phases, [...spectrum.shape, 2]).asComplex(), shape[1]).toTypedArray()
  })
  return { data: Float64Array.from(twin), shape }
}

/**
 * The Gaussian twin with the grey levels of the image: its pixels in the order of the twin's. Its histogram is the image's exactly, its
 * spectrum nearly.
 */
export function histogramTwin(image: ArrayInput, options?: TwinOptions): ShapedArray<Float64Array> {
  const { data, shape } = gaussianTwin(image, options)
  const levels = imageOf(image).data.toSorted()
  const order = Array.from(data.keys()).sort((a, b) => data[a] - data[b])
  const twin = new Float64Array(data.length)
  order.forEach((at, rank) => (twin[at] = levels[rank]))
  return { data: twin, shape }
}

function imageOf(image: ArrayInput): { data: Float64Array; shape: readonly number[] } {
  const given = asTensor(image, 'the image')
  if (given.rank !== 2 || isComplex(given.dtype))
    throw new ShapeError(
      `a twin is made of one real image [height, width], not of ${given.dtype} [${given.shape.join(', ')}]`,
    )
  const data = Float64Array.from(given.toTypedArray())
  if (data.length === 0 || !data.every(Number.isFinite))
    throw new ValueError('the image has no pixels, or some that are not finite: give finite numbers')
  return { data, shape: given.shape }
}
