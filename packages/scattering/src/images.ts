// The forms in which images come in: typed arrays with a shape, nested arrays, ndarrays, tensors; checked before anything runs.
import {
  type ArrayInput,
  type RealArray,
  type Tensor,
  DTypeError,
  ShapeError,
  ValueError,
  asTensor,
  formatShape,
  isComplex,
  sizeOf,
} from '@scatterlab/tensor'

/** Images of any batch shape: the last two axes are rows and columns. */
export type Images = ArrayInput

/** Images as one batch on the host, [images, height, width], and the batch's own shape. */
export interface Batch {
  readonly images: Tensor
  readonly batchShape: readonly number[]
}

/** Takes images in without a copy where their layout allows it. Throws a typed error, with the fix, for what cannot be transformed. */
export function batchOf(x: Images, [height, width]: readonly [number, number]): Batch {
  const all = asTensor(x, 'images')
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
