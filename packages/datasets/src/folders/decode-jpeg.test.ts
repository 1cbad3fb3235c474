import { describe, expect, it } from 'vitest'
import { decodeJpeg as decode } from './decode-jpeg.node.ts'
import { jpegFixtures } from './jpeg-fixtures.test.data.ts'
import { sizeCheck } from './pixels.ts'

const decodeJpeg = (bytes: Uint8Array) => decode(bytes, sizeCheck(10_000))

const { colour, progressive, grey, cmyk } = jpegFixtures

describe('decodeJpeg', () => {
  it.each([
    ['of one scan', colour],
    ['progressive', progressive],
  ])('reads a colour file, %s', async (_, bytes) => {
    const { data, width, height, channels } = await decodeJpeg(bytes)
    expect([width, height, channels]).toEqual([16, 8, 3])
    // what libjpeg gives: two flat blocks
    for (let i = 0; i < 128; i++) {
      expect([...data.subarray(3 * i, 3 * i + 3)]).toEqual(i % 16 < 8 ? [201, 40, 30] : [20, 60, 220])
    }
  })

  it('reads a grey file', async () => {
    const { data, width, height, channels } = await decodeJpeg(grey)
    expect([width, height]).toEqual([8, 8])
    expect([data[0], data[63 * channels]]).toEqual([77, 77])
    expect(new Set(data)).toEqual(new Set([77]))
  })

  it('reads one of four colours, as some printers want', async () => {
    const { data, width, height, channels } = await decodeJpeg(cmyk)
    expect([width, height, channels]).toEqual([16, 8, 3])
    // without a colour profile only red and blue can be told
    const [left, right] = [data.subarray(0, 3), data.subarray(24, 27)]
    expect(left[0] - Math.max(left[1], left[2])).toBeGreaterThan(150)
    expect(right[2] - Math.max(right[0], right[1])).toBeGreaterThan(100)
  })

  it('reads on where bytes that belong to nothing stand before the end mark', async () => {
    const extraneous = Uint8Array.of(...colour.subarray(0, -2), 1, 2, 3, ...colour.subarray(-2))
    const { data, width, height } = await decodeJpeg(extraneous)
    expect([width, height]).toEqual([16, 8])
    // another decoder may round otherwise
    for (const [i, value] of (await decodeJpeg(colour)).data.entries()) {
      expect(Math.abs(data[i] - value)).toBeLessThanOrEqual(2)
    }
  })

  it.each([
    ['cut short', colour.subarray(0, -12), /marker was not found/],
    ['without its end mark', colour.subarray(0, -2), /marker was not found/],
    ['only begun', colour.subarray(0, 30), /./],
    ['of four colours, cut short', cmyk.subarray(0, -12), /./],
    [
      'of 12 bits',
      colour.with(colour.findIndex((byte, i) => byte === 0xff && colour[i + 1] === 0xc0) + 4, 12),
      /12 bits/,
    ],
  ])('refuses a file %s, and reads the next', async (_, bytes, message) => {
    await expect(decodeJpeg(bytes)).rejects.toThrow(message)
    expect((await decodeJpeg(colour)).data[0]).toBe(201)
  })
})
