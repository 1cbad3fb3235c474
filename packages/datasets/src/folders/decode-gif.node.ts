// The first frame of a GIF file to pixels, by the library omggif.

import { GifReader } from 'omggif'
import type { Pixels, SizeCheck } from './pixels.ts'

/** The pixels of the first frame of a GIF file, black around it. Throws an Error that says what is wrong with it. */
export function decodeGif(bytes: Uint8Array, check: SizeCheck): Pixels {
  if (bytes.length < 13) throw new Error('it ends too early')
  check(bytes[6] | (bytes[7] << 8), bytes[8] | (bytes[9] << 8))
  const reader = new GifReader(bytes as Buffer)
  const frame = reader.frameInfo(0)
  const { x, y, width: frameWidth, height: frameHeight } = frame
  const { width, height } = reader
  check(frameWidth, frameHeight)
  if (x + frameWidth > width || y + frameHeight > height) throw new Error('its first frame is larger than the image')
  Object.assign(frame, { transparent_index: null }) // its own colour counts, as transparency is left out
  const data = new Uint8Array(width * height * 4)
  // the library's only word on missing pixels
  const { log } = console
  console.log = (message: string) => {
    if (message.includes('shorter')) throw new Error('its first frame ends too early')
  }
  try {
    reader.decodeAndBlitFrameRGBA(0, data)
  } finally {
    console.log = log
  }
  return { data, width, height, channels: 4 }
}
