// The class that both networks may be told.
import { LabelError } from '@scatterlab/nn'
import { type ShapedArray, ShapeError, ValueError, checkArgument, someNumbers, wholeNumber } from '@scatterlab/tensor'
import type { Gan } from './dcgan.ts'
import { type Points, rowOf, shapeOf } from './latent.ts'

/** One-hot rows [items, classes]. Throws `LabelError` for a label that is no class. */
export function oneHot(labels: ArrayLike<number>, classes: number, where: string): ShapedArray<Float32Array> {
  const data = new Float32Array(labels.length * classes)
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]
    if (!Number.isInteger(label) || label < 0 || label >= classes) throw new LabelError(where, i, label, classes)
    data[i * classes + label] = 1
  }
  return { data, shape: [labels.length, classes] }
}

/**
 * Points with the class of each image beside them, [count, latent + classes], as a generator with classes takes them. Throws `LabelError` for a label that
 * is no class, `ShapeError` unless there is one for each point.
 */
export function withClasses(points: Points, labels: ArrayLike<number>, classes: number): Points {
  const [count, latent] = shapeOf(points)
  checkArgument('withClasses: labels', labels, someNumbers)
  checkArgument('withClasses: classes', classes, wholeNumber(2, 65_536))
  if (labels.length !== count) throw new ShapeError(`${labels.length} labels for ${count} points: give one each`)
  const { data: ones } = oneHot(labels, classes, 'withClasses')
  const data = new Float32Array(count * (latent + classes))
  for (let i = 0; i < count; i++) {
    data.set(rowOf(points, i), i * (latent + classes))
    data.set(ones.subarray(i * classes, (i + 1) * classes), i * (latent + classes) + latent)
  }
  return { data, shape: [count, latent + classes] }
}

/** The labels of a batch, checked; null for networks that are told no class. Throws `ValueError`, `ShapeError`, `LabelError`. */
export function labelsFor({ classes }: Gan, labels: unknown, items: number, where: string): ArrayLike<number> | null {
  if (classes === undefined) return null
  if (someNumbers(labels) !== undefined)
    throw new ValueError(
      `${where}: give labels, a whole number from 0 to ${classes - 1} for each image: the networks are told a class`,
    )
  const own = labels as ArrayLike<number>
  if (own.length !== items) throw new ShapeError(`${where}: ${own.length} labels for ${items} images`)
  oneHot(own, classes, where)
  return own
}

/** The labels of the images that are drawn for a sheet: each class in turn. */
export const inTurn = (count: number, classes: number): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => i % classes)
