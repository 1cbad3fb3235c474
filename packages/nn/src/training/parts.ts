// A batch in parts that are computed one after the other, so that the layers' results of one part are in memory at a time.
import { Tensor, ValueError } from '@scatterlab/tensor'
import { isDistributions, isNumbers } from '../arguments.ts'
import type { Batch, Images } from './batch.ts'

/** The batch itself, or parts of at most `most` items each, as even as can be. Throws `ValueError` for labels that cannot be cut. */
export function partsOf<T>(batch: Batch<T>, most: number): readonly Batch<T>[] {
  const items = batch.images.shape[0]
  const count = Math.ceil(items / most)
  if (count <= 1) return [batch]
  return Array.from({ length: count }, (_, part) => {
    const [begin, end] = [Math.floor((part * items) / count), Math.floor(((part + 1) * items) / count)]
    return { images: cutImages(batch.images, begin, end), labels: cutLabels(batch.labels, items, begin, end) }
  })
}

function cutImages(images: Images | Tensor, begin: number, end: number): Images | Tensor {
  if (images instanceof Tensor) return images.slice([begin, end])
  const { data, shape } = images
  const size = data.length / shape[0]
  return { data: data.subarray(begin * size, end * size), shape: [end - begin, ...shape.slice(1)] }
}

function cutLabels<T>(labels: T, items: number, begin: number, end: number): T {
  if (isDistributions(labels)) return cutImages(labels, begin, end) as T
  if (Array.isArray(labels) && labels.length === items) return labels.slice(begin, end) as T
  if (isNumbers(labels) && (labels as unknown as Int32Array).length === items)
    return (labels as unknown as Int32Array).subarray(begin, end) as T
  throw new ValueError('atOnce cuts a batch into parts: give labels as a list or a typed array, one for each item')
}
