// The first 1,000 training and the first 1,000 test digits of MNIST, inside the package: for machines without network,
// tests and pages. An entry point of its own, as it is large, and CC BY-SA 3.0 (generated/MNIST-LICENSE.md).

import { mnistSampleBytes } from '../generated/mnist-sample-bytes.ts'
import { gunzip } from '../files/gzip.ts'
import type { GreyShape, LabelledImages, TrainTest } from './image-set.ts'

const COUNT = 1000
const SIDE = 28

/** The embedded digits: 1,000 to train on and 1,000 to test, the first of each part of MNIST, in its order. */
export async function mnistSample(): Promise<TrainTest<GreyShape>> {
  const bytes = await gunzip(
    Uint8Array.from(atob(mnistSampleBytes), (character) => character.charCodeAt(0)),
    'embedded MNIST sample',
  )
  const part = (start: number): LabelledImages<GreyShape> => ({
    images: { data: bytes.subarray(start, start + COUNT * SIDE * SIDE), shape: [COUNT, SIDE, SIDE] },
    labels: bytes.subarray(start + COUNT * SIDE * SIDE, start + COUNT * (SIDE * SIDE + 1)),
  })
  return {
    train: part(0),
    test: part(COUNT * (SIDE * SIDE + 1)),
    source: 'embedded MNIST sample: the first 1,000 training and the first 1,000 test digits',
  }
}
