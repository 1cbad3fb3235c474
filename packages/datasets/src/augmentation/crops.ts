// Parts of images, and their mirror images: at random places to train on, at ten fixed ones to test on. Values are
// kept, only moved; every image is cut and mirrored as a whole, its channels together.

import { checkOptions, ValueError, wholeNumber, type Random, type Rules, checkArgument } from '@scatterlab/tensor'
import { aPair, aProbability, aStream } from '../rules.ts'
import type { FloatImages } from '../sets/float-images.ts'
import type { ImageShape } from '../sets/image-set.ts'
import { planesOf, resized } from './planes.ts'

/** Height and width in pixels. */
export type CropSize = readonly [height: number, width: number]

const CROP_RULES: Rules<RandomCropOptions> = { padding: wholeNumber(0, 4096), size: aPair }

/** How random crops are taken. */
export interface RandomCropOptions {
  /** Zeros on each side of the image before it is cut; by default 0. */
  readonly padding?: number
  /** Size of the crops; by default that of the images. */
  readonly size?: CropSize
}

/**
 * One crop of each image, all places in its frame of zeros equally likely. `padding` 4 is the rule for CIFAR-10 (He et
 * al. 2016), `size` [224, 224] that of AlexNet for 256×256. Throws ValueError for a size that does not fit.
 */
export function randomCrops<Shape extends ImageShape>(
  images: FloatImages<Shape>,
  random: Random,
  options: RandomCropOptions = {},
): FloatImages<Shape> {
  const { count, height, width } = planesOf(images)
  checkArgument('randomCrops: random', random, aStream)
  const { padding = 0, size = [height, width] } = checkOptions('randomCrops', options, CROP_RULES)
  checkSize(size, height + 2 * padding, width + 2 * padding)
  const places = Array.from({ length: count }, (_, image) => ({
    image,
    top: random.integer(0, height + 2 * padding - size[0] + 1) - padding,
    left: random.integer(0, width + 2 * padding - size[1] + 1) - padding,
    mirrored: false,
  }))
  return cut(images, places, size)
}

/** Each image or its left-right mirror image, this with the given probability (1/2). Throws ValueError. */
export function randomFlips<Shape extends ImageShape>(
  images: FloatImages<Shape>,
  random: Random,
  probability = 0.5,
): FloatImages<Shape> {
  const { count, height, width } = planesOf(images)
  checkArgument('randomFlips: random', random, aStream)
  checkArgument('randomFlips: probability', probability, aProbability)
  const places = Array.from({ length: count }, (_, image) => ({
    image,
    top: 0,
    left: 0,
    mirrored: random.uniform() < probability,
  }))
  return cut(images, places, [height, width])
}

/**
 * Ten crops of each image, to average predictions over: top left, top right, bottom left, bottom right, centre, then
 * the mirror images of these five; n images become 10 n, the ten of an image together. Throws ValueError for a
 * size that does not fit. Source: A. Krizhevsky, I. Sutskever, G. Hinton, ImageNet classification with deep
 * convolutional networks (2012), 4.1.
 */
export function tenCrops<Shape extends ImageShape>(images: FloatImages<Shape>, size: CropSize): FloatImages<Shape> {
  const { count, height, width } = planesOf(images)
  checkArgument('tenCrops: size', size, aPair)
  checkSize(size, height, width)
  const [bottom, right] = [height - size[0], width - size[1]]
  const corners = [
    [0, 0],
    [0, right],
    [bottom, 0],
    [bottom, right],
    [bottom >> 1, right >> 1],
  ]
  const places = Array.from({ length: count }, (_, image) =>
    [false, true].flatMap((mirrored) => corners.map(([top, left]) => ({ image, top, left, mirrored }))),
  )
  return cut(images, places.flat(), size)
}

/** Where one crop lies in an image, possibly beyond its edges; `mirrored` turns the crop itself. */
interface Place {
  readonly image: number
  readonly top: number
  readonly left: number
  readonly mirrored: boolean
}

function cut<Shape extends ImageShape>(
  images: FloatImages<Shape>,
  places: readonly Place[],
  [cropHeight, cropWidth]: CropSize,
): FloatImages<Shape> {
  const { channels, height, width } = planesOf(images)
  const data = new Float32Array(places.length * channels * cropHeight * cropWidth)
  let to = 0
  for (const { image, top, left, mirrored } of places) {
    const firstColumn = Math.max(left, 0)
    const endColumn = Math.min(left + cropWidth, width)
    for (let channel = 0; channel < channels; channel++) {
      const plane = (image * channels + channel) * height
      for (let y = 0; y < cropHeight; y++, to += cropWidth) {
        if (top + y < 0 || top + y >= height || firstColumn >= endColumn) continue
        const row = (plane + top + y) * width
        data.set(images.data.subarray(row + firstColumn, row + endColumn), to + firstColumn - left)
        if (mirrored) data.subarray(to, to + cropWidth).reverse()
      }
    }
  }
  return { data, shape: resized(images.shape, places.length, cropHeight, cropWidth) }
}

function checkSize([cropHeight, cropWidth]: CropSize, height: number, width: number): void {
  if (cropHeight > height || cropWidth > width) {
    const limit = `whole numbers from 1 to ${height} and ${width}`
    throw new ValueError(`size ${cropHeight}×${cropWidth}: give ${limit}`)
  }
}
