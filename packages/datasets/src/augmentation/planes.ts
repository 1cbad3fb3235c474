// The reading of a shape that augmentation shares: images of planes of rows, whatever the number of axes before them.

import { ValueError, checkArgument } from '@scatterlab/tensor'
import { someImages } from '../rules.ts'
import type { FloatImages } from '../sets/float-images.ts'
import type { ByteImages, ImageShape } from '../sets/image-set.ts'

/** [count, height, width] has one channel, [count, channels, height, width] its own number. */
export interface Planes {
  readonly count: number
  readonly channels: number
  readonly height: number
  readonly width: number
}

/** The planes of `images`. Throws ValueError for another number of axes, or data that do not fill the shape. */
export function planesOf(images: ByteImages | FloatImages): Planes {
  checkArgument('the images', images, someImages)
  const { data, shape } = images
  const planes = shape.length === 3 ? { channels: 1, height: shape[1], width: shape[2] } : fourAxes(shape)
  const [count] = shape
  if (data.length !== count * planes.channels * planes.height * planes.width) {
    throw new ValueError(`${data.length} values do not fill images of shape [${shape.join(', ')}]`)
  }
  return { count, ...planes }
}

/** The shape of as many images per image as `count` says, of another size. */
export function resized<Shape extends ImageShape>(shape: Shape, count: number, height: number, width: number): Shape {
  return [count, ...shape.slice(1, -2), height, width] as unknown as Shape
}

function fourAxes(shape: ImageShape): Omit<Planes, 'count'> {
  const [, channels, height, width, ...more] = shape
  if (width === undefined || more.length > 0) {
    const forms = '[count, height, width] or [count, channels, height, width]'
    throw new ValueError(`images of shape [${shape.join(', ')}]: give ${forms}`)
  }
  return { channels, height, width }
}
