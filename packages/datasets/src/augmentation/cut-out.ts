// Squares taken out of images, and filled from others: what a network must then do without.
import { ValueError, checkArgument, checkOptions, wholeNumber, type Random, type Rules } from '@scatterlab/tensor'
import { aSide, aStream, numbers } from '../rules.ts'
import type { FloatImages } from '../sets/float-images.ts'
import type { ImageShape } from '../sets/image-set.ts'
import { planesOf } from './planes.ts'

/** How `cutOut` cuts. */
export interface CutOutOptions {
  /** Side of the square in pixels; 8 is usual for 32×32. */
  readonly size: number
}

/**
 * Each image with a square of zeros, all places within it equally likely, as new images. Throws ValueError for a square that does not
 * fit. DeVries & Taylor (2017), with the whole square in the image (Page 2018).
 */
export function cutOut<Shape extends ImageShape>(
  images: FloatImages<Shape>,
  random: Random,
  options: CutOutOptions,
): FloatImages<Shape> {
  const planes = planesOf(images)
  checkArgument('cutOut: random', random, aStream)
  const { size } = checkOptions('cutOut', options, { size: aSide }, ['size'])
  checkFits('cutOut', size, planes)
  const data = images.data.slice()
  for (let image = 0; image < planes.count; image++) {
    const [top, left] = [random.integer(0, planes.height - size + 1), random.integer(0, planes.width - size + 1)]
    eachRow(planes, image, { top, left, height: size, width: size }, (begin, end) => data.fill(0, begin, end))
  }
  return { data, shape: images.shape }
}

/** How `cutMix` mixes. */
export interface CutMixOptions {
  /** How many classes there are. */
  readonly classes: number
  /** Side of the square in pixels; by default drawn for each batch: λ from 0 to 1, a box of the share 1 − λ of the image. */
  readonly size?: number
}

/** Images made of two, and the share that each class has in them. */
export interface MixedBatch<Shape extends ImageShape = ImageShape> {
  /** The mixed images, in the shape of those given. */
  readonly images: FloatImages<Shape>
  /** Rows that sum to 1: [count, classes]. */
  readonly labels: {
    /** The shares row by row, each from 0 to 1. */
    readonly data: Float32Array<ArrayBuffer>
    /** One row for each image, one column for each class. */
    readonly shape: readonly [count: number, classes: number]
  }
}

const MIX_RULES: Rules<CutMixOptions> = { classes: wholeNumber(1, 65536), size: aSide }

/**
 * Each image with a box filled from the same place of another one of the batch, and labels by the shares of the area. One box for a
 * batch, around a point anywhere in the image and cut off at its edges; with `size` a square that lies within. Throws ValueError. Yun et
 * al. (2019), "CutMix", with α = 1.
 */
export function cutMix<Shape extends ImageShape>(
  images: FloatImages<Shape>,
  labels: ArrayLike<number>,
  random: Random,
  options: CutMixOptions,
): MixedBatch<Shape> {
  const planes = planesOf(images)
  const { count, height, width } = planes
  checkArgument('cutMix: labels', labels, numbers)
  checkArgument('cutMix: random', random, aStream)
  const { classes, size } = checkOptions('cutMix', options, MIX_RULES, ['classes'])
  if (labels.length !== count)
    throw new ValueError(`cutMix: ${labels.length} labels for ${count} images: give one for each`)
  for (let i = 0; i < count; i++) {
    if (!(Number.isInteger(labels[i]) && labels[i] >= 0 && labels[i] < classes))
      throw new ValueError(`cutMix: label ${labels[i]} of image ${i}: there are ${classes} classes, from 0`)
  }
  if (size !== undefined) checkFits('cutMix', size, planes)
  const box = size === undefined ? randomBox(planes, random) : squareWithin(planes, size, random)
  const kept = 1 - (box.height * box.width) / (height * width)
  const others = random.permutation(count)
  const data = images.data.slice()
  const shares = new Float32Array(count * classes)
  for (let image = 0; image < count; image++) {
    const offset = (others[image] - image) * planes.channels * height * width
    eachRow(planes, image, box, (begin, end) => data.set(images.data.subarray(begin + offset, end + offset), begin))
    shares[image * classes + labels[image]] += kept
    shares[image * classes + labels[others[image]]] += 1 - kept
  }
  return { images: { data, shape: images.shape }, labels: { data: shares, shape: [count, classes] } }
}

interface Box {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

type Planes = ReturnType<typeof planesOf>

function squareWithin({ height, width }: Planes, size: number, random: Random): Box {
  return {
    top: random.integer(0, height - size + 1),
    left: random.integer(0, width - size + 1),
    height: size,
    width: size,
  }
}

function randomBox({ height, width }: Planes, random: Random): Box {
  const ratio = Math.sqrt(1 - random.uniform())
  const [y, x] = [random.integer(0, height), random.integer(0, width)]
  const along = (middle: number, length: number): [begin: number, end: number] => {
    const half = Math.floor((length * ratio) / 2)
    return [Math.max(0, middle - half), Math.min(length, middle + half)]
  }
  const [[top, bottom], [left, right]] = [along(y, height), along(x, width)]
  return { top, left, height: bottom - top, width: right - left }
}

/** Where each row of a box begins and ends in the numbers of an image, channel after channel. */
function eachRow(
  { channels, height, width }: Planes,
  image: number,
  box: Box,
  row: (begin: number, end: number) => void,
): void {
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < box.height; y++) {
      const begin = ((image * channels + channel) * height + box.top + y) * width + box.left
      row(begin, begin + box.width)
    }
  }
}

function checkFits(name: string, size: number, { height, width }: Planes): void {
  if (size > Math.min(height, width))
    throw new ValueError(`${name}: size ${size}: give at most the shorter side of the images, ${height}×${width}`)
}
