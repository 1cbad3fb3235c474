// PNG files one after the other as one animated PNG: their compressed pixels are taken over as they are.

import { checkArgument, checkOptions, numberFrom, type Rule, type Rules, wholeNumber } from '@scatterlab/tensor'
import { FigureError } from './errors.ts'

/** Options of {@link animatedPng}. */
export interface AnimatedPngOptions {
  /** How long each frame is shown, in seconds, 0.01 to 60; default 0.2. */
  readonly seconds?: number
  /** How often the frames are gone through; default 0: for ever. */
  readonly loops?: number
}

const RULES: Rules<AnimatedPngOptions> = { seconds: numberFrom(0.01, 60), loops: wholeNumber(0, 1000) }
const someFiles: Rule = (value) =>
  Array.isArray(value) && value.every((file) => file instanceof Uint8Array) ? undefined : 'a list of PNG files as bytes'
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/**
 * An animated PNG of PNG files of one size and kind, as {@link Figure.png} gives them; where animation is not known the first frame shows.
 * Throws {@link FigureError} `EMPTY`, or `SHAPE_MISMATCH` for a file of another size or kind, or a ValueError. Source: W3C, Portable Network
 * Graphics (third edition), section 4.9.
 */
export function animatedPng(frames: readonly Uint8Array[], options?: AnimatedPngOptions): Uint8Array {
  checkArgument('animatedPng: frames', frames, someFiles)
  const { seconds = 0.2, loops = 0 } = checkOptions<AnimatedPngOptions>('animatedPng', options, RULES)
  if (frames.length === 0) throw new FigureError('EMPTY', 'animatedPng has no frames: give at least one PNG')
  const parts = frames.map((file, i) => partsOf(file, i))
  const { header } = parts[0]!
  const odd = parts.findIndex((part) => part.header.some((byte, i) => byte !== header[i]))
  if (odd >= 0) {
    throw new FigureError('SHAPE_MISMATCH', `frame ${odd} has another size or kind than frame 0: draw all frames alike`)
  }
  let sequence = 0
  const control = (): Uint8Array => {
    const content = new Uint8Array(26)
    const view = new DataView(content.buffer)
    view.setUint32(0, sequence++)
    content.set(header.subarray(0, 8), 4) // width and height; the offsets are 0
    view.setUint16(20, Math.round(1000 * seconds))
    view.setUint16(22, 1000)
    return chunk('fcTL', content)
  }
  const animation = new Uint8Array(8)
  new DataView(animation.buffer).setUint32(0, frames.length)
  new DataView(animation.buffer).setUint32(4, loops)
  const pixels = parts.flatMap(({ data }, i) => {
    if (i === 0) return [control(), ...data.map((content) => chunk('IDAT', content))]
    const own = control()
    const rest = data.map((content) => {
      const numbered = new Uint8Array(content.length + 4)
      new DataView(numbered.buffer).setUint32(0, sequence++)
      numbered.set(content, 4)
      return chunk('fdAT', numbered)
    })
    return [own, ...rest]
  })
  return joined([
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', header),
    chunk('acTL', animation),
    ...pixels,
    chunk('IEND', new Uint8Array()),
  ])
}

/** The header and the compressed pixels of a file. */
function partsOf(file: Uint8Array, frame: number): { header: Uint8Array; data: Uint8Array[] } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const data: Uint8Array[] = []
  let header: Uint8Array | undefined
  if (SIGNATURE.every((byte, i) => file[i] === byte)) {
    for (let at = 8; at + 12 <= file.length;) {
      const length = view.getUint32(at)
      const name = String.fromCharCode(...file.subarray(at + 4, at + 8))
      const content = file.subarray(at + 8, at + 8 + length)
      if (name === 'IHDR') header = content
      if (name === 'IDAT') data.push(content)
      at += 12 + length
    }
  }
  if (header?.length === 13 && data.length > 0) return { header, data }
  throw new FigureError('SHAPE_MISMATCH', `frame ${frame} is no PNG file: give what png() of a figure gives`)
}

function chunk(name: string, content: Uint8Array): Uint8Array {
  const part = new Uint8Array(content.length + 12)
  const view = new DataView(part.buffer)
  view.setUint32(0, content.length)
  for (let i = 0; i < 4; i++) part[4 + i] = name.charCodeAt(i)
  part.set(content, 8)
  view.setUint32(part.length - 4, crc32(part.subarray(4, -4)))
  return part
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1
  return crc
})

/** Of PNG's chunks, ISO 3309. */
const crc32 = (bytes: Uint8Array): number =>
  (bytes.reduce((crc, byte) => CRC[(crc ^ byte) & 255]! ^ (crc >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0)
  return whole
}
