// Point-wise functions of real arrays from bodies that are written with the methods of expressions.
import { checkTensor } from '../array/checks.ts'
import { isComplex } from '../array/dtype.ts'
import { Tensor } from '../array/tensor.ts'
import { DTypeError } from '../errors.ts'
import { derived } from './derivative.ts'
import { Expression, expression } from './expression.ts'
import { type Operand, type Pointwise, passes } from './pass.ts'
import type { Pair } from './plan.ts'

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
  const real = (z: readonly Pair[]): X => z.map(({ re }) => expression(re)) as readonly Expression[] as X
  const rule =
    gradient && ((g: Pair, y: Pair, ...z: Pair[]) => gradient(expression(g.re), expression(y.re), ...real(z)))
  let isList = false
  const results = (z: readonly Pair[]): readonly Expression[] => {
    const y = body(...real(z))
    isList = !(y instanceof Expression)
    return y instanceof Expression ? [y] : y
  }
  const pass = passes(name, body.length, results, rule ?? derived, checkOperand)
  const call = (...x: readonly Operand[]): Tensor | readonly Tensor[] => {
    const y = pass(x)
    return isList ? y : y[0]
  }
  return Object.assign(call, {
    into: (out: Tensor | readonly Tensor[], ...x: readonly Operand[]) =>
      void pass(x, out instanceof Tensor ? [out] : out),
  }) as unknown as Pointwise<X, Results<Y>>
}

function checkOperand(name: string, x: Tensor): void {
  checkTensor(name, x)
  if (isComplex(x.dtype)) throw new DTypeError(`${name} is not defined for ${x.dtype} arrays`)
}
