// Element-wise operations and reductions of the reference, written as one plain loop each.
import type { BinaryOperation, Buffer, Reduction, UnaryOperation, View } from '../backend.ts'
import { type RealArray, isComplex } from '../dtype.ts'
import { DTypeError } from '../errors.ts'
import { forEachLine } from './lines.ts'

const REAL_UNARY: Record<Exclude<UnaryOperation, 'conj'>, (x: number) => number> = {
  neg: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  square: (x) => x * x,
  sqrt: Math.sqrt,
  reciprocal: (x) => 1 / x,
  exp: Math.exp,
  log: Math.log,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  relu: (x) => (x > 0 ? x : x === x ? 0 : x),
}

const REAL_BINARY: Record<BinaryOperation, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
  pow: Math.pow,
}

type Complex = readonly [re: number, im: number]
const COMPLEX_BINARY: Partial<Record<BinaryOperation, (a: number, b: number, c: number, d: number) => Complex>> = {
  add: (a, b, c, d) => [a + c, b + d],
  sub: (a, b, c, d) => [a - c, b - d],
  mul: (a, b, c, d) => [a * c - b * d, a * d + b * c],
  div: (a, b, c, d) => {
    const norm = c * c + d * d
    return [(a * c + b * d) / norm, (b * c - a * d) / norm]
  },
}

/** The numbers of a buffer; the reference only ever sees host memory. */
export function dataOf(buffer: Buffer): RealArray {
  if (buffer.data === null) throw new DTypeError('the reference back end reads host memory: `await x.read()` first')
  return buffer.data
}

/** out ← x. */
export function copy(x: View, out: View): void {
  const from = dataOf(x.buffer)
  const to = dataOf(out.buffer)
  forEachLine(out.shape, [x, out], ([a, o], n, [sa, so]) => {
    for (let k = 0; k < n; k++) to[o + k * so] = from[a + k * sa]
  })
  if (!isComplex(out.dtype)) return
  forEachLine(out.shape, [x, out], ([a, o], n, [sa, so]) => {
    for (let k = 0; k < n; k++) to[o + k * so + out.imagStride] = from[a + k * sa + x.imagStride]
  })
}

/** out ← op(x). */
export function map(op: UnaryOperation, x: View, out: View): void {
  const from = dataOf(x.buffer)
  const to = dataOf(out.buffer)
  if (isComplex(x.dtype)) return mapComplex(op, x, out, from, to)
  if (op === 'conj') return copy(x, out)
  const f = REAL_UNARY[op]
  forEachLine(out.shape, [x, out], ([a, o], n, [sa, so]) => {
    for (let k = 0; k < n; k++) to[o + k * so] = f(from[a + k * sa])
  })
}

function mapComplex(op: UnaryOperation, x: View, out: View, from: RealArray, to: RealArray): void {
  if (op !== 'abs' && op !== 'neg' && op !== 'conj') throw new DTypeError(`${op} is not defined for ${x.dtype} arrays`)
  const sign = op === 'conj' ? 1 : -1
  forEachLine(out.shape, [x, out], ([a, o], n, [sa, so]) => {
    for (let k = 0; k < n; k++) {
      const re = from[a + k * sa]
      const im = from[a + k * sa + x.imagStride]
      if (op === 'abs') to[o + k * so] = Math.sqrt(re * re + im * im)
      else {
        to[o + k * so] = sign * re
        to[o + k * so + out.imagStride] = -im
      }
    }
  })
}

/** out ← op(a, b). */
export function zip(op: BinaryOperation, a: View, b: View, out: View): void {
  const [left, right, to] = [dataOf(a.buffer), dataOf(b.buffer), dataOf(out.buffer)]
  if (!isComplex(out.dtype)) {
    const f = REAL_BINARY[op]
    forEachLine(out.shape, [a, b, out], ([i, j, o], n, [si, sj, so]) => {
      for (let k = 0; k < n; k++) to[o + k * so] = f(left[i + k * si], right[j + k * sj])
    })
    return
  }
  const f = COMPLEX_BINARY[op]
  if (!f) throw new DTypeError(`${op} is not defined for ${out.dtype} arrays`)
  forEachLine(out.shape, [a, b, out], ([i, j, o], n, [si, sj, so]) => {
    for (let k = 0; k < n; k++) {
      const p = i + k * si
      const q = j + k * sj
      const [re, im] = f(left[p], isComplex(a.dtype) ? left[p + a.imagStride] : 0, right[q], isComplex(b.dtype) ? right[q + b.imagStride] : 0)
      to[o + k * so] = re
      to[o + k * so + out.imagStride] = im
    }
  })
}

const START: Record<Reduction, number> = { sum: 0, max: -Infinity, min: Infinity }
const STEP: Record<Reduction, (a: number, b: number) => number> = { sum: (a, b) => a + b, max: Math.max, min: Math.min }

/** out ← reduction of x over `axes`; sums are accumulated in double precision. */
export function reduce(op: Reduction, x: View, axes: readonly number[], out: View): void {
  if (isComplex(x.dtype)) {
    if (op !== 'sum') throw new DTypeError(`${op} is not defined for ${x.dtype} arrays`)
    reducePart(op, x, 0, axes, out, 0)
    reducePart(op, x, x.imagStride, axes, out, out.imagStride)
  } else reducePart(op, x, 0, axes, out, 0)
}

function reducePart(op: Reduction, x: View, xPart: number, axes: readonly number[], out: View, outPart: number): void {
  const from = dataOf(x.buffer)
  const to = dataOf(out.buffer)
  const f = STEP[op]
  const inner = { shape: axes.map((a) => x.shape[a]), strides: axes.map((a) => x.strides[a]) }
  forEachLine(out.shape, [{ strides: x.strides, offset: x.offset + xPart }, { strides: out.strides, offset: out.offset + outPart }], ([a, o], n, [sa, so]) => {
    for (let k = 0; k < n; k++) {
      let total = START[op]
      forEachLine(inner.shape, [{ strides: inner.strides, offset: a + k * sa }], ([start], length, [step]) => {
        for (let i = 0; i < length; i++) total = f(total, from[start + i * step])
      })
      to[o + k * so] = total
    }
  })
}
