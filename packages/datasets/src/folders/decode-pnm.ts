// The files of Netpbm to pixels: PBM, PGM and PPM, as text or as bytes, of up to 16 bits. Of several images in a file
// the first one.

import { toByte, type Pixels, type SizeCheck } from './pixels.ts'

/** Whether `bytes` begin as a PBM, PGM or PPM file does. */
export const isPnm = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] >= 0x31 && bytes[1] <= 0x36 && (isSpace(bytes[2]) || bytes[2] === HASH)

const HASH = 0x23
const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)

/** The pixels of such a file, grey or RGB. Throws an Error that says what is wrong with it. Source: the Netpbm manual. */
export function decodePnm(bytes: Uint8Array, check: SizeCheck): Pixels {
  const kind = bytes[1] - 0x30
  let at = 2
  const skip = (): void => {
    while (isSpace(bytes[at]) || bytes[at] === HASH) {
      if (bytes[at] === HASH) while (at < bytes.length && bytes[at] !== 0x0a && bytes[at] !== 0x0d) at++
      else at++
    }
  }
  const number = (): number => {
    skip()
    const start = at
    let value = 0
    while (bytes[at] >= 0x30 && bytes[at] <= 0x39 && value < 2 ** 32) value = 10 * value + bytes[at++] - 0x30
    if (at === start)
      throw new Error(at >= bytes.length ? 'it ends too early' : 'it has a letter where a number belongs')
    return value
  }
  const [width, height] = [number(), number()]
  const bits = kind === 1 || kind === 4
  const top = bits ? 1 : number()
  if (top < 1 || top > 65_535) throw new Error(`its greatest value is ${top}, not from 1 to 65535`)
  check(width, height)
  const channels = kind === 3 || kind === 6 ? 3 : 1
  const size = width * height * channels
  const sampleBytes = top > 255 ? 2 : 1
  const rowBytes = Math.ceil(width / 8)
  const isText = kind <= 3
  if (!isText) at++ // the one blank before the pixels
  const needed = isText ? size : kind === 4 ? rowBytes * height : size * sampleBytes
  if (bytes.length - at < needed) throw new Error('it ends too early')
  const bit = (i: number): number =>
    (bytes[at + Math.floor(i / width) * rowBytes + ((i % width) >> 3)] >> (7 - ((i % width) & 7))) & 1
  const digit = (): number => {
    skip()
    if (bytes[at] !== 0x30 && bytes[at] !== 0x31) throw new Error('it has something else where a 0 or 1 belongs')
    return bytes[at++] - 0x30
  }
  const sample = (i: number): number => {
    if (kind === 1) return 1 - digit()
    if (kind === 4) return 1 - bit(i)
    if (isText) return number()
    return sampleBytes === 1 ? bytes[at + i] : (bytes[at + 2 * i] << 8) | bytes[at + 2 * i + 1]
  }
  const data = new Uint8Array(size)
  for (let i = 0; i < size; i++) {
    const value = sample(i)
    if (value > top) throw new Error(`it has the value ${value}, more than its greatest, ${top}`)
    data[i] = toByte(value, top)
  }
  return { data, width, height, channels }
}
