import { type Tensor, matmul, tensor } from '@scatterlab/tensor'
import { type Pair } from '@scatterlab/tensor/operations'
import { checkOp } from '@scatterlab/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conv2d, transposedConv2d } from './convolution.ts'
import { convolved, laidOut, windowsThatFit } from './naive.test.oracle.ts'
import { listed, numbers } from './numbers.test.data.ts'

const pair = (low: number, high: number): fc.Arbitrary<Pair> =>
  fc.tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }))

const convolutions = fc
  .record({
    items: fc.integer({ min: 1, max: 2 }),
    groups: fc.integer({ min: 1, max: 3 }),
    inEach: fc.integer({ min: 1, max: 2 }),
    outEach: fc.integer({ min: 1, max: 2 }),
    size: pair(1, 3),
    stride: pair(1, 3),
    padding: pair(0, 2),
    dilation: pair(1, 2),
    // pixels beyond what one window takes
    spare: pair(0, 4),
    biased: fc.boolean(),
    seed: fc.integer({ min: 1, max: 99 }),
  })
  .map(({ spare, size, dilation, padding, ...rest }) => {
    const side = (axis: 0 | 1): number =>
      Math.max(1, dilation[axis] * (size[axis] - 1) + 1 - 2 * padding[axis] + spare[axis])
    return { ...rest, size, dilation, padding, sides: [side(0), side(1)] }
  })

const dot = (a: Tensor, b: Tensor): number => matmul(a.reshape(1, -1), b.reshape(-1, 1)).item()

describe('conv2d', () => {
  it('is the sum over its windows, with the gradients that this has', () => {
    fc.assert(
      fc.property(convolutions, ({ items, groups, inEach, outEach, size, sides, biased, seed, ...rest }) => {
        const steps = { groups, stride: rest.stride, padding: rest.padding, dilation: rest.dilation }
        const x = numbers([items, groups * inEach, ...sides], seed)
        const w = numbers([groups * outEach, inEach, ...size], seed + 1)
        const bias = numbers([groups * outEach], seed + 2)
        const inputs = biased ? [x, w, bias] : [x, w]
        checkOp((a, b, c) => conv2d(a, b, c ? { ...steps, bias: c } : steps), {
          inputs,
          ...convolved(x, w, biased ? bias : null, steps),
          gradient: { directions: 1, seed },
        })
      }),
      { numRuns: 100 },
    )
  })

  it('takes views: transposed images, filters turned round', () => {
    const x = numbers([1, 4, 3, 2], 1).transpose(0, 3, 1, 2)
    const w = numbers([2, 2, 2, 2], 2).slice(null, null, [-1, undefined, -1], [-1, undefined, -1])
    const steps = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 1 } as const
    checkOp((a, b) => conv2d(a, b, steps), { inputs: [x, w], ...convolved(x, w, null, steps) })
  })

  it('adds the gradients of filters that are used twice', () => {
    const [x, w] = [numbers([1, 2, 4, 4], 1), numbers([2, 2, 3, 3], 2)]
    const once = (a: Tensor, b: Tensor): Tensor => conv2d(a, b, { padding: 1 })
    checkOp((a, b) => once(once(a, b), b), { inputs: [x, w], value: listed(once(once(x, w), w)), shape: [1, 2, 4, 4] })
  })
})

describe('transposedConv2d', () => {
  const transposed = convolutions.chain((c) =>
    fc
      .tuple(...c.stride.map((s) => fc.integer({ min: 0, max: s - 1 })))
      .map(([y, x]) => ({ ...c, more: [y, x] as const })),
  )

  it('lays filters out, with the gradients that this has', () => {
    fc.assert(
      fc.property(transposed, ({ items, groups, inEach, outEach, size, sides, biased, seed, more, ...rest }) => {
        const steps = { groups, stride: rest.stride, padding: rest.padding, dilation: rest.dilation }
        const x = numbers([items, groups * inEach, ...sides], seed)
        const w = numbers([groups * inEach, outEach, ...size], seed + 1)
        const bias = numbers([groups * outEach], seed + 2)
        const expected = laidOut(x, w, biased ? bias : null, { ...steps, more })
        fc.pre(Math.min(...expected.shape) > 0)
        checkOp((a, b, c) => transposedConv2d(a, b, { ...steps, outputPadding: more, ...(c && { bias: c }) }), {
          inputs: biased ? [x, w, bias] : [x, w],
          ...expected,
          gradient: { directions: 1, seed },
        })
      }),
      { numRuns: 100 },
    )
  })

  it('is the adjoint of conv2d: ⟨Ax, y⟩ = ⟨x, Aᵀy⟩, whatever part of the last step the image has', () => {
    fc.assert(
      fc.property(convolutions, ({ items, groups, inEach, outEach, size, sides, seed, ...rest }) => {
        const steps = { groups, stride: rest.stride, padding: rest.padding, dilation: rest.dilation }
        const x = numbers([items, groups * inEach, ...sides], seed)
        const w = numbers([groups * outEach, inEach, ...size], seed + 1)
        const Ax = conv2d(x, w, steps)
        const y = numbers(Ax.shape, seed + 2)
        // the pixels behind the last window, which it does not reach
        const left = (axis: 0 | 1): number => {
          const extent = rest.dilation[axis] * (size[axis] - 1) + 1
          return (sides[axis] + 2 * rest.padding[axis] - extent) % rest.stride[axis]
        }
        const outputPadding: Pair = [left(0), left(1)]
        const Aty = transposedConv2d(y, w, { ...steps, outputPadding })
        expect(Aty.shape).toEqual(x.shape)
        // sums of at most some thousand products near 1
        expect(Math.abs(dot(Ax, y) - dot(x, Aty))).toBeLessThan(1e-11)
      }),
      { numRuns: 100 },
    )
  })

  it('gives sizes that conv2d takes back to the input', () => {
    fc.assert(
      fc.property(transposed, ({ size, sides, stride, padding, dilation, more }) => {
        const x = tensor(new Float64Array(sides[0] * sides[1]), [1, 1, ...sides])
        const w = tensor(new Float64Array(size[0] * size[1]), [1, 1, ...size])
        const reach = [0, 1].map(
          (a) => (sides[a] - 1) * stride[a] + dilation[a] * (size[a] - 1) + 1 - 2 * padding[a] + more[a],
        )
        fc.pre(Math.min(...reach) > 0)
        const { shape } = transposedConv2d(x, w, { stride, padding, dilation, outputPadding: more })
        const back = [0, 1].map((a) => windowsThatFit(shape[2 + a], size[a], stride[a], padding[a], dilation[a]))
        expect(back).toEqual(sides)
      }),
    )
  })
})
