// The gradient of a formula, as a formula of its own.
import { type Formula, freeze } from './formula.ts'
import { type Quantity, input, literal } from './quantity.ts'

/** The gradients of all inputs, where there are any, from those of the results, given the results. */
export type GradientRule = (g: readonly Quantity[], y: readonly Quantity[]) => readonly (Quantity | undefined)[]

/** A gradient: its inputs are those of the function, its results, then the gradients of its results, as far as they occur. */
export interface Gradient {
  readonly formula: Formula
  /** Which of them each input is, counted through. */
  readonly reads: readonly number[]
}

/** The gradients in the inputs `of` from those of the outputs `from`, by a rule. */
export function gradientOf(f: Formula, of: readonly number[], from: readonly number[], rule: GradientRule): Gradient {
  const y = f.outputs.map((_, k) => input(f.inputs + k))
  const g = y.map((_, k) => (from.includes(k) ? input(f.inputs + y.length + k) : literal(0)))
  const all = rule(g, y)
  const whole = freeze(
    `gradient of ${f.name}`,
    0,
    f.parameters,
    of.map((index) => all[index] ?? literal(0)),
  )
  // what is read, in the order in which it is met
  const reads: number[] = []
  const nodes = whole.nodes.map((node) => (node.op === 'input' ? { ...node, value: reads.push(node.value) - 1 } : node))
  return { formula: { ...whole, inputs: reads.length, nodes }, reads }
}
