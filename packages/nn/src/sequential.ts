// Layers one after the other. A layer itself, so that blocks nest.
import { ValueError } from '@scatterlab/tensor'
import { type ArraySpec, type Layer, type LayerSummary, planWithin } from './layer.ts'

/**
 * Layers one after the other, by name in the order of the record, or numbered from 0. A layer that does not fit the one before
 * it is named in a `LayerError` when the network is planned. Throws `ValueError` for a record with a name that is a number (records
 * put those first: give a list) or that holds a dot.
 */
export function sequential(layers: Readonly<Record<string, Layer>> | readonly Layer[]): Layer {
  const named: (readonly [name: string, layer: Layer])[] = Object.entries(layers)
  if (!Array.isArray(layers)) named.forEach(([name]) => checkName(name))
  return {
    kind: 'sequential',
    plan(input) {
      let output = input
      const parameters: Record<string, ArraySpec> = {}
      const state: Record<string, ArraySpec> = {}
      const summaries: LayerSummary[] = []
      for (const [name, layer] of named) {
        const plan = planWithin(name, layer, output)
        Object.assign(parameters, plan.parameters)
        Object.assign(state, plan.state)
        summaries.push(...(plan.layers ?? []))
        output = plan.output
      }
      return { output, parameters, state, layers: summaries }
    },
    forward: (x, context) => named.reduce((y, [name, layer]) => layer.forward(y, context.within(name)), x),
  }
}

function checkName(name: string): void {
  if (/^\d+$/.test(name))
    throw new ValueError(`layer name ${name}: a record would put it first; give a list of layers, or another name`)
  if (name === '' || name.includes('.')) throw new ValueError(`layer name '${name}': give a word without dots`)
}
