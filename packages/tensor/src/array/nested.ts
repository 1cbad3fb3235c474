// Numbers in nested arrays.
import { DTypeError, ShapeError } from '../errors.ts'

/** Numbers in nested arrays, one level an axis. */
export type NestedNumbers = number | NestedNumbers[]

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
