// Formulas on the reference: operator by operator over runs of a few hundred numbers, in double precision, rounded once when
// they are stored. Nothing is compiled at run time, which content policies forbid.
import type { View } from '../backend/backend.ts'
import { dataOf, move } from '../backend/host.ts'
import type { Formula } from './formula.ts'
import { walkLines } from '../backend/lines.ts'

/** Numbers in a row, or, with a step of 0, one that stands for all. */
interface Column {
  readonly data: Float64Array
  readonly step: 0 | 1
}

/** Numbers of a run: those of all nodes stay in the cache. */
const RUN = 512
/** Memory for the runs of a formula's nodes, used again by every call. */
const runs: Float64Array[] = []

/**
 * outputs ← f(inputs, parameters): real views of one shape, inputs with strides of 0 where they are broadcast. An output may be
 * one of the inputs.
 */
export function evaluate(
  { nodes, outputs }: Formula,
  inputs: readonly View[],
  out: readonly View[],
  parameters: readonly number[],
): void {
  let columns: Column[] | undefined
  walkLines(out[0].shape, [...inputs, ...out], RUN, (n, starts, steps) => {
    columns ??= layOut(steps)
    for (let i = 0; i < nodes.length; i++) {
      const { op, args, value, loop } = nodes[i]
      const to = columns[i]
      const count = to.step === 0 ? 1 : n
      if (op === 'input') move(count, dataOf(inputs[value].buffer), starts[value], steps[value], to.data, 0, 1)
      else if (loop) {
        const x = columns[args[0]]
        const { data: y, step: yStep } = columns[args[1]] ?? x
        const { data: z, step: zStep } = columns[args[2]] ?? x
        loop(count, to.data, x.data, x.step, y, yStep, z, zStep)
      }
    }
    for (let k = 0; k < out.length; k++) {
      const { data, step } = columns[outputs[k]]
      const at = inputs.length + k
      move(n, data, 0, step, dataOf(out[k].buffer), starts[at], steps[at])
    }
  })

  /** Memory for each node: a run, or one number where it is the same along a line. */
  function layOut(steps: readonly number[]): Column[] {
    const made: Column[] = []
    for (const { op, args, value } of nodes) {
      const many = op === 'input' ? steps[value] !== 0 : args.some((arg) => made[arg].step !== 0)
      const data = many ? (runs[made.length] ??= new Float64Array(RUN)) : new Float64Array(1)
      if (!many) data[0] = op === 'parameter' ? parameters[value] : value
      made.push({ data, step: many ? 1 : 0 })
    }
    return made
  }
}
