// Batch and local response normalisation on the reference: plain sums in double precision.
import type { View } from '../backend.ts'
import type { RealArray } from '../dtype.ts'
import type { NormalisationGradients, NormalisationOptions, ResponseNormOptions } from '../network-operations.ts'
import { responseNormConstants } from '../response-norm-constants.ts'
import { sizeOf } from '../shape.ts'
import { checkChannels, checkLengths } from '../window.ts'
import { dataOf } from './elementwise.ts'
import { forEachLine } from './lines.ts'

/** mean[c], variance[c] ← moments of x[·, c, …] over all other axes. */
export function channelMoments(x: View, mean: View, variance: View): void {
  checkChannels(x, { mean, variance })
  const from = dataOf(x.buffer)
  const count = sizeOf(x.shape) / x.shape[1]
  for (let c = 0; c < x.shape[1]; c++) {
    let sum = 0
    forEachLine(otherAxes(x), [channel(x, c)], (n, i, si) => {
      for (let k = 0; k < n; k++, i += si) sum += from[i]
    })
    const center = sum / count
    let squares = 0
    forEachLine(otherAxes(x), [channel(x, c)], (n, i, si) => {
      for (let k = 0; k < n; k++, i += si) squares += (from[i] - center) ** 2
    })
    set(mean, c, center)
    set(variance, c, squares / count)
  }
}

/** out ← (x − mean) / √(variance + ε) · scale + shift, per channel. */
export function normalise(x: View, mean: View, variance: View, out: View, options: NormalisationOptions = {}): void {
  const { scale, shift, epsilon = 1e-5 } = options
  checkChannels(x, { mean, variance, scale, shift })
  checkLengths('the output', out.shape, x.shape)
  const [from, to] = [dataOf(x.buffer), dataOf(out.buffer)]
  for (let c = 0; c < x.shape[1]; c++) {
    const center = get(mean, c, 0)
    const factor = get(scale, c, 1) / Math.sqrt(get(variance, c, 1) + epsilon)
    const term = get(shift, c, 0)
    forEachLine(otherAxes(x), [channel(x, c), channel(out, c)], (n, i, si, o, so) => {
      for (let k = 0; k < n; k++, i += si, o += so) to[o] = (from[i] - center) * factor + term
    })
  }
}

/**
 * With x̂ = (x − mean) / σ and count numbers to a channel: gradShift = Σ g, gradScale = Σ g·x̂,
 * gradX = scale/σ · (g − gradShift/count − x̂·gradScale/count), or scale/σ · g where the moments are frozen.
 */
export function normaliseGradient(
  x: View,
  mean: View,
  variance: View,
  gradOut: View,
  { scale, epsilon = 1e-5, frozen = false, gradX, gradScale, gradShift }: NormalisationGradients,
): void {
  checkChannels(x, { mean, variance, scale, gradScale, gradShift })
  checkLengths("the output's gradient", gradOut.shape, x.shape)
  if (gradX !== undefined) checkLengths("the input's gradient", gradX.shape, x.shape)
  const [from, gradient] = [dataOf(x.buffer), dataOf(gradOut.buffer)]
  const count = sizeOf(x.shape) / x.shape[1]
  for (let c = 0; c < x.shape[1]; c++) {
    const center = get(mean, c, 0)
    const inverse = 1 / Math.sqrt(get(variance, c, 1) + epsilon)
    let sum = 0
    let product = 0
    forEachLine(otherAxes(x), [channel(x, c), channel(gradOut, c)], (n, i, si, g, sg) => {
      for (let k = 0; k < n; k++, i += si, g += sg) {
        sum += gradient[g]
        product += gradient[g] * (from[i] - center) * inverse
      }
    })
    if (gradShift !== undefined) set(gradShift, c, sum)
    if (gradScale !== undefined) set(gradScale, c, product)
    if (gradX === undefined) continue
    const to = dataOf(gradX.buffer)
    const factor = get(scale, c, 1) * inverse
    const [constant, slope] = frozen ? [0, 0] : [sum / count, (product / count) * inverse]
    forEachLine(otherAxes(x), [channel(x, c), channel(gradOut, c), channel(gradX, c)], (n, i, si, g, sg, o, so) => {
      for (let k = 0; k < n; k++, i += si, g += sg, o += so) {
        to[o] = factor * (gradient[g] - constant - slope * (from[i] - center))
      }
    })
  }
}

/** out[n, c, …] ← x · (k + α Σ_{c'} x[n, c', …]²)^−β. */
export function responseNorm(x: View, out: View, options: ResponseNormOptions): void {
  checkLengths('the output', out.shape, x.shape)
  const { half, alpha, beta, k: floor } = responseNormConstants(options)
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
}

/** gradX[c] ← g[c]·s[c]^−β − 2αβ·x[c] Σ_{c'} g[c']·x[c']·s[c']^(−β−1), with s the sums of `responseNorm`. */
export function responseNormGradient(x: View, gradOut: View, gradX: View, options: ResponseNormOptions): void {
  checkLengths("the output's gradient", gradOut.shape, x.shape)
  checkLengths("the input's gradient", gradX.shape, x.shape)
  const { half, alpha, beta, k: floor } = responseNormConstants(options)
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
}

/** Σ of the squares of the neighbours of channel c. */
function energy(x: RealArray, start: number, step: number, channels: number, c: number, half: number): number {
  let sum = 0
  for (let d = Math.max(0, c - half); d <= Math.min(channels - 1, c + half); d++) sum += x[start + d * step] ** 2
  return sum
}

const otherAxes = ({ shape }: View): number[] => shape.toSpliced(1, 1)

const channel = ({ strides, offset }: View, c: number) => ({
  strides: strides.toSpliced(1, 1),
  offset: offset + c * strides[1],
})

const get = (view: View | undefined, c: number, otherwise: number): number =>
  view === undefined ? otherwise : dataOf(view.buffer)[view.offset + c * view.strides[0]]

function set(view: View, c: number, value: number): void {
  dataOf(view.buffer)[view.offset + c * view.strides[0]] = value
}
