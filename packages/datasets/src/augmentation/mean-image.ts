// The mean image of a set, and images without it. Taken from the training images and subtracted from all.

import { checkOptions, ValueError, checkArgument, finite } from '@scatterlab/tensor'
import { numbers, someImages } from '../rules.ts'
import { BYTE, type FloatImages, type FloatOptions } from '../sets/float-images.ts'
import { imageSize, type ByteImages, type ImageShape } from '../sets/image-set.ts'

/**
 * The mean of each value over the images, in double precision. Bytes count as toFloat32 makes them with this `scale`, 0 to
 * 1 by default. Throws ValueError without images, or for a scale that is not finite.
 */
export function meanImage(images: ByteImages, options: Pick<FloatOptions, 'scale'> = {}): Float64Array {
  checkArgument('meanImage: images', images, someImages)
  const { scale = BYTE } = checkOptions('meanImage', options, { scale: finite })
  const { data, shape } = images
  const [count, size] = [shape[0], imageSize(shape)]
  if (data.length === 0) throw new ValueError('the mean of no images: give at least one')
  const sums = new Float64Array(size)
  for (let at = 0; at < data.length; at += size) for (let i = 0; i < size; i++) sums[i] += data[at + i]
  return sums.map((sum) => (sum / count) * scale)
}

/** x - mean in each image, in place; gives the images. Throws ValueError for a mean of another size. */
export function subtractMean<Shape extends ImageShape>(
  images: FloatImages<Shape>,
  mean: ArrayLike<number>,
): FloatImages<Shape> {
  checkArgument('subtractMean: images', images, someImages)
  checkArgument('subtractMean: mean', mean, numbers)
  const { data, shape } = images
  const size = imageSize(shape)
  if (mean.length !== size) {
    throw new ValueError(`a mean of ${mean.length} values for images of ${size}: take it from such images`)
  }
  for (let at = 0; at < data.length; at += size) for (let i = 0; i < size; i++) data[at + i] -= mean[i]
  return images
}
