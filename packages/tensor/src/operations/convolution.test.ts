import { conv2d, conv2dInputGradient, conv2dWeightsGradient } from './convolution.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { View } from '../backend/backend.ts'
import { ShapeError, ValueError } from '../errors.ts'
import type { ConvolutionOptions } from './convolution-shape.ts'
import { random } from '../random/random.ts'
import { reference } from '../backend/reference.ts'
import { windowCount, windowsOf } from './window.ts'
import { at, elements, indices, inner, randomView, stream } from './direct-loops.test.oracle.ts'

interface Case {
  readonly x: number[]
  readonly weights: number[]
  readonly out: number[]
  readonly options: Required<Omit<ConvolutionOptions, 'algorithm'>> & {
    readonly stride: [number, number]
    readonly padding: [number, number]
    readonly dilation: [number, number]
  }
}

const both = (min: number, max: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }))

/** Convolutions whose output may have a window more, or fewer, than lie within the padded image. */
const convolution: fc.Arbitrary<Case> = fc
  .record({
    items: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 3 }),
    channels: both(1, 3),
    image: both(1, 7),
    window: both(1, 4),
    stride: both(1, 3),
    padding: both(0, 3),
    dilation: both(1, 2),
    more: both(-1, 1),
  })
  .map(({ items, groups, channels, image, window, stride, padding, dilation, more }) => {
    const options = { groups, stride, padding, dilation }
    const windows = windowsOf(window, options)
    const pixels = ([0, 1] as const).map((axis) => Math.max(0, windowCount(image[axis], windows, axis) + more[axis]))
    return {
      x: [items, groups * channels[0], ...image],
      weights: [groups * channels[1], channels[0], ...window],
      out: [items, groups * channels[1], ...pixels],
      options,
    }
  })

/** The definition, one sum for each output. */
function direct(x: View, weights: View, bias: View, shape: readonly number[], { options }: Case): number[] {
  const { groups, stride, padding, dilation } = options
  const [outChannels, channels, height, width] = weights.shape
  return [...indices(shape)].map(([n, o, y, u]) => {
    const group = Math.floor(o / (outChannels / groups))
    let sum = at(bias, o)
    for (const [c, i, j] of indices([channels, height, width])) {
      const row = y * stride[0] - padding[0] + i * dilation[0]
      const column = u * stride[1] - padding[1] + j * dilation[1]
      sum += at(weights, o, c, i, j) * at(x, n, group * channels + c, row, column)
    }
    return sum
  })
}

const close = (actual: number[], expected: number[]): void => {
  expect(actual.length).toBe(expected.length)
  for (const [k, value] of actual.entries()) expect(Math.abs(value - expected[k])).toBeLessThan(1e-11)
}

describe('convolution', () => {
  it('is the sum of its definition, for any sizes, strides, paddings, dilations and groups', () => {
    fc.assert(
      fc.property(convolution, stream, (of, numbers) => {
        const [x, weights, out] = [of.x, of.weights, of.out].map((shape) => randomView(numbers, shape))
        const bias = randomView(numbers, [of.out[1]])
        conv2d(reference, x, weights, out, { ...of.options, bias })
        close(elements(out), direct(x, weights, bias, of.out, of))
      }),
    )
  })

  it('has gradients that are its adjoints: ⟨conv(x, w), g⟩ = ⟨x, gradX⟩ = ⟨w, gradW⟩', () => {
    fc.assert(
      fc.property(convolution, stream, (of, numbers) => {
        const view = (shape: number[]): View => randomView(numbers, shape)
        const [x, weights, out, gradOut] = [of.x, of.weights, of.out, of.out].map(view)
        const [gradX, gradWeights] = [of.x, of.weights].map(view)
        conv2d(reference, x, weights, out, of.options)
        conv2dInputGradient(reference, gradOut, weights, gradX, of.options)
        conv2dWeightsGradient(reference, x, gradOut, gradWeights, of.options)
        const value = inner(out, gradOut)
        const scale = 1e-12 * (1 + Math.sqrt(inner(out, out) * inner(gradOut, gradOut)))
        expect(Math.abs(inner(x, gradX) - value)).toBeLessThan(scale)
        expect(Math.abs(inner(weights, gradWeights) - value)).toBeLessThan(scale)
      }),
    )
  })

  it('adds the bias to the transposed convolution as well', () => {
    const numbers = random(1)
    const [gradOut, weights, bias] = [[2, 3, 4, 4], [3, 2, 4, 4], [2]].map((shape) => randomView(numbers, shape))
    const [plain, biased] = [0, 1].map(() => randomView(numbers, [2, 2, 8, 8]))
    const options = { stride: 2, padding: 1 }
    conv2dInputGradient(reference, gradOut, weights, plain, options)
    conv2dInputGradient(reference, gradOut, weights, biased, { ...options, bias })
    for (const index of indices(plain.shape))
      expect(at(biased, ...index)).toBeCloseTo(at(plain, ...index) + at(bias, index[1]), 12)
  })

  it('sums in double precision', () => {
    const data = new Float32Array([2 ** 24, 1, 1, -(2 ** 24)])
    const x: View = {
      buffer: { dtype: 'float32', length: 4, data },
      dtype: 'float32',
      shape: [1, 1, 1, 4],
      strides: [4, 4, 4, 1],
      offset: 0,
      imagStride: 0,
    }
    const weights = { ...x, buffer: { dtype: 'float32', length: 4, data: new Float32Array(4).fill(1) } as const }
    const out = {
      ...x,
      shape: [1, 1, 1, 1],
      buffer: { dtype: 'float32', length: 1, data: new Float32Array(1) } as const,
    }
    conv2d(reference, x, weights, out)
    expect(out.buffer.data[0]).toBe(2)
  })

  it('names what does not fit before anything is written', () => {
    const numbers = random(2)
    const view = (...shape: number[]): View => randomView(numbers, shape)
    const [x, weights, out] = [view(2, 4, 5, 5), view(6, 2, 3, 3), view(2, 6, 3, 3)]
    const before = elements(out)
    expect(() => conv2d(reference, x, weights, out)).toThrow(ValueError)
    expect(() => conv2d(reference, x, weights, out, { groups: 4 })).toThrow('groups 4')
    expect(() => conv2d(reference, x, weights, out, { groups: 2, stride: 0 })).toThrow('stride 0')
    expect(() => conv2d(reference, x, weights, out, { groups: 2, padding: [1, -1] })).toThrow('padding 1,-1')
    expect(() => conv2d(reference, x, weights, out, { groups: 2, dilation: 1.5 })).toThrow('dilation 1.5')
    expect(() => conv2d(reference, x, weights, view(2, 5, 3, 3), { groups: 2 })).toThrow(ShapeError)
    expect(() => conv2d(reference, x, weights, view(1, 6, 3, 3), { groups: 2 })).toThrow('2×6×any×any')
    expect(() => conv2d(reference, x, weights, out, { groups: 2, algorithm: 'F(6,3)' as 'direct' })).toThrow(
      "algorithm 'F(6,3)': give one of fastest, direct, F(2,3), F(4,3), F(2,5)",
    )
    expect(() => conv2d(reference, x, weights, out, { groups: 2, bias: view(5) })).toThrow('bias has shape 5')
    expect(() => conv2d(reference, view(4, 5, 5), weights, out, { groups: 2 })).toThrow('the image')
    expect(() => conv2d(reference, x, view(6, 18), out, { groups: 2 })).toThrow('the weights')
    expect(elements(out)).toEqual(before)
  })
})
