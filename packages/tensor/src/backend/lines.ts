// Walks strided views of one shape line by line, so that an operation is written as one inner loop.
import type { Shape } from '../array/shape.ts'

/** The strides and offset of one view. */
export interface Walk {
  readonly strides: readonly number[]
  readonly offset: number
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

interface Axis {
  length: number
  steps: readonly number[]
}

/** The longest line that is visited at once: short enough that the engine compiles the visitor as a whole. */
const LONGEST = 2048

const STILL: Walk = { strides: [], offset: 0 }

/**
 * Visits every line of one to three views of one shape, in any order: lines lie along the axis with the smallest
 * strides, and neighbouring axes that all views run through evenly count as one.
 */
export function forEachLine(shape: Shape, views: readonly Walk[], visit: LineVisitor): void {
  if (shape.includes(0)) return
  const walks = [views[0], views[1] ?? STILL, views[2] ?? STILL]
  const axes = mergeAxes(shape, walks)
  const { length, steps } = axes.pop() ?? { length: 1, steps: [0, 0, 0] }
  const [step0, step1, step2] = steps
  let [at0, at1, at2] = walks.map((walk) => walk.offset)
  const counts = axes.map(() => 0)
  for (;;) {
    for (let k = 0; k < length; k += LONGEST) {
      const count = Math.min(LONGEST, length - k)
      visit(count, at0 + k * step0, step0, at1 + k * step1, step1, at2 + k * step2, step2)
    }
    let axis = axes.length - 1
    for (; axis >= 0; axis--) {
      const back = ++counts[axis] === axes[axis].length
      const move = back ? 1 - axes[axis].length : 1
      at0 += move * axes[axis].steps[0]
      at1 += move * axes[axis].steps[1]
      at2 += move * axes[axis].steps[2]
      if (!back) break
      counts[axis] = 0
    }
    if (axis < 0) return
  }
}

function mergeAxes(shape: Shape, views: readonly Walk[]): Axis[] {
  const reach = (axis: Axis): number => axis.steps.reduce((sum, step) => sum + Math.abs(step), 0)
  const sorted = shape
    .map((length, axis): Axis => ({ length, steps: views.map((view) => view.strides[axis] ?? 0) }))
    .filter((axis) => axis.length !== 1)
    .sort((a, b) => reach(b) - reach(a))
  const merged: Axis[] = []
  for (const axis of sorted) {
    const outer = merged.at(-1)
    if (outer?.steps.every((step, view) => step === axis.length * axis.steps[view])) {
      outer.length *= axis.length
      outer.steps = axis.steps
    } else merged.push(axis)
  }
  return merged
}
