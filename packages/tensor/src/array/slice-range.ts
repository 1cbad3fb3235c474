// Ranges of indices along one axis.
import { ShapeError } from '../errors.ts'

/**
 * One axis of `slice`: an index (drops the axis), null for all, or `[start, stop, step]`, where negative positions
 * count from the end and a missing stop means as far as there is: `[-1, undefined, -1]` reverses.
 */
export type SliceRange = number | readonly [start: number, stop?: number | undefined, step?: number] | null

/** A range on an axis of a given length, by Python's rules: its first index, step and number of indices. */
export function resolveRange(
  range: Exclude<SliceRange, number>,
  length: number,
): { start: number; step: number; count: number } {
  const [from, to, step = 1] = range ?? [0]
  if (![from, to ?? 0, step].every(Number.isInteger) || step === 0) {
    throw new ShapeError(`slice range [${range?.join(', ')}] must hold integers, the step not 0`)
  }
  const clamp = (index: number, low: number, high: number): number =>
    Math.min(Math.max(index < 0 ? index + length : index, low), high)
  const start = step > 0 ? clamp(from, 0, length) : clamp(from, -1, length - 1)
  const stop = to === undefined ? (step > 0 ? length : -1) : step > 0 ? clamp(to, 0, length) : clamp(to, -1, length - 1)
  return { start, step, count: Math.max(0, Math.ceil((stop - start) / step)) }
}
