// Opens what a listing found: the one place that knows every kind of input.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CIFAR10_CLASSES, cifar10, gunzip, parseIdx } from '@scatterlab/datasets'
import { openArray } from '../formats/read-array.ts'
import { arrayItems, memorySource } from './array-items.ts'
import { imageItems } from './image-items.ts'
import type { InputOptions, Items } from './items.ts'
import type { Listing } from './listing.ts'
import { soundItems } from './sound-items.ts'

/** What is known of an input that was opened before, so that it need not be looked at again. */
export type Known = Pick<Items, 'size' | 'rate'>

/**
 * The items of an input. Names are paths of files; those of sets begin with the label, `7/…`, as paths of files do that lie in a folder
 * for each class. `ofImages` says how arrays are cut.
 */
export async function openItems(
  { kind, folder, files }: Pick<Listing, 'kind' | 'folder'> & { readonly files: readonly { readonly name: string }[] },
  options: InputOptions,
  ofImages: boolean,
  known?: Known,
): Promise<Items> {
  const names = files.map(({ name }) => name)
  if (kind === 'images') return imageItems(folder, names, options, known?.size)
  if (kind === 'sounds') return soundItems(folder, names, options, known)
  if (kind === 'idx') return idxItems(folder, names[0])
  if (kind === 'cifar10') return cifar10Items(folder, options.colour)
  const path = join(folder, names[0])
  const source = await openArray(path, options.array === undefined ? {} : { member: options.array })
  return arrayItems(source, ofImages, names[0])
}

async function idxItems(folder: string, name: string): Promise<Items> {
  const read = async (file: string) => {
    const bytes = await readFile(join(folder, file))
    return parseIdx(file.endsWith('.gz') ? await gunzip(bytes, file, 2 ** 31) : bytes, file)
  }
  const { data, shape } = await read(name)
  // the labels lie beside the images, as MNIST names them
  const labelFile = name.replace('images', 'labels').replace('idx3', 'idx1')
  const labels = labelFile === name ? undefined : await read(labelFile).catch(() => undefined)
  const known = labels && labels.data.length === shape[0] ? labels.data : undefined
  const nameOf = (i: number): string => `${known === undefined ? '' : `${known[i]}/`}${i}`
  return arrayItems(memorySource(data, shape), true, name, nameOf)
}

/** All 60,000 images, those to test on last. */
async function cifar10Items(folder: string, colour: boolean): Promise<Items> {
  const { train, test } = await cifar10({ folder, download: false, cache: false })
  const count = train.labels.length
  const plane = 32 * 32
  const image = (i: number): Uint8Array => {
    const { data } = (i < count ? train : test).images
    const at = (i < count ? i : i - count) * 3 * plane
    return data.subarray(at, at + 3 * plane)
  }
  const channels = colour ? 3 : 1
  const nameOf = (i: number): string => {
    const label = i < count ? train.labels[i] : test.labels[i - count]
    return `${CIFAR10_CLASSES[label]}/${i < count ? `train-${i}` : `test-${i - count}`}`
  }
  const source = {
    shape: [count + test.labels.length, channels, 32, 32],
    type: 'uint8',
    read: async (begin: number, end: number) => {
      const out = new Uint8Array((end - begin) * channels * plane)
      for (let i = begin; i < end; i++)
        out.set(colour ? image(i) : grey(image(i), plane), (i - begin) * channels * plane)
      return out
    },
    close: async () => {},
  }
  return arrayItems(source, true, folder, nameOf)
}

/** Luma by ITU-R BT.601, as images in files have it. */
function grey(rgb: Uint8Array, plane: number): Uint8Array {
  const out = new Uint8Array(plane)
  for (let i = 0; i < plane; i++) {
    out[i] = (19595 * rgb[i] + 38470 * rgb[plane + i] + 7471 * rgb[2 * plane + i] + 0x8000) >> 16
  }
  return out
}
