// Where things lie along one axis: how an image or a signal is padded, which samples are kept, and the low-pass that gives them.
import { ValueError, linesDft } from '@scatterlab/tensor'

/** How a signal goes on beyond its edges. */
export type Padding = 'reflect' | 'periodic' | 'zero'

/** One axis of the padded grid. */
export interface Axis {
  /** Length of the image. */
  readonly length: number
  /** Length of the grid. */
  readonly padded: number
  /** First pixel of the image on the grid. */
  readonly start: number
  /** For each point of the grid the pixel that stands there; −1 for zero. */
  readonly source: Int32Array
  /** Positions on the grid of the window averages that are kept. */
  readonly kept: readonly number[]
  /** Distance of neighbouring points on the grid of a level: 2^level, or 1 along an axis that is not subsampled. */
  readonly step: (level: number) => number
}

/** The distance of points at a level of an axis that is subsampled. */
const dyadic = (level: number): number => 2 ** level

/** A grid of `padded` points with a signal of `length` samples from `start` on; window averages are kept at `kept`. */
export function axis(length: number, padded: number, start: number, padding: Padding, kept: readonly number[]): Axis {
  const source = Int32Array.from({ length: padded }, (_, i) => sourceOf(i - start, length, padding))
  return { length, padded, start, source, kept, step: dyadic }
}

/** The sample that stands at a place of a signal that goes on beyond its edges; −1 for zero. */
export function sourceOf(at: number, length: number, padding: Padding): number {
  if (at >= 0 && at < length) return at
  if (padding === 'zero') return -1
  return padding === 'periodic' ? modulo(at, length) : reflected(at, length)
}

/** Places `first`, `first` + step, … of which there are `count`. */
export const placesOf = (first: number, step: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => first + i * step)

/** Mirror at both end pixels, without repeating them. */
function reflected(at: number, length: number): number {
  const period = 2 * (length - 1)
  if (period === 0) return 0
  const folded = ((at % period) + period) % period
  return folded < length ? folded : period - folded
}

/** How many times the grid can be halved. */
export function halvings(length: number): number {
  let count = 0
  while (length % 2 ** (count + 1) === 0) count++
  return count
}

/** Rows of a banded matrix: for each output its first input, cyclic, and its weights. */
export interface Taps {
  readonly starts: Int32Array
  readonly width: number
  readonly weights: Float64Array
}

/** The most weights of one axis. */
const MOST_WEIGHTS = 2 ** 27

/**
 * The low-pass of Fourier coefficients `fourier` (real, DFT order) at given positions, in samples and not necessarily whole:
 * h(d) = (1/n) Σ_k fourier[k] cos(2πkd/n), cut where |h| stays below `threshold`·h(0) at the distances of every position.
 * Throws `ValueError` where that leaves more weights than can be held.
 */
export function lowPassTaps(fourier: Float64Array, positions: readonly number[], threshold: number): Taps {
  const n = fourier.length
  const fractions = new Set(positions.map((position) => position - Math.floor(position)))
  const kernels = new Map([...fractions].map((fraction) => [fraction, kernel(fourier, fraction)]))
  const least = (threshold * fourier.reduce((sum, v) => sum + v, 0)) / n
  const reach = Math.max(...[...kernels.values()].map((h) => reachOf(h, least)))
  const width = Math.min(n, 2 * reach + 1)
  if (positions.length * width > MOST_WEIGHTS) {
    throw new ValueError(
      `the low-pass of an axis of ${n} points is felt over ${width} of them: in double precision give shorter axes, or single precision`,
    )
  }
  const starts = new Int32Array(positions.length)
  const weights = new Float64Array(positions.length * width)
  positions.forEach((position, o) => {
    const whole = Math.floor(position)
    const h = kernels.get(position - whole)!
    const first = whole - Math.floor(width / 2)
    starts[o] = modulo(first, n)
    for (let t = 0; t < width; t++) weights[o * width + t] = h[modulo(whole - first - t, n)]
  })
  return { starts, width, weights }
}

/** h(i + fraction), i = 0 … n−1: the real part of an inverse transform of fourier[k]·e^{2πik·fraction/n}, k from −n/2 to n/2. */
function kernel(fourier: Float64Array, fraction: number): Float64Array {
  const n = fourier.length
  const phase = (k: number): number => (2 * Math.PI * fraction * (k <= n / 2 ? k : k - n)) / n
  const re = fourier.map((v, k) => (v * Math.cos(phase(k))) / n)
  const im = fourier.map((v, k) => (v * Math.sin(phase(k))) / n)
  linesDft(n).transform(re, im, 1)
  return re
}

/** The largest distance from 0, cyclic, where |h| is above `least`. */
function reachOf(h: Float64Array, least: number): number {
  let reach = Math.floor(h.length / 2)
  while (reach > 0 && Math.abs(h[reach]) <= least && Math.abs(h[h.length - reach]) <= least) reach--
  return reach
}

/** The mean over the samples inside the image, at a level. */
export function meanTaps(axis: Axis, level: number): Taps {
  const { first, count } = inside(axis, level)
  return { starts: Int32Array.of(first), width: count, weights: new Float64Array(count).fill(1 / count) }
}

/** Which samples of the grid of a level lie inside the image. */
export function inside(axis: Axis, level: number): { readonly first: number; readonly count: number } {
  const step = axis.step(level)
  const first = Math.ceil(axis.start / step)
  return { first, count: Math.ceil((axis.start + axis.length) / step) - first }
}

const modulo = (k: number, n: number): number => ((k % n) + n) % n
