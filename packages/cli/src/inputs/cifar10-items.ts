// CIFAR-10's six files, of either version, plain or gzip. Memory holds one of them.
import { basename, join } from 'node:path'
import { CIFAR10_CLASSES, parseCifar10 } from '@scatterlab/datasets'
import { arrayItems } from './array-items.ts'
import { readBounded } from './file-items.ts'
import type { Items } from './items.ts'

const PLANE = 32 * 32
const IMAGE = 3 * PLANE
/** Four times a published file. */
const MOST_BYTES = 2 ** 27

/** One of the files. */
interface Batch {
  readonly name: string
  /** Images before it. */
  readonly first: number
  readonly labels: Uint8Array
}

/** All images of the files `names`, those to test on last. Their names begin with their classes, `frog/train-0`. */
export async function cifar10Items(folder: string, names: readonly string[], colour: boolean): Promise<Items> {
  const isTest = (name: string): boolean => basename(name).startsWith('test')
  const ordered = [...names].sort((a, b) => Number(isTest(a)) - Number(isTest(b)))
  const load = async (name: string) => parseCifar10(await readBounded(join(folder, name), MOST_BYTES), name)
  const batches: Batch[] = []
  let count = 0
  let training = 0
  for (const name of ordered) {
    const { labels } = await load(name)
    batches.push({ name, first: count, labels: Uint8Array.from(labels) })
    count += labels.length
    if (!isTest(name)) training = count
  }
  const batchOf = (i: number): Batch => batches.findLast(({ first }) => first <= i)!
  let loaded: { readonly name: string; readonly data: Uint8Array } | undefined
  const dataOf = async (name: string): Promise<Uint8Array> => {
    if (loaded?.name !== name) {
      loaded = undefined // one at a time
      loaded = { name, data: (await load(name)).images.data }
    }
    return loaded.data
  }
  const channels = colour ? 3 : 1
  const nameOf = (i: number): string => {
    const { first, labels } = batchOf(i)
    const place = i < training ? `train-${i}` : `test-${i - training}`
    return `${CIFAR10_CLASSES[labels[i - first]]}/${place}`
  }
  const source = {
    shape: [count, channels, 32, 32],
    type: 'uint8',
    read: async (begin: number, end: number) => {
      const out = new Uint8Array((end - begin) * channels * PLANE)
      for (let i = begin; i < end; i++) {
        const { name, first } = batchOf(i)
        const data = await dataOf(name)
        const image = data.subarray((i - first) * IMAGE, (i - first + 1) * IMAGE)
        out.set(colour ? image : grey(image), (i - begin) * channels * PLANE)
      }
      return out
    },
    close: async () => {},
  }
  return arrayItems(source, true, folder, nameOf)
}

/** Luma by ITU-R BT.601, as images in files have it. */
function grey(rgb: Uint8Array): Uint8Array {
  const out = new Uint8Array(PLANE)
  for (let i = 0; i < PLANE; i++) {
    out[i] = (19595 * rgb[i] + 38470 * rgb[PLANE + i] + 7471 * rgb[2 * PLANE + i] + 0x8000) >> 16
  }
  return out
}
