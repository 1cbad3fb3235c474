// The Fourier transform along one axis of a complex view. The reference calls dft.ts.
import type { View } from '../backend/backend.ts'
import { dft } from '../fourier/lone-line.ts'
import { dataOf } from '../backend/host.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { checkSameForm } from './forms.ts'
import { forEachLine } from '../backend/lines.ts'

/**
 * Lines are transformed in blocks of about this many points: what two double-precision planes of a small cache hold.
 */
const BLOCK = 16384

/**
 * out ← Σ_j x[j] e^{sign·2πi·jk/n} along `axis`, unnormalised, complex to complex of one shape; computed in double precision. The
 * output may be x.
 */
export const fft: Operation<[x: View, out: View, axis: number, sign: -1 | 1]> = operation('fft', {
  prepare(x, out, axis, sign) {
    checkSameForm('fft', out, x)
    return [x, out, axis, sign]
  },
  reference(x, out, axis, sign) {
    const length = x.shape[axis]
    if (length === 0) return
    const [from, to] = [dataOf(x.buffer), dataOf(out.buffer)]
    const [xImag, outImag] = [x.imagStride, out.imagStride]
    const [xStep, outStep] = [x.strides[axis], out.strides[axis]]
    const plan = dft(length)
    const most = Math.max(1, Math.floor(BLOCK / length))
    const re = new Float64Array(length * most)
    const im = new Float64Array(length * most)
    const across = (view: View): { strides: number[]; offset: number } => ({
      strides: view.strides.toSpliced(axis, 1),
      offset: view.offset,
    })
    forEachLine(out.shape.toSpliced(axis, 1), [across(x), across(out)], (lines, a, sa, o, so) => {
      for (let first = 0; first < lines; first += most) {
        const count = Math.min(most, lines - first)
        for (let j = 0, at = 0; j < length; j++) {
          let source = a + first * sa + j * xStep
          for (let line = 0; line < count; line++, at++, source += sa) {
            re[at] = from[source]
            im[at] = from[source + xImag]
          }
        }
        plan.transform(re, im, sign, count)
        for (let k = 0, at = 0; k < length; k++) {
          let target = o + first * so + k * outStep
          for (let line = 0; line < count; line++, at++, target += so) {
            to[target] = re[at]
            to[target + outImag] = im[at]
          }
        }
      }
    })
  },
})
