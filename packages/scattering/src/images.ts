// The forms in which images come in: typed arrays with a shape, nested arrays, ndarrays, tensors; checked before anything runs.
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

/** Images of any batch shape: the last two axes are rows and columns. */
export type Images = ArrayInput

/** A set of images of any kind, a typed array with its shape, which becomes `Images` piece by piece. */
export interface ImageSet {
  readonly data: { subarray(start: number, end: number): unknown; readonly length: number }
  readonly shape: readonly number[]
}

/** Images as one batch. */
export interface Batch {
  readonly count: number
  /** The batch's own shape, without rows and columns. */
  readonly shape: readonly number[]
  /** Images start … end − 1: [end − start, height, width]. */
  readonly slice: (start: number, end: number) => Tensor
}

type Size = readonly [height: number, width: number]

/** Takes images in without a copy where their layout allows it. Throws a typed error, with the fix, for what cannot be transformed. */
export function batchOf(x: Images, [height, width]: Size): Batch {
  const all = asTensor(x, 'images')
  if (isComplex(all.dtype)) throw new DTypeError(`images are ${all.dtype}: give real ones, for example x.real`)
  const size = all.shape.slice(-2)
  if (all.rank < 2 || size[0] !== height || size[1] !== width) {
    throw new ShapeError(
      `images of shape ${formatShape(all.shape)} for a transform of ${height}×${width}: the last two axes must be ${height}×${width}`,
    )
  }
  const shape = all.shape.slice(0, -2)
  if (sizeOf(shape) === 0) throw new ShapeError(`the batch ${formatShape(all.shape)} is empty: give at least one image`)
  const flat = all.reshape(-1, height, width)
  return { count: flat.shape[0], shape, slice: (start, end) => flat.slice([start, end]) }
}

/** A set [images, ...] of which `prepare` makes images, some at a time. */
export function preparedBatch<S extends ImageSet>(set: S, prepare: (some: S) => Images, size: Size): Batch {
  if (!ArrayBuffer.isView(set?.data) || !Array.isArray(set.shape))
    throw new ValueError(`the set is ${shown(set)}: give { data, shape } with a typed array`)
  const { data, shape } = set
  const [count, ...rest] = shape
  const length = sizeOf(rest)
  if (count === 0) throw new ShapeError(`the set ${formatShape(shape)} is empty: give at least one image`)
  if (data.length !== count * length)
    throw new ShapeError(`${data.length} numbers do not fill shape ${formatShape(shape)}`)
  return {
    count,
    shape: [count],
    slice(start, end) {
      const some = { data: data.subarray(start * length, end * length), shape: [end - start, ...rest] }
      const { count: made, slice } = batchOf(prepare(some as unknown as S), size)
      if (made !== end - start) throw new ShapeError(`\`prepare\` made ${made} images of ${end - start}`)
      return slice(0, made)
    },
  }
}

/**
 * Images [n, height, width] where a back end can compute on them, in rows without gaps. If they are on the host, they are looked through
 * first, counted from `first` on; not if it is left out.
 */
export function resident(images: Tensor, backend: Backend, first?: number): Tensor {
  const [, height, width] = images.shape
  if (images.buffer.data !== null && first !== undefined) checkFinite(images.asTypedArray(), [height, width], first)
  return onBackend(images, backend).contiguous()
}

/** Throws `ValueError` if a number is not finite, naming the image, counted from `first` on, and its pixel. */
function checkFinite(data: RealArray, [height, width]: Size, first: number): void {
  for (let i = 0; i < data.length; i++) {
    // x − x is 0 for every finite number
    if (data[i] - data[i] === 0) continue
    const pixel = i % (height * width)
    throw new ValueError(
      `image ${first + Math.floor(i / (height * width))} holds ${data[i]} at row ${Math.floor(pixel / width)}, ` +
        `column ${pixel % width}: replace it by a finite number first`,
    )
  }
}
