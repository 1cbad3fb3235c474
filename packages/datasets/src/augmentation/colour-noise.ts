// The colour noise of AlexNet: each image as a whole is shifted along the principal directions of the colours of the
// training set.

import { ValueError, type Random, checkArgument } from '@scatterlab/tensor'
import { aStream, notNegative, numbers } from '../rules.ts'
import type { ChannelStatistics } from './channels.ts'
import type { FloatImages } from '../sets/float-images.ts'
import type { ImageShape } from '../sets/image-set.ts'
import { planesOf } from './planes.ts'

/**
 * Each image with Σ_i α_i λ_i p_i added to all of its pixels: λ_i, p_i are the eigenpairs of the covariance C of the
 * channels, α_i ~ N(0, deviation²) is drawn once per image, by default with deviation 0.1. It is computed as C·z with
 * z ~ N(0, deviation²) in each channel, which has the same distribution: normal, of covariance deviation²·C². C has the
 * square of the unit of pixels, so add it to pixels of the unit that the statistics come from, before channels are
 * normalised. Throws ValueError if the statistics are those of another number of channels.
 * Source: A. Krizhevsky, I. Sutskever, G. Hinton, ImageNet classification with deep convolutional networks (2012), 4.1.
 */
export function addColourNoise<Shape extends ImageShape>(
  images: FloatImages<Shape>,
  statistics: Pick<ChannelStatistics, 'covariance'>,
  random: Random,
  deviation = 0.1,
): FloatImages<Shape> {
  const { count, channels, height, width } = planesOf(images)
  const { covariance } = Object(statistics) as typeof statistics
  checkArgument('addColourNoise: covariance', covariance, numbers)
  checkArgument('addColourNoise: random', random, aStream)
  checkArgument('addColourNoise: deviation', deviation, notNegative)
  if (covariance.length !== channels ** 2) {
    const channelCounts = `a covariance of ${Math.sqrt(covariance.length)} channels for images of ${channels}`
    throw new ValueError(`${channelCounts}: take them from the same kind of images`)
  }
  const area = height * width
  const data = new Float32Array(images.data.length)
  for (let image = 0; image < count; image++) {
    const z = Float64Array.from({ length: channels }, () => random.normal(0, deviation))
    for (let channel = 0; channel < channels; channel++) {
      const shift = z.reduce((sum, value, i) => sum + value * covariance[channel * channels + i], 0)
      const start = (image * channels + channel) * area
      for (let i = start; i < start + area; i++) data[i] = images.data[i] + shift
    }
  }
  return { data, shape: images.shape }
}
