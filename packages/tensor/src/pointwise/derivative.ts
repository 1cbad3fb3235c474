// The gradient that follows from a formula. It uses results that are known already: the gradient of √x divides by the root.
import { Expression, constant, expression } from './expression.ts'
import type { Formula } from './formula.ts'
import type { GradientRule } from './gradient.ts'
import type { Operator } from './quantity.ts'

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

/** The gradient that follows from the formula: from the last node to the first, each hands its own on. */
export const derived = {
  of:
    (f: Formula): GradientRule =>
    (g, y) => {
      const values: Expression[] = []
      for (const { args, ...node } of f.nodes) {
        const own = args.map((arg) => values[arg])
        const result = own.length > 0 ? f.outputs.indexOf(values.length) : -1
        values.push(result < 0 ? new Expression({ ...node, args: own }) : expression(y[result]))
      }
      const gradients: (Expression | undefined)[] = []
      const add = (at: number, part?: Expression): void => {
        if (part && !part.is(0)) gradients[at] = gradients[at]?.plus(part) ?? part
      }
      f.outputs.forEach((at, k) => add(at, expression(g[k])))
      const inputs: (Expression | undefined)[] = []
      for (let at = f.nodes.length - 1; at >= 0; at--) {
        const { op, args, value } = f.nodes[at]
        const own = gradients[at]
        if (op === 'input') inputs[value] = own
        const [a, b, c] = args.map((arg) => values[arg])
        if (own) RULES[op]?.(own, values[at], a, b, c).forEach((part, i) => add(args[i], part))
      }
      return inputs
    },
}
