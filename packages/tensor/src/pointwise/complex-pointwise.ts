// Point-wise functions of real and complex arrays from bodies of pairs.
import { checkTensor } from '../array/checks.ts'
import type { Tensor } from '../array/tensor.ts'
import { type Operand, type Pointwise, passes } from './pass.ts'
import type { GradientSource, Pair } from './plan.ts'
import type { Quantity } from './quantity.ts'

/**
 * A function of real and complex arrays and numbers: where an operand is complex the result is both parts of what the body gives,
 * else the real part. A body that gives one quantity has a real result. The gradient is `derived`, or follows a rule of its own.
 */
/* @__NO_SIDE_EFFECTS__ */
export function complexPointwise<X extends readonly unknown[]>(
  name: string,
  body: (...z: { [K in keyof X]: Pair }) => Quantity | Pair,
  gradient: GradientSource,
): Pointwise<X, Tensor> {
  const pass = passes(name, body.length, (z) => [body(...(z as { [K in keyof X]: Pair }))], gradient, checkTensor)
  return Object.assign((...x: readonly Operand[]) => pass(x)[0], {
    into: (out: Tensor, ...x: readonly Operand[]) => void pass(x, [out]),
  })
}
