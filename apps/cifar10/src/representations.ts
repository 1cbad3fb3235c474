// Φ of photographs: wavelets, patches of the data, and what both are compared with: pixels, and the colours without their places.
import { type ColourShape, type LabelledImages, subset } from '@scatterlab/datasets'
import type { Phase } from '@scatterlab/repro'
import type { Backend } from '@scatterlab/tensor'
import type { Rows } from './inner-products.ts'
import { patchFeatures } from './patches.ts'
import { type Images, lumaAndColours, scatteringLogarithms } from './wavelets.ts'

/** Pictures at a time. */
const BLOCK = 16

/** Columns of one weight, once their deviations are the same. */
const alike = (): number => 1

/** Plain scattering of order 2 of Y, U and V of pictures of `side`² at J = `scales`, logarithms. */
export async function waveletRows(
  pictures: Images,
  { side, scales }: { readonly side: number; readonly scales: number },
  backend: Backend,
  phase: Phase,
): Promise<Rows> {
  const images = shrunk(pictures, side)
  const [n] = images.shape
  const { columns, share, rows, dispose } = scatteringLogarithms(side, { scales, backend })
  const [image, mirror] = [new Float32Array(n * columns), new Float32Array(n * columns)]
  for (let start = 0; start < n; start += BLOCK) {
    const end = Math.min(n, start + BLOCK)
    image.set(await rows(images, start, end, false), start * columns)
    mirror.set(await rows(images, start, end, true), start * columns)
    phase.advance(end - start)
  }
  dispose()
  return { columns, image, mirror, share }
}

/** Y, U and V of pictures of `side`². */
export function pixelRows(pictures: Images, side: number): Rows {
  const images = shrunk(pictures, side)
  const [n] = images.shape
  const [image, mirror] = [false, true].map((mirrored) => lumaAndColours(images, 0, n, mirrored))
  return { columns: 3 * side * side, image, mirror, share: alike }
}

/** Roots of the shares of pixels in `bins`³ boxes of red, green and blue: their distances are Hellinger's. */
export function histogramRows({ data, shape: [n, , height, width] }: Images, bins: number): Rows {
  const columns = bins ** 3
  const plane = height * width
  const image = new Float32Array(n * columns)
  const bin = (at: number): number => (data[at] * bins) >> 8
  for (let i = 0; i < n; i++) {
    for (let p = 0, at = 3 * i * plane; p < plane; p++, at++) {
      image[i * columns + (bin(at) * bins + bin(at + plane)) * bins + bin(at + 2 * plane)] += 1 / plane
    }
  }
  const roots = image.map(Math.sqrt)
  return { columns, image: roots, mirror: roots }
}

/** How alike the patches of pictures of 32² are to whitened patches of the training pictures; as for CIFAR-10. */
export async function patchRows(
  pictures: LabelledImages<ColourShape>,
  training: Int32Array,
  options: Omit<Parameters<typeof patchFeatures>[1], 'images'>,
): Promise<Rows> {
  const images = shrunk(pictures.images, 32)
  const [n] = images.shape
  const own = subset({ images, labels: pictures.labels }, training).images
  const { stream, dispose } = await patchFeatures(own, options)
  const { columns, block } = stream(images)
  const features = await block(0, n)
  const image = Float32Array.from(await features.read())
  options.backend.release(features.buffer)
  dispose()
  return { columns, image, mirror: image, share: alike }
}

/** Square pictures at a side that divides theirs: means of boxes of pixels. */
export function shrunk({ data, shape: [n, channels, , width] }: Images, side: number): Images {
  const box = width / side
  if (box === 1) return { data, shape: [n, channels, side, side] }
  const out = new Uint8Array(n * channels * side * side)
  for (let to = 0, row = 0; row < n * channels * side; row++) {
    for (let column = 0; column < side; column++, to++) {
      let sum = 0
      for (let y = 0, at = row * box * width + column * box; y < box; y++, at += width)
        for (let x = 0; x < box; x++) sum += data[at + x]
      out[to] = Math.round(sum / (box * box))
    }
  }
  return { data: out, shape: [n, channels, side, side] }
}
