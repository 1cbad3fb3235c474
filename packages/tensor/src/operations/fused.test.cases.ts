// Random point-wise passes: every operator, chains of them, complex numbers as pairs, the optimizers' updates.
import fc from 'fast-check'
import { complexOf } from '../array/dtype.ts'
import type { View } from '../backend/backend.ts'
import { type Expression, constant } from '../pointwise/expression.ts'
import { type Formula, formula } from '../pointwise/formula.ts'
import { type Call, type OperationCases, cases, chained, realType, rounded, shapes } from './contract.test.cases.ts'
import * as operations from './index.ts'
import { type Filling, input, output, updated } from './operand.test.cases.ts'

const ONE: Readonly<Record<string, (x: Expression) => Expression>> = {
  copy: (x) => x,
  neg: (x) => x.neg(),
  abs: (x) => x.abs(),
  sign: (x) => x.sign(),
  square: (x) => x.square(),
  sqrt: (x) => x.sqrt(),
  reciprocal: (x) => constant(1).over(x),
  exp: (x) => x.exp(),
  log: (x) => x.log(),
  sin: (x) => x.sin(),
  cos: (x) => x.cos(),
  tanh: (x) => x.tanh(),
  sigmoid: (x) => x.sigmoid(),
  erf: (x) => x.erf(),
  relu: (x) => x.max(0),
  'min of 1/2': (x) => x.min(0.5),
  'leaky relu': (x) => x.gt(0).select(x, x.times(0.2)),
}

const TWO: Readonly<Record<string, (a: Expression, b: Expression) => Expression>> = {
  add: (a, b) => a.plus(b),
  sub: (a, b) => a.minus(b),
  mul: (a, b) => a.times(b),
  div: (a, b) => a.over(b),
  min: (a, b) => a.min(b),
  max: (a, b) => a.max(b),
  pow: (a, b) => a.pow(b),
  less: (a, b) => a.lt(b),
  'at most': (a, b) => a.le(b),
  equal: (a, b) => a.eq(b),
  'slope of relu': (y, g) => y.gt(0).select(g, 0),
  'second unless 0': (a, b) => a.select(b, a),
}

const formulas: readonly Formula[] = [
  ...Object.entries(ONE).map(([name, body]) => formula(name, 1, 0, (x) => [body(x)])),
  ...Object.entries(TWO).map(([name, body]) => formula(name, 2, 0, (a, b) => [body(a, b)])),
  formula('scaled', 1, 1, (x, p) => [x.times(p)]),
  formula('fill', 0, 1, (p) => [p.times(2)]),
  formula('affine', 4, 1, (x, mean, scale, shift, p) => [x.minus(mean).times(scale.times(p)).plus(shift)]),
  formula('swap', 2, 0, (a, b) => [b, a]),
  formula('several', 3, 2, (a, b, c, p, q) => {
    const shared = a.abs().plus(1)
    return [shared.times(b.abs()), shared.over(c.abs().plus(p)), a.gt(c).select(b, q)]
  }),
]

const filling: fc.Arbitrary<Filling> = fc.constantFrom('noise', 'coarse', 'positive', 'special')
const names = (letter: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${letter}${i}`)

/** Any formula, into arrays of its own or over its inputs. */
const calls: fc.Arbitrary<Call> = fc
  .tuple(shapes(), realType, fc.constantFrom(...formulas), filling, fc.boolean())
  .chain(([shape, dtype, f, kind, wanted]) => {
    const inPlace = wanted && f.inputs >= f.outputs.length
    const [inputs, outputs] = [names('x', f.inputs), names('y', f.outputs.length)]
    const over = inPlace ? outputs.length : 0
    const operand = (name: string): fc.Arbitrary<[string, Call['operands'][string]]> => {
      const place = inputs.indexOf(name)
      const arbitrary =
        place < 0 ? output(shape, dtype) : place < over ? updated(shape, dtype, kind) : input(shape, dtype, kind)
      return arbitrary.map((own) => [name, own])
    }
    const parameters = [0.75, 2].slice(0, f.parameters)
    return fc.tuple(...inputs.map(operand), ...(inPlace ? [] : outputs.map(operand))).map((entries): Call => {
      const operands = Object.fromEntries(entries)
      const aliases = outputs.slice(0, over).map((name, k): [string, string] => [name, inputs[k]])
      return {
        operands: { ...operands, ...Object.fromEntries(aliases.map(([name, of]) => [name, operands[of]])) },
        alias: Object.fromEntries(aliases),
        written: inPlace ? inputs.slice(0, over) : outputs,
        run: (b, v) =>
          operations.fused(
            b,
            f,
            inputs.map((name) => v[name]),
            outputs.map((name) => v[name]),
            parameters,
          ),
        note: `${f.name}${inPlace ? ' in place' : ''}`,
      }
    })
  })

/** The real and the imaginary parts of a complex view. */
const parts = (view: View): View[] => {
  const real: View = { ...view, dtype: view.buffer.dtype, imagStride: 0 }
  return [real, { ...real, offset: view.offset + view.imagStride }]
}

const product = formula('complex mul', 4, 0, (a, b, c, d) => [
  a.times(c).minus(b.times(d)),
  a.times(d).plus(b.times(c)),
])
const conjugate = formula('conj', 2, 0, (re, im) => [re, im.neg()])

const complexCalls: fc.Arbitrary<Call> = fc
  .tuple(shapes(), realType, fc.boolean(), fc.boolean())
  .chain(([shape, precision, inPlace, single]) => {
    const dtype = complexOf(precision)
    const f = single ? conjugate : product
    const run: Call['run'] = (b, v) =>
      operations.fused(b, f, [...parts(v.x), ...(single ? [] : parts(v.y))], parts(v.out))
    return inPlace
      ? fc.tuple(updated(shape, dtype), input(shape, dtype)).map(([x, y]): Call => ({
          operands: single ? { x, out: x } : { x, y, out: x },
          alias: { out: 'x' },
          written: ['x'],
          run,
          note: `${f.name} in place`,
        }))
      : fc.tuple(input(shape, dtype), input(shape, dtype), output(shape, dtype)).map(([x, y, out]): Call => ({
          operands: single ? { x, out } : { x, y, out },
          written: ['out'],
          run,
          note: f.name,
        }))
  })

const sgdCalls: fc.Arbitrary<Call> = fc
  .tuple(
    shapes(),
    realType,
    fc.record({
      rate: fc.constantFrom(0.01, 1),
      momentum: fc.constantFrom(0, 0.9),
      decay: fc.constantFrom(0, 0.0005),
      nesterov: fc.boolean(),
    }),
  )
  .chain(([shape, dtype, options]) =>
    fc.tuple(updated(shape, dtype), updated(shape, dtype), input(shape, dtype)).map(([w, velocity, gradient]) => ({
      operands: { w, velocity, gradient },
      written: ['w', 'velocity'],
      run: (b, v) => operations.sgdUpdate(b, v.w, v.velocity, v.gradient, options),
      note: JSON.stringify(options),
    })),
  )

const adamCalls: fc.Arbitrary<Call> = fc
  .tuple(
    shapes(),
    realType,
    fc.record({
      rate: fc.constantFrom(0.001, 0.1),
      decay: fc.constantFrom(0, 0.01),
      decoupled: fc.boolean(),
      step: fc.constantFrom(1, 2, 1000),
    }),
  )
  .chain(([shape, dtype, options]) =>
    fc
      .tuple(updated(shape, dtype), updated(shape, dtype), updated(shape, dtype, 'positive'), input(shape, dtype))
      .map(([w, mean, square, gradient]) => ({
        operands: { w, mean, square, gradient },
        written: ['w', 'mean', 'square'],
        run: (b, v) => operations.adamUpdate(b, v.w, v.mean, v.square, v.gradient, options),
        note: JSON.stringify(options),
      })),
  )

/** Of `fused`: each operator and short chains. */
export const fusedCases: OperationCases = cases(operations.fused, rounded, calls)

/** Of `fused`: sums of products, which may cancel. */
export const fusedSumsCases: OperationCases = {
  ...cases(operations.fused, chained, fc.oneof(complexCalls, sgdCalls, adamCalls)),
  title: 'fused, sums',
}
