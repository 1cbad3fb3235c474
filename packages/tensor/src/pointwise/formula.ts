// A formula: expressions frozen as a list of nodes, each once and behind its arguments. Back ends compile it, and may keep the
// kernel for as long as the formula lives.
import { type Expression, expression } from './expression.ts'
import { type Loop, type Operator, type Quantity, input, parameter } from './quantity.ts'

/** One step: what is computed from which nodes before it. */
export interface FormulaNode {
  /** What is done; `input`, `parameter` and `constant` are leaves. */
  readonly op: Operator
  /** Places of the nodes that it is done to, each before this one. */
  readonly args: readonly number[]
  /** Which input or parameter it is, or the constant. */
  readonly value: number
  /** How the reference does it; leaves have none. */
  readonly loop?: Loop | undefined
}

/** A body that computes numbers from `inputs` arrays and `parameters` numbers. */
export interface Formula {
  /** What messages call it. */
  readonly name: string
  /** Arrays that it takes. */
  readonly inputs: number
  /** Numbers that it takes beside them; they may differ from call to call. */
  readonly parameters: number
  /** The steps, each behind those that it needs. */
  readonly nodes: readonly FormulaNode[]
  /** The node of each output. */
  readonly outputs: readonly number[]
}

/**
 * Freezes what `body` gives: it gets an expression for each input, then one for each parameter. Equal expressions become one
 * node; what no output needs is left out. Inputs are arrays, parameters numbers that may differ from call to call.
 *
 * @example const decay = formula('decay', 1, 1, (w, rate) => [w.minus(w.times(rate))])
 */
export function formula(
  name: string,
  inputs: number,
  parameters: number,
  body: (...x: Expression[]) => readonly Expression[],
): Formula {
  const leaves = Array.from({ length: inputs + parameters }, (_, i) =>
    expression(i < inputs ? input(i) : parameter(i - inputs)),
  )
  return freeze(name, inputs, parameters, body(...leaves))
}

/** The formula whose outputs are these quantities. */
export function freeze(name: string, inputs: number, parameters: number, outputs: readonly Quantity[]): Formula {
  const nodes: FormulaNode[] = []
  const places = new Map<string, number>()
  const known = new Map<Quantity, number>()
  const place = (x: Quantity): number => {
    const before = known.get(x)
    if (before !== undefined) return before
    const args = x.args.map(place)
    const key = [x.op, Object.is(x.value, -0) ? '-0' : x.value, ...args].join()
    const at = places.get(key) ?? nodes.push({ ...x, args }) - 1
    places.set(key, at)
    known.set(x, at)
    return at
  }
  return { name, inputs, parameters, outputs: outputs.map(place), nodes }
}
