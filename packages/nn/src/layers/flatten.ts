// The layer that makes vectors of images.
import { sizeOf } from '@scatterlab/tensor'
import type { Layer } from './layer.ts'

/** [c, y, x] as one vector, channel by channel, row by row. */
export const flatten = (): Layer => ({
  kind: 'flatten',
  plan: (input) => ({ output: [sizeOf(input)] }),
  forward: (x) => x.reshape(x.shape[0], sizeOf(x.shape.slice(1))),
})
