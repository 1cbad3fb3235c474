// The back end's operations of convolutional networks, over the kernels of one heap. Each gives true if it ran, false where
// there is no kernel for these views (double precision, nothing to do); then the reference runs in its place.
import {
  type AveragePoolingOptions,
  type BiasedConvolutionOptions,
  type Buffer,
  type ConvolutionOptions,
  type NormalisationGradients,
  type NormalisationOptions,
  type PoolingOptions,
  type ResponseNormOptions,
  type View,
  checkChannels,
  checkClassification,
  checkLengths,
  convolutionShape,
  poolingShape,
  responseNormConstants,
} from '@scatterlab/tensor'
import type { HeapArray } from './convolution/parts.ts'
import { Convolution } from './convolution/convolution.ts'
import { type CrossEntropyKernel, crossEntropyModule } from './classification/cross-entropy.ts'
import { Crews } from './threads/crew.ts'
import type { Address, Heap } from './memory/heap.ts'
import { Normalisation } from './normalisation/normalisation.ts'
import { Pooling } from './pooling/pooling.ts'
import { candidateTiles } from './matmul/tuning.ts'
import { single } from './matmul/tile.ts'
import type { Workers } from './threads/workers.ts'

/** The operations on one heap. Not for two threads at a time. */
export class NetworkKernels {
  readonly #heap: Heap
  readonly #relaxed: boolean
  readonly #addressOf: (buffer: Buffer) => Address | undefined
  readonly #workers: () => Workers | null
  #convolution: Convolution | null = null
  #crossEntropy: Crews<CrossEntropyKernel> | null = null
  #pooling: Pooling | null = null
  #normalisation: Normalisation | null = null

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

  /** `NetworkOperations.channelMoments`. */
  channelMoments(x: View, mean: View, variance: View): boolean {
    checkChannels(x, { mean, variance })
    const views = this.#place([x, mean, variance])
    if (views === null) return false
    const [X, center, spread] = views as [HeapArray, HeapArray, HeapArray]
    return this.#normalisations().perChannel('moments', { X }, { mean: center, variance: spread }, {})
  }

  /** `NetworkOperations.normalise`. */
  normalise(x: View, mean: View, variance: View, out: View, options: NormalisationOptions = {}): boolean {
    const { scale, shift, epsilon = 1e-5 } = options
    checkChannels(x, { mean, variance, scale, shift })
    checkLengths('the output', out.shape, x.shape)
    const placed = this.#placeNamed({ X: x, Out: out, mean, variance, scale, shift })
    if (placed === null) return false
    const { X, Out, ...vectors } = placed
    return this.#normalisations().perChannel('normalise', { X: X!, Out: Out! }, vectors, { epsilon })
  }

  /** `NetworkOperations.normaliseGradient`. */
  normaliseGradient(
    x: View,
    mean: View,
    variance: View,
    gradOut: View,
    { scale, epsilon = 1e-5, frozen = false, gradX, gradScale, gradShift }: NormalisationGradients,
  ): boolean {
    checkChannels(x, { mean, variance, scale, gradScale, gradShift })
    checkLengths("the output's gradient", gradOut.shape, x.shape)
    if (gradX !== undefined) checkLengths("the input's gradient", gradX.shape, x.shape)
    const views = { X: x, Gradient: gradOut, To: gradX, mean, variance, scale, gradScale, gradShift }
    const placed = this.#placeNamed(views)
    if (placed === null) return false
    const { X, Gradient, To, ...vectors } = placed
    const arrays = { X: X!, Gradient: Gradient!, To: To ?? null }
    const constants = { epsilon, frozen: Number(frozen) }
    return this.#normalisations().perChannel('normaliseGradient', arrays, vectors, constants)
  }

  /** `NetworkOperations.responseNorm`. */
  responseNorm(x: View, out: View, options: ResponseNormOptions): boolean {
    checkLengths('the output', out.shape, x.shape)
    const constants = responseNormConstants(options)
    const views = this.#place([x, out])
    if (views === null) return false
    const [X, Out] = views as [HeapArray, HeapArray]
    return this.#normalisations().perImage('response', { X, Out }, constants)
  }

  /** `NetworkOperations.responseNormGradient`. */
  responseNormGradient(x: View, gradOut: View, gradX: View, options: ResponseNormOptions): boolean {
    checkLengths("the output's gradient", gradOut.shape, x.shape)
    checkLengths("the input's gradient", gradX.shape, x.shape)
    const constants = responseNormConstants(options)
    const views = this.#place([x, gradOut, gradX])
    if (views === null) return false
    const [X, Gradient, To] = views as [HeapArray, HeapArray, HeapArray]
    return this.#normalisations().perImage('responseGradient', { X, Gradient, To }, constants)
  }

  /** `NetworkOperations.softmaxCrossEntropy`. */
  softmaxCrossEntropy(logits: View, labels: Int32Array, losses: View, gradLogits?: View): boolean {
    checkClassification(logits, labels, losses, gradLogits)
    const views = this.#place(gradLogits === undefined ? [logits, losses] : [logits, losses, gradLogits])
    if (views === null) return false
    const [z, loss, gradient] = views
    const [items, classes] = logits.shape as [number, number]
    this.#crossEntropy ??= new Crews<CrossEntropyKernel>(
      this.#heap,
      [crossEntropyModule(this.#heap.shared)],
      () => null,
    )
    const { crossEntropy } = this.#crossEntropy.for(false).kernels
    this.#heap.scope(() => {
      const labelsAt = this.#heap.allocate(4 * items)
      this.#heap.int32(labelsAt, items).set(labels)
      const scratch = this.#heap.allocate(4 * (classes + 3))
      const [row, step] = gradient?.strides ?? [0, 0]
      crossEntropy.run(
        items,
        classes,
        z!.address,
        z!.strides[0]!,
        z!.strides[1]!,
        labelsAt,
        loss!.address,
        loss!.strides[0]!,
        gradient?.address ?? 0,
        row!,
        step!,
        scratch,
      )
    })
    return true
  }

  #normalisations(): Normalisation {
    this.#normalisation ??= new Normalisation(this.#heap, this.#workers)
    return this.#normalisation
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

  /** The same by name; views that are not given stay away. */
  #placeNamed(views: Readonly<Record<string, View | undefined>>): Record<string, HeapArray> | null {
    const given = Object.entries(views).filter((entry): entry is [string, View] => entry[1] !== undefined)
    const placed = this.#place(given.map(([, view]) => view))
    return placed && Object.fromEntries(given.map(([name], i) => [name, placed[i]!]))
  }
}
