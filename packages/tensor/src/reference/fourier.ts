// The Fourier transform of the reference along one axis of a complex view, over dft.ts.
import type { View } from '../backend.ts'
import { dft } from '../dft.ts'
import { dataOf } from './elementwise.ts'
import { forEachLine } from './lines.ts'

/** out ← unnormalised DFT of x along `axis`; computed in double precision. */
export function fft(x: View, out: View, axis: number, sign: -1 | 1): void {
  const length = x.shape[axis]
  if (length === 0) return
  const from = dataOf(x.buffer)
  const to = dataOf(out.buffer)
  const plan = dft(length)
  const without = (list: readonly number[]): number[] => list.toSpliced(axis, 1)
  const views = [x, out].map((v) => ({ strides: without(v.strides), offset: v.offset }))
  const [stepX, stepOut] = [x.strides[axis], out.strides[axis]]
  let re = new Float64Array(0)
  let im = new Float64Array(0)
  forEachLine(without(out.shape), views, ([a, o], count, [sa, so]) => {
    if (re.length < length * count) {
      re = new Float64Array(length * count)
      im = new Float64Array(length * count)
    }
    for (let k = 0; k < length; k++) {
      for (let line = 0; line < count; line++) {
        const at = a + k * stepX + line * sa
        re[k * count + line] = from[at]
        im[k * count + line] = from[at + x.imagStride]
      }
    }
    plan.transform(re, im, sign, count)
    for (let k = 0; k < length; k++) {
      for (let line = 0; line < count; line++) {
        const at = o + k * stepOut + line * so
        to[at] = re[k * count + line]
        to[at + out.imagStride] = im[k * count + line]
      }
    }
  })
}
