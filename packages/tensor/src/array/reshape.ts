// The arithmetic of reshaping: which shape is meant, and whether strides can express it without a copy.
import { type Axis, mergeAxes } from '../backend/lines.ts'
import { ShapeError } from '../errors.ts'
import { type Shape, checkShape, contiguousStrides, formatShape, sameShape, sizeOf } from './shape.ts'

/** The shape that is meant: one length may be -1 and follows from the rest. Throws `ShapeError` naming both shapes. */
export function inferShape(lengths: readonly number[], from: Shape): number[] {
  const known = lengths.filter((n) => n !== -1)
  const rest = sizeOf(known)
  const size = sizeOf(from)
  const shape = lengths.map((n) => (n === -1 ? (rest === 0 ? 0 : size / rest) : n))
  if (lengths.length - known.length > 1 || !shape.every(Number.isInteger) || sizeOf(shape) !== size) {
    throw new ShapeError(`cannot reshape ${formatShape(from)} (${size} elements) to ${formatShape(lengths)}`)
  }
  checkShape(shape)
  return shape
}

/**
 * Strides of the reshaped view, or null where only a copy serves: axes are merged and split within runs that are dense.
 */
export function reshapeStrides(shape: Shape, strides: readonly number[], target: Shape): number[] | null {
  if (sameShape(shape, target)) return [...strides]
  if (sizeOf(shape) === 0) return contiguousStrides(target)
  const axes = shape.map((length, i) => ({ length, steps: [strides[i]] }))
  const runs = mergeAxes(axes.filter(({ length }) => length !== 1))
  const out = new Array<number>(target.length).fill(0)
  let run: Axis | undefined
  let left = 1
  for (let i = target.length - 1; i >= 0; i--) {
    if (target[i] === 1) continue
    while (left === 1) {
      run = runs.pop()
      left = run?.length ?? 1
    }
    if (run === undefined || left % target[i] !== 0) return null
    out[i] = run.steps[0] * (run.length / left)
    left /= target[i]
  }
  return out
}
