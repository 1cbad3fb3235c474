// Copies and point-wise operations: a pass for each array that is written.
import type { Formula, View } from '@scatterlab/tensor'
import { STATEMENTS } from './functions.ts'
import type { Recorder } from './recorder.ts'

/** out ← x. */
export function copy(record: Recorder, x: View, out: View): void {
  record.pass(out, { x }, (read, index, part) => `return ${read.x(index, part)};`)
}

/**
 * outputs ← formula(inputs, parameters). An output that is there serves those after it; one that overwrites what others still
 * have to read waits in memory of its own.
 */
export function fused(
  record: Recorder,
  formula: Formula,
  inputs: readonly View[],
  outputs: readonly View[],
  parameters: readonly number[],
): void {
  const done = new Map<number, View>()
  const waiting: [View, View][] = []
  const left = new Set(outputs.keys())
  const reads = (output: number, ready: ReadonlySet<number>): View[] => {
    const found: View[] = []
    const seen = new Set<number>()
    const visit = (at: number): void => {
      if (seen.has(at) || ready.has(at)) return
      seen.add(at)
      const { op, args, value } = formula.nodes[at]
      if (op === 'input') found.push(inputs[value])
      args.forEach(visit)
    }
    visit(formula.outputs[output])
    return found
  }
  const spoils = (output: number): boolean => {
    const ready = new Set([...done.keys(), formula.outputs[output]])
    return [...left].some(
      (other) => other !== output && reads(other, ready).some(({ buffer }) => buffer === outputs[output].buffer),
    )
  }
  while (left.size > 0) {
    const harmless = [...left].find((output) => !spoils(output))
    const output = harmless ?? [...left][0]
    const target = harmless === undefined ? record.temporary(outputs[output].shape) : outputs[output]
    if (harmless === undefined) waiting.push([target, outputs[output]])
    pass(record, formula, inputs, output, target, done, parameters)
    // what is stored of an input is that input's, which later passes can read themselves
    if (formula.nodes[formula.outputs[output]].args.length > 0) done.set(formula.outputs[output], target)
    left.delete(output)
  }
  for (const [from, to] of waiting) copy(record, from, to)
}

/** One output, given the nodes that are done. */
function pass(
  record: Recorder,
  { nodes, outputs }: Formula,
  inputs: readonly View[],
  output: number,
  target: View,
  done: ReadonlyMap<number, View>,
  parameters: readonly number[],
): void {
  const views: Record<string, View> = {}
  const numbers: Record<string, number> = {}
  const order: number[] = []
  const name = (at: number): string => {
    const { op, value } = nodes[at]
    return op === 'parameter' ? `p${value}` : op === 'constant' ? `c${at}` : `v${at}`
  }
  const visit = (at: number): void => {
    if (order.includes(at)) return
    const { op, args, value } = nodes[at]
    const view = op === 'input' ? inputs[value] : done.get(at)
    if (view) views[`x${at}`] = view
    else args.forEach(visit)
    if (op === 'parameter') numbers[name(at)] = parameters[value]
    else if (op === 'constant') numbers[name(at)] = value
    else order.push(at)
  }
  visit(outputs[output])
  record.pass(
    target,
    views,
    (read, index) => {
      const lines = order.map((at) => {
        const { op, args } = nodes[at]
        const reader = read[`x${at}`]
        if (reader) return `let ${name(at)} = ${reader(index)};`
        const [a, b, c] = args.map(name)
        return STATEMENTS[op as keyof typeof STATEMENTS](name(at), a, b, c)
      })
      return [...lines, `return ${name(outputs[output])};`].join('\n')
    },
    numbers,
  )
}
