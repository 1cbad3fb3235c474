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

const SIDE = 32
const FLOOR = 1e-3
/** Deviations are those of the means; a coefficient that does not vary stays small. */
const LEAST = 1e-6

/** Measures the coefficients of the first images, for Φ of all. */
export async function waveletFeatures(
  images: Images,
  { scales, measured, backend }: WaveletOptions,
): Promise<WaveletFeatures> {
  const transform = scattering2d({ shape: [SIDE, SIDE], scales, orientations: 8, backend })
  const [paths, rows, columns] = transform.outputShape
  const one = 3 * paths * rows * columns
  const perPath = rows * columns

  /** Logarithms of all orders but 0, of images or of their mirror images. */
  const logarithms = async (from: Images, start: number, end: number, mirrored: boolean): Promise<Float32Array> => {
    const { data } = await transform.transformAsync({
      data: lumaAndColours(from, start, end, mirrored),
      shape: [end - start, 3, SIDE, SIDE],
    })
    const values = data as Float32Array
    for (let at = 0; at < values.length; at += perPath) {
      if ((at / perPath) % paths === 0) continue
      for (let i = at; i < at + perPath; i++) values[i] = Math.log(Math.abs(values[i]) + FLOOR)
    }
    return values
  }

  const mean = new Float64Array(one)
  const scale = new Float64Array(one)
  const count = Math.min(measured, images.shape[0])
  for (let start = 0; start < count; start += BLOCK) {
    for (const mirrored of [false, true]) {
      const values = await logarithms(images, start, Math.min(count, start + BLOCK), mirrored)
      for (let at = 0; at < values.length;) {
        for (let j = 0; j < one; j++, at++) {
          mean[j] += values[at] / (2 * count)
          scale[j] += values[at] ** 2 / (2 * count)
        }
      }
    }
  }
  const shares = transform.paths.map((path) => Math.sqrt(shareOf(path, transform.paths)))
  for (let j = 0; j < one; j++) {
    const deviation = Math.sqrt(Math.max(0, scale[j] - mean[j] ** 2)) + LEAST
    scale[j] = shares[Math.floor(j / perPath) % paths] / deviation
  }

  return {
    columns: 2 * one,
    means: one,
    async rows(from, start, end) {
      const a = await logarithms(from, start, end, false)
      const b = await logarithms(from, start, end, true)
      const out = new Float32Array(2 * a.length)
      for (let i = 0, at = 0; i < end - start; i++) {
        const to = 2 * i * one
        for (let j = 0; j < one; j++, at++) {
          out[to + j] = ((a[at] + b[at]) / 2 - mean[j]) * scale[j]
          out[to + one + j] = (Math.abs(a[at] - b[at]) / 2) * scale[j]
        }
      }
      return out
    },
    dispose: () => transform.dispose(),
  }
}

const BLOCK = 500

/** The share of a path in what all paths of the same scales weigh together, so that L² of order 2 weigh no more than L of order 1. */
const shareOf = ({ scales }: Path, all: readonly Path[]): number =>
  1 / all.filter((other) => String(other.scales) === String(scales)).length

/** Y, U and V (ITU-R BT.601) of bytes as 0 to 1: [count, 3, 32, 32]. */
export function lumaAndColours({ data }: Images, start: number, end: number, mirrored: boolean): Float32Array {
  const plane = SIDE * SIDE
  const out = new Float32Array((end - start) * 3 * plane)
  for (let i = start, to = 0; i < end; i++, to += 3 * plane) {
    const from = i * 3 * plane
    for (let p = 0; p < plane; p++) {
      const at = from + (mirrored ? (p & ~(SIDE - 1)) + SIDE - 1 - (p & (SIDE - 1)) : p)
      const [r, g, b] = [data[at] / 255, data[at + plane] / 255, data[at + 2 * plane] / 255]
      const y = 0.299 * r + 0.587 * g + 0.114 * b
      out[to + p] = y
      out[to + plane + p] = 0.492 * (b - y)
      out[to + 2 * plane + p] = 0.877 * (r - y)
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
