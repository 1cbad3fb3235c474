// What a symmetry acts on: images [..., height, width] or signals [..., length], taken in any form and looked at as planes.
// A signal is an image of one row. All work is in double precision; results have the precision of what came in.
import {
  type ArrayInput,
  type RealArray,
  type RealDType,
  type ShapedArray,
  DTypeError,
  ShapeError,
  ValueError,
  asTensor,
  formatShape,
  isComplex,
  realArray,
  realOf,
  shown,
  sizeOf,
} from '@scatterlab/tensor'

/** Height and width of a plane. */
export type Size = readonly [height: number, width: number]

/** A batch of planes of one size. */
export interface Planes {
  /** The numbers, plane after plane, row after row. Not to be written to. */
  readonly data: RealArray
  readonly dtype: RealDType
  readonly shape: readonly number[]
  readonly count: number
  readonly size: Size
}

/** How many of the last axes a symmetry acts on: 1 for signals, 2 for images. */
export type Dimensions = 1 | 2

/** Takes arrays in. Throws a typed error for what is no array of finite real numbers with that many axes. */
export function planesOf(name: string, x: ArrayInput, dimensions: Dimensions): Planes {
  const all = asTensor(x, name)
  const { shape, rank } = all
  if (isComplex(all.dtype)) throw new DTypeError(`${name} are ${all.dtype}: give real ones, for example x.real`)
  if (rank < dimensions || sizeOf(shape) === 0) {
    const axes = dimensions === 1 ? '[..., length]' : '[..., height, width]'
    throw new ShapeError(`${name} are of shape ${formatShape(shape)}: give ${axes}, none of them empty`)
  }
  const size: Size = dimensions === 1 ? [1, shape[rank - 1]] : [shape[rank - 2], shape[rank - 1]]
  const data = all.asTypedArray()
  const bad = data.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) throw new ValueError(`${name} hold ${data[bad]} at number ${bad}: replace it by a finite number first`)
  return { data, dtype: realOf(all.dtype), shape, count: data.length / (size[0] * size[1]), size }
}

/** New numbers for the same planes. */
export function likePlanes({ dtype, data, shape }: Planes): ShapedArray {
  return { data: realArray(dtype, data.length), shape: [...shape] }
}

/** One parameter for all planes, or one for each. */
export type PerPlane = number | ArrayLike<number>

/** The parameter of each plane. Throws `ValueError` where one is not finite, `ShapeError` where there are too few or too many. */
export function perPlane(what: string, value: PerPlane, count: number): (plane: number) => number {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new ValueError(`${what} is ${value}: it must be a finite number`)
    return () => value
  }
  const isList = Array.isArray(value) || value instanceof Float32Array || value instanceof Float64Array
  if (!isList) throw new ValueError(`${what} is ${shown(value)}: give a number, or a list of one an image`)
  const list: ArrayLike<number> = value
  if (list.length !== count) throw new ShapeError(`${what}: ${list.length} numbers for ${count} images: give one each`)
  for (let i = 0; i < count; i++) {
    if (!Number.isFinite(list[i]))
      throw new ValueError(`${what} of image ${i} is ${shown(list[i])}: it must be a finite number`)
  }
  return (plane) => list[plane]
}
