// Batch normalisation: plain sums in double precision.
import type { Backend, View } from '../backend/backend.ts'
import { sizeOf } from '../array/shape.ts'
import { checkChannels, checkLengths } from './window.ts'
import { dataOf } from '../backend/host.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { constant } from '../pointwise/expression.ts'
import { type Formula, formula } from '../pointwise/formula.ts'
import { channel, otherAxes } from './channels.ts'
import { fused } from './fused.ts'
import { forEachLine } from '../backend/lines.ts'

/** Batch normalisation's constants. */
export interface NormalisationOptions {
  /** View of shape [channels] (default: 1). */
  readonly scale?: View
  /** View of shape [channels] (default: 0). */
  readonly shift?: View
  /** Added to the variance (default 1e-5). */
  readonly epsilon?: number
}

/** Which gradients of batch normalisation are wanted, and of what. */
export interface NormalisationGradients extends Omit<NormalisationOptions, 'shift'> {
  /** Mean and variance are constants (inference, frozen layers), not moments of x (default false). */
  readonly frozen?: boolean
  /** View of x's shape. */
  readonly gradX?: View
  /** View of shape [channels]. */
  readonly gradScale?: View
  /** View of shape [channels]. */
  readonly gradShift?: View
}

/** `NormalisationGradients`, resolved. */
export type WantedGradients = NormalisationGradients & {
  /** What was added to the variance. */
  readonly epsilon: number
  /** Whether mean and variance are constants. */
  readonly frozen: boolean
}

/** mean[c], variance[c] ← moments of x[·, c, …] over all other axes; the variance divides by their number. */
export const channelMoments: Operation<[x: View, mean: View, variance: View]> = operation('channelMoments', {
  prepare(x, mean, variance) {
    checkChannels(x, { mean, variance })
    return [x, mean, variance]
  },
  reference(x, mean, variance) {
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
  },
})

/* @__NO_SIDE_EFFECTS__ */
const affine = (hasScale: boolean, hasShift: boolean): Formula =>
  formula('normalise', 3 + Number(hasScale) + Number(hasShift), 1, (x, mean, variance, ...rest) => {
    const [epsilon, shift, scale] = [rest.at(-1)!, hasShift ? rest.at(-2)! : 0, hasScale ? rest[0] : constant(1)]
    return [
      x
        .minus(mean)
        .times(scale.over(variance.plus(epsilon).sqrt()))
        .plus(shift),
    ]
  })
const affines = /* @__PURE__ */ [false, true].map((hasScale) =>
  [false, true].map((hasShift) => affine(hasScale, hasShift)),
)

/** out ← (x − mean) / √(variance + ε) · scale + shift, per channel (axis 1). The output may be x. */
export function normalise(
  backend: Backend,
  x: View,
  mean: View,
  variance: View,
  out: View,
  { scale, shift, epsilon = 1e-5 }: NormalisationOptions = {},
): void {
  checkChannels(x, { mean, variance, scale, shift })
  checkLengths('the output', out.shape, x.shape)
  const vectors = [mean, variance, ...(scale ? [scale] : []), ...(shift ? [shift] : [])]
  const spread = vectors.map((view) => ({
    buffer: view.buffer,
    dtype: view.dtype,
    offset: view.offset,
    imagStride: 0,
    shape: x.shape,
    strides: x.shape.map((_, axis) => (axis === 1 ? view.strides[0] : 0)),
  }))
  fused(backend, affines[Number(Boolean(scale))][Number(Boolean(shift))], [x, ...spread], [out], [epsilon])
}

/** The gradients of `normalise` with `channelMoments` before it; with `frozen`, of `normalise` alone. gradX may be gradOut. */
export const normaliseGradient: Operation<
  [x: View, mean: View, variance: View, gradOut: View, options: NormalisationGradients],
  [x: View, mean: View, variance: View, gradOut: View, wanted: WantedGradients]
> = operation('normaliseGradient', {
  prepare(x, mean, variance, gradOut, { epsilon = 1e-5, frozen = false, ...views }) {
    const { scale, gradX, gradScale, gradShift } = views
    checkChannels(x, { mean, variance, scale, gradScale, gradShift })
    checkLengths("the output's gradient", gradOut.shape, x.shape)
    if (gradX !== undefined) checkLengths("the input's gradient", gradX.shape, x.shape)
    return [x, mean, variance, gradOut, { epsilon, frozen, ...views }]
  },
  reference(x, mean, variance, gradOut, { scale, epsilon, frozen, gradX, gradScale, gradShift }) {
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
  },
})

const get = (view: View | undefined, c: number, otherwise: number): number =>
  view === undefined ? otherwise : dataOf(view.buffer)[view.offset + c * view.strides[0]]

function set(view: View, c: number, value: number): void {
  dataOf(view.buffer)[view.offset + c * view.strides[0]] = value
}
