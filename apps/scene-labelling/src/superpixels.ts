// Superpixels by a graph of pixels whose regions merge where the edge between them is weak against what varies within them.
import { ShapeError, ValueError } from '@scatterlab/tensor'

/** How pictures are cut into superpixels. */
export interface SuperpixelOptions {
  /** Deviation of the Gaussian that smooths the picture first, in pixels; 0 for none. */
  readonly sigma: number
  /** k of the paper: how much a small region may vary, in grey levels times pixels; larger ones give larger superpixels. */
  readonly k: number
  /** Regions of fewer pixels are merged into a neighbour. */
  readonly least: number
}

/** A cut of a picture. */
export interface Superpixels {
  /** The number of each pixel's superpixel, from 0 in reading order: [h, w]. */
  readonly segments: Int32Array
  readonly count: number
}

/**
 * For pictures of 240×180: of six settings tried on 25 scenes of CamVid's validation drive that with the best labels, 96.5 % of the pixels; σ 0.8, k 100,
 * least 20, customary for larger pictures, leaves 92.3 %.
 */
export const USUAL: SuperpixelOptions = { sigma: 0.5, k: 25, least: 10 }

/**
 * Superpixels of a picture: planes [channels, h, w], levels from 0 to 255. Pixels and their eight neighbours are joined by edges of their distance in
 * colour; by ascending weight w two regions merge if w ≤ min(Int(C₁) + k/|C₁|, Int(C₂) + k/|C₂|), Int being the largest edge of a region's least
 * spanning tree; then regions of fewer than `least` pixels merge across their weakest edge. Edges are sorted by radix, so that the time grows as the pixels. Throws
 * ShapeError or ValueError. Felzenszwalb & Huttenlocher (2004), algorithm 1.
 */
export function superpixels(
  planes: ArrayLike<number>,
  [channels, height, width]: readonly [channels: number, height: number, width: number],
  { sigma, k, least }: SuperpixelOptions,
): Superpixels {
  const area = height * width
  if (planes.length !== channels * area || area === 0)
    throw new ShapeError(`superpixels of ${planes.length} numbers: give planes of ${channels}×${height}×${width}`)
  if (!(sigma >= 0 && sigma <= 50)) throw new ValueError(`sigma is ${sigma}: give a number from 0 to 50`)
  if (!(k >= 0)) throw new ValueError(`k is ${k}: give a number from 0`)
  if (!(least >= 1)) throw new ValueError(`least is ${least}: give a number from 1`)
  const { from, to, weights } = edgesOf(smoothed(planes, channels, height, width, sigma), channels, height, width)
  const order = ascending(weights)

  const parent = Int32Array.from({ length: area }, (_, i) => i)
  const size = new Int32Array(area).fill(1)
  // Int(C) + k/|C|
  const bound = new Float64Array(area).fill(k)
  const rootOf = (pixel: number): number => {
    let root = pixel
    while (parent[root] !== root) {
      parent[root] = parent[parent[root]]
      root = parent[root]
    }
    return root
  }
  const merge = (a: number, b: number): number => {
    const [root, other] = size[a] >= size[b] ? [a, b] : [b, a]
    parent[other] = root
    size[root] += size[other]
    return root
  }
  for (const edge of order) {
    const [a, b] = [rootOf(from[edge]), rootOf(to[edge])]
    const weight = weights[edge]
    if (a === b || weight > bound[a] || weight > bound[b]) continue
    const root = merge(a, b)
    bound[root] = weight + k / size[root]
  }
  for (const edge of order) {
    const [a, b] = [rootOf(from[edge]), rootOf(to[edge])]
    if (a !== b && (size[a] < least || size[b] < least)) merge(a, b)
  }
  return numbered(area, rootOf)
}

function numbered(area: number, rootOf: (pixel: number) => number): Superpixels {
  const numbers = new Int32Array(area).fill(-1)
  const segments = new Int32Array(area)
  let count = 0
  for (let pixel = 0; pixel < area; pixel++) {
    const root = rootOf(pixel)
    if (numbers[root] < 0) numbers[root] = count++
    segments[pixel] = numbers[root]
  }
  return { segments, count }
}

/** Edges to the right, below, and to both diagonals below. */
function edgesOf(planes: Float32Array, channels: number, height: number, width: number) {
  const most = 4 * height * width
  const [from, to, weights] = [new Int32Array(most), new Int32Array(most), new Float32Array(most)]
  const area = height * width
  let count = 0
  const join = (a: number, b: number): void => {
    let square = 0
    for (let c = 0; c < channels; c++) square += (planes[c * area + a] - planes[c * area + b]) ** 2
    from[count] = a
    to[count] = b
    weights[count++] = Math.sqrt(square)
  }
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (x + 1 < width) join(at, at + 1)
      if (y + 1 === height) continue
      join(at, at + width)
      if (x + 1 < width) join(at, at + width + 1)
      if (x > 0) join(at, at + width - 1)
    }
  }
  return { from, to, weights: weights.subarray(0, count) }
}

/** The order of numbers from 0 on, equal ones as they come: bits of floats from 0 ascend as they do. Three rounds of 11 bits. */
export function ascending(values: Float32Array): Int32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  let order = Int32Array.from({ length: values.length }, (_, i) => i)
  let next = new Int32Array(values.length)
  for (const shift of [0, 11, 22]) {
    const starts = new Int32Array(2049)
    for (const value of bits) starts[((value >>> shift) & 2047) + 1]++
    for (let i = 0; i < 2048; i++) starts[i + 1] += starts[i]
    for (const i of order) next[starts[(bits[i] >>> shift) & 2047]++] = i
    ;[order, next] = [next, order]
  }
  return order
}

/** Planes convolved with a Gaussian out to 4σ, the edge pixels held beyond. */
function smoothed(
  planes: ArrayLike<number>,
  channels: number,
  height: number,
  width: number,
  sigma: number,
): Float32Array {
  const out = Float32Array.from(planes)
  if (sigma === 0) return out
  const reach = Math.ceil(4 * sigma)
  const taps = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2))
  const total = taps.reduce((sum, tap) => sum + tap, 0)
  const along = (start: number, step: number, length: number, line: Float64Array): void => {
    for (let i = -reach; i < length + reach; i++)
      line[i + reach] = out[start + step * Math.min(Math.max(i, 0), length - 1)]
    for (let i = 0; i < length; i++) {
      let sum = 0
      for (let t = 0; t < taps.length; t++) sum += taps[t] * line[i + t]
      out[start + step * i] = sum / total
    }
  }
  const line = new Float64Array(Math.max(height, width) + 2 * reach)
  for (let c = 0; c < channels; c++) {
    const plane = c * height * width
    for (let y = 0; y < height; y++) along(plane + y * width, 1, width, line)
    for (let x = 0; x < width; x++) along(plane + x, width, height, line)
  }
  return out
}
