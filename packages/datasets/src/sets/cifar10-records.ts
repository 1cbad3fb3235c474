// The two published forms of CIFAR-10 to labelled images. Binary version: records of one label byte and three planes of
// 32×32 bytes. The python version's pickles are read by `cifar10-pickle.ts`, which is loaded when one is there.

import type { NamedFile } from './digit-files.ts'
import { DatasetError } from '../errors.ts'
import type { ColourShape, LabelledImages } from './image-set.ts'

const SIDE = 32
const CHANNELS = 3
const PIXELS = CHANNELS * SIDE * SIDE
const RECORD = 1 + PIXELS
const CLASSES = 10
const FIRST_OF_PICKLE = 0x80

/** What a file holds, as views of it. */
export interface Records {
  readonly count: number
  readonly label: (record: number) => number
  readonly pixels: (record: number) => Uint8Array
}

/**
 * The images and labels in one or more files of either version, told apart by how they begin, in their order. Throws
 * DatasetError, naming the file: EMPTY, TRUNCATED if it does not end with a record, FORMAT for a label above 9 or a
 * pickle of other content. Source: A. Krizhevsky, the CIFAR-10 page, "Binary version" and "Python version".
 */
export async function cifar10Images(files: readonly NamedFile[]): Promise<LabelledImages<ColourShape>> {
  const parts = await Promise.all(files.map(recordsOf))
  const total = parts.reduce((sum, { count }) => sum + count, 0)
  const data = new Uint8Array(total * PIXELS)
  const labels = new Uint8Array(total)
  let image = 0
  for (const { count, label, pixels } of parts) {
    for (let record = 0; record < count; record++, image++) {
      labels[image] = label(record)
      data.set(pixels(record), image * PIXELS)
    }
  }
  return { images: { data, shape: [total, CHANNELS, SIDE, SIDE] }, labels }
}

async function recordsOf(file: NamedFile): Promise<Records> {
  if (file.bytes[0] !== FIRST_OF_PICKLE) return binaryRecords(file)
  const { pickledRecords } = await import('./cifar10-pickle.ts')
  return pickledRecords(file, { size: PIXELS, classes: CLASSES })
}

function binaryRecords({ name, bytes }: NamedFile): Records {
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
  return {
    count: bytes.length / RECORD,
    label: (record) => bytes[record * RECORD],
    pixels: (record) => bytes.subarray(record * RECORD + 1, (record + 1) * RECORD),
  }
}
