// What a point-wise function computes for operands of certain kinds, numbers, real and complex arrays: a formula, and which of its
// inputs and outputs belong to which array.
import { type Formula, freeze } from './formula.ts'
import type { GradientRule } from './gradient.ts'
import { type Quantity, input, literal, parameter } from './quantity.ts'

/** A complex number as two real ones; of a real operand `im` is the constant 0. */
export interface Pair {
  readonly re: Quantity
  readonly im: Quantity
}

/** The gradient in each operand from that of the result, given the result and the operands. */
export type PairRule = (g: Pair, y: Pair, ...z: Pair[]) => readonly (Quantity | Pair)[]

/** How the gradient of a function is found: by a rule of its own, or derived from its formula. */
export type GradientSource = PairRule | { readonly of: (f: Formula) => GradientRule }

/** A formula for operands of certain kinds. */
export interface Plan {
  readonly formula: Formula
  /** Each as what it is in the formula: a parameter, an input, or two. */
  readonly operands: readonly Pair[]
  /** Whether each result is complex, two outputs of the formula. */
  readonly areComplex: readonly boolean[]
  readonly gradient: GradientSource
}

/** The plan of a body for operands of the kinds `n` (number), `r` (real array) and `c` (complex array), a letter each. */
export function planFor(
  name: string,
  kinds: string,
  body: (z: readonly Pair[]) => readonly (Quantity | Pair)[],
  gradient: GradientSource,
): Plan {
  let [arrays, numbers] = [0, 0]
  const operands = Array.from(kinds, (kind) => {
    if (kind === 'n') return pairOf(parameter(numbers++))
    const re = input(arrays++)
    return pairOf(re, kind === 'c' ? input(arrays++) : ZERO)
  })
  const isAny = kinds.includes('c')
  const parts = body(operands).map((y) => ('op' in y ? [y] : isAny ? [y.re, y.im] : [y.re]))
  return {
    formula: freeze(name, arrays, numbers, parts.flat()),
    operands,
    areComplex: parts.map(({ length }) => length === 2),
    gradient,
  }
}

const ZERO = /* @__PURE__ */ literal(0)

/** One or two real numbers as a complex one. */
export const pairOf = (re: Quantity, im: Quantity = ZERO): Pair => ({ re, im })
