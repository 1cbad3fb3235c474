// The rectifier on the reference.
import type { View } from '../backend.ts'
import { checkLengths } from '../window.ts'
import { dataOf } from './elementwise.ts'
import { forEachLine } from './lines.ts'

/** out ← x where x > 0, else slope·x. */
export function relu(x: View, out: View, slope = 0): void {
  checkLengths('the output', out.shape, x.shape)
  const [from, to] = [dataOf(x.buffer), dataOf(out.buffer)]
  forEachLine(x.shape, [x, out], (n, i, si, o, so) => {
    for (let k = 0; k < n; k++, i += si, o += so)
      to[o] = slope === 0 ? Math.max(from[i], 0) : from[i] * (from[i] > 0 ? 1 : slope)
  })
}

/** gradX ← gradOut where x > 0, else slope·gradOut. */
export function reluGradient(x: View, gradOut: View, gradX: View, slope = 0): void {
  checkLengths("the output's gradient", gradOut.shape, x.shape)
  checkLengths("the input's gradient", gradX.shape, x.shape)
  const [from, gradient, to] = [dataOf(x.buffer), dataOf(gradOut.buffer), dataOf(gradX.buffer)]
  forEachLine(x.shape, [x, gradOut, gradX], (n, i, si, g, sg, o, so) => {
    for (let k = 0; k < n; k++, i += si, g += sg, o += so) {
      if (from[i] > 0) to[o] = gradient[g]
      else to[o] = slope === 0 ? 0 : slope * gradient[g]
    }
  })
}
