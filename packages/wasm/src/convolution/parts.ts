// How the parts of a convolution's images come into the layout that it is computed in, and its results out of it: lists of calls
// of the layout's kernels, the same for every item.
import type { Chunk } from './chunks.ts'
import type { LayoutKernel } from './layout.ts'
import { panelsOf } from './tile.ts'
import type { AxisWindows } from './windows.ts'
import { type Argument, type KernelTable, call, shifted } from '../threads/crew.ts'
import type { HeapArray } from '../memory/heap-array.ts'
import type { Address } from '../memory/heap.ts'
import type { Tile } from '../matmul/tile.ts'
import type { Call } from '../threads/workers.ts'

/** What an item works on: some images, or some output rows of one. Item i begins with image first + i·perItem. */
export interface Part {
  readonly first: number
  readonly perItem: number
  readonly images: number
  readonly row: number
  readonly rows: number
}

/** The images of a part, channels innermost, with zeros where windows reach beyond them. */
export function fillPlane(
  kernels: KernelTable<LayoutKernel>,
  chunk: Chunk,
  part: Part,
  source: HeapArray,
  y: AxisWindows,
  x: AxisWindows,
  plane: Argument,
): Call[] {
  const [, channels, height, width] = source.shape as [number, number, number, number]
  const [sn, sc, sy, sx] = source.strides as [number, number, number, number]
  const top = part.row * y.step + y.first
  const [firstY, lastY] = [Math.max(0, top), Math.min(height, top + chunk.planeRows)]
  const [firstX, lastX] = [Math.max(0, x.first), Math.min(width, x.first + chunk.planeColumns)]
  const [rows, columns] = [lastY - firstY, lastX - firstX]
  const calls: Call[] = []
  if (rows < chunk.planeRows || columns < chunk.planeColumns)
    calls.push(call(kernels.clear, plane, part.images * chunk.planeBytes))
  if (rows <= 0 || columns <= 0) return calls
  const pitch = 4 * channels
  const rowBytes = chunk.planeColumns * pitch
  for (let n = 0; n < part.images; n++) {
    const at = source.address + (part.first + n) * sn + firstY * sy + firstX * sx
    const to = n * chunk.planeBytes + (firstY - top) * rowBytes + (firstX - x.first) * pitch
    calls.push(
      call(
        kernels.pack,
        rows,
        columns,
        channels,
        { at, perItem: part.perItem * sn },
        sy,
        sx,
        sc,
        shifted(plane, to),
        rowBytes,
        pitch,
      ),
    )
  }
  return calls
}

/** The output's gradient as panels, `room` pixels apart: for each, the channels of every pixel. */
export function packGradient(
  kernels: KernelTable<LayoutKernel>,
  tile: Tile,
  part: Part,
  source: HeapArray,
  gradient: Argument,
  room: number,
): Call[] {
  const [, filters, , width] = source.shape as [number, number, number, number]
  const [sn, sc, sy, sx] = source.strides as [number, number, number, number]
  const { panelBytes, panels } = panelsOf(tile, filters)
  const whole = sy === width * sx
  const calls: Call[] = []
  if ((filters * 4) % panelBytes !== 0) calls.push(call(kernels.clear, gradient, panels * room * panelBytes))
  for (let filter = 0; filter < filters; filter += panelBytes / 4) {
    for (let n = 0; n < part.images; n++) {
      const at = source.address + (part.first + n) * sn + filter * sc + part.row * sy
      calls.push(
        call(
          kernels.pack,
          whole ? 1 : part.rows,
          whole ? part.rows * width : width,
          Math.min(panelBytes / 4, filters - filter),
          { at, perItem: part.perItem * sn },
          sy,
          sx,
          sc,
          shifted(gradient, filter * 4 * room + n * part.rows * width * panelBytes),
          width * panelBytes,
          panelBytes,
        ),
      )
    }
  }
  return calls
}

/** The results of a part to the target, with the bias of each channel. */
export function unpackResult(
  kernels: KernelTable<LayoutKernel>,
  part: Part,
  target: HeapArray,
  result: Argument,
  imageBytes: number,
  pitch: number,
  bias: Address,
): Call[] {
  const [, channels, , width] = target.shape as [number, number, number, number]
  const [sn, sc, sy, sx] = target.strides as [number, number, number, number]
  const whole = sy === width * sx
  return Array.from({ length: part.images }, (_, n) =>
    call(
      kernels.unpack,
      whole ? 1 : part.rows,
      whole ? part.rows * width : width,
      channels,
      shifted(result, n * imageBytes),
      width * pitch,
      pitch,
      { at: target.address + (part.first + n) * sn + part.row * sy, perItem: part.perItem * sn },
      sy,
      sx,
      sc,
      bias,
    ),
  )
}

/** `count` entries from `first` along an axis (the channels). */
export function channelsOf({ address, shape, strides }: HeapArray, first: number, count: number, axis = 1): HeapArray {
  return { address: address + first * strides[axis]!, shape: shape.with(axis, count), strides }
}
