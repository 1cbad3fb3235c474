// Every operation through checkOp: value, shape, element type, gradient, errors. Sizes and options at random are in the
// test beside each operation.
import { type Tensor, stack, tensor } from '@scatterlab/tensor'
import { type OpExpectations, checkOp } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import * as operations from './index.ts'
import { convolved, laidOut, momentsOf, normalisedBy, pooledBy, respondedTo } from './naive.test.oracle.ts'
import { listed, numbers } from './numbers.test.data.ts'

const x = numbers([2, 3, 5, 4], 1)
const w = numbers([2, 3, 3, 2], 2)
const bias = numbers([2], 3)
const steps = { stride: [2, 1], padding: [1, 0], dilation: [1, 2], groups: 1 } as const
const windows = { size: [3, 2], stride: [2, 1], padding: [1, 0], ceil: true } as const
const [scale, shift] = [numbers([3], 4), numbers([3], 5)]
const given = { mean: numbers([3], 6), variance: tensor(Float64Array.of(0.5, 1.5, 2)) }
const moments = momentsOf(x)
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
const list = { mean: listed(given.mean), variance: listed(given.variance) }
const flat = numbers([4, 3], 7)

const mismatch = (run: () => unknown, says: string | RegExp) => ({ run, code: 'SHAPE', says })
const refused = (run: () => unknown, says: string | RegExp) => ({ run, code: 'VALUE', says })

type Op = (...inputs: Tensor[]) => Tensor
interface Case extends OpExpectations {
  readonly op: Op
}

const cases: Record<string, readonly Case[]> = {
  conv2d: [
    {
      op: (a, b, c) => operations.conv2d(a, b, { ...steps, bias: c }),
      inputs: [x, w, bias],
      ...convolved(x, w, bias, steps),
      refuses: [
        mismatch(() => operations.conv2d(flat, w), 'the image has shape 4×3'),
        mismatch(() => operations.conv2d(x, flat), 'the weights has shape 4×3'),
        mismatch(() => operations.conv2d(x, numbers([2, 3, 6, 1], 1)), 'filters of 6×1 do not fit'),
        mismatch(() => operations.conv2d(x, w, { bias: scale }), 'the bias has shape 3 where 2'),
        refused(() => operations.conv2d(x, numbers([2, 2, 1, 1], 1)), 'groups 1: 3 input channels'),
        refused(() => operations.conv2d(x, w, { stride: 0 }), 'stride is 0'),
        refused(() => operations.conv2d(x, w, { padding: -1 }), 'padding is -1'),
        refused(() => operations.conv2d(x, w, { dilation: 1.5 }), 'dilation is 1.5'),
      ],
    },
    { op: (a, b) => operations.conv2d(a, b), inputs: [x, w], ...convolved(x, w, null, plain()) },
  ],
  transposedConv2d: [
    {
      op: (a, b, c) => operations.transposedConv2d(a, b, { ...steps, outputPadding: [1, 0], bias: c }),
      inputs: [numbers([2, 2, 3, 4], 8), w, shift],
      ...laidOut(numbers([2, 2, 3, 4], 8), w, shift, { ...steps, more: [1, 0] }),
      refuses: [
        mismatch(() => operations.transposedConv2d(flat, w), 'the image has shape 4×3'),
        mismatch(() => operations.transposedConv2d(x, flat), 'the weights has shape 4×3'),
        mismatch(() => operations.transposedConv2d(x, w), 'the weights has shape 2×3×3×2 where 3×'),
        mismatch(() => operations.transposedConv2d(x, numbers([3, 1, 1, 1], 1), { padding: 2 }), 'leaves nothing'),
        refused(
          () => operations.transposedConv2d(x, numbers([3, 1, 2, 2], 1), { outputPadding: 1 }),
          'below the stride',
        ),
        refused(
          () => operations.transposedConv2d(x, numbers([3, 1, 2, 2], 1), { stride: [2, 1], outputPadding: [1, 1] }),
          'outputPadding 1,1: give integers ≥ 0, below the stride 2×1',
        ),
        refused(
          () => operations.transposedConv2d(x, numbers([3, 1, 2, 2], 1), { stride: 3, outputPadding: 0.5 }),
          'outputPadding is 0.5',
        ),
        refused(
          () => operations.transposedConv2d(x, numbers([3, 1, 2, 2], 1), { groups: 2 }),
          'groups 2 must divide 3',
        ),
      ],
    },
    {
      op: (a, b) => operations.transposedConv2d(a, b),
      inputs: [numbers([1, 2, 2, 2], 8), w],
      ...laidOut(numbers([1, 2, 2, 2], 8), w, null, { ...plain(), more: [0, 0] }),
    },
  ],
  maxPool2d: [
    {
      op: (a) => operations.maxPool2d(a, windows),
      inputs: [x],
      ...pooledBy(x, windows, (inside) => Math.max(...inside)),
      tolerance: {},
      refuses: [
        mismatch(() => operations.maxPool2d(flat, { size: 2 }), 'the image has shape 4×3'),
        mismatch(() => operations.maxPool2d(x, { size: 6 }), 'windows of 6×6 do not fit 5×4: add padding, or set ceil'),
        refused(() => operations.maxPool2d(x, { size: 2, padding: 2 }), 'padding 2 must be less than'),
        refused(() => operations.maxPool2d(x, { size: [2, 0] }), 'size is [2, 0]'),
      ],
    },
  ],
  averagePool2d: [
    {
      op: (a) => operations.averagePool2d(a, windows),
      inputs: [x],
      ...pooledBy(x, windows, (inside, inPadded) => total(inside) / inPadded),
      refuses: [
        mismatch(() => operations.averagePool2d(flat, { size: 2 }), 'the image has shape 4×3'),
        refused(() => operations.averagePool2d(x, { size: 2, padding: [0, 3] }), 'padding 0,3 must be less than'),
      ],
    },
    {
      op: (a) => operations.averagePool2d(a, { ...windows, countPadding: false }),
      inputs: [x],
      ...pooledBy(x, windows, (inside) => total(inside) / inside.length),
    },
  ],
  globalAveragePool: [
    {
      op: (a) => operations.globalAveragePool(a),
      inputs: [x],
      value: [0, 1, 2, 3, 4, 5].map((plane) => total(listed(x).slice(20 * plane, 20 * plane + 20)) / 20),
      shape: [2, 3],
      refuses: [mismatch(() => operations.globalAveragePool(flat), 'the image has shape 4×3')],
    },
  ],
  relu: [0, 0.2, 1, -0.5].map((slope) => ({
    op: (a) => operations.relu(a, slope),
    inputs: [x],
    value: listed(x).map((v) => (v > 0 ? v : slope * v)),
    shape: [2, 3, 5, 4],
  })),
  batchNorm: [
    {
      op: (a, s, b) => operations.batchNorm(a, { scale: s, shift: b }),
      inputs: [x, scale, shift],
      value: normalisedBy(x, moments, scale, shift),
      shape: [2, 3, 5, 4],
      refuses: [
        mismatch(() => operations.batchNorm(x, { scale: bias, shift }), 'scale has shape 2 where 3'),
        mismatch(() => operations.batchNorm(x, { scale, shift: bias }), 'shift has shape 2 where 3'),
        mismatch(
          () => operations.batchNorm(x, { scale, shift, moments: { ...given, mean: bias } }),
          'mean has shape 2 where 3',
        ),
        mismatch(() => operations.batchNorm(scale, { scale, shift }), 'moments of 3'),
      ],
    },
    {
      op: (a, s, b) => operations.batchNorm(a, { scale: s, shift: b, epsilon: 0.3 }),
      inputs: [flat, scale, shift],
      value: normalisedBy(flat, momentsOf(flat), scale, shift, 0.3),
      shape: [4, 3],
    },
  ],
  channelMoments: [
    {
      op: (a) => stack(Object.values(operations.channelMoments(a))),
      inputs: [x],
      value: [...moments.mean, ...moments.variance],
      shape: [2, 3],
      gradient: 'none',
      refuses: [
        mismatch(() => operations.channelMoments(scale), 'moments of 3: give [items, channels, …]'),
        mismatch(() => operations.channelMoments(tensor([], [0, 3])), 'moments of 0×3'),
      ],
    },
  ],
  responseNorm: [
    {
      op: (a) => operations.responseNorm(a, { size: 3, alpha: 0.7, beta: 0.75 }),
      inputs: [x],
      value: respondedTo(x, 3, 0.7, 0.75, 2),
      shape: [2, 3, 5, 4],
      refuses: [
        refused(() => operations.responseNorm(x, { size: 2, alpha: 1, beta: 1 }), 'size 2: give an odd number'),
        refused(() => operations.responseNorm(x, { size: 3, alpha: 1, beta: 1, k: 0 }), 'k is 0: it must be positive'),
      ],
    },
    {
      op: (a) => operations.responseNorm(a, { size: 5, alpha: 0.7, beta: 0.5, convention: 'caffe' }),
      inputs: [x],
      value: respondedTo(x, 5, 0.7 / 5, 0.5, 1),
      shape: [2, 3, 5, 4],
    },
  ],
}

function plain() {
  return { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 } as const
}

describe('operations', () => {
  it.each(Object.entries(cases))('%s', (_, list) => {
    for (const { op, ...expected } of list) checkOp(op, expected)
  })

  it('are all in the table', () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(operations).sort())
  })

  it('normalise by given moments, which are constants', () => {
    const value = normalisedBy(x, list, scale, shift)
    const inputs = [x, scale, shift]
    // both spellings of the same
    for (const options of [{}, { frozen: true }]) {
      checkOp((a, s, b) => operations.batchNorm(a, { scale: s, shift: b, moments: sameType(a), ...options }), {
        inputs,
        value,
        shape: [2, 3, 5, 4],
      })
    }
  })
})

/** The given moments in the element type of x. */
const sameType = (a: Tensor) => ({ mean: given.mean.clone(a.dtype), variance: given.variance.clone(a.dtype) })
