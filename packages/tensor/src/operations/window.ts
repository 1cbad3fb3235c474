// Where windows lie on an image: the arithmetic that convolution and pooling share. No data.
import { ShapeError, ValueError } from '../errors.ts'

/** One number for both axes of an image, or one for each. */
export type AlongBoth = number | readonly [y: number, x: number]

/** A pair of numbers, along y and along x. */
export type Pair = readonly [y: number, x: number]

/** How windows step over an image; each may differ along y and x. */
export interface WindowSteps {
  /** Pixels from one window to the next (default 1). */
  readonly stride?: AlongBoth
  /** Pixels by which the first window begins before the image (default 0). */
  readonly padding?: AlongBoth
  /** Pixels from one element of a window to the next (default 1). */
  readonly dilation?: AlongBoth
}

/** Windows with every number named: element k of window o reads pixel o·stride − padding + k·dilation. */
export interface Windows {
  /** Elements of a window. */
  readonly size: Pair
  /** Pixels from one window to the next. */
  readonly stride: Pair
  /** Pixels by which the first window begins before the image. */
  readonly padding: Pair
  /** Pixels from one element of a window to the next. */
  readonly dilation: Pair
}

/**
 * Resolves the options. Throws `ValueError` for a size, stride or dilation that is no positive integer, or a padding that is no
 * integer ≥ 0.
 */
export function windowsOf(size: AlongBoth, { stride = 1, padding = 0, dilation = 1 }: WindowSteps): Windows {
  return {
    size: pair('size', size, 1),
    stride: pair('stride', stride, 1),
    padding: pair('padding', padding, 0),
    dilation: pair('dilation', dilation, 1),
  }
}

function pair(name: string, value: AlongBoth, least: number): Pair {
  const both: Pair = typeof value === 'number' ? [value, value] : value
  if (both.length !== 2 || !both.every((n) => Number.isInteger(n) && n >= least)) {
    throw new ValueError(`${name} ${String(value)}: give an integer of at least ${least}, or two of them, [y, x]`)
  }
  return both
}

/** Windows that lie within a padded line of `length` pixels: ⌊(length + 2·padding − dilation·(size − 1) − 1) / stride⌋ + 1. */
export function windowCount(length: number, { size, stride, padding, dilation }: Windows, axis: 0 | 1): number {
  const extent = dilation[axis] * (size[axis] - 1) + 1
  return Math.max(0, Math.floor((length + 2 * padding[axis] - extent) / stride[axis]) + 1)
}

/** The first window that reads pixel `offset` + o·stride or later, and the first that does not read below `length`. */
export function windowsInside(length: number, offset: number, stride: number, count: number): Pair {
  const first = Math.min(count, Math.max(0, Math.ceil(-offset / stride)))
  return [first, Math.max(first, Math.min(count, Math.ceil((length - offset) / stride)))]
}

/** Throws `ShapeError` unless every length is what is expected there (null: anything). */
export function checkLengths(name: string, shape: readonly number[], expected: readonly (number | null)[]): void {
  if (shape.length === expected.length && expected.every((length, axis) => length === null || length === shape[axis]))
    return
  const wanted = expected.map((length) => length ?? 'any').join('×')
  throw new ShapeError(`${name} has shape ${shape.join('×')} where ${wanted} is expected`)
}

/** Throws `ShapeError` unless each of the views (where given) holds a number for every channel of x [items, channels, …]. */
export function checkChannels(x: Shaped, views: Readonly<Record<string, Shaped | undefined>>): void {
  if (x.shape.length < 2) checkLengths('the input', x.shape, [null, null])
  for (const [name, view] of Object.entries(views)) if (view !== undefined) checkLengths(name, view.shape, [x.shape[1]])
}

interface Shaped {
  readonly shape: readonly number[]
}
