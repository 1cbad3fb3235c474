// Functions of arrays from formulas: broadcasting, precisions and complex numbers are settled here, the numbers are computed in
// one pass, and so is the gradient in each operand, which the formula gives.
import { backendOf } from '../backend/backend-of.ts'
import type { View } from '../backend/backend.ts'
import { reference } from '../backend/reference.ts'
import { type DType, type RealDType, complexOf, isComplex, realOf } from '../array/dtype.ts'
import { scope } from '../array/scope.ts'
import { type Shape, broadcastShapes, sameShape } from '../array/shape.ts'
import { Tensor, unwritten } from '../array/tensor.ts'
import { DTypeError } from '../errors.ts'
import { type Source, differentiable } from '../gradient/tape.ts'
import { copy } from '../operations/copy.ts'
import { fused } from '../operations/fused.ts'
import { type Derivative, type GradientRule, derivative } from './derivative.ts'
import { Expression, constant, input, parameter } from './expression.ts'
import { type Formula, freeze } from './formula.ts'

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
  /** out ← the function, without a gradient. `out` has its shape and type, and may be an operand. */
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
  const rule: Rule | undefined = gradient && ((g, y, z) => gradient(g.re, y.re, ...real(z)))
  return callable(new Pass(name, (z) => body(...real(z)), rule, false), body.length)
}

/**
 * The same for real and complex arrays: where an operand is complex the result is both parts of what the body gives, else the real
 * part. A body that gives one expression has a real result.
 */
/* @__NO_SIDE_EFFECTS__ */
export function complexPointwise<X extends readonly Pair[]>(
  name: string,
  body: (...z: X) => Expression | Pair,
  gradient?: (g: Pair, y: Pair, ...z: X) => readonly (Expression | Pair)[],
): Pointwise<X, Tensor> {
  const all = (z: readonly Pair[]): X => z as readonly Pair[] as X
  return callable(
    new Pass(name, (z) => body(...all(z)), gradient && ((g, y, z) => gradient(g, y, ...all(z))), true),
    body.length,
  )
}

/** Of more operands than the body names it takes the first, so that `arrays.reduce(add)` works. */
function callable<X extends readonly unknown[], Y>(pass: Pass, count: number): Pointwise<X, Y> {
  const call = (...x: readonly Operand[]): Tensor | readonly Tensor[] => pass.call(x.slice(0, count))
  const into = (out: Tensor | readonly Tensor[], ...x: readonly Operand[]): void => pass.write(out, x.slice(0, count))
  return Object.assign(call, { into }) as unknown as Pointwise<X, Y>
}

type Body = (z: readonly Pair[]) => Expression | Pair | readonly Expression[]
/** The gradient in each operand from that of the result, given the result and the operands. */
type Rule = (g: Pair, y: Pair, z: readonly Pair[]) => readonly (Expression | Pair)[]

/** A formula for operands of certain kinds. */
interface Plan {
  readonly formula: Formula
  /** The inputs of the formula that belong to each array, and the outputs of each result: two where it is complex. */
  readonly inputs: readonly (readonly number[])[]
  readonly outputs: readonly (readonly number[])[]
  readonly isList: boolean
  readonly rule: GradientRule | undefined
  /** The gradients that were asked for. */
  readonly gradients: Map<string, Derivative>
}

/** The operands of a call, brought to one shape and one precision. */
interface Call {
  readonly plan: Plan
  readonly arrays: readonly Tensor[]
  readonly numbers: readonly number[]
  readonly shape: Shape
  readonly precision: RealDType
}

class Pass {
  readonly #name: string
  readonly #body: Body
  readonly #rule: Rule | undefined
  readonly #takesComplex: boolean
  readonly #plans = new Map<string, Plan>()

  constructor(name: string, body: Body, rule: Rule | undefined, takesComplex: boolean) {
    this.#name = name
    this.#body = body
    this.#rule = rule
    this.#takesComplex = takesComplex
  }

  /** The function, its gradients on the tape. */
  call(operands: readonly Operand[]): Tensor | readonly Tensor[] {
    return scope(() => {
      const { plan, arrays, numbers, shape, precision } = this.#prepare(operands)
      const backend = arrays[0]?.backend ?? reference
      const results = plan.outputs.map(({ length }) =>
        unwritten(shape, { dtype: length === 2 ? complexOf(precision) : precision, backend }),
      )
      const views = [...arrays, ...results].flatMap(partsOf)
      const { inputs } = plan.formula
      fused(backend, plan.formula, views.slice(0, inputs), views.slice(inputs), numbers)
      for (const [k, result] of results.entries()) {
        const sources = arrays.map((x, i): Source => [x, (g) => this.#gradient(plan, i, k, x, g, views, numbers)])
        differentiable(result, ...sources)
      }
      return plan.isList ? results : results[0]
    })
  }

  /** The function's numbers in arrays that are there. */
  write(out: Tensor | readonly Tensor[], operands: readonly Operand[]): void {
    const results = out instanceof Tensor ? [out] : out
    scope(() => {
      const { plan, arrays, numbers, precision } = this.#prepare(operands, results[0])
      const isRounded = realOf(results[0].dtype) !== precision
      const exact = isRounded
        ? results.map((x) => unwritten(x.shape, { ...x, dtype: inPrecision(x, precision) }))
        : results
      fused(results[0].backend, plan.formula, arrays.flatMap(partsOf), exact.flatMap(partsOf), numbers)
      if (isRounded) results.forEach((x, k) => copy(x.backend, exact[k], x))
    })
  }

  #prepare(operands: readonly Operand[], out?: Tensor): Call {
    const given: Tensor[] = []
    const numbers: number[] = []
    let kinds = ''
    let precision: RealDType = out && realOf(out.dtype) === 'float64' ? 'float64' : 'float32'
    let shape: Shape = out?.shape ?? []
    for (const x of operands) {
      if (typeof x === 'number') {
        numbers.push(x)
        kinds += 'n'
        continue
      }
      given.push(x)
      kinds += isComplex(x.dtype) ? 'c' : 'r'
      if (realOf(x.dtype) === 'float64') precision = 'float64'
      if (!sameShape(shape, x.shape)) shape = broadcastShapes(shape, x.shape)
      backendOf(given[0], x)
    }
    const arrays = given.map((x) => {
      const precise = realOf(x.dtype) === precision ? x : x.clone(inPrecision(x, precision))
      return sameShape(x.shape, shape) ? precise : precise.broadcastTo(shape)
    })
    const plan = this.#plans.get(kinds) ?? this.#planFor(kinds, given)
    return { plan, arrays, numbers: precision === 'float32' ? numbers.map(Math.fround) : numbers, shape, precision }
  }

  #planFor(kinds: string, arrays: readonly Tensor[]): Plan {
    const complex = arrays.find(({ dtype }) => isComplex(dtype))
    if (complex && !this.#takesComplex) throw new DTypeError(`${this.#name} is not defined for ${complex.dtype} arrays`)
    const inputs: number[][] = []
    let [count, parameters] = [0, 0]
    const pairs = [...kinds].map((kind): Pair => {
      if (kind === 'n') return { re: parameter(parameters++), im: constant(0) }
      const own = kind === 'c' ? [count++, count++] : [count++]
      inputs.push(own)
      return { re: input(own[0]), im: kind === 'c' ? input(own[1]) : constant(0) }
    })
    const body = this.#body(pairs)
    const list = body instanceof Expression || 're' in body ? [body] : body
    const parts = list.map((y) => (y instanceof Expression ? [y] : complex ? [y.re, y.im] : [y.re]))
    let outputs = 0
    const plan: Plan = {
      formula: freeze(this.#name, count, parameters, parts.flat()),
      inputs,
      outputs: parts.map((part) => part.map(() => outputs++)),
      isList: list === body,
      rule:
        this.#rule &&
        ((g, y) => this.#rule!(pairOf(g), pairOf(y), pairs).flatMap((part, i) => numbersOf(part, kinds[i]))),
      gradients: new Map(),
    }
    this.#plans.set(kinds, plan)
    return plan
  }

  /** The gradient in array i from g, that of result k; `views` are the parts of all arrays, then of all results. */
  #gradient(
    { formula, inputs, outputs, rule, gradients }: Plan,
    i: number,
    k: number,
    x: Tensor,
    g: Tensor,
    views: readonly View[],
    numbers: readonly number[],
  ): Tensor {
    const key = `${i},${k}`
    const own = gradients.get(key) ?? derivative(formula, inputs[i], outputs[k], rule)
    gradients.set(key, own)
    const all = [...views]
    for (const [part, view] of partsOf(g).entries()) all[views.length + outputs[k][part]] = view
    const from = own.reads.map((at) => all[at])
    if (
      isIdentity(
        own,
        outputs[k].map((at) => views.length + at),
      )
    )
      return g
    const out = unwritten(x.shape, x)
    fused(x.backend, own.formula, from, partsOf(out), numbers)
    return out
  }
}

/** Whether a gradient is that of the result itself, so that it takes no pass. */
const isIdentity = ({ formula: { nodes, outputs }, reads }: Derivative, g: readonly number[]): boolean =>
  nodes.length === g.length &&
  outputs.length === g.length &&
  g.every((at, part) => reads[part] === at && outputs[part] === part)

const pairOf = ([re, im = constant(0)]: readonly Expression[]): Pair => ({ re, im })

/** What a rule says of an operand, as far as the operand has inputs: none if it is a number. */
function numbersOf(part: Expression | Pair, kind: string): Expression[] {
  const { re, im } = part instanceof Expression ? pairOf([part]) : part
  return [re, im].slice(0, ['n', 'r', 'c'].indexOf(kind))
}

/** The type of an array, complex or not, in a precision. */
const inPrecision = ({ dtype }: Tensor, precision: RealDType): DType =>
  isComplex(dtype) ? complexOf(precision) : precision

/** A real view as it is, a complex one as its real and its imaginary parts. */
function partsOf(view: View): View[] {
  if (!isComplex(view.dtype)) return [view]
  const { buffer, dtype, shape, strides, offset, imagStride } = view
  const real = { buffer, dtype: realOf(dtype), shape, strides, offset, imagStride: 0 }
  return [real, { ...real, offset: offset + imagStride }]
}
