// Mean, deviation and covariance of the channels of a set, and images brought to mean 0 and deviation 1 by them. Taken
// from the training images and applied to all.

import { ValueError, checkArgument, checkOptions, trueOrFalse } from '@scatterlab/tensor'
import { numbers } from '../rules.ts'
import type { FloatImages } from '../sets/float-images.ts'
import type { ByteImages, ImageShape } from '../sets/image-set.ts'
import { planesOf } from './planes.ts'

/** The moments of the pixels of a set, one number per channel. */
export interface ChannelStatistics {
  /** Mean of each channel; bytes count as 0 to 1. */
  readonly mean: Float64Array
  /** Standard deviation, with the number of pixels as the divisor. */
  readonly deviation: Float64Array
  /** Covariance of the channels, a symmetric matrix row by row. */
  readonly covariance: Float64Array
}

/**
 * Mean, deviation and covariance of the channels over all pixels of all images, in double precision. Bytes count as
 * toFloat32 makes them, 0 to 1. Throws ValueError without images.
 */
export function channelStatistics(images: ByteImages | FloatImages): ChannelStatistics {
  const { count, channels, height, width } = planesOf(images)
  const { data } = images
  const area = height * width
  if (count * area === 0) throw new ValueError('statistics of no images: give at least one')
  const scale = data instanceof Uint8Array ? 1 / 255 : 1
  const mean = new Float64Array(channels)
  for (let plane = 0; plane < count * channels; plane++) {
    let sum = 0
    for (let i = plane * area; i < (plane + 1) * area; i++) sum += data[i]
    mean[plane % channels] += sum / (count * area)
  }
  const covariance = new Float64Array(channels * channels)
  for (let image = 0; image < count; image++) {
    for (let a = 0; a < channels; a++) {
      for (let b = 0; b <= a; b++) {
        const [first, second] = [(image * channels + a) * area, (image * channels + b) * area]
        let sum = 0
        for (let i = 0; i < area; i++) sum += (data[first + i] - mean[a]) * (data[second + i] - mean[b])
        covariance[a * channels + b] += (scale * scale * sum) / (count * area)
      }
    }
  }
  for (let a = 0; a < channels; a++) {
    for (let b = 0; b < a; b++) covariance[b * channels + a] = covariance[a * channels + b]
  }
  return {
    mean: mean.map((value) => scale * value),
    deviation: mean.map((_, channel) => Math.sqrt(covariance[channel * (channels + 1)])),
    covariance,
  }
}

/** Where `normaliseChannels` writes. */
export interface NormaliseOptions {
  /** Whether the images are overwritten (default false: new ones). */
  readonly inPlace?: boolean
}

/**
 * (x - mean) / deviation in each channel, as new images unless asked to overwrite; a channel that is constant only loses its mean. Throws
 * ValueError if the statistics are those of another number of channels.
 */
export function normaliseChannels<Shape extends ImageShape>(
  images: FloatImages<Shape>,
  statistics: Pick<ChannelStatistics, 'mean' | 'deviation'>,
  options?: NormaliseOptions,
): FloatImages<Shape> {
  const { mean, deviation } = Object(statistics) as typeof statistics
  checkArgument('normaliseChannels: mean', mean, numbers)
  checkArgument('normaliseChannels: deviation', deviation, numbers)
  const { inPlace = false } = checkOptions('normaliseChannels', options, { inPlace: trueOrFalse })
  const { count, channels, height, width } = planesOf(images)
  if (mean.length !== channels || deviation.length !== channels) {
    const channelCounts = `statistics of ${mean.length} channels for images of ${channels}`
    throw new ValueError(`${channelCounts}: take them from the same kind of images`)
  }
  const area = height * width
  const data = inPlace ? images.data : new Float32Array(images.data.length)
  for (let plane = 0; plane < count * channels; plane++) {
    const channel = plane % channels
    const divisor = deviation[channel] || 1
    for (let i = plane * area; i < (plane + 1) * area; i++) data[i] = (images.data[i] - mean[channel]) / divisor
  }
  return { data, shape: images.shape }
}
