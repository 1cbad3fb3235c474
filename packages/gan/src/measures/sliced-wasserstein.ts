// The sliced Wasserstein distance of two sets of images, level by level of their Laplacian pyramids (Karras, Aila, Laine & Lehtinen 2018,
// section 5): how far their patches are apart, seen along random directions.
import {
  type Backend,
  type Random,
  type Rules,
  type ShapedArray,
  ShapeError,
  ValueError,
  aBackend,
  aSeed,
  aSignal,
  checkOptions,
  formatShape,
  matmul,
  random,
  scope,
  sizeOf,
  startTurns,
  tensor,
  wholeNumber,
} from '@scatterlab/tensor'
import { type Level, laplacianPyramid } from './laplacian-pyramid.ts'

/** What is compared, and by whom. */
export interface SlicedWassersteinOptions {
  /** Patches of each image at each level. Default 128. */
  readonly patches?: number
  /** Side of a patch. Default 7. */
  readonly size?: number
  /** Directions. Default 512. */
  readonly directions?: number
  /** Side of the coarsest level; default 16. */
  readonly coarsest?: number
  /** Seed of places and directions; default 0. */
  readonly seed?: number | string
  /** Who projects; default the plain reference. */
  readonly backend?: Backend
  /** Ends it: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** 10³ times the mean distance, as it is usually quoted. */
export interface SlicedWasserstein {
  /** Finest first. */
  readonly levels: readonly {
    /** Pixels along a side of the images at this level of the pyramid. */
    readonly side: number
    /** 10³ times the mean over directions. */
    readonly distance: number
  }[]
  /** Mean of the levels. */
  readonly mean: number
}

const rules: Rules<SlicedWassersteinOptions> = {
  patches: wholeNumber(1, 65_536),
  size: wholeNumber(1, 1024),
  directions: wholeNumber(1, 65_536),
  coarsest: wholeNumber(1, 65_536),
  seed: aSeed,
  backend: aBackend,
  signal: aSignal,
}

/** Directions at a time. */
const AT_ONCE = 16

/**
 * Compares as many images of two sets, [items, channels, side, side] each, of one range. Patches of each set are brought to mean 0 and deviation 1
 * a channel by the set's own numbers; the Wasserstein-1 distance along a direction is the mean difference of the sorted projections. That
 * of two sets of real images is its floor, and falls with their number: give it beside. Throws `ShapeError` for other shapes, `ValueError` for images
 * smaller than a patch, or whose side is not halved into `coarsest`.
 */
export async function slicedWasserstein(
  first: ShapedArray,
  second: ShapedArray,
  options?: SlicedWassersteinOptions,
): Promise<SlicedWasserstein> {
  const checked = checkOptions('slicedWasserstein', options, rules)
  const { patches = 128, size = 7, directions = 512, coarsest = 16, seed = 0, backend, signal } = checked
  checkSets(first, second, size, coarsest)
  const turns = startTurns(signal)
  const [items, channels] = first.shape
  const length = channels * size * size
  const stream = random(seed)
  const [ours, theirs] = [laplacianPyramid(first, coarsest), laplacianPyramid(second, coarsest)]
  const levels: { side: number; distance: number }[] = []
  for (const [l, level] of ours.entries()) {
    const [a, b] = [level, theirs[l]].map((own) => patchesOf(own, items, channels, patches, size, stream))
    let sum = 0
    for (let from = 0; from < directions; from += AT_ONCE) {
      await turns.next()
      const count = Math.min(AT_ONCE, directions - from)
      const axes = directionsOf(count, length, stream)
      const [p, q] = [await projected(a, axes, count, backend), await projected(b, axes, count, backend)]
      for (let d = 0; d < count; d++) sum += distanceOf(p, q, d, count)
    }
    levels.push({ side: level.side, distance: (1000 * sum) / directions })
  }
  return { levels, mean: levels.reduce((sum, { distance }) => sum + distance, 0) / levels.length }
}

function checkSets(first: ShapedArray, second: ShapedArray, size: number, coarsest: number): void {
  for (const set of [first, second]) {
    const { data, shape } = Object(set) as Partial<ShapedArray>
    const isWhole = (n: unknown): boolean => Number.isInteger(n) && (n as number) > 0
    if (!(data instanceof Float32Array || data instanceof Float64Array) || !Array.isArray(shape) || shape.length !== 4)
      throw new ShapeError('images are { data, shape: [items, channels, side, side] } with floats in data')
    if (!shape.every(isWhole) || shape[2] !== shape[3] || data.length !== sizeOf(shape))
      throw new ShapeError(
        `images of shape ${formatShape(shape)} with ${data.length} numbers: give square ones, all of one size`,
      )
    if (!data.every(Number.isFinite))
      throw new ValueError('images hold a number that is not finite: leave out such images')
  }
  if (formatShape(first.shape) !== formatShape(second.shape))
    throw new ShapeError(
      `sets of ${formatShape(first.shape)} and ${formatShape(second.shape)}: give as many images of one size`,
    )
  const side = first.shape[2]
  const halvings = Math.log2(side / coarsest)
  if (halvings < 0 || !Number.isInteger(halvings))
    throw new ValueError(
      `a side of ${side} is not halved into coarsest ${coarsest}: give coarsest ${side}, or a half, a quarter … of it`,
    )
  if (coarsest < size) throw new ValueError(`patches of ${size} in maps of ${coarsest}: raise coarsest or lower size`)
  if (coarsest < 3 && side > coarsest)
    throw new ValueError(`coarsest is ${coarsest}: edges are mirrored over 2 pixels, give 3 or more`)
}

/** Patches [items·count, channels·size²] at places of the stream, each channel brought to mean 0 and deviation 1 over all of them. */
export function patchesOf(
  { side, data }: Level,
  items: number,
  channels: number,
  count: number,
  size: number,
  stream: Random,
): Float32Array {
  const [area, places] = [size * size, side - size + 1]
  const length = channels * area
  const out = new Float32Array(items * count * length)
  for (let i = 0, at = 0; i < items * count; i++) {
    const [top, left] = [stream.integer(0, places), stream.integer(0, places)]
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < size; y++) {
        const from = ((Math.floor(i / count) * channels + c) * side + top + y) * side + left
        for (let x = 0; x < size; x++) out[at++] = data[from + x]
      }
  }
  for (let c = 0; c < channels; c++) {
    const each = (visit: (at: number) => void): void => {
      for (let from = c * area; from < out.length; from += length) for (let k = 0; k < area; k++) visit(from + k)
    }
    let [sum, square] = [0, 0]
    each((at) => (sum += out[at]))
    const mean = sum / (items * count * area)
    each((at) => (square += (out[at] - mean) ** 2))
    // planes that are flat everywhere stay at 0
    const scale = square > 0 ? Math.sqrt((items * count * area) / square) : 0
    each((at) => (out[at] = (out[at] - mean) * scale))
  }
  return out
}

/** Unit vectors [count, length]. */
export function directionsOf(count: number, length: number, stream: Random): Float32Array {
  const out = stream.fillNormal(new Float32Array(count * length)) as Float32Array
  for (let d = 0; d < count; d++) {
    const own = out.subarray(d * length, (d + 1) * length)
    const norm = Math.sqrt(own.reduce((sum, v) => sum + v * v, 0))
    for (let k = 0; k < length; k++) own[k] /= norm
  }
  return out
}

/** [count, patches]: a row a direction. */
async function projected(
  patches: Float32Array,
  axes: Float32Array,
  count: number,
  backend?: Backend,
): Promise<Float32Array> {
  const length = axes.length / count
  const place = backend ? { backend } : {}
  const made = scope(() =>
    matmul(tensor(axes, [count, length], place), tensor(patches, [patches.length / length, length], place).transpose()),
  )
  const numbers = (await made.read()) as Float32Array
  made.backend.release(made.buffer)
  return numbers
}

function distanceOf(a: Float32Array, b: Float32Array, row: number, rows: number): number {
  const n = a.length / rows
  const [p, q] = [a, b].map((all) => all.subarray(row * n, (row + 1) * n).sort())
  let sum = 0
  for (let i = 0; i < n; i++) sum += Math.abs(p[i] - q[i])
  return sum / n
}
