// A file of any kind that is read to upright pixels: told by what it is, not by its name, as ImageNet has a PNG among its
// `.JPEG` files. The decoder of a kind is loaded when the first such file is met.

import { sizeCheck, upright, type Pixels, type SizeCheck } from './pixels.ts'
import { isPnm } from './decode-pnm.ts'

type Decode = (bytes: Uint8Array, check: SizeCheck) => Pixels | Promise<Pixels>

interface Kind {
  readonly begins: (bytes: Uint8Array) => boolean
  readonly load: () => Promise<Decode>
}

const text = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length))

const kinds: readonly Kind[] = [
  {
    begins: (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8,
    load: async () => (await import('./decode-jpeg.node.ts')).decodeJpeg,
  },
  {
    begins: (bytes) => text(bytes, 0, 8) === '\x89PNG\r\n\x1a\n',
    load: async () => (await import('./decode-png.node.ts')).decodePng,
  },
  {
    begins: (bytes) => /^GIF8[79]a/.test(text(bytes, 0, 6)),
    load: async () => (await import('./decode-gif.node.ts')).decodeGif,
  },
  { begins: (bytes) => text(bytes, 0, 2) === 'BM', load: async () => (await import('./decode-bmp.node.ts')).decodeBmp },
  {
    begins: (bytes) => /^RIFF....WEBP/s.test(text(bytes, 0, 12)),
    load: async () => (await import('./decode-webp.node.ts')).decodeWebp,
  },
  {
    begins: (bytes) => /^(II\*\0|MM\0\*)/.test(text(bytes, 0, 4)),
    load: async () => (await import('./decode-tiff.node.ts')).decodeTiff,
  },
  { begins: isPnm, load: async () => (await import('./decode-pnm.ts')).decodePnm },
]

// kinds that are known by their beginning, so that the message names them
const unread: readonly (readonly [begin: RegExp, name: string])[] = [
  [/^....ftyp(avif|avis)/s, 'AVIF'],
  [/^....ftyp/s, 'HEIC or a film'],
  [/^(\xff\n|\0\0\0\fJXL )/, 'JPEG XL'],
  [/^\0\0\0\fjP/, 'JPEG 2000'],
  [/^(II\+\0|MM\0\+)/, 'BigTIFF'],
  [/^P7/, 'PAM'],
  [/^P[Ff]/, 'PFM'],
  [/^\s*<(\?xml|svg|!DOCTYPE svg)/i, 'SVG or other XML'],
  [/^\s*<(!DOCTYPE )?html/i, 'a web page'],
  [/^version https:\/\/git-lfs/, 'a pointer of Git LFS'],
]

/** The bytes at the start of a file that tell its kind. */
export const KIND_BYTES = 64

/** Throws an Error that says what a file is that begins so, unless it is of a kind that is read. */
export function checkKind(start: Uint8Array): void {
  if (kinds.some(({ begins }) => begins(start))) return
  if (start.length === 0) throw new Error('it is empty')
  const name = unread.find(([begin]) => begin.test(text(start, 0, KIND_BYTES)))?.[1]
  const read = 'JPEG, PNG, GIF, BMP, WebP, TIFF, PBM, PGM and PPM are read'
  throw new Error(name ? `it is ${name}, and only ${read}` : `it is of no known kind: ${read}`)
}

/** The pixels of an image as it was seen. Throws an Error that says what is wrong with it, or that it is not read. */
export async function decodeImage(bytes: Uint8Array, maxPixels: number): Promise<Pixels> {
  checkKind(bytes)
  const decode = await kinds.find(({ begins }) => begins(bytes))!.load()
  return upright(await decode(bytes, sizeCheck(maxPixels)))
}
