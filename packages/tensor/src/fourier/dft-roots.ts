// Roots of unity, each right to the last bit or so: the angle is reduced in integers to one octant before cos and sin.
// Not a recurrence, whose error would grow with the index.

/**
 * Table of e^{-2πi·k/order}, k = 0 … count-1, as interleaved [re, im] pairs: real length 2·count.
 * `step` multiplies k: entry k is the root of index step·k, any non-negative integers below 2^49.
 */
export function rootsOfUnity(order: number, count: number, step: (k: number) => number = (k) => k): Float64Array {
  const roots = new Float64Array(2 * count)
  for (let k = 0; k < count; k++) {
    // the circle has 8·order units, an octant `order`; all of this is exact
    let angle = 8 * (step(k) % order)
    const lower = angle > 4 * order
    if (lower) angle = 8 * order - angle
    const left = angle > 2 * order
    if (left) angle = 4 * order - angle
    const steep = angle > order
    if (steep) angle = 2 * order - angle
    const radians = (angle * Math.PI) / (4 * order)
    const cos = steep ? Math.sin(radians) : Math.cos(radians)
    const sin = steep ? Math.cos(radians) : Math.sin(radians)
    roots[2 * k] = left ? -cos : cos
    roots[2 * k + 1] = lower ? sin : -sin
  }
  return roots
}
