// Elastic deformations, for digits above all: each image is bent by a smooth random displacement field of its own, a
// Gaussian field that is the same everywhere in distribution, edges included.

import { checkOptions, positive, type Random, type Rules, checkArgument } from '@scatterlab/tensor'
import { aSide, aStream, notNegative } from '../rules.ts'
import type { FloatImages } from '../sets/float-images.ts'
import type { ImageShape } from '../sets/image-set.ts'
import { planesOf } from './planes.ts'

/** How strong and how smooth a deformation is, in pixels. */
export interface ElasticOptions {
  /** Standard deviation of each component of the displacement. */
  readonly amplitude: number
  /** Standard deviation σ of the Gaussian that smooths the field; a slope of the field has amplitude / (√2 σ). */
  readonly smoothness: number
}

const RULES: Rules<ElasticOptions> = { amplitude: notNegative, smoothness: positive }

/** A displacement of each pixel, row by row. */
export interface DisplacementField {
  /** In pixels; the image at (row, column) takes what lies at (row − down, column − right). */
  readonly down: Float64Array
  /** In pixels, as `down`. */
  readonly right: Float64Array
}

/**
 * A random field τ of height × width displacements: in each component a Gaussian field of mean 0 and covariance
 * E[τ(u) τ(v)] = amplitude² exp(-|u - v|² / 4σ²), which is white noise smoothed by a Gaussian of deviation σ, scaled to
 * the deviation `amplitude`. Drawn as τ = amplitude · A W Bᵀ with W white N(0, 1) noise, as the covariance is a product
 * A Aᵀ of the rows times B Bᵀ of the columns. Throws ValueError for an amplitude below 0 or a smoothness that
 * is not above 0. Source: P. Simard, D. Steinkraus, J. Platt, Best practices for convolutional neural networks (2003),
 * with the field's own deviation in the place of α, which names that of the noise before smoothing.
 */
export function displacementField(
  height: number,
  width: number,
  random: Random,
  options: ElasticOptions,
): DisplacementField {
  checkArgument('displacementField: height', height, aSide)
  checkArgument('displacementField: width', width, aSide)
  checkArgument('displacementField: random', random, aStream)
  const field = { down: new Float64Array(height * width), right: new Float64Array(height * width) }
  fieldDrawer(height, width, options)(random, field)
  return field
}

/**
 * Each image x bent by a field of its own: (D_τ x)(u) = x(u - τ(u)), bilinear between pixels, 0 outside of the image;
 * all channels of an image by the same field. Digits of 28×28 stay readable at amplitude 1, smoothness 4. Throws
 * ValueError as {@link displacementField}.
 */
export function elasticDeformations<Shape extends ImageShape>(
  images: FloatImages<Shape>,
  random: Random,
  options: ElasticOptions,
): FloatImages<Shape> {
  const { count, channels, height, width } = planesOf(images)
  checkArgument('elasticDeformations: random', random, aStream)
  const area = height * width
  const data = new Float32Array(images.data.length)
  const field = { down: new Float64Array(area), right: new Float64Array(area) }
  const draw = fieldDrawer(height, width, options)
  for (let image = 0; image < count; image++) {
    draw(random, field)
    for (let plane = image * channels; plane < (image + 1) * channels; plane++) {
      const [start, end] = [plane * area, (plane + 1) * area]
      deform(images.data.subarray(start, end), data.subarray(start, end), height, width, field)
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
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      const y = row - down[i]
      const x = column - right[i]
      const top = Math.floor(y)
      const left = Math.floor(x)
      const fy = y - top
      const fx = x - left
      const inside = top >= 0 && left >= 0 && top < height - 1 && left < width - 1
      const corner = top * width + left
      const a = inside ? from[corner] : at(top, left)
      const b = inside ? from[corner + 1] : at(top, left + 1)
      const c = inside ? from[corner + width] : at(top + 1, left)
      const d = inside ? from[corner + width + 1] : at(top + 1, left + 1)
      to[i] = (1 - fy) * ((1 - fx) * a + fx * b) + fy * ((1 - fx) * c + fx * d)
    }
  }
}

/** Fills `field` from the stream; what does not depend on it is made once. */
function fieldDrawer(
  height: number,
  width: number,
  options: ElasticOptions,
): (random: Random, field: DisplacementField) => void {
  const { amplitude, smoothness } = checkOptions('elastic', options, RULES, ['amplitude', 'smoothness'])
  const A = covarianceFactor(height, smoothness)
  const B = covarianceFactor(width, smoothness)
  const W = new Float64Array(A.rank * B.rank)
  const BW = new Float64Array(width * A.rank)
  const fillComponent = (random: Random, out: Float64Array) => {
    random.fillNormal(W, 0, amplitude)
    multiplyTransposed(B, { rows: W, rank: B.rank }, BW)
    multiplyTransposed(A, { rows: BW, rank: A.rank }, out)
  }
  return (random, { down, right }) => {
    fillComponent(random, down)
    fillComponent(random, right)
  }
}

/** A matrix row by row, each row `rank` long. */
interface Matrix {
  readonly rows: Float64Array
  readonly rank: number
}

/** out = X Yᵀ. */
function multiplyTransposed({ rows: x, rank }: Matrix, { rows: y }: Matrix, out: Float64Array): void {
  for (let i = 0, at = 0; i < x.length; i += rank) {
    for (let j = 0; j < y.length; j += rank, at++) {
      let sum = 0
      for (let k = 0; k < rank; k++) sum += x[i + k] * y[j + k]
      out[at] = sum
    }
  }
}

/**
 * A with A Aᵀ = K, K(i, j) = exp(-(i - j)² / 4σ²) for 0 ≤ i, j < length, by Cholesky's method with pivoting: as K is
 * nearly of low rank, few columns leave less than 1e-6 of any variance out.
 */
function covarianceFactor(length: number, sigma: number): Matrix {
  const columns: Float64Array[] = []
  const rest = new Float64Array(length).fill(1)
  for (;;) {
    const pivot = rest.reduce((best, variance, i) => (variance > rest[best] ? i : best), 0)
    if (!(rest[pivot] > 1e-6)) break
    const column = Float64Array.from({ length }, (_, i) => {
      const explained = columns.reduce((sum, each) => sum + each[i] * each[pivot], 0)
      return (Math.exp(-((i - pivot) ** 2) / (4 * sigma ** 2)) - explained) / Math.sqrt(rest[pivot])
    })
    columns.push(column)
    for (let i = 0; i < length; i++) rest[i] -= column[i] ** 2
  }
  const rank = columns.length
  const rows = Float64Array.from({ length: length * rank }, (_, at) => columns[at % rank][Math.floor(at / rank)])
  return { rows, rank }
}
