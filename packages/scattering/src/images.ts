// The forms in which images and signals come in: typed arrays with a shape, nested arrays, ndarrays, tensors; checked before
// anything runs. Signals become images of one row.
import {
  type ArrayInput,
  type Backend,
  type RealArray,
  type Tensor,
  DTypeError,
  ShapeError,
  ValueError,
  asTensor,
  formatShape,
  isComplex,
  onBackend,
  shown,
  sizeOf,
} from '@scatterlab/tensor'

/** Images of any batch shape, whose last two axes are rows and columns; or signals, whose last axis is time. */
export type Images = ArrayInput

/** What a transform takes: images [..., height, width] or signals [..., length], and what they are called. */
export interface Inputs {
  readonly noun: 'image' | 'signal'
  readonly size: readonly number[]
}

/** A set of images of any kind, a typed array with its shape, which becomes `Images` piece by piece. */
export interface ImageSet {
  /** The numbers, item after item. */
  readonly data: {
    /** A part of them, without a copy. */
    subarray(start: number, end: number): unknown
    /** How many numbers there are. */
    readonly length: number
  }
  /** The number of items first. */
  readonly shape: readonly number[]
}

/** Images as one batch. */
export interface Batch {
  readonly count: number
  /** The batch's own shape, without the axes of one image or signal. */
  readonly shape: readonly number[]
  /** Images start … end − 1: [end − start, height, width], signals with a height of 1. */
  readonly slice: (start: number, end: number) => Tensor
}

/** Takes images in without a copy where their layout allows it. Throws a typed error, with the fix, for what cannot be transformed. */
export function batchOf(x: Images, { noun, size }: Inputs): Batch {
  const all = asTensor(x, `${noun}s`)
  if (isComplex(all.dtype)) throw new DTypeError(`${noun}s are ${all.dtype}: give real ones, for example x.real`)
  const own = size.length
  const given = all.shape.slice(-own)
  if (all.rank < own || given.some((n, axis) => n !== size[axis])) {
    const axes = own === 1 ? `the last axis must be ${size[0]}` : `the last two axes must be ${size.join('×')}`
    throw new ShapeError(`${noun}s of shape ${formatShape(all.shape)} for a transform of ${size.join('×')}: ${axes}`)
  }
  const shape = all.shape.slice(0, -own)
  if (sizeOf(shape) === 0)
    throw new ShapeError(`the batch ${formatShape(all.shape)} is empty: give at least one ${noun}`)
  const flat = all.reshape(-1, own === 1 ? 1 : size[0], size[own - 1])
  return { count: flat.shape[0], shape, slice: (start, end) => flat.slice([start, end]) }
}

/** A set [images, ...] of which `prepare` makes images, some at a time. */
export function preparedBatch<S extends ImageSet>(set: S, prepare: (some: S) => Images, inputs: Inputs): Batch {
  if (!ArrayBuffer.isView(set?.data) || !Array.isArray(set.shape))
    throw new ValueError(`the set is ${shown(set)}: give { data, shape } with a typed array`)
  const { data, shape } = set
  const [count, ...rest] = shape
  const length = sizeOf(rest)
  if (count === 0) throw new ShapeError(`the set ${formatShape(shape)} is empty: give at least one ${inputs.noun}`)
  if (data.length !== count * length)
    throw new ShapeError(`${data.length} numbers do not fill shape ${formatShape(shape)}`)
  return {
    count,
    shape: [count],
    slice(start, end) {
      const some = { data: data.subarray(start * length, end * length), shape: [end - start, ...rest] }
      const { count: made, slice } = batchOf(prepare(some as unknown as S), inputs)
      if (made !== end - start) throw new ShapeError(`\`prepare\` made ${made} ${inputs.noun}s of ${end - start}`)
      return slice(0, made)
    },
  }
}

/**
 * Images [n, height, width] where a back end can compute on them, in rows without gaps. If they are on the host, they are looked through
 * first, counted from `first` on; not if it is left out.
 */
export function resident(images: Tensor, backend: Backend, inputs: Inputs, first?: number): Tensor {
  if (images.buffer.data !== null && first !== undefined) checkFinite(images.asTypedArray(), inputs, first)
  return onBackend(images, backend).contiguous()
}

/** Throws `ValueError` if a number is not finite, naming the image, counted from `first` on, and its pixel. */
function checkFinite(data: RealArray, { noun, size }: Inputs, first: number): void {
  for (let i = 0; i < data.length; i++) {
    // x − x is 0 for every finite number
    if (data[i] - data[i] === 0) continue
    const width = size.at(-1)!
    const numbers = sizeOf(size)
    const pixel = i % numbers
    const place = size.length === 1 ? `sample ${pixel}` : `row ${Math.floor(pixel / width)}, column ${pixel % width}`
    throw new ValueError(
      `${noun} ${first + Math.floor(i / numbers)} holds ${data[i]} at ${place}: replace it by a finite number first`,
    )
  }
}
