import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePng as decode } from './decode-png.node.ts'
import { sizeCheck } from './pixels.ts'
import { pngChunk, pngFile, pngHeader, pngOf } from './png.test.builder.ts'

const decodePng = (bytes: Uint8Array) => decode(bytes, sizeCheck(10_000))

const png = (
  width: number,
  height: number,
  data: readonly number[],
  { depth = 8, channels = 1, palette }: { depth?: number; channels?: number; palette?: number[] } = {},
): Uint8Array =>
  pngFile({
    width,
    height,
    depth,
    colourType: palette ? 3 : [0, 4, 2, 6][channels - 1],
    sample: (x, y, c) => data[(y * width + x) * channels + c],
    ...(palette && { palette }),
  })

describe('decodePng', () => {
  it.each([
    ['grey', [0, 100, 200, 255], 1],
    ['grey and alpha', [0, 255, 100, 255, 200, 0, 255, 9], 2],
    ['RGB', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 3],
    ['RGB and alpha', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], 4],
  ])('reads %s', (_, data, channels) => {
    const bytes = png(2, 2, data, { channels })
    expect(decodePng(bytes)).toEqual({ data: Uint8Array.from(data), width: 2, height: 2, channels, orientation: 1 })
  })

  it('scales 16 bits to 8', () => {
    expect(decodePng(png(3, 1, [0, 32_896, 65_535], { depth: 16 })).data).toEqual(Uint8Array.of(0, 128, 255))
  })

  it('unpacks and scales fewer than 8 bits, each row from a byte of its own', () => {
    // rows of three pixels of one bit, 101 and 010
    expect(decodePng(png(3, 2, [1, 0, 1, 0, 1, 0], { depth: 1 })).data).toEqual(Uint8Array.of(255, 0, 255, 0, 255, 0))
  })

  it('looks up the colours of a palette', () => {
    const palette = [10, 20, 30, 40, 50, 60]
    expect(decodePng(png(3, 1, [1, 0, 1], { palette }))).toEqual({
      data: Uint8Array.of(40, 50, 60, 10, 20, 30, 40, 50, 60),
      width: 3,
      height: 1,
      channels: 3,
      orientation: 1,
    })
  })

  const whole = png(
    20,
    20,
    Array.from({ length: 400 }, (_, i) => (i * i) % 256),
  )
  it.each([
    ['cut short', whole.subarray(0, whole.length - 40), /it ends too early/],
    ['damaged', whole.map((byte, i) => (i === whole.length - 40 ? byte ^ 1 : byte)), /CRC/],
    ['only begun', whole.subarray(0, 8), /it ends too early/],
  ])('refuses a file that is %s', (_, bytes, message) => {
    expect(() => decodePng(bytes)).toThrow(message)
  })

  const kinds = [
    [0, [1, 2, 4, 8, 16]],
    [2, [8, 16]],
    [3, [1, 2, 4, 8]],
    [4, [8, 16]],
    [6, [8, 16]],
  ] as const
  const all = kinds.flatMap(([colourType, depths]) => depths.map((depth) => [colourType, depth] as const))
  it.each(all)('reads colour type %i of %i bits, plain and interlaced, of any size', (colourType, depth) => {
    const sample = (x: number, y: number, c: number) => (x * x * 5 + y * 7 + x * y + 11 * c) % 2 ** depth
    const palette = colourType === 3 ? Array.from({ length: 3 * 2 ** depth }, (_, i) => (i * 37) % 256) : undefined
    const channels = [1, 0, 3, 3, 2, 0, 4][colourType]
    const side = fc.integer({ min: 1, max: 19 })
    fc.assert(
      fc.property(side, side, fc.boolean(), (width, height, interlaced) => {
        const file = pngFile({ width, height, depth, colourType, sample, interlaced, ...(palette && { palette }) })
        const expected = Uint8Array.from({ length: width * height * channels }, (_, i) => {
          const [pixel, c] = [Math.floor(i / channels), i % channels]
          const [x, y] = [pixel % width, Math.floor(pixel / width)]
          if (palette) return palette[3 * sample(x, y, 0) + c]
          return Math.round((sample(x, y, c) * 255) / (2 ** depth - 1))
        })
        expect(decodePng(file)).toEqual({ data: expected, width, height, channels, orientation: 1 })
      }),
      { numRuns: 30 },
    )
  })

  const header = { width: 20, height: 20, depth: 8, colourType: 0 }
  const picture = deflateSync(new Uint8Array(20 * 21))
  const withData = (...parts: Uint8Array[]) => pngOf(pngHeader(header), ...parts.map((part) => pngChunk('IDAT', part)))
  it.each([
    ['no pixels', pngOf(pngHeader({ ...header, width: 0 }), pngChunk('IDAT', picture)), /its size is 0×20/],
    [
      'too many pixels',
      pngOf(pngHeader({ ...header, width: 501 }), pngChunk('IDAT', picture)),
      /501×20 pixels are more/,
    ],
    ['one byte too many', withData(deflateSync(new Uint8Array(20 * 21 + 1))), /holds more than its size needs/],
    ['one byte too few', withData(deflateSync(new Uint8Array(20 * 21 - 1))), /ends too early/],
    ['data cut short', withData(picture.subarray(0, -6)), /unexpected end of file/],
    ['no data', withData(), /ends too early/],
    ['no header', pngOf(pngChunk('IDAT', picture)), /it has no header/],
    [
      'a depth that is none',
      pngOf(pngHeader({ ...header, depth: 3 }), pngChunk('IDAT', picture)),
      /of no kind that PNG has/,
    ],
    ['no palette', pngOf(pngHeader({ ...header, colourType: 3 }), pngChunk('IDAT', picture)), /has no palette/],
    ['an unknown filter', withData(deflateSync(new Uint8Array(20 * 21).fill(9))), /unknown filter 9/],
  ])('refuses a file with %s', (_, bytes, message) => {
    expect(() => decodePng(bytes)).toThrow(message)
  })

  it('reads data in several parts, and bytes after the end', () => {
    const expected = decodePng(withData(picture))
    expect(decodePng(withData(picture.subarray(0, 5), new Uint8Array(0), picture.subarray(5)))).toEqual(expected)
    expect(decodePng(new Uint8Array([...withData(picture), 1, 2, 3]))).toEqual(expected)
  })
})
