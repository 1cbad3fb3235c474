// Pairs that no spectrum tells apart: a texture and a Gaussian field that has the modulus of its Fourier transform and random phases.
// Both are periodic, so that the spectra are equal to rounding.
import { type Random, fft2, ifft2, random, tensor } from '@scatterlab/tensor'
import { type Field, normalised } from './pictures-as-numbers.ts'
import type { Process } from './processes.ts'

/** The modulus of x̂ with the phases of white noise: a draw of the Gaussian process with this very periodogram. */
export function randomPhases({ data, shape }: Field, stream: Random): Field {
  const spectrum = planes(data, shape)
  const noise = planes(stream.fillNormal(new Float64Array(data.length)), shape)
  for (let at = 0; at < noise.length; at += 2) {
    const modulus = Math.hypot(spectrum[at], spectrum[at + 1])
    const phase = modulus / (Math.hypot(noise[at], noise[at + 1]) || 1)
    noise[at] *= phase
    noise[at + 1] *= phase
  }
  return realPart(noise, shape)
}

/**
 * The picture less a smooth field that takes the jumps between opposite edges with it, so that it goes on periodically (Moisan 2011,
 * Periodic plus smooth image decomposition): its own spectrum, without the cross that edges make.
 */
export function periodicPart({ data, shape }: Field): Field {
  const [height, width] = shape
  const jumps = new Float64Array(data.length)
  for (let column = 0; column < width; column++) {
    const last = (height - 1) * width + column
    jumps[column] += data[last] - data[column]
    jumps[last] += data[column] - data[last]
  }
  for (let row = 0; row < height; row++) {
    const [first, last] = [row * width, row * width + width - 1]
    jumps[first] += data[last] - data[first]
    jumps[last] += data[first] - data[last]
  }
  const smooth = planes(jumps, shape)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = 2 * (row * width + column)
      // v̂ / (4 − 2cos − 2cos), the inverse of the Laplacian
      const laplacian = 2 * Math.cos((2 * Math.PI * row) / height) + 2 * Math.cos((2 * Math.PI * column) / width) - 4
      const scale = at === 0 ? 0 : 1 / laplacian
      smooth[at] *= scale
      smooth[at + 1] *= scale
    }
  }
  const { data: s } = realPart(smooth, shape)
  return { data: data.map((value, i) => value - s[i]), shape }
}

const planes = (data: Float32Array | Float64Array, shape: Field['shape']): Float64Array =>
  fft2(tensor(Float64Array.from(data), [...shape]))
    .asReal()
    .toTypedArray() as Float64Array

const realPart = (interleaved: Float64Array, shape: Field['shape']): Field => ({
  data: Float32Array.from(ifft2(tensor(interleaved, [...shape, 2]).asComplex()).real.toTypedArray()),
  shape,
})

/** Fields with a twin each. */
export interface Pairs {
  readonly name: string
  readonly textures: readonly Field[]
  readonly twins: readonly Field[]
}

/** `count` draws of a process, and as many of the Gaussian process of its spectrum: the twins of further draws, which nobody sees. */
export function generatedPairs({ name, draw }: Process, side: number, count: number, seed: number): Pairs {
  const stream = random(`${name}, ${seed}`)
  const one = (): Field => normalised({ data: draw(side, stream), shape: [side, side] })
  const textures = Array.from({ length: count }, one)
  return { name, textures, twins: Array.from({ length: count }, () => randomPhases(one(), stream)) }
}

/** The middle of pictures, squares as large as the smallest of them has, made periodic; each with the twin of itself. */
export function picturePairs(name: string, pictures: readonly Field[], seed: number): Pairs {
  const stream = random(`${name}, ${seed}`)
  // windows of the spectrum follow each other at every 16 pixels
  const side = 16 * Math.floor(Math.min(...pictures.flatMap(({ shape }) => [...shape])) / 16)
  const textures = pictures.map((picture) => normalised(periodicPart(middle(picture, side))))
  return { name, textures, twins: textures.map((texture) => randomPhases(texture, stream)) }
}

function middle({ data, shape: [height, width] }: Field, side: number): Field {
  const [top, left] = [(height - side) >> 1, (width - side) >> 1]
  const out = new Float32Array(side * side)
  for (let row = 0; row < side; row++) {
    const from = (top + row) * width + left
    out.set(data.subarray(from, from + side), row * side)
  }
  return { data: out, shape: [side, side] }
}
