// PNG files to pixels of one byte a channel, whatever their colour type, depth and interlacing, by Node's zlib. What
// comes out of the compression is bounded by what the header needs.

import { crc32, inflateSync } from 'node:zlib'
import { sampleAt, toByte, type Pixels, type SizeCheck } from './pixels.ts'
import { exifOrientation } from './tiff-directory.ts'

const SIGNATURE_BYTES = 8
// channels and depths by colour type
const KINDS: Readonly<Record<number, { readonly channels: number; readonly depths: readonly number[] }>> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  3: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
}
// first column and row, and their steps
const WHOLE = [[0, 0, 1, 1]] as const
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const
/** Deflate makes at most so many bytes of one. */
const MOST_INFLATION = 1032

/**
 * The pixels of a PNG file; its checksums are verified, transparency by colour is left out. Throws an Error that says
 * what is wrong with it. Source: W3C, Portable Network Graphics (third edition).
 */
export function decodePng(bytes: Uint8Array, check: SizeCheck): Pixels {
  const { header, palette, data, exif } = chunksOf(bytes)
  const view = new DataView(header.buffer, header.byteOffset, header.length)
  const [width, height] = [view.getUint32(0), view.getUint32(4)]
  const [depth, colourType, compression, filter, interlace] = header.subarray(8)
  const kind = KINDS[colourType]
  if (!kind?.depths.includes(depth) || compression > 0 || filter > 0 || interlace > 1) {
    throw new Error('its header is of no kind that PNG has')
  }
  check(width, height)
  const indexed = colourType === 3
  if (indexed && palette === undefined) throw new Error('it has no palette')
  const passes = (interlace ? ADAM7 : WHOLE).map(([x0, y0, dx, dy]) => {
    const [columns, rows] = [Math.ceil((width - x0) / dx), Math.ceil((height - y0) / dy)]
    return {
      x0,
      y0,
      dx,
      dy,
      columns,
      rows: columns > 0 ? rows : 0,
      rowBytes: Math.ceil((columns * depth * kind.channels) / 8),
    }
  })
  const lines = inflated(
    data,
    passes.reduce((sum, { rows, rowBytes }) => sum + rows * (1 + rowBytes), 0),
  )

  const channels = indexed ? 3 : kind.channels
  const out = new Uint8Array(width * height * channels)
  const pixelBytes = Math.max(1, (depth * kind.channels) >> 3)
  const top = 2 ** depth - 1
  let at = 0
  for (const { x0, y0, dx, dy, columns, rows, rowBytes } of passes) {
    let above: Uint8Array = new Uint8Array(rowBytes)
    for (let row = 0; row < rows; row++, at += 1 + rowBytes) {
      const line = lines.subarray(at + 1, at + 1 + rowBytes)
      unfilter(lines[at], line, above, pixelBytes)
      above = line
      const start = ((y0 + row * dy) * width + x0) * channels
      if (depth === 8 && dx === 1 && !indexed) {
        out.set(line, start)
        continue
      }
      for (let column = 0; column < columns; column++) {
        const to = start + column * dx * channels
        if (indexed) {
          const colour = 3 * sampleAt(line, column, depth)
          if (colour >= palette!.length) throw new Error('it has a colour that its palette lacks')
          out.set(palette!.subarray(colour, colour + 3), to)
          continue
        }
        for (let c = 0; c < channels; c++) out[to + c] = toByte(sampleAt(line, column * channels + c, depth), top)
      }
    }
  }
  return { data: out, width, height, channels, orientation: exifOrientation(exif) }
}

function chunksOf(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const found = new Map<string, Uint8Array>()
  const data: Uint8Array[] = []
  for (let at = SIGNATURE_BYTES, type = ''; type !== 'IEND';) {
    if (at + 12 > bytes.length || at + 12 + view.getUint32(at) > bytes.length) throw new Error('it ends too early')
    const end = at + 8 + view.getUint32(at)
    type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) throw new Error(`CRC of its part ${type} is wrong`)
    if (type === 'IDAT') data.push(bytes.subarray(at + 8, end))
    else if (!found.has(type)) found.set(type, bytes.subarray(at + 8, end))
    at = end + 4
  }
  const header = found.get('IHDR')
  if (header?.length !== 13) throw new Error('it has no header')
  return { header, palette: found.get('PLTE'), exif: found.get('eXIf'), data }
}

function inflated(parts: readonly Uint8Array[], size: number): Uint8Array {
  const packed = Buffer.concat(parts)
  if (packed.length * MOST_INFLATION < size) throw new Error('it ends too early')
  try {
    // one byte more, so that the end of the stream is met in the first buffer
    const lines = inflateSync(packed, { maxOutputLength: size, chunkSize: Math.max(64, size + 1) })
    if (lines.length === size) return lines
  } catch (error) {
    const tooLong = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    if (tooLong) throw new Error('it holds more than its size needs', { cause: error })
    throw error
  }
  throw new Error('it ends too early')
}

/** Undoes the prediction of a line from the pixel on its left and the line above it. */
function unfilter(filter: number, line: Uint8Array, above: Uint8Array, pixelBytes: number): void {
  switch (filter) {
    case 0:
      return
    case 1:
      for (let i = pixelBytes; i < line.length; i++) line[i] += line[i - pixelBytes]
      return
    case 2:
      for (let i = 0; i < line.length; i++) line[i] += above[i]
      return
    case 3:
      for (let i = 0; i < pixelBytes && i < line.length; i++) line[i] += above[i] >> 1
      for (let i = pixelBytes; i < line.length; i++) line[i] += (line[i - pixelBytes] + above[i]) >> 1
      return
    case 4:
      for (let i = 0; i < pixelBytes && i < line.length; i++) line[i] += above[i]
      for (let i = pixelBytes; i < line.length; i++) {
        const [left, up, corner] = [line[i - pixelBytes], above[i], above[i - pixelBytes]]
        const [toLeft, toUp, toCorner] = [
          Math.abs(up - corner),
          Math.abs(left - corner),
          Math.abs(left + up - 2 * corner),
        ]
        line[i] += toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner
      }
      return
    default:
      throw new Error(`it has a line of the unknown filter ${filter}`)
  }
}
