// How a convolution is cut: as many images, or rows of one, as stay in the cache with their results, and where the windows of
// such a chunk lie in it. Only arithmetic.
import { type AxisWindows, type Tap, adjacent, extent } from './windows.ts'

/** Bytes of images and results that are worked on at a time: they stay in the second-level cache. */
const CHUNK_BYTES = 320 * 1024

/** How many images, or how many output rows of one, are worked on at a time. */
export interface Chunk {
  readonly images: number
  readonly rows: number
  /** Rows and columns of a source image with its border, for that many output rows, and its bytes. */
  readonly planeRows: number
  readonly planeColumns: number
  readonly planeBytes: number
}

/** The runs of contiguous terms of a window: bytes from its place to each, and terms in each. */
export interface Runs {
  readonly offsets: readonly number[]
  readonly length: number
}

/** As many images, at most `most`, or rows of one as fit; `resultBytes` to each of `count` output rows. */
export function chunkOf(
  most: number,
  y: AxisWindows,
  x: AxisWindows,
  count: number,
  channels: number,
  resultBytes: number,
): Chunk {
  const planeColumns = extent(x, Math.max(...x.counts))
  const rowBytes = planeColumns * channels * 4
  const bytes = (rows: number): number => extent(y, rows) * rowBytes + rows * resultBytes
  const fitting = 1 + Math.floor((CHUNK_BYTES - bytes(1)) / (y.step * rowBytes + resultBytes))
  const rows = Math.ceil(count / Math.ceil(count / Math.max(1, fitting)))
  const images = rows < count ? 1 : Math.max(1, Math.min(most, Math.floor(CHUNK_BYTES / bytes(count))))
  const planeRows = extent(y, rows)
  return { images, rows, planeRows, planeColumns, planeBytes: planeRows * rowBytes }
}

/** Bytes to the place of each window in a chunk, image by image, row by row. */
export function chunkPlaces(
  { images, planeColumns, planeBytes }: Chunk,
  y: AxisWindows,
  x: AxisWindows,
  rows: number,
  columns: number,
  pitch: number,
): Int32Array {
  const places = new Int32Array(images * rows * columns)
  for (let n = 0, at = 0; n < images; n++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++, at++)
        places[at] = n * planeBytes + (i * y.step * planeColumns + j * x.step) * pitch
    }
  }
  return places
}

/** The runs of a window: a row of it where its taps are neighbours, else the channels of each tap. */
export function runsOf(
  tapsY: readonly Tap[],
  tapsX: readonly Tap[],
  y: AxisWindows,
  x: AxisWindows,
  channels: number,
  planeColumns: number,
): Runs {
  const joined = adjacent(tapsX)
  const columns = joined ? tapsX.slice(0, 1) : tapsX
  const offsets = tapsY.flatMap((i) =>
    columns.map((j) => ((i.offset - y.first) * planeColumns + j.offset - x.first) * channels * 4),
  )
  return { offsets, length: joined ? tapsX.length * channels : channels }
}
