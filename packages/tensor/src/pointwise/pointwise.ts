// Functions of arrays from formulas: broadcasting, precisions and complex numbers are settled here, the numbers are computed in
// one pass, and so is the gradient in each operand.
import { backendOf } from '../backend/backend-of.ts'
import type { View } from '../backend/backend.ts'
import { reference } from '../backend/reference.ts'
import { complexOf, isComplex, realOf } from '../array/dtype.ts'
import { checkTensor } from '../array/checks.ts'
import { type Shape, broadcastShapes, sameShape } from '../array/shape.ts'
import { Tensor, unwritten } from '../array/tensor.ts'
import { DTypeError } from '../errors.ts'
import { type Source, differentiable, isRecording } from '../gradient/tape.ts'
import { copy } from '../operations/copy.ts'
import { fused } from '../operations/fused.ts'
import { derived } from './derivative.ts'
import { Expression, constant, input, parameter } from './expression.ts'
import { type Formula, freeze } from './formula.ts'
import { type Gradient, type GradientRule, gradientOf } from './gradient.ts'

/** An array, or a number that stands for one of the arrays' precision. */
export type Operand = Tensor | number

/** A complex number as two real ones; of a real operand `im` is the constant 0. */
export interface Pair {
  readonly re: Expression
  readonly im: Expression
}

/** A function of arrays and numbers that is computed in one pass. */
export interface Pointwise<X extends readonly unknown[], Y> {
  (...x: { [K in keyof X]: Operand }): Y
  /** out ← the function, without a gradient. `out` has the function's shape, and may be an operand. */
  readonly into: (out: Y, ...x: { [K in keyof X]: Operand }) => void
}

/** What a body's results are as arrays. */
export type Results<Y> = Y extends readonly unknown[] ? { readonly [K in keyof Y]: Tensor } : Tensor

/**
 * A function of real arrays and numbers, computed number by number in one pass on every back end, with broadcasting. A body that
 * gives a list makes a function with as many results. Numbers may differ from call to call at no cost. Gradients follow from the
 * body, in one pass each; `gradient` gives them where another form is better. The function throws `ShapeError` where shapes do not
 * broadcast, `DTypeError` for complex arrays.
 *
 * @example const softplus = pointwise('softplus', (x) => x.exp().plus(1).log())
 */
/* @__NO_SIDE_EFFECTS__ */
export function pointwise<X extends readonly Expression[], Y extends Expression | readonly Expression[]>(
  name: string,
  body: (...x: X) => Y,
  gradient?: (g: Expression, y: Expression, ...x: X) => readonly Expression[],
): Pointwise<X, Results<Y>> {
  const real = (z: readonly Pair[]): X => z.map(({ re }) => re) as readonly Expression[] as X
  const rule = gradient && byRule((g, y, ...z) => gradient(g.re, y.re, ...real(z)))
  return passes(name, body.length, (z) => body(...real(z)), rule ?? derived, false)
}

/**
 * The same for real and complex arrays: where an operand is complex the result is both parts of what the body gives, else the real
 * part. A body that gives one expression has a real result. The gradient is `derived`, or `byRule`.
 */
/* @__NO_SIDE_EFFECTS__ */
export function complexPointwise<X extends readonly Pair[]>(
  name: string,
  body: (...z: X) => Expression | Pair,
  gradient: GradientSource,
): Pointwise<X, Tensor> {
  return passes(name, body.length, (z) => body(...(z as X)), gradient, true)
}

/** Where the rule of a formula comes from, given its operands. */
export type GradientSource = (f: Formula, operands: readonly Pair[]) => GradientRule

/** The gradient in each operand from that of the result, given the result and the operands. */
/* @__NO_SIDE_EFFECTS__ */
export function byRule(rule: (g: Pair, y: Pair, ...z: Pair[]) => readonly (Expression | Pair)[]): GradientSource {
  return (_, operands) => (g, y) =>
    rule(pairOf(g), pairOf(y), ...operands).flatMap((part, i) => {
      const { re, im } = part instanceof Expression ? pairOf([part]) : part
      return [re, im].filter((_part, at) => [operands[i].re, operands[i].im][at].op === 'input')
    })
}

const pairOf = ([re, im = constant(0)]: readonly Expression[]): Pair => ({ re, im })

/** A formula for operands of certain kinds: numbers, real and complex arrays. */
interface Plan {
  readonly formula: Formula
  /** The inputs of the formula that belong to each array, and the outputs of each result: two where it is complex. */
  readonly inputs: readonly (readonly number[])[]
  readonly outputs: readonly (readonly number[])[]
  readonly isList: boolean
  readonly rule: GradientRule
  /** The gradients that were asked for. */
  readonly gradients: Map<string, Gradient>
}

/* @__NO_SIDE_EFFECTS__ */
function passes<X extends readonly unknown[], Y>(
  name: string,
  count: number,
  body: (z: readonly Pair[]) => Expression | Pair | readonly Expression[],
  gradient: GradientSource,
  takesComplex: boolean,
): Pointwise<X, Y> {
  const plans = new Map<string, Plan>()

  function planFor(kinds: string): Plan {
    const inputs: number[][] = []
    let [arrays, numbers, outputs] = [0, 0, 0]
    const operands = [...kinds].map((kind): Pair => {
      if (kind === 'n') return pairOf([parameter(numbers++)])
      const own = kind === 'c' ? [arrays++, arrays++] : [arrays++]
      inputs.push(own)
      return pairOf(own.map(input))
    })
    const result = body(operands)
    const list = result instanceof Expression || 're' in result ? [result] : result
    const parts = list.map((y) => (y instanceof Expression ? [y] : kinds.includes('c') ? [y.re, y.im] : [y.re]))
    const formula = freeze(name, arrays, numbers, parts.flat())
    return {
      formula,
      inputs,
      outputs: parts.map((part) => part.map(() => outputs++)),
      isList: list === result,
      rule: gradient(formula, operands),
      gradients: new Map(),
    }
  }

  /** Computes the results, into `out` if it is given; that leaves nothing on the tape. */
  function run(operands: readonly Operand[], out?: readonly Tensor[]): Tensor | readonly Tensor[] {
    const given: Tensor[] = []
    const numbers: number[] = []
    let kinds = ''
    let precision = out ? realOf(out[0].dtype) : 'float32'
    let shape: Shape = out?.[0].shape ?? []
    // of more operands than the body names the first are taken, so that `arrays.reduce(add)` works
    for (let i = 0; i < count; i++) {
      const x = operands[i]
      if (typeof x === 'number') numbers.push(x)
      else {
        checkTensor(name, x)
        given.push(x)
        backendOf(given[0], x)
        if (realOf(x.dtype) === 'float64') precision = 'float64'
        if (given.length === 1 && out === undefined) shape = x.shape
        else if (!sameShape(shape, x.shape)) shape = broadcastShapes(shape, x.shape)
        if (isComplex(x.dtype) && !takesComplex) throw new DTypeError(`${name} is not defined for ${x.dtype} arrays`)
      }
      kinds += typeof x === 'number' ? 'n' : isComplex(x.dtype) ? 'c' : 'r'
    }
    let plan = plans.get(kinds)
    if (!plan) plans.set(kinds, (plan = planFor(kinds)))
    const { formula, outputs, isList } = plan
    const backend = (out ?? given)[0]?.backend ?? reference
    const isOwn = (x: Tensor): boolean => realOf(x.dtype) === precision
    const sources: Tensor[] = []
    const inputs: View[] = []
    const converted: Tensor[] = []
    for (const x of given) {
      let own = x
      if (!isOwn(x)) converted.push((own = x.clone(isComplex(x.dtype) ? complexOf(precision) : precision)))
      const source = sameShape(own.shape, shape) ? own : own.broadcastTo(shape)
      sources.push(source)
      pushParts(source, inputs)
    }
    const parameters = precision === 'float32' ? numbers.map(Math.fround) : numbers
    const results: Tensor[] = []
    const written: View[] = []
    for (let k = 0; k < outputs.length; k++) {
      const dtype = outputs[k].length === 2 ? complexOf(precision) : precision
      const result = out && isOwn(out[k]) ? out[k] : unwritten(shape, { dtype, backend })
      results.push(result)
      pushParts(result, written)
    }
    fused(backend, formula, inputs, written, parameters)
    if (out) {
      for (const [k, result] of results.entries()) {
        if (out[k] === result) continue
        copy(backend, result, out[k])
        backend.release(result.buffer)
      }
    } else if (isRecording()) {
      const views = inputs.concat(written)
      for (const [k, result] of results.entries()) {
        const rules = sources.map((x, i): Source => [x, (g) => backward(plan, i, k, x, g, views, parameters)])
        differentiable(result, ...rules)
      }
    }
    if (out || !isRecording()) for (const x of converted) backend.release(x.buffer)
    return isList ? results : results[0]
  }

  return Object.assign((...x: readonly Operand[]) => run(x), {
    into: (out: Tensor | readonly Tensor[], ...x: readonly Operand[]) =>
      void run(x, out instanceof Tensor ? [out] : out),
  }) as unknown as Pointwise<X, Y>
}

/** The gradient in array i from g, that of result k; `views` are the parts of all arrays, then of all results. */
function backward(
  { formula, inputs, outputs, rule, gradients }: Plan,
  i: number,
  k: number,
  x: Tensor,
  g: Tensor,
  views: readonly View[],
  parameters: readonly number[],
): Tensor {
  const key = `${i},${k}`
  const own = gradients.get(key) ?? gradientOf(formula, inputs[i], outputs[k], rule)
  gradients.set(key, own)
  const { nodes, outputs: results } = own.formula
  const parts = partsOf(g)
  const isPlain = nodes.length === parts.length && results.length === parts.length
  const from = own.reads.map((at) => views[at] ?? parts[outputs[k].indexOf(at - views.length)])
  // a gradient that is g itself takes no pass
  if (isPlain && parts.every((part, at) => from[results[at]] === part)) return g
  const out = unwritten(x.shape, x)
  fused(x.backend, own.formula, from, partsOf(out), parameters)
  return out
}

/** A real view as it is, a complex one as its real and its imaginary parts. */
function partsOf(view: View): View[] {
  const parts: View[] = []
  pushParts(view, parts)
  return parts
}

function pushParts(view: View, to: View[]): void {
  if (!isComplex(view.dtype)) return void to.push(view)
  const { buffer, dtype, shape, strides, offset, imagStride } = view
  const real = { buffer, dtype: realOf(dtype), shape, strides, offset, imagStride: 0 }
  to.push(real, { ...real, offset: offset + imagStride })
}
