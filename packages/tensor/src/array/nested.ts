// Numbers in nested arrays.
import { DTypeError, ShapeError } from '../errors.ts'
import type { Shape } from './shape.ts'

/** Numbers in nested arrays, one level an axis. */
export type NestedNumbers = number | NestedNumbers[]
/** Anything in nested arrays. */
export type Nested<T> = T | Nested<T>[]

/** The numbers in row-major order, and the shape. Throws `ShapeError` where the arrays are ragged. */
export function flatten(data: NestedNumbers): { flat: number[]; shape: number[] } {
  const shape: number[] = []
  for (let level: NestedNumbers = data; Array.isArray(level); level = level[0]) shape.push(level.length)
  const flat: number[] = []
  const visit = (level: NestedNumbers, axis: number): void => {
    if (Array.isArray(level) !== axis < shape.length || (Array.isArray(level) && level.length !== shape[axis])) {
      throw new ShapeError(`nested arrays are ragged: axis ${axis} is not ${shape[axis] ?? 'a number'} everywhere`)
    }
    if (Array.isArray(level)) for (const inner of level) visit(inner, axis + 1)
    else if (typeof level === 'number') flat.push(level)
    else throw new DTypeError(`nested arrays hold ${typeof level} where a number is expected`)
  }
  visit(data, 0)
  return { flat, shape }
}

/**
 * What `element` gives for each place of an array in row-major order, nested as the axes are; of axes longer than `most` the first
 * and the last ones, as many.
 */
export function nested<T>(shape: Shape, element: (at: number) => T, most: number = Infinity): Nested<T> {
  const build = (axis: number, at: number): Nested<T> => {
    if (axis === shape.length) return element(at)
    const length = shape[axis]
    const shown = Math.min(length, most)
    return Array.from({ length: shown }, (_, i) =>
      build(axis + 1, at * length + (i < most / 2 ? i : i + length - shown)),
    )
  }
  return build(0, 0)
}
