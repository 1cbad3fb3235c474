import { encode, type BitDepth } from 'fast-png'
import { describe, expect, it } from 'vitest'
import { decodePng, isPng } from './decode-png.ts'

const png = (
  width: number,
  height: number,
  data: readonly number[],
  { depth = 8, channels = 1, palette }: { depth?: BitDepth; channels?: number; palette?: number[][] } = {},
): Uint8Array =>
  encode({
    width,
    height,
    data: depth === 16 ? Uint16Array.from(data) : Uint8Array.from(data),
    depth,
    channels,
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
    expect(isPng(bytes)).toBe(true)
    expect(decodePng(bytes)).toEqual({ data: Uint8Array.from(data), width: 2, height: 2, channels })
  })

  it('scales 16 bits to 8', () => {
    expect(decodePng(png(3, 1, [0, 32_896, 65_535], { depth: 16 })).data).toEqual(Uint8Array.of(0, 128, 255))
  })

  it('unpacks and scales fewer than 8 bits, each row from a byte of its own', () => {
    // rows of three pixels of one bit, 101 and 010
    expect(decodePng(png(3, 2, [0b1010_0000, 0b0100_0000], { depth: 1 })).data).toEqual(
      Uint8Array.of(255, 0, 255, 0, 255, 0),
    )
  })

  it('looks up the colours of a palette', () => {
    const palette = [
      [10, 20, 30],
      [40, 50, 60],
    ]
    expect(decodePng(png(3, 1, [1, 0, 1], { palette }))).toEqual({
      data: Uint8Array.of(40, 50, 60, 10, 20, 30, 40, 50, 60),
      width: 3,
      height: 1,
      channels: 3,
    })
  })

  const whole = png(
    20,
    20,
    Array.from({ length: 400 }, (_, i) => (i * i) % 256),
  )
  it.each([
    ['cut short', whole.subarray(0, whole.length - 40), /bounds/],
    ['damaged', whole.map((byte, i) => (i === whole.length - 40 ? byte ^ 1 : byte)), /CRC/],
    ['only begun', whole.subarray(0, 8), /bounds/],
  ])('refuses a file that is %s', (_, bytes, message) => {
    expect(() => decodePng(bytes)).toThrow(message)
  })
})
