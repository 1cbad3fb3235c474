// Random calls of the operations on general arrays.
import {
  type BinaryOperation,
  type DType,
  type RealDType,
  type Reduction,
  type UnaryOperation,
  complexOf,
  sizeOf,
} from '@scatterlab/tensor'
import fc from 'fast-check'
import type { Call, Cases } from './call.ts'
import { type Filling, input, output, updated } from './operand.ts'

/** Shapes with lengths around those of vectors, and a few long lines; of at most some thousand elements. */
export const shapes = (least = 0, most = 4): fc.Arbitrary<number[]> =>
  fc
    .array(fc.constantFrom<number[]>(0, 1, 1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 33, 64, 101), {
      minLength: least,
      maxLength: most,
    })
    .filter((shape) => sizeOf(shape) <= 4096)

export const realType: fc.Arbitrary<RealDType> = fc.constantFrom('float32', 'float64')
const complexType: fc.Arbitrary<DType> = fc.constantFrom('complex64', 'complex128')
/** Mostly one precision for all arrays of a call, sometimes another for each. */
const precisions = (count: number): fc.Arbitrary<RealDType[]> =>
  fc.oneof(
    { weight: 4, arbitrary: realType.map((dtype) => Array.from({ length: count }, () => dtype)) },
    { weight: 1, arbitrary: fc.array(realType, { minLength: count, maxLength: count }) },
  )

const REAL_UNARY: readonly UnaryOperation[] = [
  'neg',
  'abs',
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
  'conj',
]
const COMPLEX_UNARY: readonly UnaryOperation[] = ['abs', 'conj', 'neg']
const BINARY: readonly BinaryOperation[] = ['add', 'sub', 'mul', 'div', 'min', 'max', 'pow']
const COMPLEX_BINARY: readonly BinaryOperation[] = ['add', 'sub', 'mul', 'div']
const filling: fc.Arbitrary<Filling> = fc.constantFrom('noise', 'noise', 'positive', 'special')

const copy: fc.Arbitrary<Call> = fc
  .tuple(shapes(), precisions(2), fc.boolean())
  .chain(([shape, [from, to], complex]) =>
    fc
      .tuple(input(shape, complex ? complexOf(from) : from, 'special'), output(shape, complex ? complexOf(to) : to))
      .map(([x, out]) => ({ operands: { x, out }, written: ['out'], run: (b, v) => b.copy(v.x, v.out) })),
  )

const realMap: fc.Arbitrary<Call> = fc
  .tuple(shapes(), precisions(2), fc.constantFrom(...REAL_UNARY), filling, fc.boolean())
  .chain(([shape, [from, to], op, kind, inPlace]) => {
    const run: Call['run'] = (b, v) => b.map(op, v.x, v.out)
    if (!inPlace) {
      return fc
        .tuple(input(shape, from, kind), output(shape, to))
        .map(([x, out]): Call => ({ operands: { x, out }, written: ['out'], run, note: op }))
    }
    return updated(shape, from, kind).map((x): Call => ({
      operands: { x, out: x },
      alias: { out: 'x' },
      written: ['x'],
      run,
      note: `${op} in place`,
    }))
  })

const complexMap: fc.Arbitrary<Call> = fc
  .tuple(shapes(), realType, fc.constantFrom(...COMPLEX_UNARY))
  .chain(([shape, dtype, op]) =>
    fc
      .tuple(input(shape, complexOf(dtype)), output(shape, op === 'abs' ? dtype : complexOf(dtype)))
      .map(([x, out]): Call => ({
        operands: { x, out },
        written: ['out'],
        run: (b, v) => b.map(op, v.x, v.out),
        note: op,
      })),
  )

const zip: fc.Arbitrary<Call> = fc
  .tuple(shapes(), precisions(3), fc.boolean(), fc.boolean(), filling)
  .chain(([shape, types, complex, inPlace, kind]) => {
    const [left, right, to] = complex ? types.map(complexOf) : types
    return fc.constantFrom(...(complex ? COMPLEX_BINARY : BINARY)).chain((op) => {
      const run: Call['run'] = (b, v) => b.zip(op, v.a, v.b, v.out)
      const values = complex ? 'noise' : kind
      if (!inPlace) {
        return fc
          .tuple(input(shape, left, values), input(shape, right, values), output(shape, to))
          .map(([a, b, out]): Call => ({ operands: { a, b, out }, written: ['out'], run, note: op }))
      }
      return fc.tuple(updated(shape, left, values), input(shape, right, values)).map(([a, b]): Call => ({
        operands: { a, b, out: a },
        alias: { out: 'a' },
        written: ['a'],
        run,
        note: `${op} in place`,
      }))
    })
  })

const reduce: fc.Arbitrary<Call> = fc
  .tuple(
    shapes(),
    realType,
    fc.constantFrom<Reduction | 'complex sum'>('sum', 'max', 'min', 'complex sum'),
    fc.boolean(),
  )
  .chain(([shape, dtype, kind, special]) => {
    const op: Reduction = kind === 'complex sum' ? 'sum' : kind
    const type = kind === 'complex sum' ? complexOf(dtype) : dtype
    // the extremum of nothing is not asked for
    const axes = shape.map((_, axis) => axis).filter((axis) => op === 'sum' || shape[axis] > 0)
    return fc.subarray(axes).chain((over) => {
      const reduced = shape.map((length, axis) => (over.includes(axis) ? 1 : length))
      const values = op !== 'sum' && special ? 'special' : 'noise'
      return fc.tuple(input(shape, type, values), output(reduced, type)).map(([x, out]): Call => ({
        operands: { x, out },
        written: ['out'],
        run: (b, v) => b.reduce(op, v.x, over, v.out),
        note: `${kind} over ${over.join()} of ${shape.join('×')}`,
      }))
    })
  })

const extent = fc.constantFrom(0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 40)
const matmul: fc.Arbitrary<Call> = fc
  .tuple(extent, extent, extent, fc.array(fc.constantFrom(1, 2, 3), { maxLength: 2 }), precisions(3), fc.boolean())
  .chain(([m, k, n, batch, [left, right, to], accumulate]) =>
    fc
      .tuple(
        input([...batch, m, k], left),
        input([...batch, k, n], right),
        accumulate ? updated([...batch, m, n], to) : output([...batch, m, n], to),
      )
      .map(([a, b, out]): Call => ({
        operands: { a, b, out },
        written: ['out'],
        run: (backend, v) => backend.matmul(v.a, v.b, v.out, accumulate),
        note: `${m}×${k} by ${k}×${n}${accumulate ? ', added' : ''}`,
      })),
  )

const fft: fc.Arbitrary<Call> = fc
  .tuple(
    fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(48, 64, 97, 128, 120, 210, 256)),
    shapes(0, 2).filter((shape) => sizeOf(shape) <= 40),
    complexType,
    fc.nat(2),
    fc.constantFrom<-1 | 1>(-1, 1),
    fc.boolean(),
  )
  .chain(([length, rest, dtype, place, sign, inPlace]) => {
    const axis = Math.min(place, rest.length)
    const shape = rest.toSpliced(axis, 0, length)
    const run: Call['run'] = (b, v) => b.fft(v.x, v.out, axis, sign)
    const note = `length ${length}, axis ${axis}, sign ${sign}`
    if (!inPlace) {
      return fc
        .tuple(input(shape, dtype), output(shape, dtype))
        .map(([x, out]): Call => ({ operands: { x, out }, written: ['out'], run, note }))
    }
    return updated(shape, dtype).map((x): Call => ({
      operands: { x, out: x },
      alias: { out: 'x' },
      written: ['x'],
      run,
      note: `${note}, in place`,
    }))
  })

/** Random calls, by operation. */
export const arrayCases: Cases<'copy' | 'map' | 'zip' | 'reduce' | 'matmul' | 'fft'> = {
  copy,
  map: fc.oneof({ weight: 3, arbitrary: realMap }, { weight: 1, arbitrary: complexMap }),
  zip,
  reduce,
  matmul,
  fft,
}
