import { expect, it } from 'vitest'
import { batches } from './batches.ts'
import { mapImages, withChannel } from './map-images.ts'

it('changes the images of each batch, and nothing else', async () => {
  const set = {
    images: { data: Uint8Array.of(0, 51, 102, 153, 204, 255), shape: [3, 1, 2] as const },
    labels: Uint8Array.of(7, 8, 9),
  }
  const seen = []
  for await (const { images, labels, indices } of mapImages(batches(set, { size: 2 }), withChannel)) {
    seen.push([images.shape, images.data.length, ...labels, ...indices])
  }
  const told = []
  for await (const { images } of mapImages(batches(set, { size: 2 }), (_, batch) => Array.from(batch.indices)))
    told.push(images)
  expect(told).toEqual([[0, 1], [2]])
  expect(seen).toEqual([
    [[2, 1, 1, 2], 4, 7, 8, 0, 1],
    [[1, 1, 1, 2], 2, 9, 2],
  ])
})
