// MNIST where it can be had, else the digits that travel with the package, and a sentence that says so.

import { mayLack } from '#storage'
import { checkOptions } from '@scatterlab/tensor'
import { isNowhere } from '../folders/folder-files.ts'
import { loadRules } from '../rules.ts'
import type { GreyShape } from './image-set.ts'
import type { LoadOptions, LoadedSet } from './load-options.ts'
import { mnist } from './mnist.ts'
import { mnistSample } from './mnist-sample.ts'

/** The digits, and what a reader must know of them if they are not the whole set. */
export interface FoundDigits {
  /** The whole set, or 1,000 digits to train on and 1,000 to test on. */
  readonly digits: LoadedSet<GreyShape>
  /** Why these are not the whole set, and how to get it; left out where they are. */
  readonly note?: string | undefined
}

const note =
  'these are the first 1,000 training and 1,000 test digits of MNIST, not the slide’s set: for the whole set connect to the network, ' +
  'or give its four files, in a page as they are, on the command line in a folder by --data DIR'

/**
 * MNIST from the folder, the cache or the network, or the embedded sample with a note of why. A folder that is named must hold MNIST,
 * but for the name `sample`, which asks for the sample, and a page's folder that has none of its files. Throws what `mnist` throws for such a
 * folder, and the signal's reason.
 */
export async function mnistOrSample(options: LoadOptions = {}): Promise<FoundDigits> {
  const { folder, signal } = checkOptions('mnistOrSample', options, loadRules)
  const sample = async (): Promise<LoadedSet<GreyShape>> => ({ ...(await mnistSample()), canonical: false })
  if (folder === 'sample') return { digits: await sample(), note }
  try {
    return { digits: await mnist(options) }
  } catch (error) {
    if (signal?.aborted || !isNowhere(error, folder)) throw error
    // who gave a page other files knows that these are not among them
    const reason =
      folder !== undefined && mayLack(folder) ? '' : ` (${error instanceof Error ? error.message : String(error)})`
    return { digits: await sample(), note: note + reason }
  }
}
