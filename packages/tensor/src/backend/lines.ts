// Walks strided views of one shape line by line, so that an operation is written as one inner loop.
import type { Shape } from '../array/shape.ts'

/** The strides and offset of one view. */
export interface Walk {
  readonly strides: readonly number[]
  readonly offset: number
}

interface Axis {
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
  const axes = mergeAxes(shape, views)
  const { length, steps } = takeInner(axes) ?? { length: 1, steps: views.map(() => 0) }
  const starts = views.map(({ offset }) => offset)
  const counts = axes.map(() => 0)
  const move = (by: number, along: readonly number[]): void => {
    for (let v = 0; v < starts.length; v++) starts[v] += by * along[v]
  }
  for (;;) {
    for (let k = 0; k < length; k += longest) {
      visit(Math.min(longest, length - k), starts, steps)
      move(longest, steps)
    }
    move(-longest * Math.ceil(length / longest), steps)
    let axis = axes.length - 1
    for (; axis >= 0 && ++counts[axis] === axes[axis].length; axis--) {
      move(1 - axes[axis].length, axes[axis].steps)
      counts[axis] = 0
    }
    if (axis < 0) return
    move(1, axes[axis].steps)
  }
}

/** Takes the axis of the runs out of the list. */
function takeInner(axes: Axis[]): Axis | undefined {
  const last = axes.at(-1)
  if (last === undefined || last.length >= SHORT) return axes.pop()
  const most = Math.max(...axes.map(({ length }) => length))
  return axes.splice(
    axes.findLastIndex(({ length }) => length === most),
    1,
  )[0]
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
const LONGEST = 2048

/** `walkLines` for one to three views, as numbers. */
export function forEachLine(shape: Shape, views: readonly Walk[], visit: LineVisitor): void {
  walkLines(shape, views, LONGEST, (n, [at0, at1 = 0, at2 = 0], [step0, step1 = 0, step2 = 0]) =>
    visit(n, at0, step0, at1, step1, at2, step2),
  )
}

/** The axes, those with the largest strides first. */
function mergeAxes(shape: Shape, views: readonly Walk[]): Axis[] {
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
  const merged: Axis[] = []
  for (const axis of sorted) {
    const outer = merged.at(-1)
    if (outer?.steps.every((step, v) => step === axis.length * axis.steps[v]))
      merged[merged.length - 1] = { length: outer.length * axis.length, steps: axis.steps }
    else merged.push(axis)
  }
  return merged
}
