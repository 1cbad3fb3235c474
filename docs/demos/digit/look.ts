// What Φ sees of a digit and of the same digit pushed around: moduli, disks, and how far each moved.
import { scatteringDisk } from '@scatterlab/figures'
import type { Scattering2d } from '@scatterlab/scattering'
import { deform, randomDisplacement, relativeDistances, translate } from '@scatterlab/symmetry'
import type { ShapedArray } from '@scatterlab/tensor'
import { direction } from '../worker/direction.ts'
import { type Painted, type Plane, mosaic, painted } from '../worker/painted.ts'
import { ORIENTATIONS, SIDE } from './recogniser.ts'

/** How a digit is pushed around. */
export interface Push {
  /** Pixels. */
  readonly right: number
  readonly down: number
  /** ‖∇τ‖∞ of a random smooth field. */
  readonly deformation: number
  readonly seed: number
}

/** What is shown of a digit. */
export interface Look {
  readonly original: Painted
  readonly moved: Painted
  /** |x ⋆ ψ| of the moved digit: a row a scale, a column an orientation. */
  readonly moduli: Painted
  /** SVG. */
  readonly disks: string
  /** ‖x' − x‖/‖x‖ and ‖Φx' − Φx‖/‖Φx‖. */
  readonly movement: { readonly pixels: number; readonly phi: number }
  readonly coefficients: number
}

/** A digit [28, 28] with a border, [32, 32]. */
export function framed(digit: Float32Array): Plane & ShapedArray<Float32Array> {
  const [side, edge] = [Math.sqrt(digit.length), (SIDE - Math.sqrt(digit.length)) / 2]
  const data = new Float32Array(SIDE * SIDE)
  for (let y = 0; y < side; y++) data.set(digit.subarray(y * side, (y + 1) * side), (y + edge) * SIDE + edge)
  return { data, shape: [SIDE, SIDE] }
}

/** The digit translated, then deformed; black comes in at the edges. */
export function pushed(image: ShapedArray, { right, down, deformation, seed }: Push): ShapedArray<Float32Array> {
  const moved = right === 0 && down === 0 ? image : translate(image, [down, right], { border: 'zero' })
  const tau = randomDisplacement({ shape: [SIDE, SIDE], gradient: deformation, seed })
  const { data } = deformation === 0 ? moved : deform(moved, tau, { border: 'zero' })
  return { data: Float32Array.from(data), shape: [SIDE, SIDE] }
}

/** Φ of the moved digit, and all that is shown. */
export function look(
  transform: Scattering2d,
  image: ShapedArray,
  push: Push,
): { readonly shown: Look; readonly phi: ShapedArray } {
  const moved = pushed(image, push)
  const { data, shape } = transform.transform({
    data: Float32Array.from([...image.data, ...moved.data]),
    shape: [2, SIDE, SIDE],
  })
  const size = data.length / 2
  const features = (i: number): ShapedArray => ({
    data: data.slice(i * size, (i + 1) * size),
    shape: [1, ...shape.slice(1)],
  })
  const [still, phi] = [features(0), features(1)]
  const places = shape[2] * shape[3]
  const means = transform.paths.map(({ index }) => {
    let sum = 0
    for (let i = 0; i < places; i++) sum += phi.data[index * places + i]
    return sum / places
  })
  const onDisk = transform.paths.map(({ order, scales, angles }) => ({ order, scales, angles: angles.map(direction) }))
  return {
    phi,
    shown: {
      original: painted(image, 'gray', [0, 1]),
      moved: painted(moved, 'gray', [0, 1]),
      moduli: firstModuli(transform, moved),
      disks: scatteringDisk({ paths: onDisk, values: means, size: 220, title: 'Mean of Φ, by scale and angle' }).svg,
      movement: {
        pixels: relativeDistances(rows(image), rows(moved))[0],
        phi: relativeDistances(still, phi)[0],
      },
      coefficients: size,
    },
  }
}

const rows = ({ data, shape }: ShapedArray): ShapedArray => ({ data, shape: [1, ...shape] })

/** Each scale by its own range, so that all light up. */
function firstModuli(transform: Scattering2d, image: ShapedArray): Painted {
  const first = transform.moduli(image).filter(({ path }) => path.order === 1)
  const planes = first.map(({ data, shape, step, path }) => {
    const scale = first.filter((other) => other.path.scales[0] === path.scales[0])
    const peak = Math.max(1e-6, ...scale.flatMap((other) => [...other.data]))
    return { data: enlarged(data, shape, step, peak), shape: [SIDE, SIDE] }
  })
  return mosaic(planes, ORIENTATIONS, { map: 'magma', range: [0, 1], gap: 2 })
}

/** Samples every `step` pixels as pixels, over `peak`. */
function enlarged(
  data: ArrayLike<number>,
  [height, width]: readonly number[],
  step: number,
  peak: number,
): Float32Array {
  return Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const y = Math.min(height - 1, Math.floor(Math.floor(i / SIDE) / step))
    const x = Math.min(width - 1, Math.floor((i % SIDE) / step))
    return data[y * width + x] / peak
  })
}
