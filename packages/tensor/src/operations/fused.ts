// One pass over any number of arrays: the formula says what is computed. All point-wise work is this one operation.
import { isComplex } from '../array/dtype.ts'
import type { View } from '../backend/backend.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { DTypeError, ValueError } from '../errors.ts'
import { evaluate } from '../pointwise/evaluate.ts'
import type { Formula } from '../pointwise/formula.ts'
import { checkSameShape } from './forms.ts'

/**
 * outputs ← formula(inputs, parameters), number by number: real views of one shape and one precision (broadcast axes have strides
 * of 0). An output may be one of the inputs. Throws `ShapeError`, `DTypeError`, and `ValueError` if the formula takes other counts.
 *
 * @example fused(w.backend, step, [w, gradient], [w], [rate]) // step = formula('step', 2, 1, (w, g, ε) => [w.minus(g.times(ε))])
 */
export const fused: Operation<
  [formula: Formula, inputs: readonly View[], outputs: readonly View[], parameters?: readonly number[]],
  [formula: Formula, inputs: readonly View[], outputs: readonly View[], parameters: readonly number[]]
> = operation('fused', {
  prepare(formula, inputs, outputs, parameters = []) {
    checkCount(formula, 'inputs', formula.inputs, inputs)
    checkCount(formula, 'outputs', formula.outputs.length, outputs)
    checkCount(formula, 'parameters', formula.parameters, parameters)
    const { dtype } = outputs[0]
    for (const views of [inputs, outputs])
      for (const view of views) {
        checkSameShape(formula.name, outputs[0], view)
        if (view.dtype !== dtype || isComplex(dtype))
          throw new DTypeError(`${formula.name} of ${view.dtype} to ${dtype}: give real views of one precision`)
      }
    return [formula, inputs, outputs, parameters]
  },
  reference: evaluate,
})

function checkCount({ name }: Formula, what: string, takes: number, { length }: readonly unknown[]): void {
  if (length !== takes) throw new ValueError(`${name} takes ${takes} ${what}, not ${length}`)
}
