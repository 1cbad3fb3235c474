// Opens what a listing found: the one place that knows every kind of input.
import { join } from 'node:path'
import { openArray } from '../formats/read-array.ts'
import { arrayItems } from './array-items.ts'
import { cifar10Items } from './cifar10-items.ts'
import { idxItems } from './idx-items.ts'
import { imageItems } from './image-items.ts'
import type { InputOptions, Items } from './items.ts'
import type { Listing } from './listing.ts'
import { soundItems } from './sound-items.ts'

/** What is known of an input that was opened before, so that it need not be looked at again. */
export type Known = Pick<Items, 'size' | 'rate'>

/** How an input is opened. */
export interface Opening {
  /** How arrays are cut. */
  readonly ofImages: boolean
  readonly known?: Known
  /** Where what had to be expanded lies for all who read this input; default: a temporary file. */
  readonly folder?: string
}

/**
 * The items of an input. Names are paths of files; those of sets begin with the label, `7/…`, as paths of files do that lie in a folder
 * for each class.
 */
export async function openItems(
  { kind, folder, files }: Pick<Listing, 'kind' | 'folder'> & { readonly files: readonly { readonly name: string }[] },
  options: InputOptions,
  { ofImages, known, folder: shared }: Opening,
): Promise<Items> {
  const names = files.map(({ name }) => name)
  if (kind === 'images') return imageItems(folder, names, options, known?.size)
  if (kind === 'sounds') return soundItems(folder, names, options, known)
  if (kind === 'idx') return idxItems(folder, names[0], shared)
  if (kind === 'cifar10') return cifar10Items(folder, names, options.colour)
  const path = join(folder, names[0])
  const source = await openArray(path, {
    checked: known !== undefined,
    ...(options.array !== undefined && { member: options.array }),
    ...(shared !== undefined && { folder: shared }),
  })
  return arrayItems(source, ofImages, names[0])
}
