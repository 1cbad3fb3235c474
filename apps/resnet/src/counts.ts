// The counts of a network as rows, beside what its paper prints.
import type { Network } from '@scatterlab/nn'
import type { Row } from '@scatterlab/repro'
import { published } from './published.ts'
import { weightedLayers } from './resnet.ts'

/** Layers and parameters, and multiplications where the paper prints them. */
export function countRows(method: keyof typeof published, net: Network): Row[] {
  const paper = published[method]
  const row = (measure: string, value: number, unit: string, printed: number): Row => ({
    measure,
    method,
    settings: { input: net.input.join('×') },
    value,
    unit,
    count: null,
    total: null,
    slide: null,
    paper: printed,
  })
  return [
    row('layers with weights', weightedLayers(net), '', paper.layers),
    row('parameters', net.parameterCount / 1e6, 'million', paper.parameters),
    ...(paper.multiplications === null
      ? []
      : [row('multiplications', net.multiplications / 1e9, 'billion', paper.multiplications)]),
  ]
}
