// One pass over a set in batches, as an async iterable: the form in which training loops take their data.

import { checkOptions, type Random } from '@scatterlab/tensor'
import { batchRules } from '../rules.ts'
import { toFloat32, type FloatImages, type FloatOptions } from '../sets/float-images.ts'
import { checkedCount, subset, type ImageShape, type LabelledImages, type Labels } from '../sets/image-set.ts'

/** How a set is cut into batches. */
export interface BatchOptions extends FloatOptions {
  /** Images per batch. */
  readonly size: number
  /** Draws the order of this pass; without it the set's own order. */
  readonly shuffle?: Random | undefined
  /** Whether to leave out a last batch that is not full; by default it is yielded. */
  readonly drop?: boolean
  /** Stops the pass: the next batch throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** Some images of a set, in its order or a random one. */
export interface Batch<Shape extends ImageShape = ImageShape, ClassLabels extends Labels = Uint8Array> {
  /** The pixels as numbers, `shape[0]` images of them. */
  readonly images: FloatImages<Shape>
  /** The class of each image, from 0. */
  readonly labels: ClassLabels
  /** Where each image stands in the set. */
  readonly indices: Int32Array
}

/**
 * One pass over `set` in batches of `size` images, scaled to [0, 1] unless `scale` says otherwise. The order of a pass
 * is drawn when it is made; call again for the next pass. Throws ValueError for a size that is not a whole
 * number above 0.
 */
export function batches<Shape extends ImageShape, ClassLabels extends Labels>(
  set: LabelledImages<Shape, ClassLabels>,
  options: BatchOptions,
): AsyncGenerator<Batch<Shape, ClassLabels>, void, undefined> {
  const { size, shuffle, drop = false, signal, ...float } = checkOptions('batches', options, batchRules, ['size'])
  const places = cutIntoBatches(checkedCount(set), { size, drop, shuffle })

  async function* pass(): AsyncGenerator<Batch<Shape, ClassLabels>, void, undefined> {
    for (const indices of places) {
      signal?.throwIfAborted()
      const { images, labels } = subset(set, indices)
      yield { images: toFloat32(images, float), labels, indices }
    }
  }
  return pass()
}

/** The numbers 0 … count - 1, in this order or a random one that is drawn at once, `size` at a time. */
export function cutIntoBatches(
  count: number,
  { size, shuffle, drop = false }: Pick<BatchOptions, 'size' | 'shuffle' | 'drop'>,
): Iterable<Int32Array> {
  const order = shuffle?.permutation(count) ?? Int32Array.from({ length: count }, (_, i) => i)
  const end = drop ? count - (count % size) : count
  return (function* () {
    for (let start = 0; start < end; start += size) yield order.slice(start, start + size)
  })()
}
