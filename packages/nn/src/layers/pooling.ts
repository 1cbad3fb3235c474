// The pooling layers: their shapes. The computation is in operations/pooling.ts.
import { type Layer, type Plan, imageShape } from './layer.ts'
import {
  type AveragePooling,
  averagePool2d,
  averagePoolingRules,
  globalAveragePool as meanOfChannels,
  maxPool2d,
} from '../operations/pooling.ts'
import { type Pooling, pooledSides, poolingRules } from '../operations/sides.ts'
import { type Shape, checkOptions } from '@scatterlab/tensor'

/** The largest pixel of each window of [channels, height, width]; windows may overlap (stride below size). */
export function maxPool(options: Pooling): Layer {
  const given = checkOptions<Pooling>('maxPool', options, poolingRules, ['size'])
  return { kind: 'maxPool', plan: (input) => planPooling(input, given), forward: (x) => maxPool2d(x, given) }
}

/** The mean of each window of [channels, height, width]; windows may overlap. */
export function averagePool(options: AveragePooling): Layer {
  const given = checkOptions<AveragePooling>('averagePool', options, averagePoolingRules, ['size'])
  return { kind: 'averagePool', plan: (input) => planPooling(input, given), forward: (x) => averagePool2d(x, given) }
}

/** The mean of each channel: [channels, height, width] → [channels]. */
export const globalAveragePool = (): Layer => ({
  kind: 'globalAveragePool',
  plan: (input) => ({ output: [imageShape(input)[0]] }),
  forward: (x) => meanOfChannels(x),
})

function planPooling(input: Shape, options: Pooling): Plan {
  const [channels, ...sides] = imageShape(input)
  return { output: [channels, ...pooledSides(sides, options)] }
}
