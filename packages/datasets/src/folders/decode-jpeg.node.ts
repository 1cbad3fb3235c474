// JPEG files to pixels, for Node: by libjpeg-turbo in WebAssembly, which is fast, and what it refuses by jpeg-js, which
// also reads four colours (CMYK) and passes over stray bytes between the parts of a file. Damaged and incomplete files
// are errors with both.

import { decode as decodeSlowly } from 'jpeg-js'
import { jpegHeader, type JpegHeader } from './jpeg-header.ts'
import { inkToRgb, type Pixels, type SizeCheck } from './pixels.ts'
import { require } from './require.node.ts'
import { exifOrientation } from './tiff-directory.ts'

/** What is used of the library, which has no types of its own. */
interface Turbo {
  readonly JPEGDecoder: new () => {
    getEncodedBuffer(length: number): Uint8Array
    decode(): void
    getFrameInfo(): { readonly width: number; readonly height: number; readonly componentCount: number }
    getDecodedBuffer(): Uint8Array | Uint8ClampedArray
    delete(): void
  }
}
type CreateTurbo = (options: { print: () => void; printErr: () => void }) => Promise<Turbo>

let turbo: Promise<Turbo> | undefined

/** The pixels of a JPEG file as stored, with their orientation. Throws an Error that says why it cannot be read. */
export async function decodeJpeg(bytes: Uint8Array, check: SizeCheck): Promise<Pixels> {
  const header = jpegHeader(bytes)
  if (header.size) {
    const { width, height, depth } = header.size
    if (depth !== 8) throw new Error(`it is a JPEG of ${depth} bits, which is not read`)
    check(width, height)
    // each block of 8×8 pixels takes a bit at least
    if (bytes.length * 8 * 64 < width * height) throw new Error('it ends too early')
  }
  const orientation = exifOrientation(header.exif)
  if (header.size?.components === 4 && !header.adobe) return { ...plainInks(bytes, header), orientation }
  return { ...((await fastDecoded(bytes)) ?? slowlyDecoded(bytes)), orientation }
}

/** Undefined where the fast decoder refuses the file, or is not installed beside a bundle of this program. */
async function fastDecoded(bytes: Uint8Array): Promise<Pixels | undefined> {
  let decoder
  try {
    turbo ??= createTurbo()
    decoder = new (await turbo).JPEGDecoder()
    decoder.getEncodedBuffer(bytes.length).set(bytes)
    decoder.decode()
    const { width, height, componentCount } = decoder.getFrameInfo()
    return { data: new Uint8Array(decoder.getDecodedBuffer()), width, height, channels: componentCount }
  } catch {
    turbo = undefined // what it holds for this file cannot be freed: a fresh one takes its place
    return undefined
  } finally {
    decoder?.delete()
  }
}

async function createTurbo(): Promise<Turbo> {
  const create = require('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs') as CreateTurbo
  return create({ print: () => {}, printErr: () => {} })
}

function slowlyDecoded(bytes: Uint8Array): Pixels {
  const { data, width, height } = decodeSlowly(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxMemoryUsageInMB: 2048,
    maxResolutionInMP: 2 ** 31,
  })
  return { data, width, height, channels: 3 }
}

/** Adobe's part, which says that colours are stored as they are. */
export const ADOBE_AS_IS: Uint8Array = Buffer.from('ffee000e41646f626500640000000000', 'hex')

const SPARE_TABLE = 3
// a table of quantisation that makes all numbers of a component zero, its samples thus 128
const BLANK = Uint8Array.of(0xff, 0xdb, 0, 67, SPARE_TABLE, ...new Uint8Array(64))

/**
 * The pixels of a file of four inks without Adobe's part: amounts of ink as they are, by the rule of libjpeg, where
 * Adobe's are inverted. jpeg-js reads files of Adobe's kind only, and gives products of a colour and black; with one of
 * the two made constant the other is had, to a rounding.
 */
function plainInks(bytes: Uint8Array, { tables }: JpegHeader): Pixels {
  const withBlank = (blank: (component: number) => boolean): Pixels => {
    const changed = bytes.slice()
    for (const [component, at] of tables.entries()) if (blank(component)) changed[at] = SPARE_TABLE
    return slowlyDecoded(Buffer.concat([changed.subarray(0, 2), ADOBE_AS_IS, BLANK, changed.subarray(2)]))
  }
  const colours = withBlank((component) => component === 3)
  const black = withBlank((component) => component < 3)
  const { width, height } = colours
  const amount = (product: number): number => Math.min(255, Math.round(((product + 0.5) * 255) / 128))
  const inks = new Uint8Array(width * height * 4)
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) inks[4 * i + c] = amount(colours.data[3 * i + c])
    inks[4 * i + 3] = amount(black.data[3 * i])
  }
  return { data: inkToRgb(inks), width, height, channels: 3 }
}
