// The four IDX files of MNIST, or of a set in its form, to labelled images: checks each file and that they belong
// together.

import type { ShapedArray } from '@scatterlab/tensor'
import { DatasetError } from '../errors.ts'
import { parseIdx } from './idx.ts'
import type { GreyShape, LabelledImages } from './image-set.ts'

/** A decompressed file under the name that errors give it. */
export interface NamedFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Height and width of a digit. */
export const SIDE = 28

/**
 * The images and labels of two IDX files. Throws DatasetError, naming the file: SWAPPED if one holds what belongs in
 * the other, EMPTY without images, FORMAT unless they are 28×28, MISMATCH if the counts differ, and what parseIdx
 * throws.
 */
export function digitsOf(imageFile: NamedFile, labelFile: NamedFile): LabelledImages<GreyShape> {
  const images = parseIdx(imageFile.bytes, imageFile.name)
  const labels = parseIdx(labelFile.bytes, labelFile.name)
  checkKind(images, 'images', imageFile.name)
  checkKind(labels, 'labels', labelFile.name)
  const [count, height, width] = images.shape
  if (count === 0)
    throw new DatasetError('EMPTY', `${imageFile.name} holds 0 images: get it again`, { file: imageFile.name })
  if (height !== SIDE || width !== SIDE) {
    const message = `${imageFile.name} holds images of ${height}×${width}`
    throw new DatasetError('FORMAT', `${message}: digits are ${SIDE}×${SIDE}, read it by parseIdx`, {
      file: imageFile.name,
    })
  }
  if (labels.shape[0] !== count) {
    const counts = `${imageFile.name} holds ${count} images, ${labelFile.name} ${labels.shape[0]} labels`
    throw new DatasetError('MISMATCH', `${counts}: give the two files of the same set`, { file: labelFile.name })
  }
  return { images: { data: images.data, shape: [count, height, width] }, labels: labels.data }
}

function checkKind({ shape }: ShapedArray<Uint8Array>, expected: 'images' | 'labels', file: string): void {
  const kind = shape.length === 3 ? 'images' : shape.length === 1 ? 'labels' : undefined
  if (kind === expected) return
  if (kind === undefined) {
    const message = `${file} holds an array of ${shape.length} axes: ${expected} have ${expected === 'images' ? 3 : 1}`
    throw new DatasetError('FORMAT', message, { file })
  }
  throw new DatasetError('SWAPPED', `${file} holds ${kind} where ${expected} belong: exchange the two files`, { file })
}
