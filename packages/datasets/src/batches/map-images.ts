// Batches with other images in the place of theirs: augmented, centred, or in the shape that a network takes.

import { aFunction, ValueError, checkArgument } from '@scatterlab/tensor'
import { aPass, someImages } from '../rules.ts'
import type { FloatImages } from '../sets/float-images.ts'
import type { ColourShape, GreyShape } from '../sets/image-set.ts'

/** The batches of a pass, `change` applied to the images of each, and told the batch, when it is asked for. */
export function mapImages<
  Part extends {
    /** What `change` is given. */
    readonly images: unknown
  },
  Images,
>(
  batches: AsyncIterable<Part>,
  change: (images: Part['images'], batch: Part) => Images,
): AsyncGenerator<
  Omit<Part, 'images'> & {
    /** What `change` gave for the images of this batch. */
    readonly images: Images
  },
  void,
  undefined
> {
  checkArgument('mapImages: batches', batches, aPass)
  checkArgument('mapImages: change', change, aFunction)
  return (async function* () {
    for await (const batch of batches) yield { ...batch, images: change(batch.images, batch) }
  })()
}

/** Images [n, height, width] as [n, 1, height, width], the same numbers: as networks take images of one channel. */
export function withChannel(images: FloatImages<GreyShape>): FloatImages<ColourShape> {
  checkArgument('withChannel: images', images, someImages)
  const {
    data,
    shape: [count, height, width, ...more],
  } = images
  if (width === undefined || more.length > 0) {
    throw new ValueError(`withChannel takes images of shape [n, height, width], not [${images.shape.join(', ')}]`)
  }
  return { data, shape: [count, 1, height, width] }
}
