// Deformations by a displacement field, D_τ x(u) = x(u − τ(u)), and how strong a field is: ‖τ‖∞ and ‖∇τ‖∞.
import {
  type ArrayInput,
  type RealArray,
  type ShapedArray,
  ShapeError,
  ValueError,
  asTensor,
  checkOptions,
  formatShape,
  isComplex,
} from '@scatterlab/tensor'
import { type Size, planesOf } from './planes.ts'
import { type Positions, type WarpOptions, positions, warp, warpRules } from './warp.ts'

/** A displacement field τ: [2, height, width] (down, to the right) in pixels for images, [length] in samples for signals. */
export type Displacement = ArrayInput

/** The strength of a field. */
export interface Strength {
  /** ‖τ‖∞: the longest displacement |τ(u)|, in pixels. */
  readonly displacement: number
  /** ‖∇τ‖∞: the largest singular value of the matrix ∇τ(u) of any pixel. Below 1 the deformation is invertible; theory asks ≤ ½. */
  readonly gradient: number
}

/** A field as planes on a grid; a signal's has one, an image's two. */
interface Field {
  readonly data: RealArray
  readonly size: Size
  readonly isSignal: boolean
}

/**
 * D_τ x(u) = x(u − τ(u)): one field for all images or signals, or a list of one each. Throws `ShapeError` where τ is not of their size.
 */
export function deform(x: ArrayInput, tau: Displacement | readonly Displacement[], options?: WarpOptions): ShapedArray {
  const given = checkOptions('deform', options, warpRules)
  const isList = Array.isArray(tau) && typeof tau[0] !== 'number' && !Array.isArray(tau[0])
  const fields = (isList ? (tau as readonly Displacement[]) : [tau as Displacement]).map(fieldOf)
  if (fields.length === 0) throw new ShapeError('deform: tau is an empty list: give a field, or one for each image')
  const { isSignal } = fields[0]
  const planes = planesOf(isSignal ? 'signals' : 'images', x, isSignal ? 1 : 2)
  if (isList && fields.length !== planes.count)
    throw new ShapeError(`deform: ${fields.length} fields for ${planes.count} images: give one each, or one for all`)
  const [height, width] = planes.size
  for (const field of fields) {
    if (field.isSignal !== isSignal || field.size[0] !== height || field.size[1] !== width) {
      const wanted = isSignal ? `[${width}]` : `[2, ${height}, ${width}]`
      throw new ShapeError(`deform: tau is ${formatShape(shapeOf(field))}: for these arrays give ${wanted}`)
    }
  }
  const places = fields.map(positionsOf)
  return warp(planes, (plane) => places[isList ? plane : 0], given)
}

/**
 * ‖τ‖∞ and ‖∇τ‖∞ of a field at its pixels, the gradient by central differences (one-sided at the edge), with an error of the order of
 * the field's third derivative.
 */
export function strengthOf(tau: Displacement): Strength {
  const { data, size, isSignal } = fieldOf(tau)
  const [height, width] = size
  const length = height * width
  const slope = (plane: number, row: number, column: number, down: number, right: number): number => {
    const [r0, r1] = [Math.max(row - down, 0), Math.min(row + down, height - 1)]
    const [c0, c1] = [Math.max(column - right, 0), Math.min(column + right, width - 1)]
    const steps = r1 - r0 + c1 - c0
    return steps === 0 ? 0 : (data[plane * length + r1 * width + c1] - data[plane * length + r0 * width + c0]) / steps
  }
  let [displacement, gradient] = [0, 0]
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      if (isSignal) {
        displacement = Math.max(displacement, Math.abs(data[at]))
        gradient = Math.max(gradient, Math.abs(slope(0, row, column, 0, 1)))
        continue
      }
      displacement = Math.max(displacement, Math.hypot(data[at], data[length + at]))
      const [a, b] = [slope(0, row, column, 1, 0), slope(0, row, column, 0, 1)]
      const [c, d] = [slope(1, row, column, 1, 0), slope(1, row, column, 0, 1)]
      gradient = Math.max(gradient, largestSingularValue(a, b, c, d))
    }
  }
  return { displacement, gradient }
}

/** Of the matrix [[a, b], [c, d]]: half the sum of the moduli of its conformal and its anticonformal part. */
export const largestSingularValue = (a: number, b: number, c: number, d: number): number =>
  (Math.hypot(a + d, b - c) + Math.hypot(a - d, b + c)) / 2

function fieldOf(tau: Displacement): Field {
  const all = asTensor(tau, 'the numbers of tau')
  const { shape, rank } = all
  const isSignal = rank === 1
  const fits = (isSignal || (rank === 3 && shape[0] === 2)) && shape.every((n) => n > 0)
  if (!fits || isComplex(all.dtype))
    throw new ShapeError(
      `tau is ${all.dtype} ${formatShape(shape)}: give real [2, height, width] for images, [length] for signals`,
    )
  const data = all.asTypedArray()
  const bad = data.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) throw new ValueError(`tau holds ${data[bad]} at number ${bad}: it must be finite`)
  return { data, size: isSignal ? [1, shape[0]] : [shape[1], shape[2]], isSignal }
}

const shapeOf = ({ size, isSignal }: Field): number[] => (isSignal ? [size[1]] : [2, ...size])

function positionsOf({ data, size, isSignal }: Field): Positions {
  const length = size[0] * size[1]
  return positions(size, (row, column, at) =>
    isSignal ? [row, column - data[at]] : [row - data[at], column - data[length + at]],
  )
}
