// Labelled images as every loader of this package gives them: bytes, a shape, a label each; and smaller sets of them,
// which share the pixels wherever consecutive images allow it.

import { shown, ValueError, type ShapedArray, checkArgument } from '@scatterlab/tensor'
import { aSet, numbers } from '../rules.ts'

/** The number of images first, then the shape of one. */
export type ImageShape = readonly [count: number, ...image: number[]]
/** Images of one channel. */
export type GreyShape = readonly [count: number, height: number, width: number]
/** Images of several channels, one plane after the other. */
export type ColourShape = readonly [count: number, channels: number, height: number, width: number]

/** Images of one byte per value, 0 to 255, one after the other, each row by row. */
export type ByteImages<Shape extends ImageShape = ImageShape> = ShapedArray<Uint8Array, Shape>

/** The class of each image, from 0: bytes for up to 256 classes, wider integers for more. */
export type Labels = Uint8Array | Uint16Array | Int32Array

/** Images with the class of each, `labels[i]` that of image i. */
export interface LabelledImages<Shape extends ImageShape = ImageShape, ClassLabels extends Labels = Uint8Array> {
  /** The pixels, as bytes from 0 to 255. */
  readonly images: ByteImages<Shape>
  /** The class of each image, from 0. */
  readonly labels: ClassLabels
}

/** A data set in its published parts. */
export interface TrainTest<Shape extends ImageShape = ImageShape> {
  /** To learn from. */
  readonly train: LabelledImages<Shape>
  /** To be classified at the end. */
  readonly test: LabelledImages<Shape>
  /** One sentence: which set this is, and where it came from. */
  readonly source: string
}

/** The images `start` … `start + count - 1` of a set, as a view of its pixels and labels. Throws ValueError. */
export function take<Shape extends ImageShape, ClassLabels extends Labels>(
  set: LabelledImages<Shape, ClassLabels>,
  count: number,
  start = 0,
): LabelledImages<Shape, ClassLabels> {
  const total = checkedCount(set)
  if (!isWhole(count) || !isWhole(start) || start + count > total) {
    throw new ValueError(
      `take ${shown(count)} from ${shown(start)}: the set holds ${total} images, numbered from 0: ask for fewer, or give a larger set`,
    )
  }
  const { data, shape } = set.images
  const size = imageSize(shape)
  return {
    images: { data: data.subarray(start * size, (start + count) * size), shape: withCount(shape, count) },
    labels: set.labels.subarray(start, start + count) as ClassLabels,
  }
}

/**
 * The images of the given numbers, in that order and as often as named. Numbers in unbroken ascending order give a
 * view, all others a copy. Throws ValueError for a number that the set has not.
 */
export function subset<Shape extends ImageShape, ClassLabels extends Labels>(
  set: LabelledImages<Shape, ClassLabels>,
  indices: ArrayLike<number>,
): LabelledImages<Shape, ClassLabels> {
  const total = checkedCount(set)
  checkArgument('subset: indices', indices, numbers)
  for (let i = 0; i < indices.length; i++) {
    if (!isWhole(indices[i]) || indices[i] >= total) {
      throw new ValueError(`indices[${i}] is ${indices[i]}: the set holds ${total} images, numbered from 0`)
    }
  }
  if (isRun(indices)) return take(set, indices.length, indices[0] ?? 0)
  const { data, shape } = set.images
  const size = imageSize(shape)
  const pixels = new Uint8Array(indices.length * size)
  const labels = emptyLabels(set.labels, indices.length)
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i] * size
    pixels.set(data.subarray(from, from + size), i * size)
    labels[i] = set.labels[indices[i]]
  }
  return { images: { data: pixels, shape: withCount(shape, indices.length) }, labels }
}

/** The number of values in one image of the given shape. */
export function imageSize(shape: ImageShape): number {
  return shape.slice(1).reduce((product, length) => product * length, 1)
}

/** The same shape of image, another number of them. */
export function withCount<Shape extends ImageShape>(shape: Shape, count: number): Shape {
  return [count, ...shape.slice(1)] as unknown as Shape
}

/** How many images a set holds; throws ValueError if its shape, pixels and labels do not agree on it. */
export function checkedCount(set: LabelledImages<ImageShape, Labels>): number {
  checkArgument('the set', set, aSet)
  const { data, shape } = set.images
  const [count] = shape
  if (data.length !== count * imageSize(shape) || set.labels.length !== count) {
    const parts = `images of shape [${shape.join(', ')}] with ${data.length} values and ${set.labels.length} labels`
    throw new ValueError(`${parts} do not fit: give one value per place of the shape, one label per image`)
  }
  return count
}

function emptyLabels<ClassLabels extends Labels>(like: ClassLabels, length: number): ClassLabels {
  const Kind = like instanceof Uint8Array ? Uint8Array : like instanceof Uint16Array ? Uint16Array : Int32Array
  return new Kind(length) as Labels as ClassLabels
}

const isWhole = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

function isRun(indices: ArrayLike<number>): boolean {
  for (let i = 1; i < indices.length; i++) if (indices[i] !== indices[0] + i) return false
  return true
}
