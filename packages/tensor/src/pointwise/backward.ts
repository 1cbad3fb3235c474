// The way back of a point-wise pass: the gradient in each of its arrays, in one pass each. Only what computes gradients imports it.
import { type Tensor, unwritten } from '../array/tensor.ts'
import { partsOf } from '../backend/views.ts'
import { fused } from '../operations/fused.ts'
import { type Gradient, type GradientRule, gradientOf } from './gradient.ts'
import type { PassRule } from './pass.ts'
import { type Pair, type PairRule, type Plan, pairOf } from './plan.ts'

/** The gradient in array x of a pass from g, that of a result. */
export function backward({ pass, operand, result }: PassRule, x: Tensor, g: Tensor): Tensor {
  const { plan, views, parameters } = pass
  const { formula, reads, from } = gradientFor(plan, operand, result)
  const parts = partsOf(g)
  const isPlain = formula.nodes.length === parts.length && formula.outputs.length === parts.length
  const inputs = reads.map((at) => views[at] ?? parts[from.indexOf(at - views.length)])
  // a gradient that is g itself takes no pass
  if (isPlain && parts.every((part, at) => inputs[formula.outputs[at]] === part)) return g
  const out = unwritten(x.shape, x)
  fused(x.backend, formula, inputs, partsOf(out), parameters)
  return out
}

interface OwnGradient extends Gradient {
  /** The outputs of the formula that the result is. */
  readonly from: readonly number[]
}

/** The gradients that were asked for. */
const known = /* @__PURE__ */ new WeakMap<Plan, Map<string, OwnGradient>>()

/** The gradient in an array from that of a result. */
function gradientFor(plan: Plan, array: number, result: number): OwnGradient {
  const own = known.get(plan) ?? new Map<string, OwnGradient>()
  known.set(plan, own)
  const key = `${array},${result}`
  const found = own.get(key) ?? makeGradient(plan, array, result)
  own.set(key, found)
  return found
}

function makeGradient({ formula, operands, areComplex, gradient }: Plan, array: number, result: number): OwnGradient {
  const inputs = operands.map(inputsOf).filter(({ length }) => length > 0)
  const first = areComplex.slice(0, result).reduce((count, isComplex) => count + (isComplex ? 2 : 1), 0)
  const from = areComplex[result] ? [first, first + 1] : [first]
  const rule = typeof gradient === 'function' ? byRule(gradient, operands) : gradient.of(formula)
  return { ...gradientOf(formula, inputs[array], from, rule), from }
}

/** The inputs of the formula that an operand is: none of a number. */
const inputsOf = ({ re, im }: Pair): number[] => [re, im].filter(({ op }) => op === 'input').map(({ value }) => value)

/** A rule of pairs as one of all inputs. */
const byRule =
  (rule: PairRule, operands: readonly Pair[]): GradientRule =>
  (g, y) =>
    rule(pairOf(g[0], g[1]), pairOf(y[0], y[1]), ...operands).flatMap((part, i) => {
      const { re, im } = 'op' in part ? pairOf(part) : part
      return [re, im].slice(0, inputsOf(operands[i]).length)
    })
