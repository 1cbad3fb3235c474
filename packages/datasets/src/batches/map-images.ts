// Batches with other images in the place of theirs: augmented, centred, or in the shape that a network takes.

import type { FloatImages } from '../sets/float-images.ts'
import type { ColourShape, GreyShape } from '../sets/image-set.ts'

/** The batches of a pass, `change` applied to the images of each when it is asked for. */
export async function* mapImages<Part extends { readonly images: unknown }, Images>(
  batches: AsyncIterable<Part>,
  change: (images: Part['images']) => Images,
): AsyncGenerator<Omit<Part, 'images'> & { readonly images: Images }, void, undefined> {
  for await (const batch of batches) yield { ...batch, images: change(batch.images) }
}

/** Images [n, height, width] as [n, 1, height, width], the same numbers: as networks take images of one channel. */
export const withChannel = ({
  data,
  shape: [count, height, width],
}: FloatImages<GreyShape>): FloatImages<ColourShape> => ({
  data,
  shape: [count, 1, height, width],
})
