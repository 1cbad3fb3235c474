// The MNIST digits: which files they are, and where they are published. How they are found is in digit-set.ts.

import { loadDigits, type DigitSet } from './digit-set.ts'
import type { GreyShape } from './image-set.ts'
import type { LoadedSet, LoadOptions } from './load-options.ts'

const MNIST: DigitSet = {
  title: 'MNIST',
  directory: 'mnist',
  mirrors: ['https://ossci-datasets.s3.amazonaws.com/mnist', 'https://storage.googleapis.com/cvdf-datasets/mnist'],
  files: {
    trainImages: {
      name: 'train-images-idx3-ubyte.gz',
      bytes: 47_040_016,
      sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    },
    trainLabels: {
      name: 'train-labels-idx1-ubyte.gz',
      bytes: 60_008,
      sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    },
    testImages: {
      name: 't10k-images-idx3-ubyte.gz',
      bytes: 7_840_016,
      sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    },
    testLabels: {
      name: 't10k-labels-idx1-ubyte.gz',
      bytes: 10_008,
      sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    },
  },
}

/**
 * The 60,000 training and 10,000 test digits of MNIST, 28×28 bytes each, in the published order. A folder holds
 * the four files, gzip or plain, in itself, in `mnist` or in `MNIST/raw`; it may also hold another set in the same
 * form, which `canonical` and `source` say. Throws DatasetError, with the ways to get the files, if they are nowhere
 * (NOT_FOUND, DOWNLOAD) or unusable (see {@link DatasetError}), or the signal's reason.
 */
export function mnist(options: LoadOptions = {}): Promise<LoadedSet<GreyShape>> {
  return loadDigits(MNIST, options)
}
