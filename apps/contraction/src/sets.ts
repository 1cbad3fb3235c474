// The sets whose classes are contracted: digits as they are, and CIFAR-10 with channels of mean 0 and deviation 1, moved and mirrored for training.
import {
  type ChannelStatistics,
  type LabelledImages,
  batches,
  cifar10,
  mapImages,
  normaliseChannels,
  randomCrops,
  randomFlips,
  take,
  toFloat32,
  withChannel,
} from '@scatterlab/datasets'
import { mnistOrSample } from '@scatterlab/datasets/mnist-or-sample'
import type { Pass } from '@scatterlab/nn'
import { scattering2d } from '@scatterlab/scattering'
import type { Backend, ShapedArray } from '@scatterlab/tensor'

/** Some images as a network takes them, with their classes. */
export interface Part {
  readonly images: { readonly data: Float32Array; readonly shape: readonly [number, ...number[]] }
  readonly labels: Uint8Array
}

/** A set that is trained on and looked at. */
export interface Subject {
  readonly name: 'digits' | 'CIFAR-10'
  readonly source: string
  readonly note?: string | undefined
  /** Shape of one image. */
  readonly input: readonly number[]
  readonly labels: { readonly train: Uint8Array; readonly test: Uint8Array }
  /** Passes over the first `count` training images in orders drawn anew. */
  passes(count: number, size: number): (pass: Pass) => AsyncGenerator<Part>
  /** One pass over the first `count` images of a part, as they are. */
  plain(part: 'train' | 'test', count: number): AsyncGenerator<Part>
  /** Scattering with J = 3, L = 8, order 2 of the same images: coefficients [count, (3,) paths, 4, 4], and the order of each path. */
  scattered(
    part: 'train' | 'test',
    count: number,
    options: { readonly backend: Backend; readonly signal: AbortSignal },
  ): Promise<{ readonly coefficients: ShapedArray; readonly orders: readonly number[] }>
}

interface Source {
  readonly folder: string | undefined
  readonly signal: AbortSignal
}

const SIZE = 250
const SIDE = 32

/** Digits, 1×28×28; for scattering they are framed to 32×32. */
export async function digitSubject(source: Source): Promise<Subject> {
  const { digits, note } = await mnistOrSample(source)
  const of = (part: 'train' | 'test', count: number) => take(digits[part], count)
  return {
    name: 'digits',
    source: digits.source,
    note,
    input: [1, 28, 28],
    labels: { train: digits.train.labels, test: digits.test.labels },
    passes:
      (count, size) =>
      ({ random, signal }) =>
        mapImages(batches(of('train', count), { size, shuffle: random, drop: true, signal }), withChannel),
    plain: (part, count) => mapImages(batches(of(part, count), { size: SIZE }), withChannel),
    scattered: (part, count, options) =>
      scattered(of(part, count), (some) => toFloat32(some, { pad: [SIDE, SIDE] }), options),
  }
}

/** Mean and deviation of the channels of the 50,000 training images, bytes as 0 to 1. */
const colours: Pick<ChannelStatistics, 'mean' | 'deviation'> = {
  mean: Float64Array.of(0.4914, 0.4822, 0.4465),
  deviation: Float64Array.of(0.247, 0.2435, 0.2616),
}

/** CIFAR-10, 3×32×32: crops from a frame of two pixels, mirrored by chance, for training. */
export async function colourSubject(source: Source): Promise<Subject> {
  const set = await cifar10(source)
  const of = (part: 'train' | 'test', count: number) => take(set[part], count)
  return {
    name: 'CIFAR-10',
    source: set.source,
    input: [3, SIDE, SIDE],
    labels: { train: set.train.labels, test: set.test.labels },
    passes:
      (count, size) =>
      ({ random, signal }) =>
        mapImages(batches(of('train', count), { size, shuffle: random, drop: true, signal }), (images) =>
          randomFlips(
            randomCrops(normaliseChannels(images, colours, { inPlace: true }), random, { padding: 2 }),
            random,
          ),
        ),
    plain: (part, count) =>
      mapImages(batches(of(part, count), { size: SIZE }), (images) =>
        normaliseChannels(images, colours, { inPlace: true }),
      ),
    scattered: (part, count, options) => scattered(of(part, count), (some) => toFloat32(some), options),
  }
}

async function scattered<S extends LabelledImages['images']>(
  { images }: { readonly images: S },
  prepare: (some: S) => ShapedArray<Float32Array>,
  { backend, signal }: { readonly backend: Backend; readonly signal: AbortSignal },
): ReturnType<Subject['scattered']> {
  const transform = scattering2d({ shape: [SIDE, SIDE], scales: 3, orientations: 8, backend })
  const coefficients = await transform.transformAsync(images, { prepare, signal })
  const orders = transform.paths.map(({ order }) => order)
  transform.dispose()
  return { coefficients, orders }
}
