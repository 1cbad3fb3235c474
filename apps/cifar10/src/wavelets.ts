// Φ of an image by wavelets alone: scattering of luma and colour, logarithms, one weight for each order and scale. An image and its mirror
// image get the same Φ: the mean of both coefficients, and the modulus of half their difference. Nothing is trained.
import type { ColourShape, LabelledImages } from '@scatterlab/datasets'
import { type Path, scattering2d } from '@scatterlab/scattering'
import { type Backend, matmul, pointwise, scope, square, sum, tensor } from '@scatterlab/tensor'
import type { FeatureStream } from './streamed-ridge.ts'

/** Images that a stream goes through. */
export type Images = LabelledImages<ColourShape>['images']

/** How Φ is computed. */
export interface WaveletOptions {
  /** J. */
  readonly scales: number
  /** Images on which mean and deviation of each coefficient are measured. */
  readonly measured: number
  readonly backend: Backend
}

/** Φ of any images, by blocks. */
export interface WaveletFeatures {
  readonly columns: number
  /** How many of the columns are means; the others are moduli of differences. */
  readonly means: number
  /** Φ of the images `start` … `end − 1`: row-major, single precision. */
  rows(images: Images, start: number, end: number): Promise<Float32Array>
  dispose(): void
}

const FLOOR = 1e-3
/** Deviations are those of the means; a coefficient that does not vary stays small. */
const LEAST = 1e-6

/** Logarithms of scattering coefficients of square images of three colours. */
export interface Logarithms {
  /** Numbers of an image. */
  readonly columns: number
  /** The weight that column j shall have beside others of equal deviation: by order and scale. */
  share(j: number): number
  /** All orders but 0 as logarithms, of the images `start` … `end − 1` or of their mirror images: row-major. */
  rows(images: Images, start: number, end: number, mirrored: boolean): Promise<Float32Array>
  dispose(): void
}

/** The transform of images of `side`², at J = `scales`. */
export function scatteringLogarithms(
  side: number,
  { scales, backend }: Pick<WaveletOptions, 'scales' | 'backend'>,
): Logarithms {
  const transform = scattering2d({ shape: [side, side], scales, orientations: 8, backend })
  const [paths, rows, columns] = transform.outputShape
  const perPath = rows * columns
  const shares = transform.paths.map((path) => Math.sqrt(shareOf(path, transform.paths)))
  return {
    columns: 3 * paths * perPath,
    share: (j) => shares[Math.floor(j / perPath) % paths],
    async rows(images, start, end, mirrored) {
      const { data } = await transform.transformAsync({
        data: lumaAndColours(images, start, end, mirrored),
        shape: [end - start, 3, side, side],
      })
      const values = data as Float32Array
      for (let at = 0; at < values.length; at += perPath) {
        if ((at / perPath) % paths === 0) continue
        for (let i = at; i < at + perPath; i++) values[i] = Math.log(Math.abs(values[i]) + FLOOR)
      }
      return values
    },
    dispose: () => transform.dispose(),
  }
}

/** Mean of each column, and what it is multiplied by: its share over its deviation. */
export interface Weights {
  readonly mean: Float64Array
  readonly scale: Float64Array
}

/** Takes in `total` rows, of images and of their mirror images, and gives the weights of their columns. */
export function measuring(columns: number, total: number) {
  const mean = new Float64Array(columns)
  const squares = new Float64Array(columns)
  return {
    add(rows: Float32Array): void {
      for (let at = 0; at < rows.length;) {
        for (let j = 0; j < columns; j++, at++) {
          mean[j] += rows[at] / total
          squares[j] += rows[at] ** 2 / total
        }
      }
    },
    weights: (share: (j: number) => number): Weights => ({
      mean,
      scale: squares.map((square, j) => share(j) / (Math.sqrt(Math.max(0, square - mean[j] ** 2)) + LEAST)),
    }),
  }
}

/** Φ of images by rows of theirs, `a`, and of their mirror images, `b`: the means, then the moduli of half the differences. */
export function takenTogether(a: Float32Array, b: Float32Array, { mean, scale }: Weights): Float32Array {
  const one = mean.length
  const out = new Float32Array(2 * a.length)
  for (let at = 0, to = 0; at < a.length; to += 2 * one) {
    for (let j = 0; j < one; j++, at++) {
      out[to + j] = ((a[at] + b[at]) / 2 - mean[j]) * scale[j]
      out[to + one + j] = (Math.abs(a[at] - b[at]) / 2) * scale[j]
    }
  }
  return out
}

/** Measures the coefficients of the first images, for Φ of all. */
export async function waveletFeatures(
  images: Images,
  { scales, measured, backend }: WaveletOptions,
): Promise<WaveletFeatures> {
  const logarithms = scatteringLogarithms(images.shape[2], { scales, backend })
  const one = logarithms.columns
  const count = Math.min(measured, images.shape[0])
  const measure = measuring(one, 2 * count)
  for (let start = 0; start < count; start += BLOCK) {
    for (const mirrored of [false, true])
      measure.add(await logarithms.rows(images, start, Math.min(count, start + BLOCK), mirrored))
  }
  const weights = measure.weights(logarithms.share)
  return {
    columns: 2 * one,
    means: one,
    async rows(from, start, end) {
      const a = await logarithms.rows(from, start, end, false)
      return takenTogether(a, await logarithms.rows(from, start, end, true), weights)
    },
    dispose: () => logarithms.dispose(),
  }
}

const BLOCK = 500

/** The share of a path in what all paths of the same scales weigh together, so that L² of order 2 weigh no more than L of order 1. */
const shareOf = ({ scales }: Path, all: readonly Path[]): number =>
  1 / all.filter((other) => String(other.scales) === String(scales)).length

/** Y, U and V (ITU-R BT.601) of bytes as 0 to 1: [count, 3, height, width]. */
export function lumaAndColours(
  { data, shape: [, , height, width] }: Images,
  start: number,
  end: number,
  mirrored: boolean,
): Float32Array {
  const plane = height * width
  const out = new Float32Array((end - start) * 3 * plane)
  for (let i = start, to = 0; i < end; i++, to += 2 * plane) {
    for (let row = 0, from = i * 3 * plane; row < height; row++, from += width) {
      for (let column = 0; column < width; column++, to++) {
        const at = from + (mirrored ? width - 1 - column : column)
        const [r, g, b] = [data[at] / 255, data[at + plane] / 255, data[at + 2 * plane] / 255]
        const y = 0.299 * r + 0.587 * g + 0.114 * b
        out[to] = y
        out[to + plane] = 0.492 * (b - y)
        out[to + 2 * plane] = 0.877 * (r - y)
      }
    }
  }
  return out
}

/** The means alone, for a linear classifier: linear functions of them do not change when an image is mirrored. */
export const linearStream = (features: WaveletFeatures, images: Images, backend: Backend): FeatureStream => ({
  columns: features.means,
  dtype: 'float32',
  async block(start, end) {
    const rows = await features.rows(images, start, end)
    const all = tensor(rows, [end - start, features.columns], { backend })
    return scope(() => all.slice(null, [0, features.means]).clone())
  },
})

/** A Gaussian kernel between images and landmarks. */
export interface Kernel {
  /** k(x, z_j) = exp(−γ‖Φ(x) − Φ(z_j)‖²/s) for all landmarks z_j, s the mean squared distance between them. */
  stream(images: Images): FeatureStream
  dispose(): void
}

/** The kernel to the images of the given numbers; `gamma` is γ. */
export async function gaussianKernel(
  features: WaveletFeatures,
  images: Images,
  landmarks: Int32Array,
  gamma: number,
  backend: Backend,
): Promise<Kernel> {
  const d = features.columns
  const held = new Float32Array(landmarks.length * d)
  const order = landmarks.toSorted()
  for (let start = 0; start < order.length; start += BLOCK) {
    const some = order.subarray(start, start + BLOCK)
    held.set(await features.rows(gathered(images, some), 0, some.length), start * d)
  }
  const z = scope(() => tensor(held, [order.length, d], { backend }).clone())
  const zz = scope(() =>
    sum(square(z), { axes: [1] })
      .reshape(1, order.length)
      .clone(),
  )
  // E‖z − z'‖² = 2(E‖z‖² − ‖E z‖²)
  const norms = await zz.read()
  const centre = new Float64Array(d)
  for (let at = 0; at < held.length;) for (let j = 0; j < d; j++) centre[j] += held[at++] / order.length
  const spread =
    2 * (Array.from(norms).reduce((a, b) => a + b, 0) / order.length - centre.reduce((a, b) => a + b * b, 0))
  const rate = -gamma / spread
  return {
    stream: (from) => ({
      columns: order.length,
      dtype: 'float64',
      async block(start, end) {
        const rows = await features.rows(from, start, end)
        return scope(() => {
          const x = tensor(rows, [end - start, d], { backend })
          const xx = sum(square(x), { axes: [1] }).reshape(end - start, 1)
          return gaussian(xx, matmul(x, z.transpose()), zz, rate).clone('float64')
        })
      },
    }),
    dispose() {
      backend.release(z.buffer)
      backend.release(zz.buffer)
    },
  }
}

const gaussian = pointwise('gaussian', (xx, xz, zz, rate) => xx.plus(zz).minus(xz.times(2)).times(rate).exp())

function gathered({ data, shape: [, ...one] }: Images, rows: Int32Array): Images {
  const size = one.reduce((a, b) => a * b, 1)
  const out = new Uint8Array(rows.length * size)
  for (const [i, row] of rows.entries()) out.set(data.subarray(row * size, (row + 1) * size), i * size)
  return { data: out, shape: [rows.length, ...(one as [number, number, number])] }
}
