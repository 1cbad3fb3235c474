// The sets as networks take them, pass by pass: framed digits, or their scattering coefficients, computed once.
import { type GreyShape, type LabelledImages, batches, mapImages, withChannel } from '@scatterlab/datasets'
import type { Batches } from '@scatterlab/nn'
import type { Random, ShapedArray } from '@scatterlab/tensor'
import { SIDE } from './networks.ts'

/** A set that can be gone through again and again. */
export interface Items {
  readonly count: number
  /** One pass, in an order that `shuffle` draws or the set's own. */
  pass(size: number, shuffle?: Random): Batches
}

/** Digits from 0 to 1, framed by zeros to 32×32. */
export const framedDigits = (set: LabelledImages<GreyShape>): Items => ({
  count: set.labels.length,
  pass: (size, shuffle) => mapImages(batches(set, { size, pad: [SIDE, SIDE], shuffle }), withChannel),
})

/** The features of digits [digits, ...], with their classes. */
export function featureItems({ data, shape: [count, ...shape] }: ShapedArray, labels: Uint8Array): Items {
  const length = data.length / count
  function* pass(size: number, shuffle?: Random) {
    const order = shuffle?.permutation(count) ?? Int32Array.from({ length: count }, (_, i) => i)
    for (let start = 0; start < count; start += size) {
      const rows = order.subarray(start, start + size)
      const some = new Float32Array(rows.length * length)
      rows.forEach((row, i) => some.set(data.subarray(row * length, (row + 1) * length), i * length))
      yield {
        images: { data: some, shape: [rows.length, ...shape] },
        labels: Uint8Array.from(rows, (row) => labels[row]),
      }
    }
  }
  return { count, pass }
}
