// The binary version of CIFAR-10 to labelled images: records of one label byte and three planes of 32×32 bytes.

import { DatasetError } from './errors.ts'
import type { ColourShape, LabelledImages } from './image-set.ts'
import type { NamedFile } from './digit-files.ts'

const SIDE = 32
const CHANNELS = 3
const PIXELS = CHANNELS * SIDE * SIDE
const RECORD = 1 + PIXELS
const CLASSES = 10

/**
 * The images and labels in one or more files, in their order. Throws DatasetError, naming the file: EMPTY, TRUNCATED if
 * it does not end with a record, FORMAT for a label above 9. Source: A. Krizhevsky, the CIFAR-10 page, "Binary
 * version".
 */
export function cifar10Images(files: readonly NamedFile[]): LabelledImages<ColourShape> {
  for (const file of files) checkRecords(file)
  const count = files.reduce((sum, { bytes }) => sum + bytes.length / RECORD, 0)
  const data = new Uint8Array(count * PIXELS)
  const labels = new Uint8Array(count)
  let image = 0
  for (const { bytes } of files) {
    for (let at = 0; at < bytes.length; at += RECORD, image++) {
      labels[image] = bytes[at]
      data.set(bytes.subarray(at + 1, at + RECORD), image * PIXELS)
    }
  }
  return { images: { data, shape: [count, CHANNELS, SIDE, SIDE] }, labels }
}

function checkRecords({ name, bytes }: NamedFile): void {
  if (bytes.length === 0) throw new DatasetError('EMPTY', `${name} is empty: get it again`, { file: name })
  for (let at = 0; at < bytes.length; at += RECORD) {
    if (bytes[at] >= CLASSES) {
      const message = `${name} is not in the binary version of CIFAR-10 (record ${at / RECORD} has label ${bytes[at]})`
      throw new DatasetError('FORMAT', `${message}: give data_batch_1.bin … 5 and test_batch.bin`, { file: name })
    }
  }
  const rest = bytes.length % RECORD
  if (rest > 0) {
    const message = `${name} ends ${rest} bytes into a record of ${RECORD}: it was cut short, get it again`
    throw new DatasetError('TRUNCATED', message, { file: name })
  }
}
