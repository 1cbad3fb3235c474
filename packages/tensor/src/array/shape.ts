// Shapes and strides: pure arithmetic on lists of integers, no data. Strides count real numbers of the buffer.
import { shown } from '../check-options.ts'
import { ShapeError } from '../errors.ts'

/** Lengths of the axes, outermost first. */
export type Shape = readonly number[]

/** Number of elements: the product of the lengths (1 for a scalar's empty shape). */
export const sizeOf = (shape: Shape): number => shape.reduce((product, length) => product * length, 1)

/** Row-major strides of a contiguous array whose elements take `step` real numbers each. */
export function contiguousStrides(shape: Shape, step = 1): number[] {
  const strides = new Array<number>(shape.length)
  for (let axis = shape.length - 1, stride = step; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis]
  }
  return strides
}

/** How a shape is written in messages: `2×3×32`, or `scalar`. */
export const formatShape = (shape: Shape): string => (shape.length === 0 ? 'scalar' : shape.join('×'))

/** Whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false
  return true
}

/** Throws `ShapeError` unless every length is a non-negative integer. */
export function checkShape(shape: Shape): void {
  if (!Array.isArray(shape) || !shape.every((length) => Number.isInteger(length) && length >= 0))
    throw new ShapeError(
      `shape is ${shown(shape)}: give a list of lengths, such as [2, 3]; it must hold non-negative integers`,
    )
}

/**
 * The common shape of two arrays by NumPy's rule: trailing axes agree or are 1. Throws `ShapeError` naming both shapes.
 */
export function broadcastShapes(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const m = a[axis - rank + a.length] ?? 1
    const n = b[axis - rank + b.length] ?? 1
    if (m !== n && m !== 1 && n !== 1) {
      throw new ShapeError(
        `shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast: ${m} against ${n} on axis ${axis}`,
      )
    }
    return m === 1 ? n : m
  })
}

/** An axis counted from the end when negative, checked against the rank. */
export function checkAxis(axis: number, rank: number): number {
  if (!Number.isInteger(axis)) throw new ShapeError(`axis is ${shown(axis)}: give a whole number`)
  const positive = axis < 0 ? axis + rank : axis
  if (positive < 0 || positive >= rank) {
    throw new ShapeError(`axis ${axis} is outside an array of ${rank} axes: use -${rank} … ${rank - 1}`)
  }
  return positive
}
