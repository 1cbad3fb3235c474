// Values of images between their pixels: linear, cubic, or by the cubic spline through the samples. At whole positions every
// rule gives the samples themselves, without rounding.
import { type RealArray, type Rule, linesDft, oneOf } from '@scatterlab/tensor'
import { type Border, placeOf } from './border.ts'
import type { Size } from './planes.ts'

/**
 * `linear`: between the 4 nearest pixels. `cubic`: Keys' kernel with a = −½, 16 pixels (Keys 1981), exact for polynomials of degree 2.
 * `spline`: the cubic spline through all samples (Unser, Aldroubi & Eden 1991), exact for polynomials of degree 3, the least blur.
 */
export type Interpolation = 'linear' | 'cubic' | 'spline'

export const anInterpolation: Rule = oneOf('linear', 'cubic', 'spline')

/** Weights of the samples around a position t past the sample at 0; their first sample is `first`. */
interface Kernel {
  readonly first: number
  readonly taps: number
  readonly fill: (t: number, weights: Float64Array) => void
}

const KERNELS: Readonly<Record<Interpolation, Kernel>> = {
  linear: {
    first: 0,
    taps: 2,
    fill(t, w) {
      w[0] = 1 - t
      w[1] = t
    },
  },
  cubic: {
    first: -1,
    taps: 4,
    fill(t, w) {
      w[0] = t * (-0.5 + t * (1 - 0.5 * t))
      w[1] = 1 + t * t * (-2.5 + 1.5 * t)
      w[2] = t * (0.5 + t * (2 - 1.5 * t))
      w[3] = t * t * (-0.5 + 0.5 * t)
    },
  },
  spline: {
    first: -1,
    taps: 4,
    fill(t, w) {
      const s = 1 - t
      w[0] = (s * s * s) / 6
      w[1] = 2 / 3 - t * t * (1 - t / 2)
      w[2] = 2 / 3 - s * s * (1 - s / 2)
      w[3] = (t * t * t) / 6
    },
  },
}

/** A plane's numbers at any positions: y and x in pixels, one of each for each number of `out`. */
export type Sampler = (y: Float64Array, x: Float64Array, out: RealArray) => void

/** Prepares one plane for values between its pixels. With border `edge` positions outside are moved to the edge. */
export function sampler(plane: RealArray, size: Size, interpolation: Interpolation, border: Border): Sampler {
  const [height, width] = size
  const { first, taps, fill } = KERNELS[interpolation]
  const values = interpolation === 'spline' ? splineCoefficients(plane, size, border) : plane
  // positions are inside with `edge`, and the spline there is the mirrored one
  const outside = border === 'edge' && interpolation === 'spline' ? 'reflect' : border
  const [wy, wx] = [new Float64Array(taps), new Float64Array(taps)]
  const [rows, columns] = [new Int32Array(taps), new Int32Array(taps)]
  const held = (at: number, length: number): number => (border === 'edge' ? Math.min(Math.max(at, 0), length - 1) : at)
  return (y, x, out) => {
    for (let i = 0; i < out.length; i++) {
      const [v, u] = [held(y[i], height), held(x[i], width)]
      const [row, column] = [Math.floor(v), Math.floor(u)]
      if (row === v && column === u) {
        const [r, c] = [placeOf(row, height, border), placeOf(column, width, border)]
        out[i] = r < 0 || c < 0 ? 0 : plane[r * width + c]
        continue
      }
      fill(v - row, wy)
      fill(u - column, wx)
      for (let k = 0; k < taps; k++) {
        rows[k] = placeOf(row + first + k, height, outside)
        columns[k] = placeOf(column + first + k, width, outside)
      }
      let sum = 0
      for (let j = 0; j < taps; j++) {
        if (rows[j] < 0 || wy[j] === 0) continue
        const start = rows[j] * width
        let line = 0
        for (let k = 0; k < taps; k++) if (columns[k] >= 0) line += wx[k] * values[start + columns[k]]
        sum += wy[j] * line
      }
      out[i] = sum
    }
  }
}

/**
 * c with (c[i−1] + 4c[i] + c[i+1])/6 = x[i] along both axes: what stands outside follows the border, for `zero` c is 0 there. (With
 * `edge` positions are inside, and c is mirrored.)
 */
function splineCoefficients(plane: RealArray, [height, width]: Size, border: Border): Float64Array {
  const c = Float64Array.from(plane)
  solveLines(c, height, width, border)
  const across = transposed(c, height, width)
  solveLines(across, width, height, border)
  return transposed(across, width, height)
}

/** Solves along the first axis of [length, count], in place. */
function solveLines(c: Float64Array, length: number, count: number, border: Border): void {
  if (border === 'periodic') return solvePeriodic(c, length, count)
  // mirrored, a line of one sample is constant, and an end has its one neighbour on both sides
  const ends = border === 'zero' ? 1 : 2
  if (length === 1 && border !== 'zero') return
  const ratio = new Float64Array(length)
  for (let i = 0; i < length; i++) {
    const below = i === 0 ? 0 : i === length - 1 ? ends : 1
    const above = i === 0 ? ends : 1
    const pivot = 4 - below * (i === 0 ? 0 : ratio[i - 1])
    ratio[i] = above / pivot
    for (let k = 0; k < count; k++) {
      const at = i * count + k
      c[at] = (6 * c[at] - (i === 0 ? 0 : below * c[at - count])) / pivot
    }
  }
  for (let i = length - 2; i >= 0; i--) {
    for (let k = 0; k < count; k++) c[i * count + k] -= ratio[i] * c[(i + 1) * count + k]
  }
}

function solvePeriodic(c: Float64Array, length: number, count: number): void {
  const imaginary = new Float64Array(c.length)
  const plan = linesDft(length)
  plan.transform(c, imaginary, -1, count)
  for (let k = 0; k < length; k++) {
    const gain = 3 / (2 + Math.cos((2 * Math.PI * k) / length)) / length
    for (let at = k * count; at < (k + 1) * count; at++) {
      c[at] *= gain
      imaginary[at] *= gain
    }
  }
  plan.transform(c, imaginary, 1, count)
}

function transposed(x: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(x.length)
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = x[r * columns + c]
  return out
}
