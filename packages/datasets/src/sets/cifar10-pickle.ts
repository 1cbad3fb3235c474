// A batch of CIFAR-10's python version: a pickled dictionary that holds all images as one array, and a list of labels.

import type { Records } from './cifar10-records.ts'
import type { NamedFile } from './digit-files.ts'
import { DatasetError } from '../errors.ts'
import { readPickle, type PickledArray, type PickleValue } from '../files/pickle.ts'

/**
 * The images of `size` bytes and the labels below `classes` of a pickled batch. Throws DatasetError, naming the file,
 * as readPickle does, or FORMAT for other content.
 */
export function pickledRecords(
  { name, bytes }: NamedFile,
  { size, classes }: { readonly size: number; readonly classes: number },
): Records {
  const refused = (why: string): DatasetError => {
    const message = `${name} is not in the python version of CIFAR-10 (${why})`
    return new DatasetError('FORMAT', `${message}: give data_batch_1 … 5 and test_batch`, { file: name })
  }
  const batch = readPickle(bytes, name)
  const [planes, labels] = batch instanceof Map ? [batch.get('data'), batch.get('labels')] : []
  if (!isArrayOfBytes(planes) || !Array.isArray(labels)) throw refused('it lacks `data` or `labels`')
  const [count, length, ...more] = planes.shape
  if (length !== size || more.length > 0 || labels.length !== count) {
    throw refused(`${labels.length} labels, \`data\` of shape [${planes.shape.join(', ')}]`)
  }
  const numbers = labels.map((label) => (typeof label === 'number' ? label : Number.NaN))
  const bad = numbers.findIndex((label) => !(label >= 0 && label < classes))
  if (bad >= 0) throw refused(`record ${bad} has label ${numbers[bad]}`)
  return {
    count,
    label: (record) => numbers[record],
    pixels: (record) => planes.data.subarray(record * size, (record + 1) * size),
  }
}

const isArrayOfBytes = (value: PickleValue | undefined): value is PickledArray =>
  typeof value === 'object' && 'shape' in value
