// A photograph where it can be had, else a generated picture, and a sentence that says so.

import { mayLack } from '#storage'
import { checkArgument, checkOptions, oneOf } from '@scatterlab/tensor'
import { isNowhere } from '../folders/folder-files.ts'
import { deadLeaves } from '../generated/dead-leaves.ts'
import { aSize, loadRules } from '../rules.ts'
import { PHOTOGRAPHS, type PhotographName, photograph } from './photograph.ts'
import type { Picture, PictureOptions } from './published-picture.ts'

/** The picture, and what a reader must know of it if it is no photograph. */
export interface FoundPicture {
  /** The photograph, or a generated picture of its size. */
  readonly picture: Picture
  /** Why this is no photograph, and how to get one; left out where it is one. */
  readonly note?: string | undefined
}

const note =
  'this is a generated picture of discs that cover one another, no photograph: for one connect to the network, or give ' +
  'pictures, in a page as they are, on the command line as photos/camera.png and others in a folder by --data DIR'

/**
 * A photograph from the folder, the cache or the network, or a generated picture with a note of why. A folder that is named must hold it,
 * but for the name `sample`, which asks for the generated one, and a page's folder. Throws what `photograph` throws for such a folder, and the signal's reason.
 */
export async function photographOrLeaves(name: PhotographName, options: PictureOptions = {}): Promise<FoundPicture> {
  checkArgument('the photograph', name, oneOf(...PHOTOGRAPHS))
  const { size = 256, folder, signal } = checkOptions('photographOrLeaves', options, { ...loadRules, size: aSize })
  const generated = (): Picture => {
    const [height, width] = typeof size === 'number' ? [size, size] : size
    return {
      ...deadLeaves({ shape: [height, width], seed: name }),
      source: `generated picture of discs, ${width}×${height}, seed '${name}'`,
    }
  }
  if (folder === 'sample') return { picture: generated(), note }
  try {
    return { picture: await photograph(name, options) }
  } catch (error) {
    if (signal?.aborted || !isNowhere(error, folder)) throw error
    const reason =
      folder !== undefined && mayLack(folder) ? '' : ` (${error instanceof Error ? error.message : String(error)})`
    return { picture: generated(), note: note + reason }
  }
}
