// What a point-wise operation computes, as data: a number at one place of its arrays, from inputs, parameters and constants, by
// operators (operators.ts). Frozen as a formula, it is compiled by back ends. Real numbers only; complex ones are pairs.

/** Functions of one number. `sign` of 0, −0 and NaN is that number; `sigmoid` is 1/(1 + e⁻ˣ). */
export type UnaryOperator = 'neg' | 'abs' | 'sign' | 'sqrt' | 'exp' | 'log' | 'sin' | 'cos' | 'tanh' | 'sigmoid' | 'erf'

/**
 * Functions of two numbers. `min` and `max` are NaN if either number is; comparisons are 1 or 0; `pow` is JavaScript's a ** b.
 */
export type BinaryOperator = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'pow' | 'lt' | 'le' | 'eq'

/** What is computed from arguments; `select(c, a, b)` is b where c is 0, else a. Back ends have code for each. */
export type Computed = UnaryOperator | BinaryOperator | 'select'

/** What can stand in a formula. */
export type Operator = 'input' | 'parameter' | 'constant' | Computed

/**
 * An operator on the reference, in double precision: out ← op(x, y, z) for n numbers; those of fewer arguments look at the first
 * ones. A step is 1, or 0 where one number stands for all.
 */
export type Loop = (
  n: number,
  out: Float64Array,
  x: Float64Array,
  xStep: number,
  y: Float64Array,
  yStep: number,
  z: Float64Array,
  zStep: number,
) => void

/** A number computed from the inputs and parameters of a formula. */
export interface Quantity {
  /** What is done; `input`, `parameter` and `constant` are leaves. */
  readonly op: Operator
  /** What it is done to, in order. */
  readonly args: readonly Quantity[]
  /** Which input or parameter it is, or the constant. */
  readonly value: number
  /** How the reference does it; leaves have none. */
  readonly loop?: Loop | undefined
}

type Leaf = (value: number) => Quantity

/* @__NO_SIDE_EFFECTS__ */
const leaf =
  (op: Operator): Leaf =>
  (value) => ({ op, args: [], value })

/** A number as a quantity. */
export const literal: Leaf = leaf('constant')

/** An input of a formula, by its number. */
export const input: Leaf = leaf('input')

/** A parameter of a formula, by its number. */
export const parameter: Leaf = leaf('parameter')

/** Whether it is this constant. */
export const is = ({ op, value }: Quantity, constant: number): boolean => op === 'constant' && value === constant
