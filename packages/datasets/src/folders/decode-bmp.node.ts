// BMP files to pixels by NetSurf's decoder in WebAssembly, which reads palettes, run lengths, bit fields and OS/2 files.

import { require } from './require.node.ts'
import type { Pixels, SizeCheck } from './pixels.ts'

interface Decoder {
  decode(bytes: Uint8Array): { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number }
}

/** The pixels of a BMP file. Throws an Error that says what is wrong with it. */
export function decodeBmp(bytes: Uint8Array, check: SizeCheck): Pixels {
  if (bytes.length < 26) throw new Error('it ends too early')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  // the oldest header has sizes of 16 bits; a height below 0 has the top row first
  const isOldest = view.getUint32(14, true) === 12
  check(
    isOldest ? view.getUint16(18, true) : view.getInt32(18, true),
    isOldest ? view.getUint16(20, true) : Math.abs(view.getInt32(22, true)),
  )
  const { data, width, height } = (require('@cwasm/nsbmp') as Decoder).decode(bytes)
  return { data: new Uint8Array(data.buffer), width, height, channels: 4 }
}
