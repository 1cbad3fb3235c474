// The sets as the networks take them: square images of one size, bytes, and a label each.
import { DatasetError, type LabelledImages, CIFAR10_CLASSES, cifar10, take } from '@scatterlab/datasets'
import { labelledFolder } from '@scatterlab/datasets/folder'
import { mnistOrSample } from '@scatterlab/datasets/mnist-or-sample'
import type { Batches, Pass } from '@scatterlab/nn'
import type { RunContext } from '@scatterlab/repro'
import { type ShapedArray, ValueError } from '@scatterlab/tensor'
import type { SetName } from './recipe.ts'

type ImageShape = readonly [count: number, channels: number, side: number, side: number]

/** Bytes [items, channels, side, side] with the class of each image. */
export type Labelled = LabelledImages<ImageShape, Uint8Array | Uint16Array>

/** Images from −1 to 1, [items, channels, side, side]. */
export type Pictures = ShapedArray<Float32Array, ImageShape>

/** A set in two parts. */
export interface ImageSet {
  readonly train: Labelled
  readonly test: Labelled
  readonly classes: readonly string[]
  readonly source: string
  readonly note?: string | undefined
}

/** Side of the images of a folder. */
const FOLDER_SIDE = 64

/** Loads a set. Throws what its loader throws, and `ValueError` where no folder was named that is needed. */
export async function imagesOf(
  set: SetName,
  { dataFolder, signal, log }: Pick<RunContext<unknown>, 'dataFolder' | 'signal' | 'log'>,
): Promise<ImageSet> {
  const named = { folder: dataFolder, signal }
  if (set === 'digits') {
    const { digits, note } = await mnistOrSample(named)
    const classes = Array.from({ length: 10 }, (_, i) => String(i))
    return { train: framed(digits.train), test: framed(digits.test), classes, source: digits.source, note }
  }
  if (set === 'cifar10') {
    const { train, test, source } = await cifar10(named)
    return { train, test, classes: CIFAR10_CLASSES, source }
  }
  return imagesIn(dataFolder, signal, log)
}

/** All images of a folder, every tenth file kept for the test. */
async function imagesIn(
  folder: string | undefined,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<ImageSet> {
  if (folder === undefined)
    throw new ValueError('name a folder of images, FOLDER/CLASS/IMAGE, with --data FOLDER: one class is enough')
  const onSkip = ({ file, error }: { file: string; error: Error }): void => log(`left out ${file}: ${error.message}`)
  const listed = await labelledFolder(folder, { size: FOLDER_SIDE, skipUndecodable: true, onSkip })
  const part = async (isOwn: (i: number) => boolean): Promise<Labelled> => {
    const indices = Array.from({ length: listed.length }, (_, i) => i).filter(isOwn)
    if (indices.length === 0)
      throw new DatasetError('EMPTY', `${folder} holds ${listed.length} images: give ten or more`, { file: folder })
    return (await listed.load({ indices, signal })) as Labelled
  }
  return {
    train: await part((i) => i % 10 !== 0),
    test: await part((i) => i % 10 === 0),
    classes: listed.classes,
    source: `${folder}: ${listed.length} images of ${listed.classes.length} classes, the middle at ${FOLDER_SIDE}×${FOLDER_SIDE}; every tenth file kept for the test`,
  }
}

/** Digits of 28×28 in a frame of 2 black pixels. */
function framed({ images: { data, shape }, labels }: LabelledImages): Labelled {
  const [count, own] = shape
  const side = 32
  const edge = (side - own) / 2
  const out = new Uint8Array(count * side * side)
  for (let row = 0; row < count * own; row++) {
    const to = (Math.floor(row / own) * side + edge + (row % own)) * side + edge
    out.set(data.subarray(row * own, (row + 1) * own), to)
  }
  return { images: { data: out, shape: [count, 1, side, side] }, labels }
}

/** Bytes as numbers from −1 to 1. */
export function pictures({ images: { data, shape } }: Labelled): Pictures {
  return { data: Float32Array.from(data, (v) => v / 127.5 - 1), shape }
}

/** `count` images from number `start`, or fewer where there are no more, as numbers. */
export const some = (set: Labelled, count: number, start = 0): Pictures => pictures(part(set, count, start))

/** The same as bytes with their labels. */
export const part = (set: Labelled, count: number, start = 0): Labelled =>
  take(set, Math.max(0, Math.min(count, set.labels.length - start)), start)

/** Passes in random order over full batches. Throws `ValueError` for a set smaller than a batch. */
export function passesOver(set: Labelled, size: number): (pass: Pass) => Batches<ArrayLike<number>> {
  const count = set.labels.length
  if (count < size) throw new ValueError(`${count} training images are fewer than a batch of ${size}: give more images`)
  const [, ...item] = set.images.shape
  const length = set.images.data.length / count
  return function* ({ random }) {
    const order = random.permutation(count)
    for (let from = 0; from + size <= count; from += size) {
      const rows = order.subarray(from, from + size)
      const data = new Float32Array(size * length)
      rows.forEach((row, i) => {
        for (let k = 0; k < length; k++) data[i * length + k] = set.images.data[row * length + k] / 127.5 - 1
      })
      yield { images: { data, shape: [size, ...item] }, labels: Int32Array.from(rows, (row) => set.labels[row]) }
    }
  }
}
