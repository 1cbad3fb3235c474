// The gradient of a formula, as a formula. Results that are there serve where they occur: the gradient of √x divides by the
// root.
import { Expression, type Operator, constant, input } from './expression.ts'
import { type Formula, freeze } from './formula.ts'

/** What a node's gradient g says of its arguments a, b, c, given its value y; nothing where it says nothing. */
type Rule = (g: Expression, y: Expression, a: Expression, b: Expression, c: Expression) => (Expression | undefined)[]

const RULES: { readonly [O in Operator]?: Rule } = {
  neg: (g) => [g.neg()],
  abs: (g, _, x) => [g.times(x.sign())],
  sqrt: (g, y) => [g.over(y.times(2))],
  exp: (g, y) => [g.times(y)],
  log: (g, _, x) => [g.over(x)],
  sin: (g, _, x) => [g.times(x.cos())],
  cos: (g, _, x) => [g.times(x.sin()).neg()],
  tanh: (g, y) => [g.times(constant(1).minus(y.square()))],
  sigmoid: (g, y) => [g.times(y.times(constant(1).minus(y)))],
  erf: (g, _, x) => [
    g.times(
      x
        .square()
        .neg()
        .exp()
        .times(2 / Math.sqrt(Math.PI)),
    ),
  ],
  add: (g) => [g, g],
  sub: (g) => [g, g.neg()],
  mul: (g, _, a, b) => [g.times(b), g.times(a)],
  div: (g, y, _, b) => [g.over(b), g.times(y.over(b)).neg()],
  min: (g, _, a, b) => [share(g, a, b), share(g, b, a)],
  max: (g, _, a, b) => [share(g, b, a), share(g, a, b)],
  // x⁰ is 1 everywhere; at a = 0 the logarithm is of 1, so that 0^b has no slope in b
  pow: (g, y, a, b) => {
    const slope = b.times(a.pow(b.minus(1)))
    return [
      g.times(b.op === 'constant' ? slope : b.eq(0).select(0, slope)),
      g.times(y.times(a.eq(0).select(1, a).log())),
    ]
  },
  select: (g, _, c) => [undefined, c.select(g, 0), c.select(0, g)],
}

/** g where a < b, half of it where they are equal, else 0. */
const share = (g: Expression, a: Expression, b: Expression): Expression =>
  a.lt(b).select(g, a.eq(b).select(g.times(0.5), 0))

/** The gradients of all inputs from those of the results, given the results and the inputs. */
export type GradientRule = (
  g: readonly Expression[],
  y: readonly Expression[],
  x: readonly Expression[],
) => readonly Expression[]

/** A gradient: its inputs are those of the function, its results, then the gradients of its results, as far as they occur. */
export interface Derivative {
  readonly formula: Formula
  /** Which of them each input is, counted through. */
  readonly reads: readonly number[]
}

/** The gradients in the inputs `of` from those of the outputs `from`; by a rule if one is given. */
export function derivative(
  f: Formula,
  of: readonly number[],
  from: readonly number[],
  rule?: GradientRule,
): Derivative {
  const x = Array.from({ length: f.inputs }, (_, i) => input(i))
  const y = f.outputs.map((_, k) => input(f.inputs + k))
  const g = f.outputs.map((_, k) => input(f.inputs + f.outputs.length + k))
  const all = rule ? rule(g, y, x) : backward(f, y, g, from)
  const results = of.map((index) => all[index] ?? constant(0))
  return pruned(freeze(`gradient of ${f.name}`, f.inputs + 2 * f.outputs.length, f.parameters, results))
}

/** From the last node to the first, each hands its gradient on. */
function backward(
  f: Formula,
  y: readonly Expression[],
  g: readonly Expression[],
  from: readonly number[],
): readonly (Expression | undefined)[] {
  const values: Expression[] = []
  for (const { op, args, value } of f.nodes) {
    const output = args.length === 0 ? -1 : f.outputs.indexOf(values.length)
    const own = args.map((arg) => values[arg])
    values.push(output < 0 ? new Expression(op, own, value) : y[output])
  }
  const gradients: (Expression | undefined)[] = []
  const add = (at: number, part: Expression | undefined): void => {
    if (part) gradients[at] = gradients[at]?.plus(part) ?? part
  }
  const inputs: (Expression | undefined)[] = []
  for (const output of from) add(f.outputs[output], g[output])
  for (let at = f.nodes.length - 1; at >= 0; at--) {
    const { op, args, value } = f.nodes[at]
    const [a, b, c] = args.map((arg) => values[arg])
    const own = gradients[at]
    if (op === 'input') inputs[value] = own
    else if (own) RULES[op]?.(own, values[at], a, b, c).forEach((part, i) => add(args[i], part))
  }
  return inputs
}

/** The formula without the inputs that it does not read, and which ones are left. */
function pruned(f: Formula): Derivative {
  const reads = f.nodes.filter(({ op }) => op === 'input').map(({ value }) => value)
  const nodes = f.nodes.map((node) => (node.op === 'input' ? { ...node, value: reads.indexOf(node.value) } : node))
  return { formula: { ...f, inputs: reads.length, nodes }, reads }
}
