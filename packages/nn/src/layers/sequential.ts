// Layers one after the other. A layer itself, so that blocks nest.
import { type Tensor, ValueError, scope, shown, checkArgument } from '@scatterlab/tensor'
import { aLayer, isRecord } from '../arguments.ts'
import { type Layer, type Plan, combined, forwardWithin, planWithin } from './layer.ts'

/**
 * Layers one after the other, by name in the order of the record, or numbered from 0. A layer that does not fit the one
 * before it is named in a `LayerError` when the network is planned. Throws `ValueError` for a record with a name that
 * is a number (records put those first: give a list) or that holds a dot.
 */
export function sequential(layers: Readonly<Record<string, Layer>> | readonly Layer[]): Layer {
  if (!isRecord(layers) && !Array.isArray(layers))
    throw new ValueError(`sequential takes layers, { name: layer, … } or [layer, …], not ${shown(layers)}`)
  const named: (readonly [name: string, layer: Layer])[] = Object.entries(layers)
  named.forEach(([name, layer]) => checkArgument(`sequential: layer '${name}'`, layer, aLayer))
  if (!Array.isArray(layers)) named.forEach(([name]) => checkName(name))
  return {
    kind: 'sequential',
    plan(input) {
      const plans: Plan[] = []
      let output = input
      for (const [name, layer] of named) {
        const plan = planWithin(name, layer, output)
        plans.push(plan)
        output = plan.output
      }
      return { output, ...combined(plans) }
    },
    forward(x, context) {
      // a layer's scope holds the result of the one before it, which is given back when the layer is through
      const through = (count: number): Tensor => {
        if (count === 0) return x
        const [name, layer] = named[count - 1]
        return scope(() => forwardWithin(name, layer, through(count - 1), context))
      }
      return through(named.length)
    },
  }
}

function checkName(name: string): void {
  if (/^\d+$/.test(name))
    throw new ValueError(`layer name ${name}: a record would put it first; give a list of layers, or another name`)
  if (name === '' || name.includes('.')) throw new ValueError(`layer name '${name}': give a word without dots`)
}
