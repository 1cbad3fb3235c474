// Walks strided views of one shape line by line, so that an operation is written as one inner loop.
import type { Shape } from '../array/shape.ts'

/** The strides and offset of one view. */
export interface Walk {
  readonly strides: readonly number[]
  readonly offset: number
}

/** An axis of several views: its length, and its stride in each. */
export interface Axis {
  readonly length: number
  readonly steps: readonly number[]
}

/** Below this a line is short: a longer one across memory is cheaper than many short ones along it. */
const SHORT = 16

/**
 * Visits every element in runs of at most `longest`: the length of a run, then its start and its step in each of the views. The
 * lists are the walk's own and change. Runs lie along the axis with the smallest strides, or, where that is short, the longest;
 * neighbouring axes that all views run through evenly count as one.
 */
export function walkLines(
  shape: Shape,
  views: readonly Walk[],
  longest: number,
  visit: (n: number, starts: readonly number[], steps: readonly number[]) => void,
): void {
  if (shape.includes(0)) return
  const axes = mergeAxes(sortAxes(shape, views))
  const isShort = (axes.at(-1)?.length ?? SHORT) < SHORT
  const at = isShort ? axes.reduce((best, { length }, i) => (length < axes[best].length ? best : i), 0) : -1
  const [inner = { length: 1, steps: views.map(() => 0) }] = axes.splice(at, 1)
  const starts = views.map(({ offset }) => offset)
  const move = (by: number, along: readonly number[]): void => {
    for (let v = 0; v < starts.length; v++) starts[v] += by * along[v]
  }
  const walk = (axis: number): void => {
    const isInner = axis === axes.length
    const { length, steps } = isInner ? inner : axes[axis]
    const by = isInner ? longest : 1
    for (let k = 0; k < length; k += by) {
      if (isInner) visit(Math.min(longest, length - k), starts, steps)
      else walk(axis + 1)
      move(by, steps)
    }
    move(-by * Math.ceil(length / by), steps)
  }
  walk(0)
}

/** Receives the length of a line, then its start and its step in each of the views. */
export type LineVisitor = (
  length: number,
  start0: number,
  step0: number,
  start1: number,
  step1: number,
  start2: number,
  step2: number,
) => void

/** The longest line that is visited at once: short enough that the engine compiles the visitor as a whole. */
export const LONGEST = 2048

/** `walkLines` for one to three views, as numbers. */
export function forEachLine(shape: Shape, views: readonly Walk[], visit: LineVisitor): void {
  walkLines(shape, views, LONGEST, (n, [at0, at1 = 0, at2 = 0], [step0, step1 = 0, step2 = 0]) =>
    visit(n, at0, step0, at1, step1, at2, step2),
  )
}

/** The axes that have a length, those with the largest strides first. */
function sortAxes(shape: Shape, views: readonly Walk[]): Axis[] {
  const sorted: (Axis & { readonly reach: number })[] = []
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] === 1) continue
    const steps: number[] = []
    let reach = 0
    for (const { strides } of views) {
      steps.push(strides[axis])
      reach += Math.abs(strides[axis])
    }
    let at = sorted.length
    while (at > 0 && sorted[at - 1].reach < reach) at--
    sorted.splice(at, 0, { length: shape[axis], steps, reach })
  }
  return sorted
}

/** Neighbouring axes as one where all views run through them evenly; the outer ones come first. */
export function mergeAxes(axes: readonly Axis[]): Axis[] {
  const merged: Axis[] = []
  for (const { length, steps } of axes) {
    const outer = merged.at(-1)
    if (outer?.steps.every((step, v) => step === length * steps[v]))
      merged[merged.length - 1] = { length: outer.length * length, steps }
    else merged.push({ length, steps })
  }
  return merged
}
