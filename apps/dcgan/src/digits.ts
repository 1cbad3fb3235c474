// Digits as the networks take them: one channel of 32×32, numbers from −1 to 1.
import { type GreyShape, type LabelledImages, batches } from '@scatterlab/datasets'
import type { Batches, Pass } from '@scatterlab/nn'
import type { ShapedArray } from '@scatterlab/tensor'

export const SIDE = 32

/** Passes over a set in random order, batches that are full. */
export const passesOver = (set: LabelledImages<GreyShape>, size: number) =>
  async function* ({ random, signal }: Pass): Batches<null> {
    for await (const { images } of batches(set, { size, shuffle: random, drop: true, pad: [SIDE, SIDE], signal })) {
      yield { images: asChannel(images.data, images.shape[0]), labels: null }
    }
  }

/** Numbers from 0 to 1 as images [items, 1, side, side] from −1 to 1. */
export const asChannel = (data: Float32Array, items: number): ShapedArray<Float32Array> => ({
  data: data.map((v) => 2 * v - 1),
  shape: [items, 1, SIDE, SIDE],
})
