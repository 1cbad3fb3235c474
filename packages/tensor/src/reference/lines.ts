// Walks strided views of one shape line by line, so that an operation is written as one inner loop.
import type { Shape } from '../shape.ts'

/** Receives the start of a line in each view, its length, and the step along it in each view. */
export type LineVisitor = (starts: readonly number[], length: number, steps: readonly number[]) => void

/** The strides and offset of one view. */
export interface Walk {
  readonly strides: readonly number[]
  readonly offset: number
}

/** Visits every line along the innermost axis; neighbouring axes that all views run through evenly count as one. */
export function forEachLine(shape: Shape, views: readonly Walk[], visit: LineVisitor): void {
  if (shape.includes(0)) return
  const axes = mergeAxes(shape, views)
  const inner = axes.pop() ?? { length: 1, strides: views.map(() => 0) }
  const starts = views.map((view) => view.offset)
  const walk = (depth: number): void => {
    if (depth === axes.length) {
      visit(starts, inner.length, inner.strides)
      return
    }
    const { length, strides } = axes[depth]
    for (let i = 0; i < length; i++) {
      walk(depth + 1)
      for (let v = 0; v < starts.length; v++) starts[v] += strides[v]
    }
    for (let v = 0; v < starts.length; v++) starts[v] -= length * strides[v]
  }
  walk(0)
}

function mergeAxes(shape: Shape, views: readonly Walk[]): { length: number; strides: number[] }[] {
  const axes: { length: number; strides: number[] }[] = []
  shape.forEach((length, axis) => {
    if (length === 1) return
    const strides = views.map((view) => view.strides[axis])
    const outer = axes.at(-1)
    if (outer && outer.strides.every((stride, v) => stride === length * strides[v])) {
      outer.length *= length
      outer.strides = strides
    } else axes.push({ length, strides })
  })
  return axes
}
