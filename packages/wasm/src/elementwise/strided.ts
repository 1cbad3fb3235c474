// Walks over strided views of one shape: axes in the order of memory, neighbours merged, the innermost left to a kernel.

/** The strides of one view over a common shape, and the address of its first element; both in bytes. */
export interface Strided {
  readonly address: number
  readonly strides: readonly number[]
}

/** One axis of a walk: its length and what it adds to each view's address. */
export interface Axis {
  readonly length: number
  readonly steps: readonly number[]
}

/** No axis: one element. */
const NO_AXIS = (views: number): Axis => ({ length: 1, steps: new Array<number>(views).fill(0) })

/**
 * The axes of some views, those with the largest steps first; lengths of 1 are dropped, and two axes become one where every
 * view runs through both evenly. The order looks at the last view first (the one that is written), then at the others.
 */
export function axesOf(shape: readonly number[], views: readonly Strided[]): Axis[] {
  if (isEven(shape, views))
    return [{ length: shape.reduce((a, b) => a * b), steps: views.map(({ strides }) => strides.at(-1)!) }]
  const axes = shape
    .map((length, axis): Axis => ({ length, steps: views.map(({ strides }) => strides[axis]!) }))
    .filter(({ length }) => length !== 1)
    .sort((a, b) => {
      for (let v = views.length - 1; v >= 0; v--) {
        const difference = Math.abs(b.steps[v]!) - Math.abs(a.steps[v]!)
        if (difference !== 0) return difference
      }
      return 0
    })
  const merged: Axis[] = []
  for (const axis of axes) {
    const outer = merged.at(-1)
    if (outer?.steps.every((step, v) => step === axis.length * axis.steps[v]!))
      merged[merged.length - 1] = { length: outer.length * axis.length, steps: axis.steps }
    else merged.push(axis)
  }
  return merged
}

/** Whether all views run evenly through all axes as they are: the common case, found at once. */
function isEven(shape: readonly number[], views: readonly Strided[]): boolean {
  for (const { strides } of views)
    for (let axis = shape.length - 1; axis > 0; axis--)
      if (strides[axis - 1] !== strides[axis]! * shape[axis]!) return false
  return shape.length > 0 && !shape.includes(1)
}

/** Splits off the innermost `count` axes, filled up with axes of length 1 on the outside. */
export function innermost(axes: readonly Axis[], count: number, views: number): { outer: Axis[]; inner: Axis[] } {
  const cut = Math.max(0, axes.length - count)
  const inner = axes.slice(cut)
  while (inner.length < count) inner.unshift(NO_AXIS(views))
  return { outer: axes.slice(0, cut), inner }
}

/** Calls `visit` with the views' addresses for every index of `axes`, the last axis fastest. */
export function forEachIndex(
  axes: readonly Axis[],
  starts: readonly number[],
  visit: (addresses: readonly number[]) => void,
): void {
  const addresses = [...starts]
  const walk = (depth: number): void => {
    if (depth === axes.length) {
      visit(addresses)
      return
    }
    const { length, steps } = axes[depth]!
    for (let i = 0; i < length; i++) {
      walk(depth + 1)
      for (let v = 0; v < addresses.length; v++) addresses[v]! += steps[v]!
    }
    for (let v = 0; v < addresses.length; v++) addresses[v]! -= length * steps[v]!
  }
  walk(0)
}
