// Local response normalisation: plain sums in double precision. Krizhevsky, Sutskever & Hinton (2012), section 3.3.
import type { RealArray } from '../array/dtype.ts'
import type { View } from '../backend/backend.ts'
import { dataOf } from '../backend/host.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { forEachLine } from '../backend/lines.ts'
import { channel, otherAxes } from './channels.ts'
import {
  type ResponseNormConstants,
  type ResponseNormOptions,
  responseNormConstants,
} from './response-norm-constants.ts'
import { checkLengths } from './window.ts'

/** out[n, c, …] ← x · (k + α Σ_{c'} x[n, c', …]²)^−β over the neighbouring channels c' of c (axis 1). */
export const responseNorm: Operation<
  [x: View, out: View, options: ResponseNormOptions],
  [x: View, out: View, constants: ResponseNormConstants]
> = operation('responseNorm', {
  prepare(x, out, options) {
    checkLengths('the output', out.shape, x.shape)
    return [x, out, responseNormConstants(options)]
  },
  reference(x, out, { half, alpha, beta, k: floor }) {
    const [from, to] = [dataOf(x.buffer), dataOf(out.buffer)]
    const channels = x.shape[1]
    forEachLine(otherAxes(x), [channel(x, 0), channel(out, 0)], (n, i, si, o, so) => {
      for (let k = 0; k < n; k++, i += si, o += so) {
        for (let c = 0; c < channels; c++) {
          const s = floor + alpha * energy(from, i, x.strides[1], channels, c, half)
          to[o + c * out.strides[1]] = from[i + c * x.strides[1]] * s ** -beta
        }
      }
    })
  },
})

/** gradX ← the adjoint of `responseNorm`'s derivative at x. */
export const responseNormGradient: Operation<
  [x: View, gradOut: View, gradX: View, options: ResponseNormOptions],
  [x: View, gradOut: View, gradX: View, constants: ResponseNormConstants]
> = operation('responseNormGradient', {
  prepare(x, gradOut, gradX, options) {
    checkLengths("the output's gradient", gradOut.shape, x.shape)
    checkLengths("the input's gradient", gradX.shape, x.shape)
    return [x, gradOut, gradX, responseNormConstants(options)]
  },
  reference(x, gradOut, gradX, { half, alpha, beta, k: floor }) {
    const [from, gradient, to] = [dataOf(x.buffer), dataOf(gradOut.buffer), dataOf(gradX.buffer)]
    const channels = x.shape[1]
    const powers = new Float64Array(channels)
    const ratios = new Float64Array(channels)
    forEachLine(otherAxes(x), [channel(x, 0), channel(gradOut, 0), channel(gradX, 0)], (n, i, si, g, sg, o, so) => {
      for (let k = 0; k < n; k++, i += si, g += sg, o += so) {
        for (let c = 0; c < channels; c++) {
          const s = floor + alpha * energy(from, i, x.strides[1], channels, c, half)
          powers[c] = s ** -beta
          ratios[c] = (gradient[g + c * gradOut.strides[1]] * from[i + c * x.strides[1]] * powers[c]) / s
        }
        for (let c = 0; c < channels; c++) {
          let sum = 0
          for (let d = Math.max(0, c - half); d <= Math.min(channels - 1, c + half); d++) sum += ratios[d]
          to[o + c * gradX.strides[1]] =
            gradient[g + c * gradOut.strides[1]] * powers[c] - 2 * alpha * beta * from[i + c * x.strides[1]] * sum
        }
      }
    })
  },
})

/** Σ of the squares of the neighbours of channel c. */
function energy(x: RealArray, start: number, step: number, channels: number, c: number, half: number): number {
  let sum = 0
  for (let d = Math.max(0, c - half); d <= Math.min(channels - 1, c + half); d++) sum += x[start + d * step] ** 2
  return sum
}
