// The back end's operations of convolutional networks, over the kernels of one heap. Each gives true if it ran, false where
// there is no kernel for these views (double precision, nothing to do); then the reference runs in its place.
import {
  type AveragePoolingOptions,
  type BiasedConvolutionOptions,
  type Buffer,
  type ConvolutionOptions,
  type PoolingOptions,
  type View,
  checkLengths,
  convolutionShape,
  poolingShape,
} from '@scatterlab/tensor'
import { Convolution, type HeapArray } from './convolution.ts'
import type { Address, Heap } from './heap.ts'
import { Pooling } from './pooling.ts'
import { candidateTiles } from './tuning.ts'
import { single } from './tile.ts'
import type { Workers } from './workers.ts'

/** The operations on one heap. Not for two threads at a time. */
export class NetworkKernels {
  readonly #heap: Heap
  readonly #relaxed: boolean
  readonly #addressOf: (buffer: Buffer) => Address | undefined
  readonly #workers: () => Workers | null
  #convolution: Convolution | null = null
  #pooling: Pooling | null = null

  /**
   * `addressOf` gives the place of a buffer in the heap, or undefined if it is not there; `workers` the threads when they are
   * first needed, or null where there is one only.
   */
  constructor(
    heap: Heap,
    relaxed: boolean,
    addressOf: (buffer: Buffer) => Address | undefined,
    workers: () => Workers | null = () => null,
  ) {
    this.#heap = heap
    this.#relaxed = relaxed
    this.#addressOf = addressOf
    this.#workers = workers
  }

  /** `NetworkOperations.conv2d`. */
  conv2d(x: View, weights: View, out: View, options: BiasedConvolutionOptions = {}): boolean {
    const shape = convolutionShape(x, weights, out, options)
    const { bias } = options
    const views = this.#place(bias === undefined ? [x, weights, out] : [x, weights, out, bias])
    if (views === null) return false
    this.#convolutions().forward(shape, views[0]!, views[1]!, views[2]!, views[3])
    return true
  }

  /** `NetworkOperations.conv2dInputGradient`. */
  conv2dInputGradient(gradOut: View, weights: View, gradX: View, options: BiasedConvolutionOptions = {}): boolean {
    const shape = convolutionShape(gradX, weights, gradOut, options, gradX)
    const { bias } = options
    const views = this.#place(bias === undefined ? [gradOut, weights, gradX] : [gradOut, weights, gradX, bias])
    if (views === null) return false
    this.#convolutions().inputGradient(shape, views[0]!, views[1]!, views[2]!, views[3])
    return true
  }

  /** `NetworkOperations.conv2dWeightsGradient`. */
  conv2dWeightsGradient(x: View, gradOut: View, gradWeights: View, options: ConvolutionOptions = {}): boolean {
    const shape = convolutionShape(x, gradWeights, gradOut, options)
    const views = this.#place([x, gradOut, gradWeights])
    if (views === null) return false
    this.#convolutions().weightsGradient(shape, views[0]!, views[1]!, views[2]!)
    return true
  }

  /** `NetworkOperations.maxPool`. */
  maxPool(x: View, out: View, options: PoolingOptions): boolean {
    const shape = poolingShape(x, out, options)
    const views = this.#place([x, out])
    if (views === null) return false
    const [X, Out] = views as [HeapArray, HeapArray]
    this.#poolings().run('maxPool', shape, X, Out, { X, Out })
    return true
  }

  /** `NetworkOperations.maxPoolGradient`. */
  maxPoolGradient(x: View, out: View, gradOut: View, gradX: View, options: PoolingOptions): boolean {
    const shape = poolingShape(x, out, options)
    checkLengths("the output's gradient", gradOut.shape, out.shape)
    checkLengths("the input's gradient", gradX.shape, x.shape)
    const views = this.#place([x, out, gradOut, gradX])
    if (views === null) return false
    const [X, Out, Gradient, To] = views as [HeapArray, HeapArray, HeapArray, HeapArray]
    this.#poolings().run('maxPoolGradient', shape, X, Out, { X, Out, Gradient, To })
    return true
  }

  /** `NetworkOperations.averagePool`. */
  averagePool(x: View, out: View, options: AveragePoolingOptions): boolean {
    const shape = poolingShape(x, out, options)
    const views = this.#place([x, out])
    if (views === null) return false
    const [X, Out] = views as [HeapArray, HeapArray]
    this.#poolings().run('averagePool', shape, X, Out, { X, Out })
    return true
  }

  /** `NetworkOperations.averagePoolGradient`. */
  averagePoolGradient(gradOut: View, gradX: View, options: AveragePoolingOptions): boolean {
    const shape = poolingShape(gradX, gradOut, options)
    const views = this.#place([gradOut, gradX])
    if (views === null) return false
    const [Gradient, To] = views as [HeapArray, HeapArray]
    this.#poolings().run('averagePoolGradient', shape, To, Gradient, { Gradient, To })
    return true
  }

  #poolings(): Pooling {
    this.#pooling ??= new Pooling(this.#heap, this.#workers)
    return this.#pooling
  }

  #convolutions(): Convolution {
    this.#convolution ??= new Convolution(this.#heap, candidateTiles(single, this.#relaxed)[0]!, this.#workers)
    return this.#convolution
  }

  /** Views of single precision in the heap; null if one is another, elsewhere or empty. */
  #place(views: readonly View[]): HeapArray[] | null {
    const placed: HeapArray[] = []
    for (const { buffer, dtype, shape, strides, offset } of views) {
      const address = this.#addressOf(buffer)
      if (address === undefined || dtype !== 'float32' || shape.includes(0)) return null
      placed.push({ address: address + 4 * offset, shape, strides: strides.map((stride) => 4 * stride) })
    }
    return placed
  }
}
