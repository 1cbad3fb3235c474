// The two published forms of CIFAR-10 to labelled images. Binary version: records of one label byte and three planes of
// 32×32 bytes. Python version: pickles of a dictionary that holds all planes as one array, and a list of labels.

import type { NamedFile } from './digit-files.ts'
import { DatasetError } from './errors.ts'
import type { ColourShape, LabelledImages } from './image-set.ts'
import { isPickle, readPickle, type PickledArray, type PickleValue } from './pickle.ts'

const SIDE = 32
const CHANNELS = 3
const PIXELS = CHANNELS * SIDE * SIDE
const RECORD = 1 + PIXELS
const CLASSES = 10

/** What a file holds, as views of it. */
interface Records {
  readonly count: number
  readonly label: (record: number) => number
  readonly pixels: (record: number) => Uint8Array
}

/**
 * The images and labels in one or more files of either version, told apart by how they begin, in their order. Throws
 * DatasetError, naming the file: EMPTY, TRUNCATED if it does not end with a record, FORMAT for a label above 9 or a
 * pickle of other content. Source: A. Krizhevsky, the CIFAR-10 page, "Binary version" and "Python version".
 */
export function cifar10Images(files: readonly NamedFile[]): LabelledImages<ColourShape> {
  const parts = files.map((file) => (isPickle(file.bytes) ? pickledRecords(file) : binaryRecords(file)))
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

function pickledRecords({ name, bytes }: NamedFile): Records {
  const refused = (why: string): DatasetError => {
    const message = `${name} is not in the python version of CIFAR-10 (${why})`
    return new DatasetError('FORMAT', `${message}: give data_batch_1 … 5 and test_batch`, { file: name })
  }
  const batch = readPickle(bytes, name)
  const [planes, labels] = batch instanceof Map ? [batch.get('data'), batch.get('labels')] : []
  if (!isArrayOfBytes(planes) || !Array.isArray(labels)) throw refused('it lacks `data` or `labels`')
  const [count, size, ...more] = planes.shape
  if (size !== PIXELS || more.length > 0 || labels.length !== count) {
    throw refused(`${labels.length} labels, \`data\` of shape [${planes.shape.join(', ')}]`)
  }
  const classes = labels.map((label) => (typeof label === 'number' ? label : Number.NaN))
  const bad = classes.findIndex((label) => !(label >= 0 && label < CLASSES))
  if (bad >= 0) throw refused(`record ${bad} has label ${classes[bad]}`)
  return {
    count,
    label: (record) => classes[record],
    pixels: (record) => planes.data.subarray(record * PIXELS, (record + 1) * PIXELS),
  }
}

const isArrayOfBytes = (value: PickleValue | undefined): value is PickledArray =>
  typeof value === 'object' && 'shape' in value
