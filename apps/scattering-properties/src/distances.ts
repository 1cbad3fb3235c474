// How far what represents images moves when they do: contraction, translation, deformation. Images have norm 1, so that distances
// are shares of ‖x‖.
import { scattering2d } from '@scatterlab/scattering'
import { deform, lineThroughZero, randomDisplacement, scale, translate } from '@scatterlab/symmetry'
import { type Backend, type ShapedArray, random } from '@scatterlab/tensor'
import { windowedFourierModulus } from '@scatterlab/wavelets'
import type { ImageSet } from './images.ts'

/** Images [count, side, side] as rows of numbers, of a norm that can be compared with theirs. */
export interface Representation {
  (images: ShapedArray): Promise<ShapedArray>
  /** Gives its memory back. */
  dispose?(): void
}

/** ‖a_i − b_i‖ of the rows of two arrays of one shape. */
function distances(a: ShapedArray, b: ShapedArray): Float64Array {
  const columns = a.data.length / a.shape[0]
  return Float64Array.from({ length: a.shape[0] }, (_, row) => {
    let square = 0
    for (let k = row * columns; k < (row + 1) * columns; k++) square += (a.data[k] - b.data[k]) ** 2
    return Math.sqrt(square)
  })
}

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length
export const largest = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => Math.max(a, b), 0)

/** How a scattering transform is taken. */
export interface ScatteringSettings {
  readonly side: number
  readonly scales: number
  readonly maxOrder?: number
  /** Every coefficient on the whole grid; else every 2^{J−1} pixels. */
  readonly whole?: boolean
  readonly backend: Backend
  readonly signal: AbortSignal
}

/** S_J on the torus with filters that contract (max A = 1), times the step of its samples, so that ‖S_J x‖ is that of a whole grid. */
export function scattering(settings: ScatteringSettings): Required<Pick<Representation, 'dispose'>> & Representation {
  const { side, scales, maxOrder = 2, whole = false, backend, signal } = settings
  const oversampling = whole ? scales : 1
  const transform = scattering2d({
    shape: [side, side],
    scales,
    maxOrder,
    oversampling,
    padding: 'periodic',
    filters: { renormalise: 'frame' },
    backend,
  })
  const step = 2 ** (scales - oversampling)
  const representation = async (images: ShapedArray): Promise<ShapedArray> => {
    const { data, shape } = await transform.transformAsync(images, { signal })
    return { data: data.map((value: number) => value * step), shape }
  }
  return Object.assign(representation, { dispose: () => transform.dispose() })
}

/** The scales J = 1, 2, … of an image set: up to half its side. */
export const scalesOf = ({ shape }: ImageSet): number[] =>
  Array.from({ length: Math.log2(shape[1]) - 1 }, (_, i) => i + 1)

/** What is measured of S_J, for each J of the set, from 1 on. */
export async function byScale<T>(
  set: ImageSet,
  settings: Omit<ScatteringSettings, 'side' | 'scales'>,
  measure: (S: Representation) => Promise<T>,
): Promise<T[]> {
  const found: T[] = []
  for (const scales of scalesOf(set)) {
    const S = scattering({ side: set.shape[1], scales, ...settings })
    found.push(await measure(S))
    S.dispose()
  }
  return found
}

/** |windowed Fourier transform|, windows of so many pixels; those of the whole image give the Fourier modulus. */
export const windowedFourier =
  (window: number, backend: Backend): Representation =>
  async (images) =>
    windowedFourierModulus(images, { window, step: window === images.shape[1] ? window : window / 2, backend })

export const pixels: Representation = async (images) => images

/** Ratios ‖Φx − Φy‖/‖x − y‖ over images one after the other. */
export async function contractions(set: ImageSet, of: Representation): Promise<Float64Array> {
  const next = nextImages(set)
  const before = distances(set, next)
  return distances(await of(set), await of(next)).map((d, i) => d / before[i])
}

/** Each image's neighbour in the list, the last one's being the first. */
function nextImages({ data, shape }: ImageSet): ShapedArray<Float32Array> {
  const size = shape[1] * shape[2]
  const next = new Float32Array(data.length)
  next.set(data.subarray(size))
  next.set(data.subarray(0, size), data.length - size)
  return { data: next, shape: [...shape] }
}

/** Means of ‖Φ(T_c x) − Φ(x)‖/‖x‖ for shifts of c pixels to the right, round the torus. */
export async function translations(set: ImageSet, of: Representation, shifts: readonly number[]): Promise<number[]> {
  const still = await of(set)
  const moved: number[] = []
  for (const c of shifts) moved.push(mean(distances(still, await of(translate(set, [0, c])))))
  return moved
}

/** Images deformed with growing strength. */
export interface Deformed {
  readonly strength: number
  readonly images: ShapedArray
}

/** Each image under a random field of its own, the same one with ‖∇τ‖∞ = each strength. */
export function deformed({ data, shape }: ImageSet, strengths: readonly number[], seed: string): Deformed[] {
  const [count, side] = shape
  return strengths.map((gradient) => {
    const stream = random(seed)
    const fields = Array.from({ length: count }, () =>
      randomDisplacement({ shape: [side, side], gradient, random: stream }),
    )
    return { strength: gradient, images: deform({ data, shape: [...shape] }, fields) }
  })
}

/** cos(ξ·u) under a Gaussian envelope in the middle, of norm 1, along the columns: [1, side, side]. */
function wavePacket(side: number, xi: number): ShapedArray<Float64Array> {
  const [middle, sigma] = [(side - 1) / 2, side / 6]
  const data = Float64Array.from({ length: side * side }, (_, at) => {
    const [y, x] = [Math.floor(at / side) - middle, (at % side) - middle]
    return Math.cos(xi * x) * Math.exp(-(y * y + x * x) / (2 * sigma * sigma))
  })
  const norm = Math.sqrt(data.reduce((total, v) => total + v * v, 0))
  return { data: data.map((v) => v / norm), shape: [1, side, side] }
}

/** A packet made larger by 1 + s for each strength s: ‖∇τ‖∞ = s/(1 + s). */
const dilated = (x: ShapedArray, strengths: readonly number[]): Deformed[] =>
  strengths.map((s) => ({ strength: s / (1 + s), images: scale(x, 1 + s) }))

/** How much larger a packet is made. */
const DILATIONS = [0.01, 0.02, 0.04]

/** The constant C of ‖Φ(D_τ x) − Φ(x)‖ ≈ C‖∇τ‖∞ for a slightly dilated wave of each frequency. */
export async function waveConstants(
  side: number,
  frequencies: readonly number[],
  of: Representation,
): Promise<number[]> {
  const found: number[] = []
  for (const xi of frequencies) {
    const packet = wavePacket(side, xi)
    const all = dilated(packet, DILATIONS)
    const strengths = all.map(({ strength }) => strength)
    found.push(lineThroughZero(strengths, await moves(packet, all, of)).slope)
  }
  return found
}

/** Means of ‖Φ(D_τ x) − Φ(x)‖ over the images, one a strength. */
export async function moves(x: ShapedArray, all: readonly Deformed[], of: Representation): Promise<number[]> {
  const still = await of(x)
  const found: number[] = []
  for (const { images } of all) found.push(mean(distances(still, await of(images))))
  return found
}
