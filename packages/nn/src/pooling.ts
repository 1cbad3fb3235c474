// The pooling layers.
import type { AveragePoolingOptions, PoolingOptions } from '@scatterlab/tensor'
import { type Layer, checkRank } from './layer.ts'
import {
  type WindowCount,
  averagePool2d,
  globalAveragePool as average,
  maxPool2d,
  pooledSides,
} from './operations/pooling.ts'

/** The largest pixel of each window of [channels, height, width]; windows may overlap (stride below size). */
export const maxPool = (options: PoolingOptions & WindowCount): Layer => ({
  kind: 'maxPool',
  plan: (input) => planPooling(input, options),
  forward: (x) => maxPool2d(x, options),
})

/** The mean of each window of [channels, height, width]; windows may overlap. */
export const averagePool = (options: AveragePoolingOptions & WindowCount): Layer => ({
  kind: 'averagePool',
  plan: (input) => planPooling(input, options),
  forward: (x) => averagePool2d(x, options),
})

/** The mean of each channel: [channels, height, width] → [channels]. */
export const globalAveragePool = (): Layer => ({
  kind: 'globalAveragePool',
  plan(input) {
    checkRank(input, 3, '[channels, height, width]')
    return { output: [input[0]] }
  },
  forward: average,
})

function planPooling(input: readonly number[], options: PoolingOptions & WindowCount): { output: number[] } {
  checkRank(input, 3, '[channels, height, width]')
  const [channels, height, width] = input
  return { output: [channels, ...pooledSides([height, width], options)] }
}
