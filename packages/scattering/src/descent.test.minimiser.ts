// Gradient descent with a step that is halved until the value falls: a minimiser for tests, which know no optimizer.
import { type Tensor, add, mul, norm, sum, valueAndGrad } from '@scatterlab/tensor'
import type { Minimise } from './invert.ts'

export const descent: Minimise = async (objective, start, { iterations, signal, onIteration, until }) => {
  const at = valueAndGrad((x: Tensor) => sum(objective(x)))
  let x = start
  let { value, gradient } = at(x)
  let rate = 1e4
  let evaluations = 1
  const number = (t: Tensor): number => t.toTypedArray()[0]
  for (let iteration = 1; iteration <= iterations; iteration++) {
    signal?.throwIfAborted()
    if (number(norm(gradient)) === 0)
      return { x, value: number(value), iterations: iteration - 1, evaluations, reason: 'gradient' }
    for (;;) {
      const there = add(x, mul(gradient, -rate))
      const next = at(there)
      evaluations++
      if (number(next.value) < number(value)) {
        x = there
        value = next.value
        gradient = next.gradient
        rate *= 2
        break
      }
      rate /= 2
      if (rate < 1e-12) return { x, value: number(value), iterations: iteration, evaluations, reason: 'search' }
    }
    onIteration({ iteration, value: number(value), x: () => x })
    if (await until?.({ value: number(value), x: () => x }))
      return { x, value: number(value), iterations: iteration, evaluations, reason: 'until' }
  }
  return { x, value: number(value), iterations, evaluations, reason: 'iterations' }
}
