// Where pooling windows lie and what their means divide by, checked once for all back ends. No data.
import type { View } from '../backend/backend.ts'
import { ShapeError, ValueError } from '../errors.ts'
import { type AlongBoth, type Pair, type Windows, checkLengths, windowsOf } from './window.ts'

/** How pooling windows lie. They may overlap, and reach past the image's end as far as the output asks. */
export interface PoolingOptions {
  /** Pixels of a window, along both axes or [y, x]. */
  readonly size: AlongBoth
  /** Default: `size`. */
  readonly stride?: AlongBoth
  /** Pixels by which the first window begins before the image (default 0); less than `size`. */
  readonly padding?: AlongBoth
}

/** What an average divides by. */
export interface AveragePoolingOptions extends PoolingOptions {
  /**
   * Divide by the window's pixels in the image with `padding` on all sides (default, PyTorch's and Caffe's choice), or, if
   * false, by its pixels in the image.
   */
  readonly countPadding?: boolean
}

/** The windows of a pooling from an image […, height, width] to […, outHeight, outWidth]. */
export interface PoolingShape {
  /** Size, stride and padding, along both axes. */
  readonly windows: Windows
  /** First row in the image, and the row behind the last, of the windows of output row `o`. */
  rows(o: number): Pair
  /** First column in the image, and the column behind the last, of the windows of output column `o`. */
  columns(o: number): Pair
  /** What the mean of a window divides by is the product of what its row and its column of windows count. */
  count(o: number, axis: 0 | 1): number
}

/**
 * Resolves the options of a pooling from x to out. Throws `ShapeError` where items or channels differ or a window holds no
 * pixel, and `ValueError` for an option.
 */
export function poolingShape(
  x: View,
  out: View,
  { size, stride = size, padding = 0, countPadding = true }: AveragePoolingOptions,
): PoolingShape {
  checkLengths('the image', x.shape, [null, null, null, null])
  checkLengths('the pooled image', out.shape, [x.shape[0], x.shape[1], null, null])
  const windows = windowsOf(size, { stride, padding })
  for (const axis of [0, 1] as const) {
    const length = x.shape[2 + axis]
    const count = out.shape[2 + axis]
    if (windows.padding[axis] >= windows.size[axis])
      throw new ValueError(`padding ${windows.padding[axis]} must be less than size ${windows.size[axis]}`)
    if (count > 0 && (count - 1) * windows.stride[axis] - windows.padding[axis] >= length)
      throw new ShapeError(`the last of ${count} windows holds no pixel of an image ${x.shape.slice(2).join('×')}`)
  }
  const inside = (o: number, axis: 0 | 1): Pair => {
    const start = o * windows.stride[axis] - windows.padding[axis]
    return [Math.max(0, start), Math.min(x.shape[2 + axis], start + windows.size[axis])]
  }
  const count = (o: number, axis: 0 | 1): number => {
    const [first, last] = inside(o, axis)
    if (!countPadding) return last - first
    const start = o * windows.stride[axis] - windows.padding[axis]
    return Math.min(x.shape[2 + axis] + windows.padding[axis], start + windows.size[axis]) - start
  }
  return {
    windows,
    rows: (o) => inside(o, 0),
    columns: (o) => inside(o, 1),
    count,
  }
}
