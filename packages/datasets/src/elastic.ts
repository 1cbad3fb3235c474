// Elastic deformations, for digits above all: each image is bent by a smooth random displacement field of its own, a
// Gaussian field that is the same everywhere in distribution, edges included.

import type { Random } from '@scatterlab/tensor'
import { DatasetError } from './errors.ts'
import type { FloatImages } from './float-images.ts'
import type { ImageShape } from './image-set.ts'
import { planesOf } from './planes.ts'

/** How strong and how smooth a deformation is, in pixels. */
export interface ElasticOptions {
  /** Standard deviation of each component of the displacement. */
  readonly amplitude: number
  /** Standard deviation σ of the Gaussian that smooths the field; a slope of the field has amplitude / (√2 σ). */
  readonly smoothness: number
}

/** A displacement of each pixel, row by row. */
export interface DisplacementField {
  readonly down: Float64Array
  readonly right: Float64Array
}

/**
 * A random field τ of height × width displacements: τ = amplitude · (g_σ ⋆ w) / ‖g_σ‖₂ in each component, w white N(0,
 * 1) noise. Then τ(u) ~ N(0, amplitude²) and E[τ(u) τ(v)] = amplitude² exp(-|u - v|² / 4σ²). Throws DatasetError VALUE
 * for an amplitude below 0 or a smoothness that is not above 0. Source: P. Simard, D. Steinkraus, J. Platt, Best
 * practices for convolutional neural networks (2003), with the field's own deviation in the place of α, which names
 * that of the noise before smoothing.
 */
export function displacementField(
  height: number,
  width: number,
  random: Random,
  { amplitude, smoothness }: ElasticOptions,
): DisplacementField {
  if (!(amplitude >= 0 && Number.isFinite(amplitude))) {
    throw new DatasetError('VALUE', `amplitude ${amplitude}: give a finite number of pixels, at least 0`)
  }
  if (!(smoothness > 0 && Number.isFinite(smoothness))) {
    throw new DatasetError('VALUE', `smoothness ${smoothness}: give a finite number of pixels above 0`)
  }
  const kernel = unitGaussian(smoothness)
  const component = () => smoothNoise(height, width, random, kernel).map((value) => amplitude * value)
  return { down: component(), right: component() }
}

/**
 * Each image x bent by a field of its own: (D_τ x)(u) = x(u - τ(u)), bilinear between pixels, 0 outside of the image;
 * all channels of an image by the same field. Digits of 28×28 stay readable at amplitude 1, smoothness 4. Throws
 * DatasetError VALUE as {@link displacementField}.
 */
export function elasticDeformations<Shape extends ImageShape>(
  images: FloatImages<Shape>,
  random: Random,
  options: ElasticOptions,
): FloatImages<Shape> {
  const { count, channels, height, width } = planesOf(images)
  const area = height * width
  const data = new Float32Array(images.data.length)
  for (let image = 0; image < count; image++) {
    const field = displacementField(height, width, random, options)
    for (let plane = image * channels; plane < (image + 1) * channels; plane++) {
      const [from, to] = [images.data, data].map((values) => values.subarray(plane * area, (plane + 1) * area))
      deform(from, to, height, width, field)
    }
  }
  return { data, shape: images.shape }
}

/** to(u) = from(u - τ(u)) for one plane. */
export function deform(
  from: Float32Array,
  to: Float32Array,
  height: number,
  width: number,
  { down, right }: DisplacementField,
): void {
  const at = (y: number, x: number) => (y < 0 || y >= height || x < 0 || x >= width ? 0 : from[y * width + x])
  for (let i = 0; i < to.length; i++) {
    const y = Math.floor(i / width) - down[i]
    const x = (i % width) - right[i]
    const [top, left] = [Math.floor(y), Math.floor(x)]
    const [fy, fx] = [y - top, x - left]
    const above = (1 - fx) * at(top, left) + fx * at(top, left + 1)
    const below = (1 - fx) * at(top + 1, left) + fx * at(top + 1, left + 1)
    to[i] = (1 - fy) * above + fy * below
  }
}

/** A Gaussian cut at 4σ, of ℓ2 norm 1: white noise keeps its variance through it. */
function unitGaussian(sigma: number): Float64Array {
  const radius = Math.ceil(4 * sigma)
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  )
  const norm = Math.hypot(...kernel)
  return kernel.map((value) => value / norm)
}

/** White noise of a larger frame, smoothed along rows and columns, so that the edges are as the middle. */
function smoothNoise(height: number, width: number, random: Random, kernel: Float64Array): Float64Array {
  const frame = kernel.length - 1
  const noise = random.fillNormal(new Float64Array((height + frame) * (width + frame)))
  const rows = new Float64Array((height + frame) * width)
  for (let y = 0; y < height + frame; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let k = 0; k < kernel.length; k++) sum += kernel[k] * noise[y * (width + frame) + x + k]
      rows[y * width + x] = sum
    }
  }
  const smooth = new Float64Array(height * width)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let k = 0; k < kernel.length; k++) sum += kernel[k] * rows[(y + k) * width + x]
      smooth[y * width + x] = sum
    }
  }
  return smooth
}
