// Short codes of images, by which near copies are found: a denoising autoencoder with one hidden layer, whose units say by being above 0
// or not what an image is like (Radford, Metz & Chintala 2016, section 4.1.1; Srivastava et al. 2014).
import { type Network, type Weights, dropout, fit, linear, meanSquare, network, relu, sequential } from '@scatterlab/nn'
import { adam } from '@scatterlab/optim'
import {
  type Backend,
  type RealArray,
  type Rules,
  type ShapedArray,
  ShapeError,
  ValueError,
  aBackend,
  aFunction,
  aSeed,
  aSignal,
  checkArgument,
  checkOptions,
  formatShape,
  notNegative,
  numberFrom,
  positive,
  scope,
  sizeOf,
  startTurns,
  tensor,
  wholeNumber,
} from '@scatterlab/tensor'
import { type Codes, binarised, bitCount } from './codes.ts'

/** How the autoencoder is made and trained. */
export interface DuplicateCoderOptions {
  /** Hidden units, the bits of a code. Default 128. */
  readonly bits?: number
  /** Passes. Default 10. */
  readonly epochs?: number
  /** Images of a batch. Default 128. */
  readonly batch?: number
  /** Adam's rate. Default 0.001. */
  readonly rate?: number
  /** Deviation of the Gaussian noise on the input, in deviations of all pixels. Default 0.5. */
  readonly noise?: number
  /** Share of hidden units that are dropped in training. Default 0.5. */
  readonly dropout?: number
  /** Seed of the first weights, the order of images, noise and dropout. Default 0. */
  readonly seed?: number | string
  /** Who trains. Default the plain reference. */
  readonly backend?: Backend
  /** Ends the training: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Told the mean squared error of each pass, in variances of all pixels. */
  readonly onEpoch?: (event: {
    /** From 0. */
    readonly epoch: number
    /** Mean squared error of the rebuilt numbers. */
    readonly loss: number
  }) => void
}

/** What makes codes of images. */
export interface DuplicateCoder {
  /** values → bits → values. */
  readonly network: Network
  /** Its learned numbers. */
  readonly weights: Weights
  /** Hidden units, the length of a code. */
  readonly bits: number
  /** Mean of each value over the training images, and the deviation of all. */
  readonly mean: Float32Array
  /** The divisor of all numbers once their means are taken off. */
  readonly deviation: number
}

const rules: Rules<DuplicateCoderOptions> = {
  bits: bitCount,
  epochs: wholeNumber(1, 100_000),
  batch: wholeNumber(1),
  rate: positive,
  noise: notNegative,
  dropout: numberFrom(0, 0.99),
  seed: aSeed,
  backend: aBackend,
  signal: aSignal,
  onEpoch: aFunction,
}

/**
 * Learns codes from images of one size, [items, …]: 3072-128-3072 for those of 32×32 in colour. The decoder rebuilds the image without the noise,
 * from half of the hidden units. Throws `ShapeError` for fewer images than a batch, `ValueError` for numbers that are not finite or all alike.
 */
export async function fitDuplicateCoder(images: ShapedArray, options?: DuplicateCoderOptions): Promise<DuplicateCoder> {
  const checked = checkOptions('fitDuplicateCoder', options, rules)
  const { bits = 128, epochs = 10, batch = 128, rate = 1e-3, noise = 0.5, seed = 0, onEpoch } = checked
  const [count, size] = rowsOf('fitDuplicateCoder', images)
  if (count < batch) throw new ShapeError(`${count} images are fewer than a batch of ${batch}: lower batch`)
  const { mean, deviation } = momentsOf(images.data, count, size)
  const autoencoder = network(
    sequential({
      encode: linear({ units: bits }),
      relu: relu(),
      drop: dropout({ rate: checked.dropout ?? 0.5 }),
      decode: linear({ units: size }),
    }),
    [size],
  )
  const { weights } = await fit<ShapedArray<Float32Array>>(autoencoder, {
    epochs,
    seed,
    ...(checked.backend && { backend: checked.backend }),
    ...(checked.signal && { signal: checked.signal }),
    optimizer: adam({ rate }),
    loss: (outputs, { data, shape }) => meanSquare(outputs, tensor(data, shape, { backend: outputs.backend })),
    *batches({ random }) {
      const order = random.permutation(count)
      for (let from = 0; from + batch <= count; from += batch) {
        const clean = standardised(images.data, order.subarray(from, from + batch), size, mean, deviation)
        const shape = [batch, size]
        const noisy = random.fillNormal(new Float32Array(clean.length)) as Float32Array
        for (let i = 0; i < noisy.length; i++) noisy[i] = clean[i] + noise * noisy[i]
        yield { images: { data: noisy, shape }, labels: { data: clean, shape } }
      }
    },
    onProgress(event) {
      if (event.kind === 'epoch') onEpoch?.({ epoch: event.epoch, loss: event.loss })
    },
  })
  return { network: autoencoder, weights, bits, mean, deviation }
}

/** Images at a time. */
const AT_ONCE = 1000

/** Options of `codesOf`. */
export interface CodesOptions {
  /** A bit is set where its unit is above this; default 0. More makes fewer effective bits: more near copies are found, and more that are none. */
  readonly threshold?: number
  /** Ends it before the next 1,000 images: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** The codes of images as large as those that the coder learned from; chunk by chunk, so that a set may come in parts. Throws `ShapeError`. */
export async function codesOf(coder: DuplicateCoder, images: ShapedArray, options?: CodesOptions): Promise<Codes> {
  checkArgument('codesOf: the coder', coder, (value) => {
    const { mean, weights, bits } = Object(value) as Partial<DuplicateCoder>
    return mean instanceof Float32Array && Object(weights)['parameters'] && bitCount(bits) === undefined
      ? undefined
      : 'a coder, as fitDuplicateCoder gives it'
  })
  const { threshold = 0, signal } = checkOptions('codesOf', options, { threshold: notNegative, signal: aSignal })
  const [count, size] = rowsOf('codesOf', images)
  const { bits, mean, deviation } = coder
  if (size !== mean.length)
    throw new ShapeError(`images of ${size} numbers for a coder of ${mean.length}: give the same size`)
  const { 'encode.weight': weight, 'encode.bias': bias } = coder.weights.parameters
  const encoder = network(sequential({ encode: linear({ units: bits }) }), [size])
  const weights = { parameters: { 'encode.weight': weight, 'encode.bias': bias }, state: {} }
  const turns = startTurns(signal)
  const values = new Float32Array(count * bits)
  for (let from = 0; from < count; from += AT_ONCE) {
    await turns.next()
    const rows = Int32Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => from + i)
    const data = standardised(images.data, rows, size, mean, deviation)
    const made = scope(() => encoder.forward(weights, tensor(data, [rows.length, size], { backend: weight.backend })))
    values.set(await made.read(), from * bits)
    made.backend.release(made.buffer)
  }
  return binarised(values, bits, threshold)
}

function rowsOf(where: string, images: ShapedArray): readonly [count: number, size: number] {
  const { data, shape } = Object(images) as Partial<ShapedArray>
  if (!ArrayBuffer.isView(data) || data instanceof DataView || !Array.isArray(shape) || shape.length < 2)
    throw new ShapeError(`${where}: images are { data, shape: [items, …] }, numbers in data`)
  const size = sizeOf(shape.slice(1) as number[])
  if (!(size > 0) || !(shape[0] > 0) || data.length !== shape[0] * size)
    throw new ShapeError(
      `${where}: ${data.length} numbers for images of shape ${formatShape(shape as number[])}: give images of one size`,
    )
  return [shape[0] as number, size]
}

function momentsOf(data: RealArray, count: number, size: number): { mean: Float32Array; deviation: number } {
  const mean = new Float64Array(size)
  for (let i = 0; i < data.length; i++) mean[i % size] += data[i] / count
  let square = 0
  for (let i = 0; i < data.length; i++) square += (data[i] - mean[i % size]) ** 2
  const deviation = Math.sqrt(square / data.length)
  if (!(deviation > 0 && deviation < Infinity))
    throw new ValueError(`images vary by ${deviation}: give finite numbers that are not all alike`)
  return { mean: Float32Array.from(mean), deviation }
}

function standardised(
  data: RealArray,
  rows: Int32Array,
  size: number,
  mean: Float32Array,
  deviation: number,
): Float32Array {
  const out = new Float32Array(rows.length * size)
  rows.forEach((row, i) => {
    for (let k = 0; k < size; k++) out[i * size + k] = (data[row * size + k] - mean[k]) / deviation
  })
  return out
}
