// The forms in which images come in: typed arrays with a shape, nested arrays, ndarrays, tensors; checked before anything runs.
import {
  type NestedNumbers,
  type RealArray,
  DTypeError,
  ShapeError,
  Tensor,
  ValueError,
  formatShape,
  fromNdarray,
  isComplex,
  sizeOf,
  tensor,
} from '@scatterlab/tensor'

/** A typed array with the shape of what it holds, row-major. */
export interface ShapedArray {
  readonly data: RealArray
  readonly shape: readonly number[]
}

/** An ndarray of scijs: a typed array with shape, stride and offset. */
export interface NdarrayLike extends ShapedArray {
  readonly stride: readonly number[]
  readonly offset: number
}

/** Images of any batch shape: the last two axes are rows and columns. */
export type Images = ShapedArray | NdarrayLike | NestedNumbers[] | Tensor

/** Images as one batch on the host, [images, height, width], and the batch's own shape. */
export interface Batch {
  readonly images: Tensor
  readonly batchShape: readonly number[]
}

/** Takes images in without a copy where their layout allows it. Throws a typed error, with the fix, for what cannot be transformed. */
export function batchOf(x: Images, [height, width]: readonly [number, number]): Batch {
  const all = asTensor(x)
  if (isComplex(all.dtype)) throw new DTypeError(`images are ${all.dtype}: give real ones, for example x.real`)
  const size = all.shape.slice(-2)
  if (all.rank < 2 || size[0] !== height || size[1] !== width) {
    throw new ShapeError(
      `images of shape ${formatShape(all.shape)} for a transform of ${height}×${width}: the last two axes must be ${height}×${width}`,
    )
  }
  const batchShape = all.shape.slice(0, -2)
  if (sizeOf(batchShape) === 0)
    throw new ShapeError(`the batch ${formatShape(all.shape)} is empty: give at least one image`)
  return { images: all.reshape(-1, height, width), batchShape }
}

/** Throws `ValueError` if a number is not finite, naming the first such image and pixel. */
export function checkFinite(data: RealArray, [height, width]: readonly [number, number]): void {
  for (let i = 0; i < data.length; i++) {
    // x − x is 0 for every finite number
    if (data[i] - data[i] === 0) continue
    const pixel = i % (height * width)
    throw new ValueError(
      `image ${Math.floor(i / (height * width))} holds ${data[i]} at row ${Math.floor(pixel / width)}, column ${pixel % width}: ` +
        'replace it by a finite number first',
    )
  }
}

function asTensor(x: Images): Tensor {
  if (x instanceof Tensor) return x
  if (Array.isArray(x)) return tensor(x)
  const { data } = x
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    const kind = Object.prototype.toString.call(data).slice(8, -1)
    throw new DTypeError(
      `images are a ${kind}: convert them to a Float32Array, for example Float32Array.from(x, (v) => v / 255)`,
    )
  }
  if ('stride' in x) return fromNdarray(x as Parameters<typeof fromNdarray>[0])
  return tensor(data, x.shape)
}
