// The pieces that a TIFF file keeps its pixels in, strips or tiles, to rows of samples: their compression and their
// prediction undone. What a piece gives is bounded by its size in the image. JPEG pieces are decoded elsewhere.

import { inflateSync } from 'node:zlib'

/** The compressions that are undone here, by TIFF's numbers. */
export const decompressors: Readonly<Record<number, (bytes: Uint8Array, size: number) => Uint8Array>> = {
  1: (bytes) => bytes,
  5: unpackLzw,
  8: inflate,
  32773: unpackBits,
  32946: inflate,
}

function inflate(bytes: Uint8Array, size: number): Uint8Array {
  try {
    return inflateSync(bytes, { maxOutputLength: size, chunkSize: Math.max(64, Math.min(size + 1, 2 ** 20)) })
  } catch (error) {
    const tooLong = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    throw tooLong ? new Error('it holds more than its size needs', { cause: error }) : error
  }
}

/** Runs of equal bytes and of different ones. Source: TIFF 6.0, section 9. */
function unpackBits(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size)
  let to = 0
  for (let at = 0; at < bytes.length && to < size;) {
    const count = bytes[at++]
    if (count < 128) {
      const run = bytes.subarray(at, Math.min(at + count + 1, at + size - to))
      out.set(run, to)
      to += run.length
      at += count + 1
    } else if (count > 128) {
      out.fill(bytes[at++], to, to + 257 - count)
      to += 257 - count
    }
  }
  return out.subarray(0, Math.min(to, size))
}

const CLEAR = 256
const END = 257

/** Codes of 9 to 12 bits, the highest bit first. Source: TIFF 6.0, section 13. */
function unpackLzw(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size)
  // where the text of each code stands in what is written, and its length
  const starts = new Int32Array(4097)
  const lengths = new Int32Array(4097)
  let [to, next, width, bits, held, last] = [0, 258, 9, 0, 0, -1]
  for (let at = 0; to < size;) {
    while (bits < width && at < bytes.length) {
      held = ((held << 8) | bytes[at++]) & 0xffffff
      bits += 8
    }
    if (bits < width) break
    bits -= width
    const code = (held >> bits) & (2 ** width - 1)
    if (code === END) break
    if (code === CLEAR) {
      ;[next, width, last] = [258, 9, -1]
      continue
    }
    if (code > next || (code === next && last < 0)) throw new Error('its LZW data are damaged')
    const start = to
    if (last >= 0 && next <= 4096) {
      starts[next] = last
      lengths[next] = start - last + 1
      next++
    }
    if (code < CLEAR) out[to++] = code
    else for (let i = 0, from = starts[code]; i < lengths[code] && to < size; i++) out[to++] = out[from + i]
    last = start
    if (next >= 2 ** width - 1 && width < 12) width++
  }
  return out.subarray(0, to)
}

/** Undoes horizontal differences in rows of `columns` pixels of `samples` each. Source: TIFF 6.0, section 14. */
export function undoDifferences(rows: Uint8Array, columns: number, samples: number, depth: number): void {
  const size = columns * samples
  if (depth === 8) {
    for (let start = 0; start < rows.length; start += size) {
      for (let i = start + samples; i < Math.min(start + size, rows.length); i++) rows[i] += rows[i - samples]
    }
    return
  }
  const view = new DataView(rows.buffer, rows.byteOffset, rows.length)
  for (let start = 0; start + 2 * size <= rows.length; start += 2 * size) {
    for (let at = start + 2 * samples; at < start + 2 * size; at += 2) {
      view.setUint16(at, view.getUint16(at) + view.getUint16(at - 2 * samples))
    }
  }
}
