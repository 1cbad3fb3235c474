// Bytes to the numbers that transforms and networks take: scaled, and framed by zeros. Augmentation is elsewhere.

import { checkOptions, ValueError, type ShapedArray, checkArgument } from '@scatterlab/tensor'
import { floatRules, someImages } from '../rules.ts'
import { imageSize, type ByteImages, type ImageShape } from './image-set.ts'

/** Images of 32-bit numbers, one after the other, each row by row. */
export type FloatImages<Shape extends ImageShape = ImageShape> = ShapedArray<Float32Array<ArrayBuffer>, Shape>

/** What a byte is multiplied by, so that values run from 0 to 1. */
export const BYTE: number = 1 / 255

/** How bytes become numbers. */
export interface FloatOptions {
  /** What a byte is multiplied by; by default 1/255, so that values run from 0 to 1. */
  readonly scale?: number
  /** Height and width to centre each image in, zeros around it; by default its own. An odd rest goes below, right. */
  readonly pad?: readonly [height: number, width: number]
}

/**
 * The images as 32-bit numbers: value = scale · byte, zero in the frame; [n, …, h, w] becomes [n, …, pad[0], pad[1]].
 * Throws ValueError for a frame smaller than the images, a scale that is not finite, or data that do not fill
 * the shape.
 */
export function toFloat32<Shape extends ImageShape>(
  images: ByteImages<Shape>,
  options: FloatOptions = {},
): FloatImages<Shape> {
  checkArgument('toFloat32: images', images, someImages)
  const { data, shape } = images
  const [height, width] = shape.slice(-2)
  const { pad: [padHeight, padWidth] = [height, width], scale = BYTE } = checkOptions('toFloat32', options, floatRules)
  if (shape.length < 3 || data.length !== shape[0] * imageSize(shape)) {
    throw new ValueError(`${data.length} values do not fill images of shape [${shape.join(', ')}]`)
  }
  if (padHeight < height || padWidth < width) {
    throw new ValueError(`pad ${padHeight}×${padWidth}: give whole numbers of at least ${height}×${width}`)
  }
  const planes = shape.slice(0, -2).reduce((product, length) => product * length, 1)
  const values = new Float32Array(planes * padHeight * padWidth)
  const corner = ((padHeight - height) >> 1) * padWidth + ((padWidth - width) >> 1)
  for (let row = 0; row < planes * height; row++) {
    const plane = Math.floor(row / height)
    const from = row * width
    const to = plane * padHeight * padWidth + (row - plane * height) * padWidth + corner
    for (let x = 0; x < width; x++) values[to + x] = scale * data[from + x]
  }
  return { data: values, shape: [...shape.slice(0, -2), padHeight, padWidth] as unknown as Shape }
}
