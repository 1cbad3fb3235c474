// The cascade as what a transform computes of a group: averages, their gradient, and the moduli themselves.
import { copy } from '@scatterlab/tensor/operations'
import { average, cascade } from './cascade.ts'
import { cascadeGradient } from './gradient.ts'
import type { Plan } from './plan.ts'
import { inside } from './sampling.ts'
import type { Prepared } from './transform.ts'

/** A transform that is one cascade. */
export const cascadeOf = (plan: Plan): Prepared => ({
  averages: (x, count, S) => cascade(plan, x, count, (path, U) => average(plan, path, U, S(path.index))),
  gradient: (x, count, g, out) => cascadeGradient(plan, x, count, (path) => g(path.index), out),
  moduli: (x, count, at) =>
    cascade(plan, x, count, (path, U) => {
      const out = at(path.index)
      const [row, column] = [inside(plan.rows, path.level).first, inside(plan.columns, path.level).first]
      const offset = U.offset + row * U.strides[1] + column * U.strides[2]
      copy(plan.backend, { ...U, shape: out.shape, offset }, out)
    }),
  dispose: plan.dispose,
})
