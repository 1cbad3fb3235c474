// A digit moved along an orbit, and two ways from its beginning to its end: half of each image, and the image whose Φ lies half-way.
import { lbfgs } from '@scatterlab/optim'
import { invert, scattering2d } from '@scatterlab/scattering'
import type { Backend, ShapedArray } from '@scatterlab/tensor'
import { type Group, lengthOf } from './orbits.ts'

/** Images [frames, side, side] of each way, from x at the first frame to g.x at the last. */
export interface Morph {
  readonly orbit: Float32Array
  readonly pixels: Float32Array
  readonly phi: Float32Array
  readonly frames: number
  /** ‖frame − orbit‖/‖x‖, mean over the frames between the ends. */
  readonly apart: { readonly pixels: number; readonly phi: number }
}

/** Scales of the Φ whose coefficients are interpolated. */
const SCALES = 3
const FRAMES = 7
/** The ends lie at t = ±½: nearer than 2^J pixels, as far as Φ is nearly linear. */
const REACH = 0.5

/** From g_{−½}x to g_½ x along the orbit, by (1 − s)·first + s·last of pixels, and by the same of Φ, inverted. */
export async function morph(
  x: ShapedArray,
  group: Group,
  options: { readonly iterations: number; readonly backend: Backend; readonly signal: AbortSignal },
): Promise<Morph> {
  const [side] = x.shape
  const size = side * side
  const places = Array.from({ length: FRAMES }, (_, i) => i / (FRAMES - 1))
  const along = (of: (s: number) => ArrayLike<number>): Float32Array => {
    const out = new Float32Array(FRAMES * size)
    places.forEach((s, i) => out.set(of(s), i * size))
    return out
  }
  const orbit = along((s) => group(x, REACH * (2 * s - 1)).data)
  const mixed = (a: ArrayLike<number>, b: ArrayLike<number>, s: number): Float32Array =>
    Float32Array.from(a, (v, k) => (1 - s) * v + s * b[k])
  const ends = [orbit.subarray(0, size), orbit.subarray(-size)]
  const pixels = along((s) => mixed(ends[0], ends[1], s))

  const { backend, iterations, signal } = options
  const transform = scattering2d({ shape: [side, side], scales: SCALES, backend })
  const { data, shape } = transform.transform({
    data: Float32Array.from([...ends[0], ...ends[1]]),
    shape: [2, side, side],
  })
  const length = data.length / 2
  const targets = new Float32Array(FRAMES * length)
  places.forEach((s, i) => targets.set(mixed(data.subarray(0, length), data.subarray(length), s), i * length))
  const { x: found } = await invert({ data: targets, shape: [FRAMES, ...shape.slice(1)] }, transform, {
    minimise: lbfgs,
    iterations,
    start: { data: pixels, shape: [FRAMES, side, side] },
    bounds: { least: 0, most: 1 },
    signal,
  })
  transform.dispose()
  const phi = Float32Array.from(found.data)
  const norm = lengthOf(x.data)
  const apart = (frames: Float32Array): number => {
    let sum = 0
    for (let i = 1; i < FRAMES - 1; i++) {
      let square = 0
      for (let k = i * size; k < (i + 1) * size; k++) square += (frames[k] - orbit[k]) ** 2
      sum += Math.sqrt(square) / norm
    }
    return sum / (FRAMES - 2)
  }
  return { orbit, pixels, phi, frames: FRAMES, apart: { pixels: apart(pixels), phi: apart(phi) } }
}
