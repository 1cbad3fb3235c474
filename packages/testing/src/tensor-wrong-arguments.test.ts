// Wrong values in the place of every argument and option of `tensor`: an error of this project each time, and never a result.
import * as t from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { type RightCall, functionsOf, wrongArguments } from './wrong-arguments.ts'

const x = t.tensor([
  [1, 2, 3],
  [4, 5, 6],
])
const z = t.tensor([1, 2, 3, 4], [2], { dtype: 'complex64' })

const one = (takes: RightCall['takes'] = {}): RightCall => ({ args: () => [x], takes, options: false })
/** Numbers count as arrays of one element: every number is right. */
const operands: RightCall['takes'] = { 0: ['NaN', 'large'], 1: ['NaN', 'large'] }
const two = (): RightCall => ({ args: () => [x, x], takes: operands, options: false })
const shaped = (...rest: unknown[]): RightCall => ({
  args: () => [[2, 2], ...rest, { dtype: 'float64', backend: t.reference }],
})
const reduced = (): RightCall => ({ args: () => [x, { axes: [0], keep: true }] })
const transformed = (X: t.Tensor, axes: number[], ...rest: number[]): RightCall => ({
  args: () => [X, ...rest, { axes }],
})
const unary = [
  'abs',
  'neg',
  'sign',
  'square',
  'sqrt',
  'reciprocal',
  'exp',
  'log',
  'sin',
  'cos',
  'tanh',
  'sigmoid',
  'relu',
]
const binary = ['add', 'sub', 'mul', 'div', 'minimum', 'maximum', 'pow']

const calls: Readonly<Record<string, RightCall>> = {
  ...Object.fromEntries([...unary, 'gelu', 'conj'].map((name) => [name, one({ 0: ['NaN', 'large'] })])),
  ...Object.fromEntries(binary.map((name) => [name, two()])),
  where: { args: () => [x, x, x], takes: { ...operands, 2: ['NaN', 'large'] }, options: false },
  complex: { args: () => [x, x], options: false },
  sum: reduced(),
  mean: reduced(),
  variance: reduced(),
  norm: reduced(),
  max: reduced(),
  min: reduced(),
  argmax: { args: () => [x, 0] },
  matmul: { args: () => [x, x.transpose()], options: false },
  einsum: { args: () => ['ij,kj->ik', x, x], options: false },
  concat: { args: () => [[x, x], 0] },
  stack: { args: () => [[x, x], 0] },
  take: { args: () => [x, [0, 1], 0], takes: { 1: ['text', 'bigint'] } },
  pad: { args: () => [x, [1, [0, 2]], { mode: 'edge' }] },
  resize: { args: () => [x, [4, 4]] },
  fft: transformed(x, [0]),
  ifft: transformed(x, [0]),
  fft2: transformed(x, [0, 1]),
  ifft2: transformed(x, [0, 1]),
  rfft: transformed(x, [0]),
  rfft2: transformed(x, [0, 1]),
  irfft: transformed(z, [0], 3),
  irfft2: transformed(z.expand(0), [0, 1], 3),
  zeros: shaped(),
  ones: shaped(),
  full: { ...shaped(3), takes: { 1: ['NaN', 'large'] } },
  eye: shaped().options === false ? shaped() : { args: () => [3, { dtype: 'float64', backend: t.reference }] },
  tensor: {
    args: () => [[1, 2, 3, 4], [2, 2], { dtype: 'float64', backend: t.reference }],
    takes: { 0: ['NaN', 'large'] },
  },
  randomNormal: { args: () => [[2], t.random(1), { dtype: 'float64', backend: t.reference }] },
  randomUniform: { args: () => [[2], t.random(1), { dtype: 'float64', backend: t.reference }] },
  random: { args: () => [1], takes: { 0: ['text', 'large'] } },
  onBackend: { args: () => [x, t.reference], options: false },
  asTensor: { args: () => [x], options: false },
  fromNdarray: {
    args: () => [{ data: new Float32Array(2), shape: [2], stride: [1], offset: 0 }, { backend: t.reference }],
  },
  toNdarray: one(),
  grad: { args: () => [(a: t.Tensor) => t.sum(a)] },
  valueAndGrad: { args: () => [(a: t.Tensor) => t.sum(a)] },
  stopGradient: one(),
  scope: { args: () => [() => 1] },
  dft: { args: () => [4] },
  linesDft: { args: () => [4] },
}

/** What users never call by hand: rules, checks, and what other packages are written with. */
const inner =
  /^(a[A-Z]\w*|check\w*|is[A-Z]\w*|anything|arange|belowOne|broadcastShapes|checksum|complexOf|constant|contiguousStrides|didYouMean|differentiable|dtypeOf|empty|finite|formatShape|formula|having|kernel|notNegative|numberFrom|oneOf|operation|pointwise|positive|promote|realArray|realOf|sameShape|shown|sizeOf|slips|someNumbers|startTurns|trueOrFalse|unrecorded|unwritten|wholeNumbers?|Tensor)$/

const functions = functionsOf(t).filter(([name]) => name in calls || !inner.test(name))

it('arange takes numbers, of which there may be many', () => {
  for (const wrong of [
    [null, 4],
    [0, 'x'],
    [0, 4, 0],
    [0, 4, 1n],
    [0, Infinity],
  ]) {
    expect(() => t.arange(...(wrong as [number, number]))).toThrow(t.ValueError)
  }
})

it('calls every function', () => {
  expect(functions.map(([name]) => name).toSorted()).toEqual(Object.keys(calls).toSorted())
})

it.each(functions)('%s refuses what is wrong', async (name, f) => {
  expect(await wrongArguments(f, calls[name])).toEqual([])
})
