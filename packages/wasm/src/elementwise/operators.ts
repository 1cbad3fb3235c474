// The operators of formulas as code on one vector, in single and double precision.
import type { Computed, Operator } from '@scatterlab/tensor'
import { type Expr, type FunctionBuilder, type Local, f32x4, f64x2, v128 } from '../assembler/assembler.ts'
import type { Precision } from '../assembler/precision.ts'
import { approximatePower, approximateUnary } from './vector-functions.ts'

type Vector = Expr<'v128'>

/** Writes the code of an operator for one vector; comparisons give masks. */
export type Write = (...args: Local<'v128'>[]) => Vector
/** Prepares constants once, before all loops. */
type Prepare = (f: FunctionBuilder, precision: Precision) => Write

/** Instructions of four or two lanes that have the same names. */
export const lanesOf = ({ bytes }: Precision): typeof f32x4 | typeof f64x2 => (bytes === 4 ? f32x4 : f64x2)

/** All lanes are this number. */
export const splat = (f: FunctionBuilder, { bytes }: Precision, value: number): Local<'v128'> =>
  f.let(bytes === 4 ? f32x4.splat(value) : f64x2.splat(value))

type Instruction = 'neg' | 'abs' | 'sqrt' | 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'lt' | 'le' | 'eq'

/** An operator that is one instruction. */
const plain =
  (name: Instruction): Prepare =>
  (_, p) =>
    lanesOf(p)[name] as Write

/** 0, −0 and NaN are their own sign. */
const sign: Prepare = (f, p) => {
  const { eq, ne } = lanesOf(p)
  const [zero, one, signBit] = [0, 1, -0].map((value) => splat(f, p, value))
  return (x) => v128.bitselect(x!, v128.or(one!, v128.and(x!, signBit!)), v128.or(eq(x!, zero!), ne(x!, x!)))
}

const exact = {
  neg: plain('neg'),
  abs: plain('abs'),
  sign,
  sqrt: plain('sqrt'),
  add: plain('add'),
  sub: plain('sub'),
  mul: plain('mul'),
  div: plain('div'),
  min: plain('min'),
  max: plain('max'),
  lt: plain('lt'),
  le: plain('le'),
  eq: plain('eq'),
}

/** The code of every operator but `select`, which is the engine's; what is not exact is for single precision. */
const all: Readonly<Record<Exclude<Computed, 'select'>, Prepare>> = {
  ...exact,
  ...(approximateUnary as Readonly<Record<keyof typeof approximateUnary, Prepare>>),
  pow: approximatePower as Prepare,
}

/** The code of an operator; undefined where there is none in that precision. */
export const operator = (op: Operator, { bytes }: Precision): Prepare | undefined =>
  bytes === 4 || op in exact ? all[op as keyof typeof all] : undefined

/** Whether an operator takes many instructions. */
export const isLong = (op: Operator): boolean => op in all && !(op in exact)

/** Whether its code gives a mask in the place of 1 and 0. */
export const isComparison = (op: Operator): boolean => op === 'lt' || op === 'le' || op === 'eq'
