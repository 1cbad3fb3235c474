// The colour noise of AlexNet: each image as a whole is shifted along the principal directions of the colours of the
// training set.

import type { Random } from '@scatterlab/tensor'
import { channelCovariance } from './channels.ts'
import { DatasetError } from '../errors.ts'
import type { FloatImages } from '../sets/float-images.ts'
import type { ByteImages, ImageShape } from '../sets/image-set.ts'
import { planesOf } from './planes.ts'
import { symmetricEigen, type Eigenpairs } from './symmetric-eigen.ts'

/**
 * The eigenpairs λ_i, p_i of the covariance of the channels over all pixels, λ_1 the largest; bytes count as toFloat32
 * makes them, 0 to 1. Throws DatasetError VALUE without images.
 */
export function colourComponents(images: ByteImages | FloatImages): Eigenpairs {
  const { mean, covariance } = channelCovariance(images)
  return symmetricEigen(covariance, mean.length)
}

/**
 * Each image with Σ_i α_i λ_i p_i added to all of its pixels, α_i ~ N(0, deviation²) drawn once per image, by default
 * with deviation 0.1. λ has the square of the unit of pixels, so add it to pixels of the unit that the components come
 * from, before channels are normalised. Throws DatasetError VALUE if the components are those of another number of
 * channels.
 * Source: A. Krizhevsky, I. Sutskever, G. Hinton, ImageNet classification with deep convolutional networks (2012), 4.1.
 */
export function addColourNoise<Shape extends ImageShape>(
  images: FloatImages<Shape>,
  components: Eigenpairs,
  random: Random,
  deviation = 0.1,
): FloatImages<Shape> {
  const { count, channels, height, width } = planesOf(images)
  const { values, vectors } = components
  if (values.length !== channels) {
    const channelCounts = `components of ${values.length} channels for images of ${channels}`
    throw new DatasetError('VALUE', `${channelCounts}: take them from the same kind of images`)
  }
  if (!(deviation >= 0 && Number.isFinite(deviation))) {
    throw new DatasetError('VALUE', `deviation ${deviation}: give a finite number of at least 0`)
  }
  const area = height * width
  const data = new Float32Array(images.data.length)
  for (let image = 0; image < count; image++) {
    const weights = values.map((value) => value * random.normal(0, deviation))
    for (let channel = 0; channel < channels; channel++) {
      const shift = vectors.reduce((sum, vector, i) => sum + weights[i] * vector[channel], 0)
      const start = (image * channels + channel) * area
      for (let i = start; i < start + area; i++) data[i] = images.data[i] + shift
    }
  }
  return { data, shape: images.shape }
}
