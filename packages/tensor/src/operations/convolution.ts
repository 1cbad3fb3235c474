// Convolution and its gradients. The reference takes the windows of an image as the columns of a matrix, in double precision,
// so that each of the three is a matrix product. Gathering the columns and adding them back are each other's adjoint.
import type { View } from '../backend/backend.ts'
import type { RealArray } from '../array/dtype.ts'
import {
  type BiasedConvolutionOptions,
  type ConvolutionOptions,
  type ConvolutionShape,
  convolutionShape,
} from './convolution-shape.ts'
import { contiguousStrides, sizeOf } from '../array/shape.ts'
import { windowsInside } from './window.ts'
import { dataOf } from '../backend/host.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { copy } from './copy.ts'
import { matmul } from './matmul.ts'

/**
 * out[n, o, y, x] ← bias[o] + Σ weights[o, c, i, j] · x[n, c', y·s − p + i·d, x·s − p + j·d], pixels outside the image
 * being 0; c' is channel c of o's group. weights [outChannels, inChannels / groups, h, w]. The number of windows is out's:
 * they may reach past the image's end.
 */
export const conv2d: Operation<
  [x: View, weights: View, out: View, options?: BiasedConvolutionOptions],
  [shape: ConvolutionShape, x: View, weights: View, out: View, bias?: View]
> = operation('conv2d', {
  prepare: (x, weights, out, options = {}) => [
    convolutionShape(x, weights, out, options),
    x,
    weights,
    out,
    options.bias,
  ],
  reference(shape, x, weights, out, bias) {
    const columns = scratch(shape.terms, shape.pixels)
    const sums = scratch(shape.outChannels, shape.pixels)
    const filters = matrix(weights, shape.groups)
    for (let n = 0; n < shape.items; n++) {
      for (let g = 0; g < shape.groups; g++) {
        gather(shape, x, n, g, columns)
        matmul.reference(filters[g], columns, rows(sums, g, shape.groups), false)
      }
      addBias(sums, bias)
      copy.reference(shaped(sums, out.shape.slice(1)), item(out, n))
    }
  },
})

/** gradX ← the adjoint of `conv2d` in x, applied to gradOut (+ bias): a transposed convolution. */
export const conv2dInputGradient: Operation<
  [gradOut: View, weights: View, gradX: View, options?: BiasedConvolutionOptions],
  [shape: ConvolutionShape, gradOut: View, weights: View, gradX: View, bias?: View]
> = operation('conv2dInputGradient', {
  prepare: (gradOut, weights, gradX, options = {}) => [
    convolutionShape(gradX, weights, gradOut, options, gradX),
    gradOut,
    weights,
    gradX,
    options.bias,
  ],
  reference(shape, gradOut, weights, gradX, bias) {
    const columns = scratch(shape.terms, shape.pixels)
    const gradient = scratch(shape.outChannels, shape.pixels)
    const filters = matrix(weights, shape.groups).map(transposed)
    const image = scratch(gradX.shape[1], sizeOf(gradX.shape.slice(2)))
    for (let n = 0; n < shape.items; n++) {
      dataOf(image.buffer).fill(0)
      copy.reference(item(gradOut, n), shaped(gradient, gradOut.shape.slice(1)))
      for (let g = 0; g < shape.groups; g++) {
        matmul.reference(filters[g], rows(gradient, g, shape.groups), columns, false)
        scatter(shape, columns, image, g)
      }
      addBias(image, bias)
      copy.reference(shaped(image, gradX.shape.slice(1)), item(gradX, n))
    }
  },
})

/** gradWeights ← the adjoint of `conv2d` in the weights, applied to gradOut. */
export const conv2dWeightsGradient: Operation<
  [x: View, gradOut: View, gradWeights: View, options?: ConvolutionOptions],
  [shape: ConvolutionShape, x: View, gradOut: View, gradWeights: View]
> = operation('conv2dWeightsGradient', {
  prepare: (x, gradOut, gradWeights, options = {}) => [
    convolutionShape(x, gradWeights, gradOut, options),
    x,
    gradOut,
    gradWeights,
  ],
  reference(shape, x, gradOut, gradWeights) {
    const columns = scratch(shape.terms, shape.pixels)
    const gradient = scratch(shape.outChannels, shape.pixels)
    const sums = scratch(shape.outChannels, shape.terms)
    for (let n = 0; n < shape.items; n++) {
      copy.reference(item(gradOut, n), shaped(gradient, gradOut.shape.slice(1)))
      for (let g = 0; g < shape.groups; g++) {
        gather(shape, x, n, g, columns)
        matmul.reference(rows(gradient, g, shape.groups), transposed(columns), rows(sums, g, shape.groups), n > 0)
      }
    }
    copy.reference(shaped(sums, gradWeights.shape), gradWeights)
  },
})

/** Calls `visit` for every line of pixels of one window element: where it starts in the image and among the columns. */
function forEachRun(
  { inChannels, groups, height, width, outHeight, outWidth, pixels, windows }: ConvolutionShape,
  group: number,
  visit: (channel: number, y: number, x: number, column: number, count: number) => void,
): void {
  const { size, stride, padding, dilation } = windows
  const channels = inChannels / groups
  let row = 0
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < size[0]; i++) {
      for (let j = 0; j < size[1]; j++, row++) {
        const [top, left] = [i * dilation[0] - padding[0], j * dilation[1] - padding[1]]
        const [firstY, lastY] = windowsInside(height, top, stride[0], outHeight)
        const [firstX, lastX] = windowsInside(width, left, stride[1], outWidth)
        for (let y = firstY; y < lastY; y++) {
          visit(
            group * channels + c,
            y * stride[0] + top,
            firstX * stride[1] + left,
            row * pixels + y * outWidth + firstX,
            lastX - firstX,
          )
        }
      }
    }
  }
}

/** columns[(c, i, j), (y, x)] ← the pixel that window (y, x) has at (i, j), 0 outside the image. */
function gather(shape: ConvolutionShape, x: View, n: number, group: number, columns: View): void {
  const from = dataOf(x.buffer)
  const to = dataOf(columns.buffer)
  const [sn, sc, sy, sx] = x.strides
  const step = shape.windows.stride[1] * sx
  to.fill(0)
  forEachRun(shape, group, (c, y, left, column, count) => {
    let at = x.offset + n * sn + c * sc + y * sy + left * sx
    for (let k = 0; k < count; k++, at += step) to[column + k] = from[at]
  })
}

/** image[c, …] += the columns at the pixels that they came from. */
function scatter(shape: ConvolutionShape, columns: View, image: View, group: number): void {
  const from = dataOf(columns.buffer)
  const to = dataOf(image.buffer)
  const step = shape.windows.stride[1]
  forEachRun(shape, group, (c, y, left, column, count) => {
    let at = (c * shape.height + y) * shape.width + left
    for (let k = 0; k < count; k++, at += step) to[at] += from[column + k]
  })
}

const view = (data: RealArray, shape: readonly number[]): View => ({
  buffer: { dtype: 'float64', length: data.length, data },
  dtype: 'float64',
  shape,
  strides: contiguousStrides(shape),
  offset: 0,
  imagStride: 0,
})

const scratch = (height: number, width: number): View => view(new Float64Array(height * width), [height, width])

const shaped = (m: View, shape: readonly number[]): View => ({ ...m, shape, strides: contiguousStrides(shape) })

function item(images: View, n: number): View {
  const { shape, strides, offset } = images
  return { ...images, shape: shape.slice(1), strides: strides.slice(1), offset: offset + n * strides[0] }
}

/** The rows of a group. */
function rows(m: View, group: number, groups: number): View {
  const count = m.shape[0] / groups
  return { ...m, shape: [count, m.shape[1]], offset: m.offset + group * count * m.strides[0] }
}

const transposed = (m: View): View => ({ ...m, shape: m.shape.toReversed(), strides: m.strides.toReversed() })

/** The filters of each group as a matrix [outChannels / groups, terms]. */
function matrix(weights: View, groups: number): View[] {
  const whole = view(new Float64Array(sizeOf(weights.shape)), weights.shape)
  copy.reference(weights, whole)
  const flat = view(dataOf(whole.buffer), [weights.shape[0], sizeOf(weights.shape.slice(1))])
  return Array.from({ length: groups }, (_, g) => rows(flat, g, groups))
}

/** m[channel, ·] += bias[channel]. */
function addBias(m: View, bias: View | undefined): void {
  if (bias === undefined) return
  const to = dataOf(m.buffer)
  const constants = dataOf(bias.buffer)
  const [channels, pixels] = m.shape
  for (let c = 0; c < channels; c++) {
    const constant = constants[bias.offset + c * bias.strides[0]]
    for (let k = 0; k < pixels; k++) to[c * pixels + k] += constant
  }
}
