// How the parts of a convolution's images come into the layout that it is computed in, and its results out of it: lists of calls
// of the layout's kernels, the same for every item.
import type { Chunk } from './chunks.ts'
import type { Correlation } from './convolution.ts'
import type { LayoutKernel } from './layout.ts'
import { panelsOf } from './tile.ts'
import type { AxisWindows } from './windows.ts'
import { type Argument, type KernelTable, call, shifted } from '../threads/crew.ts'
import type { HeapArray } from '../memory/heap-array.ts'
import type { Address, Heap } from '../memory/heap.ts'
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

/**
 * The images of a part, channels innermost, with zeros where windows reach beyond them; `pitch` bytes from pixel to pixel, those
 * behind the channels being zero.
 */
export function fillPlane(
  kernels: KernelTable<LayoutKernel>,
  chunk: Chunk,
  part: Part,
  source: HeapArray,
  y: AxisWindows,
  x: AxisWindows,
  plane: Argument,
  pitch: number = 4 * source.shape[1]!,
): Call[] {
  const [, channels, height, width] = source.shape as [number, number, number, number]
  const [sn, sc, sy, sx] = source.strides as [number, number, number, number]
  const top = part.row * y.step + y.first
  const [firstY, lastY] = [Math.max(0, top), Math.min(height, top + chunk.planeRows)]
  const [firstX, lastX] = [Math.max(0, x.first), Math.min(width, x.first + chunk.planeColumns)]
  const [rows, columns] = [lastY - firstY, lastX - firstX]
  const calls: Call[] = []
  if (rows < chunk.planeRows || columns < chunk.planeColumns || pitch > 4 * channels)
    calls.push(call(kernels.clear, plane, part.images * chunk.planeBytes))
  if (rows <= 0 || columns <= 0) return calls
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

/** The filters of a group as panels: for each, every tap and source channel in order. */
export function packWeights(
  kernels: KernelTable<LayoutKernel>,
  tile: Tile,
  { weights, strides, groupStep }: Correlation,
  group: number,
  channels: number,
  filters: number,
  taps: readonly (readonly [number, number])[],
  to: Address,
): void {
  const { panelBytes } = panelsOf(tile, filters)
  const [strideSource, strideTarget, strideY, strideX] = strides
  for (let filter = 0; filter < filters; filter += panelBytes / 4) {
    const own = Math.min(panelBytes / 4, filters - filter)
    for (const [i, j] of taps) {
      const from = weights + group * groupStep + filter * strideTarget + i * strideY + j * strideX
      kernels.pack.run(1, channels, own, from, 0, strideSource, strideTarget, to, 0, panelBytes)
      to += channels * panelBytes
    }
  }
}

/** Sums [window element, channel, filter] to the gradient by the weights; `none` are as many zeros as filters. */
export function unpackSums(
  kernels: KernelTable<LayoutKernel>,
  gradWeights: HeapArray,
  sums: Address,
  pitch: number,
  none: Address,
): void {
  const [filters, channels, height, width] = gradWeights.shape as [number, number, number, number]
  const [so, sc, sy, sx] = gradWeights.strides as [number, number, number, number]
  const row = channels * pitch
  for (let i = 0; i < height; i++) {
    const from = sums + i * width * row
    kernels.unpack.run(width, channels, filters, from, row, pitch, gradWeights.address + i * sy, sx, sc, so, none)
  }
}

/** The biases of all channels, contiguous; zeros without any. */
export function biasOf(
  heap: Heap,
  kernels: KernelTable<LayoutKernel>,
  bias: HeapArray | undefined,
  channels: number,
): Address {
  const address = heap.allocateZeroed(4 * channels)
  if (bias !== undefined) kernels.pack.run(1, channels, 1, bias.address, 0, bias.strides[0]!, 0, address, 0, 4)
  return address
}
