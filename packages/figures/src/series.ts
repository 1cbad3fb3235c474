// The curves of a plot: what a caller gives, checked, and as points with the ends of their error bars.

import { checkOptions, ValueError } from '@scatterlab/tensor'
import { checkArgument, numbers, seriesRules } from './rules.ts'
import { FigureError } from './errors.ts'
import { checkFinite } from './picture.ts'
import type { Limits } from './range.ts'

/** One curve. */
export interface Series {
  /** What the legend calls it. */
  readonly label: string
  /** Where the points stand along the bottom, finite numbers. */
  readonly x: ArrayLike<number>
  /** How high they stand, one number for each of x. */
  readonly y: ArrayLike<number>
  /** Half-length of the error bar at each point, at least 0, in the unit of y; or its two sides. */
  readonly error?:
    | ArrayLike<number>
    | {
        /** How far the bar reaches down from each point. */
        readonly below: ArrayLike<number>
        /** How far it reaches up. */
        readonly above: ArrayLike<number>
      }
  /** A broken line, as for a published curve beside one's own; default false. */
  readonly dashed?: boolean
  /** A line from point to point; default true. */
  readonly line?: boolean
  /** A marker at each point; default: up to 40 points, and wherever there is no line. */
  readonly markers?: boolean
}

/** A point of a curve; `low` and `high` are the ends of its error bar, equal to y without one. */
export interface Point {
  readonly x: number
  readonly y: number
  readonly low: number
  readonly high: number
}

/** A checked curve. */
export interface Curve {
  readonly label: string
  readonly points: readonly Point[]
  readonly dashed: boolean
  readonly line: boolean
  readonly markers: boolean
}

const sides = (error: NonNullable<Series['error']>): readonly [ArrayLike<number>, ArrayLike<number>] =>
  typeof error === 'object' && error !== null && 'below' in error ? [error.below, error.above] : [error, error]

const checkLength = (option: string, found: number, wanted: number): void => {
  if (found === wanted) return
  throw new FigureError('LENGTH_MISMATCH', `${option} has ${found} numbers but x has ${wanted}: give one a point`)
}

/** `series[index]`, checked; throws {@link FigureError} `EMPTY`, `LENGTH_MISMATCH`, `NON_FINITE` or ValueError. */
export const curveOf = (series: Series, index: number): Curve => {
  const given = checkOptions<Series>(`series[${index}]`, series, seriesRules, ['label', 'x', 'y'])
  const { label, x, y, error, dashed = false, line = true, markers = !line || x.length <= 40 } = given
  const option = `series[${index}] '${label}'`
  if (x.length === 0) throw new FigureError('EMPTY', `${option} has no points: leave it out`)
  checkLength(`${option}: y`, y.length, x.length)
  checkFinite(`${option}: x`, x)
  checkFinite(`${option}: y`, y)
  const [below, above] = error === undefined ? [undefined, undefined] : sides(error)
  for (const side of [below, above]) {
    if (error === undefined) continue
    checkArgument(`${option}: error`, side, numbers)
    if (side === undefined) continue
    checkLength(`${option}: error`, side.length, x.length)
    checkFinite(`${option}: error`, side)
    const bad = Array.from(side).findIndex((length) => length < 0)
    if (bad >= 0) throw new ValueError(`${option}: error ${bad} is ${side[bad]}: give lengths of at least 0`)
  }
  const points = Array.from(x, (at, i) => ({
    x: at,
    y: y[i]!,
    low: y[i]! - (below?.[i] ?? 0),
    high: y[i]! + (above?.[i] ?? 0),
  }))
  return { label, points, dashed, line, markers }
}

/** The least and the greatest number that `pick` finds at the points, only those above 0 if `positive`. */
export const extentOf = (
  curves: readonly Curve[],
  pick: (point: Point) => readonly number[],
  positive: boolean,
): Limits => {
  const values = curves.flatMap(({ points }) => points.flatMap(pick)).filter((value) => !positive || value > 0)
  return [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)]
}
