// Convolution and its gradients: each thread sums the terms of its own number.
import { type View, sizeOf } from '@scatterlab/tensor'
import type { ConvolutionShape } from '@scatterlab/tensor/operations'
import { combine } from './reduction.ts'
import type { Recorder } from './recorder.ts'

/** Numbers of the weights' gradient, in as many parts as there are items in each, at most. */
const MOST_PARTS = 2 ** 22

/** out[n, o, y, x] ← bias[o] + Σ weights[o, c, i, j] · x[n, c', y·s − p + i·d, x·s − p + j·d]. */
export function conv2d(
  record: Recorder,
  shape: ConvolutionShape,
  x: View,
  weights: View,
  out: View,
  bias?: View,
): void {
  const { stride, padding, dilation } = shape.windows
  record.pass(
    out,
    { x, weights, bias },
    (read, [n, o, y, u]) => `
      const first = Math.floor((${o} + 0.5) / ${outEach(shape)}) * ${inEach(shape)};
      const top = ${y} * ${stride[0]} - ${padding[0]};
      const left = ${u} * ${stride[1]} - ${padding[1]};
      let sum = ${bias ? read.bias([o]) : '0'};
      for (let c = 0; c < ${inEach(shape)}; c++) {
        for (let i = 0; i < ${weights.shape[2]}; i++) {
          const row = top + i * ${dilation[0]};
          if (row >= 0 && row < ${shape.height}) {
            for (let j = 0; j < ${weights.shape[3]}; j++) {
              const column = left + j * ${dilation[1]};
              if (column >= 0 && column < ${shape.width}) {
                sum = sum + ${read.weights([o, 'c', 'i', 'j'])} * ${read.x([n, 'first + c', 'row', 'column'])};
              }
            }
          }
        }
      }
      return sum;`,
  )
}

/** gradX ← the adjoint of `conv2d` in x, applied to gradOut (+ bias). */
export function conv2dInputGradient(
  record: Recorder,
  shape: ConvolutionShape,
  gradOut: View,
  weights: View,
  gradX: View,
  bias?: View,
): void {
  const { stride, padding, dilation } = shape.windows
  record.pass(
    gradX,
    { gradOut, weights, bias },
    (read, [n, channel, y, u]) => `
      const group = Math.floor((${channel} + 0.5) / ${inEach(shape)});
      const c = ${channel} - group * ${inEach(shape)};
      const first = group * ${outEach(shape)};
      let sum = ${bias ? read.bias([channel]) : '0'};
      for (let i = 0; i < ${weights.shape[2]}; i++) {
        const down = ${y} + ${padding[0]} - i * ${dilation[0]};
        const row = Math.floor((down + 0.5) / ${stride[0]});
        if (row * ${stride[0]} === down && row >= 0 && row < ${shape.outHeight}) {
          for (let j = 0; j < ${weights.shape[3]}; j++) {
            const across = ${u} + ${padding[1]} - j * ${dilation[1]};
            const column = Math.floor((across + 0.5) / ${stride[1]});
            if (column * ${stride[1]} === across && column >= 0 && column < ${shape.outWidth}) {
              for (let k = 0; k < ${outEach(shape)}; k++) {
                sum = sum + ${read.weights(['first + k', 'c', 'i', 'j'])} * ${read.gradOut([n, 'first + k', 'row', 'column'])};
              }
            }
          }
        }
      }
      return sum;`,
  )
}

/** gradWeights ← the adjoint of `conv2d` in the weights, applied to gradOut: for parts of the items first, then their sum. */
export function conv2dWeightsGradient(
  record: Recorder,
  shape: ConvolutionShape,
  x: View,
  gradOut: View,
  gradWeights: View,
): void {
  const { stride, padding, dilation } = shape.windows
  const size = sizeOf(gradWeights.shape)
  if (size === 0) return
  const parts = Math.max(1, Math.min(shape.items, Math.floor(MOST_PARTS / size)))
  const partial = record.temporary([parts, ...gradWeights.shape])
  record.pass(
    partial,
    { x, gradOut },
    (read, [part, o, c, i, j]) => `
      const channel = Math.floor((${o} + 0.5) / ${outEach(shape)}) * ${inEach(shape)} + ${c};
      const top = ${i} * ${dilation[0]} - ${padding[0]};
      const left = ${j} * ${dilation[1]} - ${padding[1]};
      let sum = 0;
      for (let m = 0; m < ${Math.ceil(shape.items / parts)}; m++) {
        const n = ${part} + m * ${parts};
        if (n < ${shape.items}) {
          for (let y = 0; y < ${shape.outHeight}; y++) {
            const row = top + y * ${stride[0]};
            if (row >= 0 && row < ${shape.height}) {
              for (let u = 0; u < ${shape.outWidth}; u++) {
                const column = left + u * ${stride[1]};
                if (column >= 0 && column < ${shape.width}) {
                  sum = sum + ${read.gradOut(['n', o, 'y', 'u'])} * ${read.x(['n', 'channel', 'row', 'column'])};
                }
              }
            }
          }
        }
      }
      return sum;`,
  )
  combine(
    record,
    'sum',
    { shape: partial.shape, axes: [0], inputs: { partial }, term: (read, index) => read.partial(index) },
    { ...gradWeights, shape: [1, ...gradWeights.shape], strides: [0, ...gradWeights.strides] },
  )
}

const inEach = ({ inChannels, groups }: ConvolutionShape): number => inChannels / groups
const outEach = ({ outChannels, groups }: ConvolutionShape): number => outChannels / groups
