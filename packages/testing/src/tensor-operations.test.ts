// Every operation of `tensor` through checkOp: value, shape, element type, gradient, errors. The values come from plain
// loops.
import * as t from '@scatterlab/tensor'
import type { Tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { type OpExpectations, checkOp } from './check-op.ts'

/**
 * Double-precision numbers between 0.2 and 1.2 in size, of both signs, all different: away from where functions bend.
 */
function numbers(shape: readonly number[], seed: number, dtype: t.DType = 'float64'): Tensor {
  const data = new Float64Array(t.sizeOf(shape) * (t.isComplex(dtype) ? 2 : 1))
  for (let i = 0; i < data.length; i++) {
    const fraction = ((i + 1) * 0.6180339887 + seed * 0.7548776662) % 1
    data[i] = (fraction + 0.2) * ((i * 7 + seed) % 3 === 0 ? -1 : 1)
  }
  return t.tensor(data, shape, { dtype })
}

const x = numbers([3, 4], 1)
const y = numbers([3, 4], 2)
const row = numbers([4], 3)
const z = numbers([3, 4], 4, 'complex128')
const w = numbers([4], 5, 'complex128')
const single = t.tensor([1, 2])
const positive = t.tensor(x.toTypedArray().map(Math.abs), x.shape)
const list = (a: Tensor): number[] => Array.from(a.toTypedArray())
const pairs = (a: Tensor): [number, number][] => {
  const flat = list(a)
  return t.isComplex(a.dtype)
    ? Array.from({ length: a.size }, (_, i) => [flat[2 * i], flat[2 * i + 1]])
    : flat.map((v) => [v, 0])
}
const times = ([a, b]: [number, number], [c, d]: [number, number]): [number, number] => [a * c - b * d, a * d + b * c]
const wrong = numbers([5], 6)
const mismatch = (op: (a: Tensor, b: Tensor) => Tensor) => [
  { run: () => op(x, wrong), code: 'SHAPE', says: 'shapes 3×4 and 5 do not broadcast' },
]
const notComplex = (op: (a: Tensor) => Tensor, name: string) => [
  { run: () => op(z), code: 'DTYPE', says: `${name} is not defined for complex128 arrays` },
]

type Op = (...inputs: Tensor[]) => Tensor
interface Case extends OpExpectations {
  readonly op: Op
}

function real(op: (x: Tensor) => Tensor, f: (x: number) => number, input = x, name = ''): Case {
  return { op, inputs: [input], value: list(input).map(f), shape: [3, 4], refuses: name ? notComplex(op, name) : [] }
}

function binary(op: (a: Tensor, b: Tensor) => Tensor, f: (a: number, b: number) => number, left = x): Case[] {
  return [
    { op, inputs: [left, y], value: list(left).map((a, i) => f(a, list(y)[i])), shape: [3, 4], refuses: mismatch(op) },
    { op, inputs: [left, row], value: list(left).map((a, i) => f(a, list(row)[i % 4])), shape: [3, 4] },
  ]
}

function complexBinary(
  op: (a: Tensor, b: Tensor) => Tensor,
  f: (a: [number, number], b: [number, number]) => [number, number],
): Case[] {
  return [[z, w] as const, [x, w] as const, [z, row] as const].map(([a, b]) => ({
    op,
    inputs: [a, b],
    value: pairs(a).flatMap((p, i) => f(p, pairs(b)[i % 4])),
    shape: [3, 4],
    dtype: 'complex128',
  }))
}

const columns = (a: Tensor): number[][] => [0, 1, 2, 3].map((c) => [0, 1, 2].map((r) => list(a)[4 * r + c]))
const total = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0)
const varianceOf = (v: readonly number[]): number => total(v.map((a) => (a - total(v) / v.length) ** 2)) / v.length

function reduction(
  op: (x: Tensor, options?: t.ReductionOptions) => Tensor,
  f: (v: readonly number[]) => number,
): Case[] {
  const bad = { run: () => op(x, { axes: [2] }), code: 'SHAPE', says: 'axis 2 is outside' }
  return [
    { op: (a) => op(a), inputs: [x], value: f(list(x)), shape: [], refuses: [bad] },
    { op: (a) => op(a, { axes: [0] }), inputs: [x], value: columns(x).map(f), shape: [4] },
    { op: (a) => op(a, { axes: [-2], keep: true }), inputs: [x], value: columns(x).map(f), shape: [1, 4] },
  ]
}

/** Σ x e^{sign·2πi(…)} over the last axis, or the last two, divided by `norm`; from the definition. */
function fourier(a: Tensor, axes: 1 | 2, sign: 1 | -1, norm = 1): number[] {
  const values = pairs(a)
  return values.flatMap((_, k) => {
    const [ky, kx] = [Math.floor(k / 4), k % 4]
    let sum: [number, number] = [0, 0]
    values.forEach((value, j) => {
      const [u, v] = [Math.floor(j / 4), j % 4]
      if (axes === 1 && u !== ky) return
      const angle = sign * 2 * Math.PI * ((kx * v) / 4 + (axes === 2 ? (ky * u) / 3 : 0))
      const [re, im] = times(value, [Math.cos(angle), Math.sin(angle)])
      sum = [sum[0] + re / norm, sum[1] + im / norm]
    })
    return sum
  })
}
const half = (values: readonly number[]): number[] => [0, 1, 2].flatMap((r) => values.slice(8 * r, 8 * r + 6))
const empty = t.zeros([3, 0])
const noAxis = (op: (x: Tensor) => Tensor) => [
  { run: () => op(empty), code: 'SHAPE', says: 'of shape 3×0: no axis may be empty' },
]
const halves = numbers([3, 3], 8, 'complex128')
/**
 * Half a spectrum completed to four columns: column 3 is the conjugate of column 1, rows mirrored where there are two
 * axes.
 */
function whole(a: Tensor, axes: 1 | 2): Tensor {
  const rows = [0, 1, 2].map((r) => pairs(a).slice(3 * r, 3 * r + 3))
  const flat = rows.flatMap((line, r) => {
    const [re, im] = rows[axes === 2 ? (3 - r) % 3 : r][1]
    return [...line, [re, -im] as [number, number]].flat()
  })
  return t.tensor(new Float64Array(flat), [3, 4], { dtype: 'complex128' })
}
const realParts = (values: readonly number[]): number[] => values.filter((_, i) => i % 2 === 0)

const other: t.Backend = { ...t.reference, name: 'other' }

const cases: Record<string, Case | readonly Case[]> = {
  add: [...binary(t.add, (a, b) => a + b), ...complexBinary(t.add, ([a, b], [c, d]) => [a + c, b + d])],
  sub: [...binary(t.sub, (a, b) => a - b), ...complexBinary(t.sub, ([a, b], [c, d]) => [a - c, b - d])],
  mul: [...binary(t.mul, (a, b) => a * b), ...complexBinary(t.mul, times)],
  div: [
    ...binary(t.div, (a, b) => a / b),
    ...complexBinary(t.div, (p, [c, d]) => times(p, [c / (c * c + d * d), -d / (c * c + d * d)])),
  ],
  minimum: binary(t.minimum, (a, b) => (a < b ? a : b)),
  maximum: binary(t.maximum, (a, b) => (a > b ? a : b)),
  pow: [
    ...binary(t.pow, (a, b) => Math.exp(b * Math.log(a)), positive),
    { op: (a) => t.pow(a, 3), inputs: [x], value: list(x).map((a) => a * a * a), shape: [3, 4] },
    { op: (a) => t.pow(2, a), inputs: [x], value: list(x).map((a) => 2 ** a), shape: [3, 4] },
  ],
  neg: [real(t.neg, (a) => -a), { op: t.neg, inputs: [z], value: list(z).map((a) => -a), shape: [3, 4] }],
  abs: [
    real(t.abs, (a) => (a < 0 ? -a : a)),
    { op: t.abs, inputs: [z], value: pairs(z).map(([a, b]) => Math.hypot(a, b)), shape: [3, 4], dtype: 'float64' },
  ],
  sign: real(t.sign, (a) => (a < 0 ? -1 : 1), x, 'sign'),
  square: real(t.square, (a) => a * a, x, 'square'),
  sqrt: real(t.sqrt, (a) => a ** 0.5, positive, 'sqrt'),
  reciprocal: real(t.reciprocal, (a) => 1 / a, x, 'reciprocal'),
  exp: real(t.exp, (a) => Math.E ** a, x, 'exp'),
  log: real(t.log, (a) => Math.log2(a) * Math.LN2, positive, 'log'),
  sin: real(t.sin, (a) => Math.cos(a - Math.PI / 2), x, 'sin'),
  cos: real(t.cos, (a) => Math.sin(a + Math.PI / 2), x, 'cos'),
  tanh: real(t.tanh, (a) => 1 - 2 / (Math.E ** (2 * a) + 1), x, 'tanh'),
  sigmoid: real(t.sigmoid, (a) => (1 + Math.tanh(a / 2)) / 2, x, 'sigmoid'),
  relu: real(t.relu, (a) => (a > 0 ? a : 0), x, 'relu'),
  where: [
    {
      op: (a, b) => t.where(t.relu(a), a, b),
      inputs: [x, y],
      value: list(x).map((v, i) => (v > 0 ? v : list(y)[i])),
      shape: [3, 4],
    },
    {
      op: (a, b) => t.where(t.tensor([1, 0, 1, 0]), a, b),
      inputs: [z, x],
      value: pairs(z).flatMap((pair, i) => (i % 2 === 0 ? pair : [list(x)[i], 0])),
      shape: [3, 4],
      dtype: 'complex128',
      refuses: [{ run: () => t.where(z, x, y), code: 'DTYPE', says: 'where takes a real condition' }],
    },
  ],
  // of 1 by tables of Φ; the rest is its gradient, by differences
  gelu: [
    {
      op: t.gelu,
      inputs: [t.tensor(new Float64Array([1, -1, 0]))],
      value: [0.8413447460685429, -0.15865525393145707, 0],
      shape: [3],
    },
    { op: (a) => t.sub(t.gelu(a), t.gelu(t.neg(a))), inputs: [x], value: list(x), shape: [3, 4] },
  ],
  conj: [
    real(t.conj, (a) => a),
    { op: t.conj, inputs: [z], value: pairs(z).flatMap(([a, b]) => [a, -b]), shape: [3, 4] },
  ],
  complex: [
    { op: (a) => t.complex(a), inputs: [x], value: list(x).flatMap((a) => [a, 0]), shape: [3, 4], dtype: 'complex128' },
    {
      op: t.complex,
      inputs: [x, row],
      value: list(x).flatMap((a, i) => [a, list(row)[i % 4]]),
      shape: [3, 4],
      dtype: 'complex128',
      refuses: [{ run: () => t.complex(z), code: 'DTYPE', says: 'takes real arrays' }],
    },
  ],
  sum: [
    ...reduction(t.sum, total),
    {
      op: (a) => t.sum(a),
      inputs: [z],
      value: [total(realParts(list(z))), total(pairs(z).map(([, b]) => b))],
      shape: [],
    },
  ],
  max: reduction(t.max, (v) => [...v].sort((a, b) => b - a)[0]),
  min: reduction(t.min, (v) => [...v].sort((a, b) => a - b)[0]),
  mean: reduction(t.mean, (v) => total(v) / v.length),
  variance: reduction(t.variance, varianceOf),
  norm: [
    ...reduction(t.norm, (v) => Math.hypot(...v)),
    { op: (a) => t.norm(a), inputs: [z], value: Math.hypot(...list(z)), shape: [], dtype: 'float64' },
  ],
  matmul: [
    {
      op: t.matmul,
      inputs: [x, numbers([4, 2], 7)],
      value: [0, 1, 2].flatMap((r) =>
        [0, 1].map((c) => total([0, 1, 2, 3].map((k) => list(x)[4 * r + k] * list(numbers([4, 2], 7))[2 * k + c]))),
      ),
      shape: [3, 2],
      refuses: [
        { run: () => t.matmul(x, x), code: 'SHAPE', says: 'cannot multiply 3×4 by 3×4' },
        { run: () => t.matmul(z, z), code: 'DTYPE', says: 'real arrays' },
      ],
    },
    {
      // a batch against one matrix that all share, by its transpose
      op: (a, b) => t.matmul(a, b.transpose()),
      inputs: [numbers([2, 1, 4], 8), x],
      value: [0, 1].flatMap((n) =>
        [0, 1, 2].map((r) =>
          total([0, 1, 2, 3].map((k) => list(numbers([2, 1, 4], 8))[4 * n + k] * list(x)[4 * r + k])),
        ),
      ),
      shape: [2, 1, 3],
    },
  ],
  concat: {
    op: (a, b) => t.concat([a, b, a], 1),
    inputs: [x, y],
    value: [0, 1, 2].flatMap((r) => [x, y, x].flatMap((a) => list(a).slice(4 * r, 4 * r + 4))),
    shape: [3, 12],
    refuses: [{ run: () => t.concat([x, row]), code: 'SHAPE', says: 'cannot join 3×4 and 4' }],
  },
  stack: {
    op: (a, b) => t.stack([a, b], -1),
    inputs: [z, numbers([3, 4], 9, 'complex128')],
    value: pairs(z).flatMap((p, i) => [...p, ...pairs(numbers([3, 4], 9, 'complex128'))[i]]),
    shape: [3, 4, 2],
    refuses: [{ run: () => t.stack([x, row]), code: 'SHAPE', says: 'cannot join' }],
  },
  fft: [
    { op: (a) => t.fft(a), inputs: [z], value: fourier(z, 1, -1), shape: [3, 4], refuses: noAxis((a) => t.fft(a)) },
    { op: (a) => t.fft(a), inputs: [x], value: fourier(x, 1, -1), shape: [3, 4], dtype: 'complex128' },
  ],
  ifft: {
    op: (a) => t.ifft(a),
    inputs: [z],
    value: fourier(z, 1, 1, 4),
    shape: [3, 4],
    refuses: noAxis((a) => t.ifft(a)),
  },
  fft2: [
    { op: (a) => t.fft2(a), inputs: [z], value: fourier(z, 2, -1), shape: [3, 4], refuses: noAxis((a) => t.fft2(a)) },
    { op: (a) => t.fft2(a), inputs: [x], value: fourier(x, 2, -1), shape: [3, 4], dtype: 'complex128' },
  ],
  ifft2: {
    op: (a) => t.ifft2(a),
    inputs: [z],
    value: fourier(z, 2, 1, 12),
    shape: [3, 4],
    refuses: noAxis((a) => t.ifft2(a)),
  },
  rfft: {
    op: (a) => t.rfft(a),
    inputs: [x],
    value: half(fourier(x, 1, -1)),
    shape: [3, 3],
    dtype: 'complex128',
    refuses: [{ run: () => t.rfft(z), code: 'DTYPE', says: 'takes a real array' }],
  },
  rfft2: {
    op: (a) => t.rfft2(a),
    inputs: [x],
    value: half(fourier(x, 2, -1)),
    shape: [3, 3],
    dtype: 'complex128',
    refuses: [{ run: () => t.rfft2(z), code: 'DTYPE', says: 'takes a real array' }],
  },
  irfft: {
    op: (a) => t.irfft(a, 4),
    inputs: [halves],
    value: realParts(fourier(whole(halves, 1), 1, 1, 4)),
    shape: [3, 4],
    dtype: 'float64',
    refuses: [{ run: () => t.irfft(halves, 7), code: 'SHAPE', says: 'an axis of 4' }],
  },
  irfft2: {
    op: (a) => t.irfft2(a, 4),
    inputs: [halves],
    value: realParts(fourier(whole(halves, 2), 2, 1, 12)),
    shape: [3, 4],
    dtype: 'float64',
    refuses: [{ run: () => t.irfft2(halves, 0), code: 'VALUE', says: 'length 0' }],
  },
  take: [
    {
      op: (a) => t.take(a, [2, 0, -1, 2], 1),
      inputs: [x],
      value: [0, 1, 2].flatMap((r) => [2, 0, 3, 2].map((c) => list(x)[4 * r + c])),
      shape: [3, 4],
      refuses: [{ run: () => t.take(x, [4], 1), code: 'SHAPE', says: 'index 4 on axis 1 is outside shape 3×4' }],
    },
    { op: (a) => t.take(a, [1, 1]), inputs: [z], value: [0, 0].flatMap(() => list(z).slice(8, 16)), shape: [2, 4] },
  ],
  pad: [
    ...(
      [
        ['zero', [-1, -1, 0, 1, 2, 3, -1]],
        ['edge', [0, 0, 0, 1, 2, 3, 3]],
        ['reflect', [2, 1, 0, 1, 2, 3, 2]],
        ['symmetric', [1, 0, 0, 1, 2, 3, 3]],
        ['periodic', [2, 3, 0, 1, 2, 3, 0]],
      ] as const
    ).map(([mode, places]) => ({
      op: (a: Tensor) => t.pad(a, [[2, 1]], { mode }),
      inputs: [x],
      value: [0, 1, 2].flatMap((r) => places.map((c) => (c < 0 ? 0 : list(x)[4 * r + c]))),
      shape: [3, 7],
      refuses: [{ run: () => t.pad(x, [-1]), code: 'VALUE', says: 'give whole numbers from 0' }],
    })),
    {
      op: (a) => t.pad(a, [1, [0, 1]]),
      inputs: [z],
      value: [-1, 0, 1, 2, 3].flatMap((r) =>
        [0, 1, 2, 3, 4].flatMap((c) => (r in [0, 0, 0] && c < 4 ? pairs(z)[4 * r + c] : [0, 0])),
      ),
      shape: [5, 5],
    },
  ],
  resize: [
    {
      // areas: rows of three become one and a half rows each
      op: (a) => t.resize(a, [2, 4]),
      inputs: [x],
      value: [0, 1].flatMap((r) => [0, 1, 2, 3].map((c) => (2 * list(x)[8 * r + c] + list(x)[4 + c]) / 3)),
      shape: [2, 4],
      refuses: [{ run: () => t.resize(x, [0, 4]), code: 'VALUE', says: 'resize to [0, 4]' }],
    },
    {
      // centres of eight columns lie at −1/4, 1/4, 3/4, … of the old ones
      op: (a) => t.resize(a, [3, 8]),
      inputs: [x],
      value: [0, 1, 2].flatMap((r) =>
        Array.from({ length: 8 }, (_, o) => {
          const at = Math.min(Math.max((o + 0.5) / 2 - 0.5, 0), 3)
          const left = Math.min(Math.floor(at), 2)
          return list(x)[4 * r + left] * (left + 1 - at) + list(x)[4 * r + left + 1] * (at - left)
        }),
      ),
      shape: [3, 8],
    },
  ],
  einsum: [
    {
      op: (a, b) => t.einsum('ij,jk->ki', a, b),
      inputs: [x, numbers([4, 2], 7)],
      value: [0, 1].flatMap((k) =>
        [0, 1, 2].map((i) =>
          [0, 1, 2, 3].reduce((s, j) => s + list(x)[4 * i + j] * list(numbers([4, 2], 7))[2 * j + k], 0),
        ),
      ),
      shape: [2, 3],
      refuses: [
        { run: () => t.einsum('ij,jk->ik', x, y), code: 'SHAPE', says: 'axis j is 4 and 3 long' },
        { run: () => t.einsum('ij,jk', x, y), code: 'VALUE', says: "write it as 'ij,jk->ik'" },
      ],
    },
    {
      // a batch, an axis that only one has and nobody wants, and one that both keep
      op: (a, b) => t.einsum('bij, bj -> bj', a, b),
      inputs: [numbers([2, 3, 4], 8), numbers([2, 4], 9)],
      value: [0, 1].flatMap((b) =>
        [0, 1, 2, 3].map((j) =>
          [0, 1, 2].reduce(
            (s, i) => s + list(numbers([2, 3, 4], 8))[12 * b + 4 * i + j] * list(numbers([2, 4], 9))[4 * b + j],
            0,
          ),
        ),
      ),
      shape: [2, 4],
    },
    { op: (a) => t.einsum('ij->ji', a), inputs: [x], value: list(x.transpose().clone()), shape: [4, 3] },
    {
      op: (a, b) => t.einsum('i,j->', a, b),
      inputs: [row, numbers([3], 2)],
      value: [list(row).reduce((s, v) => s + v, 0) * list(numbers([3], 2)).reduce((s, v) => s + v, 0)],
      shape: [],
    },
  ],
  onBackend: { op: (a) => t.onBackend(t.onBackend(a, other), t.reference), inputs: [z], value: list(z), shape: [3, 4] },
  stopGradient: { op: t.stopGradient, inputs: [x], value: list(x), shape: [3, 4], gradient: 'none' },
}

const views: Record<string, Case | readonly Case[]> = {
  slice: [
    {
      op: (a) => a.slice([-1, undefined, -2], [1, 3]),
      inputs: [x],
      value: [9, 10, 1, 2].map((i) => list(x)[i]),
      shape: [2, 2],
      refuses: [{ run: () => x.slice(3), code: 'SHAPE', says: 'index 3 on axis 0' }],
    },
    {
      op: (a) => t.add(a.slice(1), a.slice([0, 2])),
      inputs: [x],
      value: [0, 1].flatMap((r) => [0, 1, 2, 3].map((c) => list(x)[4 + c] + list(x)[4 * r + c])),
      shape: [2, 4],
    },
  ],
  transpose: {
    op: (a) => t.mul(a.transpose(1, 2, 0), 1),
    inputs: [numbers([2, 3, 2], 1)],
    value: [0, 1, 2].flatMap((j) =>
      [0, 1].flatMap((k) => [0, 1].map((i) => list(numbers([2, 3, 2], 1))[6 * i + 2 * j + k])),
    ),
    shape: [3, 2, 2],
    refuses: [{ run: () => x.transpose(0), code: 'SHAPE', says: 'must name each' }],
  },
  reshape: [
    {
      op: (a) => a.reshape(2, -1),
      inputs: [x],
      value: list(x),
      shape: [2, 6],
      refuses: [{ run: () => x.reshape(5, -1), code: 'SHAPE', says: 'cannot reshape 3×4' }],
    },
    {
      op: (a) => a.transpose().reshape(6, 2),
      inputs: [z],
      value: [0, 1, 2, 3].flatMap((c) => [0, 1, 2].flatMap((r) => pairs(z)[4 * r + c])),
      shape: [6, 2],
    },
  ],
  broadcastTo: {
    op: (a) => t.mul(a.broadcastTo([2, 3, 4]), numbers([2, 3, 4], 6).clone(a.dtype)),
    inputs: [numbers([3, 1], 2)],
    value: list(numbers([2, 3, 4], 6)).map((v, i) => v * list(numbers([3, 1], 2))[Math.floor(i / 4) % 3]),
    shape: [2, 3, 4],
    refuses: [{ run: () => x.broadcastTo([4]), code: 'SHAPE', says: 'does not broadcast' }],
  },
  expand: { op: (a) => a.expand(1), inputs: [x], value: list(x), shape: [3, 1, 4] },
  squeeze: {
    op: (a) => a.squeeze(1),
    inputs: [numbers([3, 1, 2], 1)],
    value: list(numbers([3, 1, 2], 1)),
    shape: [3, 2],
    refuses: [{ run: () => x.squeeze(0), code: 'SHAPE', says: 'not of length 1' }],
  },
  real: { op: (a) => a.real, inputs: [z], value: realParts(list(z)), shape: [3, 4], dtype: 'float64' },
  imag: {
    op: (a) => a.imag,
    inputs: [z],
    value: pairs(z).map(([, b]) => b),
    shape: [3, 4],
    dtype: 'float64',
    refuses: [{ run: () => x.imag, code: 'DTYPE', says: 'needs a complex array' }],
  },
  asReal: { op: (a) => a.asReal(), inputs: [z], value: list(z), shape: [3, 4, 2], dtype: 'float64' },
  asComplex: {
    op: (a) => a.asComplex(),
    inputs: [numbers([3, 2], 1)],
    value: list(numbers([3, 2], 1)),
    shape: [3],
    dtype: 'complex128',
  },
  contiguous: { op: (a) => a.transpose().contiguous(), inputs: [x], value: columns(x), shape: [4, 3] },
  clone: [
    { op: (a) => a.clone(), inputs: [z], value: list(z), shape: [3, 4] },
    // the gradient goes through the rounding as if there were none
    { op: (a) => a.clone('float32').clone(a.dtype), inputs: [single], value: [1, 2], shape: [2], gradient: 'none' },
  ],
}

const each = (table: Record<string, Case | readonly Case[]>): [string, readonly Case[]][] =>
  Object.entries(table).map(([name, one]) => [name, 'op' in one ? [one] : one])

describe('functions', () => {
  it.each(each(cases))('%s', (_, list) => {
    for (const { op, ...expected } of list) checkOp(op, expected)
  })
})

describe('methods', () => {
  it.each(each(views))('%s', (_, list) => {
    for (const { op, ...expected } of list) checkOp(op, expected)
  })
})

describe('the table', () => {
  const notOperations = {
    'arrays by a rule': [
      'tensor',
      'empty',
      'unwritten',
      'zeros',
      'ones',
      'full',
      'arange',
      'eye',
      'randomNormal',
      'randomUniform',
      'fromNdarray',
    ],
    'types and shapes': [
      'realOf',
      'complexOf',
      'promote',
      'realArray',
      'dtypeOf',
      'sizeOf',
      'contiguousStrides',
      'broadcastShapes',
    ],
    'numbers out': ['argmax', 'toNdarray'],
    differentiation: ['grad', 'valueAndGrad', 'differentiable', 'scope', 'unrecorded'],
    operations: ['operation', 'kernel', 'formula', 'constant', 'pointwise'],
    'options and inputs': [
      'aSeed',
      'belowOne',
      'notNegative',
      'someNumbers',
      'startTurns',
      'aBackend',
      'aFunction',
      'aRandom',
      'aSignal',
      'aText',
      'finite',
      'anything',
      'asTensor',
      'didYouMean',
      'having',
      'numberFrom',
      'oneOf',
      'positive',
      'shown',
      'slips',
      'trueOrFalse',
      'wholeNumber',
      'wholeNumbers',
    ],
    elsewhere: [
      'checksum',
      'dft',
      'linesDft',
      'random',
      'Tensor',
      'MemoryError',
      'ScatterlabError',
      'ShapeError',
      'DTypeError',
      'ValueError',
    ],
  }

  /** Questions, checks, and the arithmetic of shapes and windows. */
  const aboutShapes = /^(is|check|format|same)[A-Z]|Shape$|Constants$|^window/

  it('holds every function that the package exports and that makes arrays of arrays', () => {
    const functions = Object.entries(t).flatMap(([name, value]) =>
      typeof value === 'function' && !aboutShapes.test(name) ? [name] : [],
    )
    expect(functions.sort()).toEqual([...Object.keys(cases), ...Object.values(notOperations).flat()].sort())
  })

  it('holds every method that makes an array', () => {
    const methods = Object.getOwnPropertyNames(t.Tensor.prototype)
    const others = [
      'constructor',
      'toString',
      'asTypedArray',
      'rank',
      'size',
      'isContiguous',
      'toTypedArray',
      'read',
      'item',
      'toNested',
    ]
    expect(methods.sort()).toEqual([...Object.keys(views), ...others].sort())
  })
})
