import { describe, expect, it } from 'vitest'
import { checkKind, decodeImage } from './decode-image.node.ts'
import { imageFixtures, picture, type ImageFixture } from './image-fixtures.test.data.ts'
import { jpegFixtures } from './jpeg-fixtures.test.data.ts'
import type { Pixels } from './pixels.ts'

const { jpegTurned, jpegPlainInks, tiffJpeg, tiffFax, ...ofPicture } = imageFixtures
const turned: readonly ImageFixture[] = ['webpTurned', 'pngTurned', 'tiffTurned']

const decode = (bytes: Uint8Array): Promise<Pixels> => decodeImage(bytes, 1000)
/** Red, green and blue of each pixel; grey counts for all. */
const colours = ({ data, channels }: Pixels): number[][] =>
  Array.from({ length: data.length / channels }, (_, i) =>
    [0, 1, 2].map((c) => data[i * channels + (channels < 3 ? 0 : c)]),
  )
const ascii = (text: string, ...bytes: number[]): Uint8Array =>
  Uint8Array.of(...Array.from(text, (letter) => letter.charCodeAt(0)), ...bytes)

describe('decodeImage', () => {
  it.each(Object.entries(ofPicture).filter(([name]) => !turned.includes(name as ImageFixture)))(
    'reads %s',
    async (_, bytes) => {
      const image = await decode(bytes)
      expect([image.width, image.height]).toEqual([5, 3])
      expect(colours(image)).toEqual(picture)
    },
  )

  it.each(turned)('turns %s as its camera was held', async (name) => {
    const image = await decode(imageFixtures[name])
    expect([image.width, image.height]).toEqual([3, 5])
    // orientation 6: the first row is the right side, so that column x of the result is row 2 - x of what is stored
    expect(colours(image)).toEqual(Array.from({ length: 15 }, (_, i) => picture[(2 - (i % 3)) * 5 + Math.floor(i / 3)]))
  })

  it('turns a JPEG file, in all eight ways', async () => {
    const at = jpegTurned.findIndex((byte, i) => byte === 0x01 && jpegTurned[i + 1] === 0x12)
    const littleEndian = jpegTurned.findIndex((byte, i) => byte === 0x12 && jpegTurned[i + 1] === 0x01)
    const place = at >= 0 ? at + 9 : littleEndian + 8
    expect(jpegTurned[place]).toBe(6)
    const red = { 1: 'left', 2: 'right', 3: 'right', 4: 'left', 5: 'top', 6: 'top', 7: 'bottom', 8: 'bottom' }
    for (const [orientation, side] of Object.entries(red)) {
      const image = await decode(jpegTurned.with(place, Number(orientation)))
      const upright = side === 'top' || side === 'bottom'
      expect([image.width, image.height]).toEqual(upright ? [8, 16] : [16, 8])
      const isRed = colours(image).map(([r, , b]) => r > b)
      const expected = Array.from({ length: 128 }, (_, i) =>
        upright ? Math.floor(i / 8) < 8 === (side === 'top') : i % 16 < 8 === (side === 'left'),
      )
      expect(isRed).toEqual(expected)
    }
  })

  it('turns a WebP file with the mark of JPEG before its EXIF data', async () => {
    const webp = Buffer.from(imageFixtures.webpTurned)
    const at = webp.indexOf('EXIF')
    const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), webp.subarray(at + 8)])
    const size = Buffer.alloc(4)
    size.writeUInt32LE(exif.length)
    const marked = Buffer.concat([webp.subarray(0, at + 4), size, exif])
    marked.writeUInt32LE(marked.length - 8, 4)
    expect(await decode(marked)).toMatchObject({ width: 3, height: 5 })
  })

  it('takes four inks without Adobe’s part as amounts of ink', async () => {
    const image = await decode(jpegPlainInks)
    const expected = Array.from({ length: 128 }, (_, i) => (i % 16 < 8 ? [200, 40, 30] : [20, 60, 220]))
    // quality 95, and two roundings of the inks
    for (const [i, colour] of colours(image).entries())
      for (const c of [0, 1, 2]) expect(Math.abs(colour[c] - expected[i][c])).toBeLessThanOrEqual(4)
  })

  it('reads JPEG in TIFF', async () => {
    expect(new Set((await decode(tiffJpeg)).data)).toEqual(new Set([77]))
  })

  const grey = [0, 128, 255, 51, 204, 102]
  it.each<[string, Uint8Array, number[]]>([
    ['PGM as text, with notes', ascii('P2 # grey\n3 #3\n2\n255\n0 128 255\n51 204\t102'), grey],
    ['PGM as bytes', ascii('P5\n3 2\n255\n', ...grey), grey],
    ['PGM of 16 bits', ascii('P5 3 2 65535\n', ...grey.flatMap((value) => [value, value])), grey],
    ['PGM of few values', ascii('P5 3 2 5\n', 0, 1, 2, 3, 4, 5), [0, 51, 102, 153, 204, 255]],
    ['PBM as text', ascii('P1 3 2 0 1 0\n110'), [255, 0, 255, 0, 0, 255]],
    ['PBM as bytes', ascii('P4 3 2\n', 0b010_11111, 0b110_00000), [255, 0, 255, 0, 0, 255]],
  ])('reads %s', async (_, bytes, expected) => {
    expect(await decode(bytes)).toMatchObject({ data: Uint8Array.from(expected), width: 3, height: 2, channels: 1 })
  })

  it.each<[string, Uint8Array]>([
    ['PPM as text', ascii('P3 2 1 255 1 2 3 4 5 6')],
    ['PPM as bytes', ascii('P6 2 1 255\n', 1, 2, 3, 4, 5, 6, 99)],
  ])('reads %s', async (_, bytes) => {
    expect(await decode(bytes)).toMatchObject({ data: Uint8Array.of(1, 2, 3, 4, 5, 6), channels: 3 })
  })

  it.each([...Object.entries(imageFixtures), ...Object.entries(jpegFixtures)].filter(([name]) => name !== 'tiffFax'))(
    'refuses %s that is cut short, by an Error with a reason, or gives all of its pixels',
    async (_, bytes) => {
      const whole = colours(await decode(bytes))
      for (
        let length = 0;
        length < bytes.length;
        length += length < bytes.length - 8 ? Math.max(17, bytes.length >> 5) : 1
      ) {
        const outcome = await decode(bytes.slice(0, length)).catch((error: unknown) => error)
        if (outcome instanceof Error) expect(outcome.message).not.toBe('')
        // what is missing may belong to no pixel, such as the second frame
        else expect(colours(outcome as Pixels)).toEqual(whole)
      }
    },
  )

  it.each<[string, Uint8Array]>([
    ['bmp', imageFixtures.bmp],
    ['gif', imageFixtures.gif],
    ['webp', imageFixtures.webp],
    ['webp of two frames', imageFixtures.webpOfTwoFrames],
    ['tiff', imageFixtures.tiff],
    ['png', imageFixtures.pngTurned],
    ['jpeg', jpegFixtures.colour],
    ['pgm', ascii('P2 5 3 9')],
  ])('refuses a %s of more pixels than are allowed', async (_, bytes) => {
    await expect(decodeImage(bytes, 14)).rejects.toThrow(/pixels are more than `maxPixels`, 14/)
  })

  it.each<[RegExp, Uint8Array]>([
    [/TIFF of the compression 4, which is not read/, tiffFax],
    [/it is empty/, new Uint8Array(0)],
    [/it is AVIF, and only JPEG, PNG, .* are read/, ascii('\0\0\0\x20ftypavif')],
    [/it is JPEG XL/, Uint8Array.of(0xff, 0x0a, 1)],
    [/it is BigTIFF/, ascii('II+\0')],
    [/a pointer of Git LFS/, ascii('version https://git-lfs.github.com/spec/v1')],
    [/of no known kind/, ascii('hello')],
    [/its greatest value is 0/, ascii('P5 1 1 0\n', 0)],
    [/the value 9, more than its greatest, 5/, ascii('P2 1 1 5 9')],
    [/a letter where a number belongs/, ascii('P2 1 x 5 9')],
  ])('says %s', async (message, bytes) => {
    await expect(decode(bytes)).rejects.toThrow(message)
  })

  it('knows a kind by the start of a file', () => {
    for (const bytes of Object.values(imageFixtures)) expect(() => checkKind(bytes.subarray(0, 64))).not.toThrow()
  })
})
