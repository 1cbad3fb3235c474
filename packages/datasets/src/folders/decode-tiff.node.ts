// The first image of a TIFF file to pixels: grey, RGB, palettes and inks of up to 16 bits, in strips or tiles, plain or
// by LZW, deflate, PackBits or JPEG. What else TIFF can hold is refused by its name.

import { ADOBE_AS_IS, decodeJpeg } from './decode-jpeg.node.ts'
import { inkToRgb, sampleAt, toByte, type Pixels, type SizeCheck } from './pixels.ts'
import { orientationIn, tiffDirectory, type TiffDirectory } from './tiff-directory.ts'
import { decompressors, undoDifferences } from './tiff-strips.node.ts'

const [WIDTH, HEIGHT, DEPTHS, COMPRESSION, COLOURS, FILL_ORDER] = [256, 257, 258, 259, 262, 266]
const [STRIPS, SAMPLES, STRIP_ROWS, STRIP_BYTES, PLANAR] = [273, 277, 278, 279, 284]
const [PREDICTOR, PALETTE, TILE_WIDTH, TILE_HEIGHT, TILES, TILE_BYTES, FORMATS, TABLES] = [
  317, 320, 322, 323, 324, 325, 339, 347,
]
const JPEG = 7
const [WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, INDEXED, INKS, LUMA] = [0, 1, 2, 3, 5, 6]
const COLOUR_SAMPLES: Readonly<Record<number, number>> = {
  [WHITE_IS_ZERO]: 1,
  [BLACK_IS_ZERO]: 1,
  [RGB]: 3,
  [INDEXED]: 1,
  [INKS]: 4,
  [LUMA]: 3,
}

interface Layout {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly samples: number
  readonly compression: number
  readonly colours: number
  readonly planar: boolean
  readonly predictor: number
  readonly tile: { readonly width: number; readonly height: number }
  readonly offsets: readonly number[]
  readonly lengths: readonly number[]
}

/** The pixels of the first image. Throws an Error that says what is wrong with it, or not read. Source: TIFF 6.0. */
export async function decodeTiff(bytes: Uint8Array, check: SizeCheck): Promise<Pixels> {
  const { directory, littleEndian } = tiffDirectory(bytes)
  const layout = layoutOf(directory, check)
  const { width, height, depth, samples, colours } = layout
  const rows = await rowsOf(bytes, layout, directory, littleEndian)
  const orientation = orientationIn(directory)
  const used = Math.min(samples, COLOUR_SAMPLES[colours])
  const [top, rowBytes] = [2 ** depth - 1, rows.length / height]
  const palette = directory.get(PALETTE)
  if (colours === INDEXED && palette?.length !== 3 * (top + 1)) throw new Error('its palette is not of its depth')
  const channels = colours === INDEXED ? 3 : used
  const data = new Uint8Array(width * height * channels)
  for (let y = 0, to = 0; y < height; y++) {
    const row = rows.subarray(y * rowBytes, (y + 1) * rowBytes)
    for (let x = 0; x < width; x++) {
      if (colours === INDEXED) {
        const index = sampleAt(row, x * samples, depth)
        for (let c = 0; c < 3; c++) data[to++] = palette![c * (top + 1) + index] >> 8
        continue
      }
      for (let c = 0; c < used; c++) {
        const value = toByte(sampleAt(row, x * samples + c, depth), top)
        data[to++] = colours === WHITE_IS_ZERO ? 255 - value : value
      }
    }
  }
  if (colours === INKS) return { data: inkToRgb(data), width, height, channels: 3, orientation }
  return { data, width, height, channels, orientation }
}

function layoutOf(directory: TiffDirectory, check: SizeCheck): Layout {
  const one = (tag: number, byDefault: number): number => directory.get(tag)?.[0] ?? byDefault
  const [width, height] = [one(WIDTH, 0), one(HEIGHT, 0)]
  check(width, height)
  const samples = one(SAMPLES, 1)
  const depths = directory.get(DEPTHS) ?? [1]
  const [depth, compression, colours] = [depths[0], one(COMPRESSION, 1), one(COLOURS, -1)]
  const refuse = (wrong: boolean, what: string): void => {
    if (wrong) throw new Error(`it is a TIFF ${what}, which is not read`)
  }
  refuse(![1, 2, 4, 8, 16].includes(depth) || depths.some((other) => other !== depth), `of ${depths.join(', ')} bits`)
  refuse(
    (directory.get(FORMATS) ?? [1]).some((format) => format !== 1),
    'of signed or floating-point numbers',
  )
  refuse(COLOUR_SAMPLES[colours] === undefined, `of the colour space ${colours}`)
  refuse(compression !== JPEG && decompressors[compression] === undefined, `of the compression ${compression}`)
  refuse(samples < COLOUR_SAMPLES[colours] || samples > 16, `of ${samples} samples a pixel`)
  refuse(one(FILL_ORDER, 1) !== 1, 'with the lowest bit first')
  refuse(one(PREDICTOR, 1) > 2 || (one(PREDICTOR, 1) === 2 && depth < 8), `of the predictor ${one(PREDICTOR, 1)}`)
  refuse(colours === LUMA && compression !== JPEG, 'of brightness and colour that is not in JPEG')
  refuse(compression === JPEG && (depth !== 8 || colours === INKS), `in JPEG of ${depth} bits and ${samples} samples`)
  const tiled = directory.has(TILE_WIDTH)
  const tile = tiled
    ? { width: one(TILE_WIDTH, 0), height: one(TILE_HEIGHT, 0) }
    : { width, height: Math.min(height, one(STRIP_ROWS, height)) }
  check(tile.width, tile.height)
  const offsets = directory.get(tiled ? TILES : STRIPS) ?? []
  const lengths = directory.get(tiled ? TILE_BYTES : STRIP_BYTES) ?? []
  const planar = one(PLANAR, 1) === 2
  const count = Math.ceil(width / tile.width) * Math.ceil(height / tile.height) * (planar ? samples : 1)
  if (offsets.length < count || lengths.length < count) throw new Error('it lacks some of its pieces')
  return {
    width,
    height,
    depth,
    samples,
    compression,
    colours,
    planar,
    predictor: one(PREDICTOR, 1),
    tile,
    offsets,
    lengths,
  }
}

/** The samples of all rows, each row from a byte of its own, the higher byte first. */
async function rowsOf(
  bytes: Uint8Array,
  layout: Layout,
  directory: TiffDirectory,
  littleEndian: boolean,
): Promise<Uint8Array> {
  const { width, height, depth, samples, compression, planar, predictor, tile, offsets, lengths } = layout
  const own = planar ? 1 : samples
  const tileRow = Math.ceil((tile.width * own * depth) / 8)
  const rowBytes = Math.ceil((width * own * depth) / 8)
  const across = Math.ceil(width / tile.width)
  const perPlane = across * Math.ceil(height / tile.height)
  const planes = Array.from({ length: planar ? samples : 1 }, () => new Uint8Array(rowBytes * height))
  for (const [plane, rows] of planes.entries()) {
    for (let piece = 0; piece < perPlane; piece++) {
      const [left, top] = [(piece % across) * tile.width, Math.floor(piece / across) * tile.height]
      const number = plane * perPlane + piece
      const packed = bytes.subarray(offsets[number], offsets[number] + lengths[number])
      // a strip ends with the image, a tile does not
      const kept = Math.min(tile.height, height - top)
      const wanted = tileRow * (directory.has(TILE_WIDTH) ? tile.height : kept)
      const content =
        compression === JPEG
          ? await fromJpeg(packed, directory, tile.width, own)
          : Uint8Array.from(decompressors[compression](packed, tileRow * tile.height))
      if (content.length < Math.min(wanted, tileRow * kept)) throw new Error('it ends too early')
      if (depth === 16 && littleEndian && compression !== JPEG) swap(content)
      if (predictor === 2) undoDifferences(content, tile.width, own, depth)
      for (let y = 0; y < kept; y++) {
        const to = (top + y) * rowBytes + (left * own * depth) / 8
        const part = content.subarray(y * tileRow, y * tileRow + Math.min(tileRow, rowBytes - (left * own * depth) / 8))
        rows.set(part, to)
      }
    }
  }
  return planar ? together(planes, depth, width, height) : planes[0]
}

function swap(samples: Uint8Array): void {
  for (let i = 0; i + 1 < samples.length; i += 2) [samples[i], samples[i + 1]] = [samples[i + 1], samples[i]]
}

/** Planes of one sample a pixel as one of all samples, of whole bytes. */
function together(planes: readonly Uint8Array[], depth: number, width: number, height: number): Uint8Array {
  if (depth < 8) throw new Error(`it is a TIFF of planes of ${depth} bits, which is not read`)
  const size = depth / 8
  const out = new Uint8Array(width * height * size * planes.length)
  for (let i = 0, to = 0; i < width * height; i++) {
    for (const plane of planes) for (let byte = 0; byte < size; byte++) out[to++] = plane[i * size + byte]
  }
  return out
}

/** A piece in JPEG, whose tables may stand in the directory. Source: Adobe, TIFF Technical Note 2. */
async function fromJpeg(
  bytes: Uint8Array,
  directory: TiffDirectory,
  columns: number,
  samples: number,
): Promise<Uint8Array> {
  const tables = directory.get(TABLES)?.slice(2, -2) ?? []
  // which colours they are stands in the directory, not in the piece
  const marked = directory.get(COLOURS)?.[0] === RGB ? ADOBE_AS_IS : []
  const whole = Buffer.concat([Uint8Array.of(0xff, 0xd8, ...marked, ...tables), bytes.subarray(2)])
  const { data, width, channels } = await decodeJpeg(whole, (width, height) => {
    if (width * height > columns * 65_536) throw new Error('a piece of it is larger than itself')
  })
  if (width !== columns || channels !== samples) throw new Error('a piece of it is of another size or kind')
  return data
}
