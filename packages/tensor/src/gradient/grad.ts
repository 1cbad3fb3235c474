// Reverse-mode differentiation: the steps of the tape backwards, each handing its gradient on to its sources. Gradients
// of complex arrays are ∂L/∂Re + i·∂L/∂Im. No gradients of gradients.
import { isComplex } from '../array/dtype.ts'
import { add, complex } from '../array/elementwise.ts'
import { shown } from '../check-options.ts'
import { ShapeError, ValueError } from '../errors.ts'
import { checkTensor } from '../array/checks.ts'
import { ones } from '../array/create.ts'
import { sum } from '../array/reduction.ts'
import { discard, isOwn, scope } from '../array/scope.ts'
import { formatShape } from '../array/shape.ts'
import { type Pullback, type Source, type Step, isRecording, record } from './tape.ts'
import { Tensor, empty } from '../array/tensor.ts'
import { backward as backwardOfPass } from '../pointwise/backward.ts'
import type { PassRule } from '../pointwise/pass.ts'

/** What a function is differentiated in: an array, or lists and records of arrays. */
export type Variables = Tensor | readonly Variables[] | { readonly [name: string]: Variables }

/** What `valueAndGrad` gives. */
export interface ValueAndGradient<V, R> {
  /** What the function gave. */
  readonly value: R
  /** ∂L/∂ of every array, in the form of the variables; zeros where L does not depend on one. */
  readonly gradient: V
}

/** A function with a real scalar L for its result, or a list that L leads. */
export type Objective<V extends Variables, A extends unknown[], R> = (variables: V, ...rest: A) => R

/**
 * The function that gives the value of `f` and its gradient in the first argument. `f` gives a real array of one
 * element, or a list of which that is the first (what follows comes out with it, and is not differentiated). All memory
 * of the computation is given back when it ends, but the value's and the gradient's. Throws `ShapeError` if L is no
 * real scalar.
 *
 * @example const { value, gradient } = valueAndGrad((w: Tensor) => sum(square(matmul(x, w))))(w)
 */
export function valueAndGrad<
  V extends Variables,
  A extends unknown[],
  R extends Tensor | readonly [Tensor, ...unknown[]],
>(f: Objective<V, A, R>): (variables: V, ...rest: A) => ValueAndGradient<V, R> {
  if (typeof f !== 'function') throw new ValueError('grad and valueAndGrad take a function of arrays')
  return (variables, ...rest) => {
    if (isRecording()) throw new ValueError('grad inside grad: gradients of gradients are not computed')
    return scope(() => {
      const [value, steps] = record(arraysOf(variables), () => f(variables, ...rest))
      const L: unknown = value instanceof Tensor ? value : Array.isArray(value) ? value[0] : value
      if (!(L instanceof Tensor))
        throw new ValueError(
          `a gradient needs a real scalar, the function gave ${shown(L)}: give a Tensor of one element`,
        )
      if (L.size !== 1 || isComplex(L.dtype)) {
        throw new ShapeError(`a gradient needs a real scalar, the function gave ${L.dtype} ${formatShape(L.shape)}`)
      }
      return { value, gradient: scope(() => gradientOf(variables, backward(L, steps))) }
    })
  }
}

/** The function that gives the gradient of `f` in the first argument; see `valueAndGrad`. */
export function grad<V extends Variables, A extends unknown[], R extends Tensor | readonly [Tensor, ...unknown[]]>(
  f: Objective<V, A, R>,
): (variables: V, ...rest: A) => V {
  const both = valueAndGrad(f)
  return (...args) => scope(() => both(...args).gradient)
}

/** The same numbers as a constant: no gradient goes back through the result. */
export function stopGradient(x: Tensor): Tensor {
  checkTensor('stopGradient', x)
  return new Tensor(x.backend, x)
}

type Gradients = Map<Tensor, Tensor>

function backward(L: Tensor, steps: readonly Step[]): Gradients {
  const gradients: Gradients = new Map([[L, ones(L.shape, L)]])
  for (const { result, sources } of steps.toReversed()) {
    const g = gradients.get(result)
    if (g === undefined) continue
    for (const source of sources) accumulate(gradients, source, g)
    gradients.delete(result)
    release(gradients, g)
  }
  return gradients
}

/** Adds what a step says of one source to what is known of it. */
function accumulate(gradients: Gradients, [source, rule]: Source, g: Tensor): void {
  const before = gradients.get(source)
  const part = 'region' in rule ? g : scope(() => fitted(pullBack(rule, source, g), source))
  if (before === undefined && !('region' in rule)) {
    gradients.set(source, part)
    return
  }
  const sum = before === undefined ? empty(source.shape, source) : writable(gradients, before)
  const target = 'region' in rule ? rule.region(sum) : sum
  add.into(target, target, part)
  gradients.set(source, sum)
  release(gradients, part)
}

const pullBack = (rule: Pullback | PassRule, source: Tensor, g: Tensor): Tensor =>
  typeof rule === 'function' ? rule(g) : backwardOfPass(rule, source, g)

/**
 * A gradient has the shape and type of its array: sums over axes that were broadcast, the real part of what is complex.
 */
function fitted(g: Tensor, { shape, dtype }: Tensor): Tensor {
  const lead = g.rank - shape.length
  const axes = g.shape.flatMap((length, axis) => (axis < lead || length !== shape[axis - lead] ? [axis] : []))
  const whole = axes.length === 0 ? g : sum(g, { axes, keep: true }).reshape(...shape)
  const kind = isComplex(dtype) === isComplex(whole.dtype) ? whole : isComplex(dtype) ? complex(whole) : whole.real
  return kind.dtype === dtype ? kind : kind.clone(dtype)
}

/** Whether nothing but this gradient lies in its memory, every number at a place of its own. */
function isAlone(gradients: Gradients, g: Tensor): boolean {
  const sharing = [...gradients.values()].filter(({ buffer }) => buffer === g.buffer)
  return sharing.length <= 1 && g.isContiguous && isOwn(g.buffer)
}

const writable = (gradients: Gradients, g: Tensor): Tensor => (isAlone(gradients, g) ? g : g.clone())

/** Gives memory back early, once no gradient lies in it. */
function release(gradients: Gradients, { buffer }: Tensor): void {
  if (![...gradients.values()].some((g) => g.buffer === buffer)) discard(buffer)
}

function arraysOf(variables: Variables): Tensor[] {
  return variables instanceof Tensor ? [variables] : Object.values(variables).flatMap(arraysOf)
}

function gradientOf<V extends Variables>(variables: V, gradients: Gradients): V {
  if (variables instanceof Tensor) {
    const g = gradients.get(variables)
    return (g ? writable(gradients, g) : empty(variables.shape, variables)) as V & Tensor
  }
  if (Array.isArray(variables)) return variables.map((inner: Variables) => gradientOf(inner, gradients)) as unknown as V
  const entries = Object.entries(variables).map(([name, inner]) => [name, gradientOf(inner, gradients)])
  return Object.fromEntries(entries) as V
}
