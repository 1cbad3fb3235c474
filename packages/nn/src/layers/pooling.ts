// The pooling layers: their shapes. What they compute is in operations/pooling.ts.
import { type Layer, type Plan, imageShape } from './layer.ts'
import {
  type AveragePooling,
  averagePool2d,
  globalAveragePool as meanOfChannels,
  maxPool2d,
} from '../operations/pooling.ts'
import { type Pooling, pooledSides } from '../operations/sides.ts'
import type { Shape } from '@scatterlab/tensor'

/** The largest pixel of each window of [channels, height, width]; windows may overlap (stride below size). */
export const maxPool = (options: Pooling): Layer => ({
  kind: 'maxPool',
  plan: (input) => planPooling(input, options),
  forward: (x) => maxPool2d(x, options),
})

/** The mean of each window of [channels, height, width]; windows may overlap. */
export const averagePool = (options: AveragePooling): Layer => ({
  kind: 'averagePool',
  plan: (input) => planPooling(input, options),
  forward: (x) => averagePool2d(x, options),
})

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
