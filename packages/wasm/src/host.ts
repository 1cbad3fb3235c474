// What the kernels of one back end share: its heap, its threads, and where the numbers of a view lie.
import type { Buffer, RegisteredKernel, View } from '@scatterlab/tensor'
import type { ConvolutionAlgorithm } from '@scatterlab/tensor/operations'
import type { HeapArray } from './memory/heap-array.ts'
import type { Address, Heap } from './memory/heap.ts'
import type { Steps } from './replay/steps.ts'
import type { Workers } from './threads/workers.ts'

/** A view of real numbers in the heap; strides in bytes. */
export interface Placed extends HeapArray {
  readonly bytes: 4 | 8
}

/** A kernel, and whether its calls go through `Host.steps`, so that they can be replayed for every group of images. */
export interface HostKernel extends RegisteredKernel {
  /** Whether they do; left out: they do not. */
  readonly replayed?: boolean
}

/** Kernels for some operations, made for one host. */
export type KernelSet = (host: Host) => readonly HostKernel[]

/** Kernels whose calls go through `Host.steps`. */
export const replayed = (...kernels: readonly RegisteredKernel[]): readonly HostKernel[] =>
  kernels.map((kernel) => ({ ...kernel, replayed: true }))

/** What kernels are made for. Not for two threads at a time. */
export class Host {
  readonly heap: Heap
  /** Relaxed multiply–add, or multiply, then add: the same bits everywhere. */
  readonly relaxed: boolean
  /** The threads when they are first needed; null where there is one only. */
  readonly workers: () => Workers | null
  /** The place of a buffer in the heap, or undefined if it is not there. */
  readonly addressOf: (buffer: Buffer) => Address | undefined
  /** The queue for kernel calls that may be replayed. */
  readonly steps: Steps
  /** How convolutions are computed that do not say it. */
  readonly convolutions: ConvolutionAlgorithm

  constructor(
    heap: Heap,
    relaxed: boolean,
    addressOf: (buffer: Buffer) => Address | undefined,
    workers: () => Workers | null,
    steps: Steps,
    convolutions: ConvolutionAlgorithm = 'fastest',
  ) {
    this.convolutions = convolutions
    this.steps = steps
    this.heap = heap
    this.relaxed = relaxed
    this.addressOf = addressOf
    this.workers = workers
  }

  /** Views in the heap, complex ones with a last axis of two real numbers; null if one is elsewhere. */
  place(views: readonly View[]): Placed[] | null {
    const placed: Placed[] = []
    for (const { buffer, shape, strides, offset, imagStride } of views) {
      const address = this.addressOf(buffer)
      if (address === undefined) return null
      const bytes = buffer.dtype === 'float32' ? 4 : 8
      const [lengths, steps] =
        imagStride === 0
          ? [shape, strides]
          : [
              [...shape, 2],
              [...strides, imagStride],
            ]
      placed.push({
        address: address + offset * bytes,
        strides: steps.map((step) => step * bytes),
        bytes,
        shape: lengths,
      })
    }
    return placed
  }

  /** Views of single precision in the heap; null if one is another, elsewhere or empty. */
  placeSingle(views: readonly View[]): HeapArray[] | null {
    return views.some(({ dtype, shape }) => dtype !== 'float32' || shape.includes(0)) ? null : this.place(views)
  }

  /** The same by name; views that are not given stay away. */
  placeNamed(views: Readonly<Record<string, View | undefined>>): Record<string, HeapArray> | null {
    const given = Object.entries(views).filter((entry): entry is [string, View] => entry[1] !== undefined)
    const placed = this.placeSingle(given.map(([, view]) => view))
    return placed && Object.fromEntries(given.map(([name], i) => [name, placed[i]!]))
  }
}
