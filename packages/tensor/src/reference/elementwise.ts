// Copies and element-wise operations of the reference, one plain loop each.
import type { BinaryOperation, Buffer, UnaryOperation, View } from '../backend.ts'
import { type RealArray, isComplex, realOf } from '../dtype.ts'
import { DTypeError } from '../errors.ts'
import { forEachLine } from './lines.ts'

/** The numbers of a buffer; the reference only ever sees host memory. */
export function dataOf(buffer: Buffer): RealArray {
  if (buffer.data === null) throw new DTypeError('the reference back end reads host memory: `await x.read()` first')
  return buffer.data
}

/** A view as real numbers: a complex one gains a last axis of its two parts. */
export function realParts(view: View): View {
  if (!isComplex(view.dtype)) return view
  const { buffer, dtype, shape, strides, offset, imagStride } = view
  return {
    buffer,
    dtype: realOf(dtype),
    shape: [...shape, 2],
    strides: [...strides, imagStride],
    offset,
    imagStride: 0,
  }
}

/** out ← x. */
export function copy(x: View, out: View): void {
  const [from, to] = [dataOf(x.buffer), dataOf(out.buffer)]
  const [source, target] = [realParts(x), realParts(out)]
  forEachLine(target.shape, [source, target], (n, i, si, o, so) => {
    if (si === 1 && so === 1 && n > 16) return to.set(from.subarray(i, i + n), o)
    for (let k = 0; k < n; k++) to[o + k * so] = from[i + k * si]
  })
}

/** out ← op(x). */
export function map(op: UnaryOperation, x: View, out: View): void {
  if (isComplex(x.dtype) && op !== 'neg') return mapComplex(op, x, out)
  if (op === 'conj') return copy(x, out)
  const [from, to] = [dataOf(x.buffer), dataOf(out.buffer)]
  const [source, target] = [realParts(x), realParts(out)]
  forEachLine(target.shape, [source, target], (n, i, si, o, so) => {
    for (let k = 0; k < n; k++) to[o + k * so] = unary(op, from[i + k * si])
  })
}

// a switch in the loop is twice as fast as a call through a table of functions, which the engine cannot inline
function unary(op: Exclude<UnaryOperation, 'conj'>, x: number): number {
  switch (op) {
    case 'neg':
      return -x
    case 'abs':
      return Math.abs(x)
    case 'sign':
      return Math.sign(x)
    case 'square':
      return x * x
    case 'sqrt':
      return Math.sqrt(x)
    case 'reciprocal':
      return 1 / x
    case 'exp':
      return Math.exp(x)
    case 'log':
      return Math.log(x)
    case 'sin':
      return Math.sin(x)
    case 'cos':
      return Math.cos(x)
    case 'tanh':
      return Math.tanh(x)
    case 'sigmoid':
      return 1 / (1 + Math.exp(-x))
    default:
      return Math.max(x, 0)
  }
}

function mapComplex(op: UnaryOperation, x: View, out: View): void {
  if (op !== 'abs' && op !== 'conj') throw new DTypeError(`${op} is not defined for ${x.dtype} arrays`)
  const [from, to] = [dataOf(x.buffer), dataOf(out.buffer)]
  const [xImag, outImag] = [x.imagStride, out.imagStride]
  forEachLine(out.shape, [x, out], (n, i, si, o, so) => {
    for (let k = 0; k < n; k++, i += si, o += so) {
      const re = from[i]
      const im = from[i + xImag]
      if (op === 'abs') to[o] = Math.sqrt(re * re + im * im)
      else {
        to[o] = re
        to[o + outImag] = -im
      }
    }
  })
}

/** out ← op(a, b); all three real, or all three complex. */
export function zip(op: BinaryOperation, a: View, b: View, out: View): void {
  if (isComplex(out.dtype) && op !== 'add' && op !== 'sub') return zipComplex(op, a, b, out)
  const [left, right, to] = [dataOf(a.buffer), dataOf(b.buffer), dataOf(out.buffer)]
  const target = realParts(out)
  forEachLine(target.shape, [realParts(a), realParts(b), target], (n, i, si, j, sj, o, so) => {
    for (let k = 0; k < n; k++) to[o + k * so] = binary(op, left[i + k * si], right[j + k * sj])
  })
}

function binary(op: BinaryOperation, a: number, b: number): number {
  switch (op) {
    case 'add':
      return a + b
    case 'sub':
      return a - b
    case 'mul':
      return a * b
    case 'div':
      return a / b
    case 'min':
      return Math.min(a, b)
    case 'max':
      return Math.max(a, b)
    default:
      return a ** b
  }
}

function zipComplex(op: BinaryOperation, a: View, b: View, out: View): void {
  if (op !== 'mul' && op !== 'div') throw new DTypeError(`${op} is not defined for ${out.dtype} arrays`)
  const [left, right, to] = [dataOf(a.buffer), dataOf(b.buffer), dataOf(out.buffer)]
  const [aImag, bImag, outImag] = [a.imagStride, b.imagStride, out.imagStride]
  forEachLine(out.shape, [a, b, out], (n, i, si, j, sj, o, so) => {
    for (let k = 0; k < n; k++, i += si, j += sj, o += so) {
      const p = left[i]
      const q = left[i + aImag]
      let r = right[j]
      let s = right[j + bImag]
      if (op === 'div') {
        const power = r * r + s * s
        r /= power
        s /= -power
      }
      to[o] = p * r - q * s
      to[o + outImag] = p * s + q * r
    }
  })
}
