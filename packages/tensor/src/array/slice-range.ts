// Ranges of indices along one axis.
import { ShapeError } from '../errors.ts'

/**
 * One axis of `slice`: an index (drops the axis), null for all, or `[start, stop, step]`, where negative positions
 * count from the end and a missing stop means as far as there is: `[-1, undefined, -1]` reverses.
 */
export type SliceRange = number | readonly [start: number, stop?: number | undefined, step?: number] | null

/** A range on an axis of a given length, by Python's rules: its first index, step and number of indices. */
export function resolveRange(
  range: Exclude<SliceRange, number> | undefined,
  length: number,
): { start: number; step: number; count: number } {
  const [from, to, step = 1] = range ?? [0]
  if (![from, to ?? 0, step].every(Number.isInteger) || step === 0) {
    throw new ShapeError(`slice range [${range?.join(', ')}] must hold integers, the step not 0`)
  }
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1]
  const clamp = (index: number): number => Math.min(Math.max(index < 0 ? index + length : index, low), high)
  const start = clamp(from)
  const stop = to === undefined ? (step > 0 ? high : low) : clamp(to)
  return { start, step, count: Math.max(0, Math.ceil((stop - start) / step)) }
}
