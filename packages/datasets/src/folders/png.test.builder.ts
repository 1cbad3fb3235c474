// Writes PNG files of any kind, interlaced or not, from a function of the samples, for tests. The reader is elsewhere.

import { crc32, deflateSync } from 'node:zlib'

/** What a file shall hold; samples are numbers of `depth` bits. */
export interface PngPicture {
  readonly width: number
  readonly height: number
  readonly depth: number
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  readonly colourType: number
  readonly sample: (x: number, y: number, channel: number) => number
  readonly palette?: readonly number[]
  readonly interlaced?: boolean
}

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** A part of a PNG file: its length, name, content and checksum. */
export function pngChunk(name: string, content: Uint8Array): Buffer {
  const part = Buffer.concat([Buffer.alloc(4), Buffer.from(name), content, Buffer.alloc(4)])
  part.writeUInt32BE(content.length)
  part.writeUInt32BE(crc32(part.subarray(4, -4)), part.length - 4)
  return part
}

/** The header of a picture. */
export function pngHeader({
  width,
  height,
  depth,
  colourType,
  interlaced = false,
}: Omit<PngPicture, 'sample'>): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header.set([depth, colourType, 0, 0, Number(interlaced)], 8)
  return pngChunk('IHDR', header)
}

/** The file of these parts. */
export const pngOf = (...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(Buffer.concat([Uint8Array.from(SIGNATURE), ...parts, pngChunk('IEND', Buffer.alloc(0))]))

/** The file of a picture, its lines predicted in all five ways in turn. */
export function pngFile(picture: PngPicture): Uint8Array {
  const { width, height, palette, interlaced } = picture
  // the eight by eight pattern of the specification: which pass takes which pixel
  const pattern = ['16462646', '77777777', '56565656', '77777777', '36463646', '77777777', '56565656', '77777777']
  const lines: number[] = []
  const step = Math.max(1, (CHANNELS[picture.colourType] * picture.depth) / 8)
  for (const pass of interlaced ? '1234567' : '0') {
    let above: readonly number[] = []
    for (let y = 0; y < height; y++) {
      const columns = Array.from({ length: width }, (_, x) => x).filter(
        (x) => pass === '0' || pattern[y % 8][x % 8] === pass,
      )
      if (columns.length === 0) continue
      const line = lineOf(picture, y, columns)
      const filter = y % 5
      lines.push(filter, ...line.map((byte, i) => (byte - predicted(filter, line, above, i, step)) & 255))
      above = line
    }
  }
  const colours = palette ? [pngChunk('PLTE', Uint8Array.from(palette))] : []
  return pngOf(pngHeader(picture), ...colours, pngChunk('IDAT', deflateSync(Uint8Array.from(lines))))
}

function lineOf({ depth, colourType, sample }: PngPicture, y: number, columns: readonly number[]): number[] {
  let bits = ''
  for (const x of columns) {
    for (let c = 0; c < CHANNELS[colourType]; c++) bits += sample(x, y, c).toString(2).padStart(depth, '0')
  }
  return bits.match(/.{1,8}/g)!.map((byte) => parseInt(byte.padEnd(8, '0'), 2))
}

function predicted(filter: number, line: readonly number[], above: readonly number[], i: number, step: number): number {
  const [a, b, c] = [line[i - step] ?? 0, above[i] ?? 0, above[i - step] ?? 0]
  if (filter < 4) return [0, a, b, Math.floor((a + b) / 2)][filter]
  const distances = [a, b, c].map((neighbour) => Math.abs(a + b - c - neighbour))
  return [a, b, c][distances.indexOf(Math.min(...distances))]
}

/** The file of samples of 8 bits, as they come: pixel by pixel, `channels` each. */
export function bytePng(width: number, height: number, channels: number, data: ArrayLike<number>): Uint8Array {
  const sample = (x: number, y: number, c: number) => data[(y * width + x) * channels + c]
  return pngFile({ width, height, depth: 8, colourType: [0, 4, 2, 6][channels - 1], sample })
}
