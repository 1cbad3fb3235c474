// Formulas on the reference: operator by operator over runs of a few hundred numbers, in double precision, rounded once when
// they are stored. Nothing is compiled at run time, which content policies forbid.
import type { View } from '../backend/backend.ts'
import type { RealArray } from '../array/dtype.ts'
import { dataOf } from '../backend/host.ts'
import type { Formula } from './formula.ts'
import { walkLines } from '../backend/lines.ts'
import { type Column, compute } from './loops.ts'

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
      const { op, args, value } = nodes[i]
      const to = columns[i]
      const count = to.step === 0 ? 1 : n
      if (op === 'input') load(count, dataOf(inputs[value].buffer), starts[value], steps[value], to.data)
      else if (op !== 'constant' && op !== 'parameter')
        compute(op, count, to, columns[args[0]], columns[args[1]], columns[args[2]])
    }
    for (let k = 0; k < out.length; k++)
      store(n, columns[outputs[k]], dataOf(out[k].buffer), starts[inputs.length + k], steps[inputs.length + k])
  })

  /** Memory for each node: a run, or one number where it is the same along a line. */
  function layOut(steps: readonly number[]): Column[] {
    const made: Column[] = []
    for (const { op, args, value } of nodes) {
      const many = op === 'input' ? steps[value] !== 0 : args.some((arg) => made[arg].step !== 0)
      const data = many ? (runs[made.length] ??= new Float64Array(RUN)) : new Float64Array(1)
      if (op === 'constant') data[0] = value
      if (op === 'parameter') data[0] = parameters[value]
      made.push({ data, step: many ? 1 : 0 })
    }
    return made
  }
}

function load(n: number, from: RealArray, at: number, step: number, to: Float64Array): void {
  if (step === 1 && n > 16) to.set(from.subarray(at, at + n))
  else if (from instanceof Float32Array) load32(n, from, at, step, to)
  else for (let k = 0; k < n; k++) to[k] = from[at + k * step]
}

function load32(n: number, from: Float32Array, at: number, step: number, to: Float64Array): void {
  for (let k = 0; k < n; k++) to[k] = from[at + k * step]
}

function store(n: number, { data, step: own }: Column, to: RealArray, at: number, step: number): void {
  if (to instanceof Float32Array) store32(n, data, own, to, at, step)
  else for (let k = 0; k < n; k++) to[at + k * step] = data[k * own]
}

function store32(n: number, data: Float64Array, own: number, to: Float32Array, at: number, step: number): void {
  for (let k = 0; k < n; k++) to[at + k * step] = data[k * own]
}
