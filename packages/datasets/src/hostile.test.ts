// Small files that would fill the memory: each is refused by a typed error. One program meets them all, and its peak
// memory is measured.

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { constants, deflateRawSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { jpegFixtures } from './folders/jpeg-fixtures.test.data.ts'
import { pngChunk, pngHeader, pngOf } from './folders/png.test.builder.ts'

const MOST_MB = 300

/** One attempt: writes into a folder of its own, then `statement` throws an error of this code. */
interface Attempt {
  readonly title: string
  readonly make: (write: (path: string, bytes: Uint8Array) => string) => void
  readonly statement: string
  readonly code: string
}

/** 3.2 GB of zeros in 3 MB: two hundred members of 16 MB. */
const zeros: readonly Uint8Array[] = new Array<Uint8Array>(200).fill(gzipSync(new Uint8Array(2 ** 24)))
const bigEndian = (n: number): number[] => [n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255]
const idx = (axes: readonly number[], data: Uint8Array = new Uint8Array(0)): Uint8Array =>
  Uint8Array.of(0, 0, 8, axes.length, ...axes.flatMap(bigEndian), ...data)
const zerosAfter = (start: Uint8Array): Uint8Array => Buffer.concat([gzipSync(start), ...zeros])

const digits = (name: string, title: string, bytes: Uint8Array, code: string, length?: number): Attempt => ({
  title: `digits: ${title}`,
  make: (write) => {
    write('train-images-idx3-ubyte', idx([2, 28, 28], new Uint8Array(2 * 784)))
    write('train-labels-idx1-ubyte', idx([2], Uint8Array.of(1, 2)))
    write('t10k-images-idx3-ubyte', idx([1, 28, 28], new Uint8Array(784)))
    write('t10k-labels-idx1-ubyte', idx([1], Uint8Array.of(3)))
    const path = write(name, bytes)
    if (length !== undefined) truncateSync(path, length)
  },
  statement: 'await mnist({ folder })',
  code,
})
const colours = (title: string, make: Attempt['make'], code: string): Attempt => ({
  title: `colour images: ${title}`,
  make: (write) => {
    for (const number of [2, 3, 4, 5]) write(`data_batch_${number}.bin`, new Uint8Array(3073))
    write('test_batch.bin', new Uint8Array(3073))
    make(write)
  },
  statement: 'await cifar10({ folder })',
  code,
})
const manyValues = new Uint8Array(1e8).fill(0x4e)
manyValues.set([0x80, 2, 0x28])
const link = (target: string, write: (path: string, bytes: Uint8Array) => string): void =>
  symlinkSync(target, join(dirname(write('.', new Uint8Array(0))), 'data_batch_1.bin'))

/** A folder with one image; not said to be skipped, it is an error. */
const image = (title: string, name: string, bytes: () => Uint8Array): Attempt => ({
  title: `an image: ${title}`,
  make: (write) => write(`images/class/${name}`, bytes()),
  statement: `await (await labelledFolder(folder + '/images', { size: 8, threads: 1 })).load()`,
  code: 'CORRUPT',
})
const grey = (side: number, interlaced = false) =>
  pngHeader({ width: side, height: side, depth: 8, colourType: 0, interlaced })
/** Deflated zeros, in whole blocks of 16 MB; their checksum is never met. */
const packedZeros = (length: number): Uint8Array => {
  const block = deflateRawSync(new Uint8Array(Math.min(length, 2 ** 24)), { finishFlush: constants.Z_FULL_FLUSH })
  const blocks = new Array<Uint8Array>(Math.ceil(length / 2 ** 24)).fill(block)
  return Buffer.concat([Uint8Array.of(0x78, 1), ...blocks, Uint8Array.of(3, 0, 0, 0, 0, 0)])
}
const u16 = (n: number): number[] => [n & 255, n >> 8]
const u32 = (n: number): number[] => [...u16(n & 65535), ...u16(n >>> 16)]
/** A TIFF of one strip with these tags, of 32 bits each. */
const tiff = (tags: Readonly<Record<number, number>>, strip: Uint8Array): Uint8Array => {
  const entries = Object.entries({ ...tags, 273: 8 + strip.length, 279: strip.length })
  const start = [0x49, 0x49, 42, 0, ...u32(8 + strip.length)]
  const directory = entries.flatMap(([tag, value]) => [
    ...u16(Number(tag)),
    4,
    0,
    1,
    0,
    0,
    0,
    ...u32(tag === '273' ? 8 : value),
  ])
  return Buffer.concat([
    Uint8Array.from(start),
    strip,
    Uint8Array.from([...u16(entries.length), ...directory, 0, 0, 0, 0]),
  ])
}
const strip = { 256: 20, 257: 20, 258: 8, 259: 8, 262: 1 }

const attempts: readonly Attempt[] = [
  image('PNG of 30,000×30,000', 'a.png', () => pngOf(grey(30_000), pngChunk('IDAT', packedZeros(1e8)))),
  image('PNG of little data', 'a.png', () => pngOf(grey(8000), pngChunk('IDAT', packedZeros(100)))),
  image('PNG of 20×20 with 1 GB', 'a.png', () => pngOf(grey(20), pngChunk('IDAT', packedZeros(1e9)))),
  image('interlaced PNG with 1 GB', 'a.png', () => pngOf(grey(20, true), pngChunk('IDAT', packedZeros(1e9)))),
  image('PNG whose part is said to have 4 GB', 'a.png', () => pngOf(grey(20)).with(33, 255)),
  image('GIF of 65,535×65,535', 'a.gif', () =>
    Uint8Array.from([...Buffer.from('GIF89a'), 255, 255, 255, 255, 0, 0, 0]),
  ),
  image('BMP of 30,000×30,000', 'a.bmp', () =>
    Uint8Array.from([
      ...Buffer.from('BM'),
      ...u32(54),
      0,
      0,
      0,
      0,
      ...u32(54),
      ...u32(40),
      ...u32(3e4),
      ...u32(3e4),
      1,
      0,
      24,
      0,
    ]),
  ),
  image('WebP of 16,384×16,384', 'a.webp', () =>
    Buffer.concat([
      Buffer.from('RIFF\x16\0\0\0WEBPVP8L\x0a\0\0\0', 'latin1'),
      Uint8Array.of(0x2f, 255, 255, 255, 15, 0, 0, 0, 0, 0),
    ]),
  ),
  image('JPEG of 65,500×65,500', 'a.jpg', () =>
    jpegFixtures.colour.map((byte, i, all) => (i > 4 && all[i - 5] === 0xff && all[i - 4] === 0xc0 ? 255 : byte)),
  ),
  image('JPEG of little data', 'a.jpg', () => {
    const start = jpegFixtures.colour.findIndex((byte, i, all) => byte === 0xff && all[i + 1] === 0xc0)
    return jpegFixtures.colour.with(start + 5, 31).with(start + 7, 31)
  }),
  image('PGM of 10^18 pixels', 'a.pgm', () => Buffer.from('P5 1000000000 1000000000 255\n')),
  image('PGM of little data', 'a.pgm', () => Buffer.from('P5 8000 8000 255\n')),
  image('TIFF of 30,000×30,000', 'a.tif', () => tiff({ ...strip, 256: 3e4, 257: 3e4 }, packedZeros(100))),
  image('TIFF of 20×20 with 1 GB', 'a.tif', () => tiff(strip, packedZeros(1e9))),
  image('TIFF of little data', 'a.tif', () => tiff({ ...strip, 256: 8000, 257: 8000, 259: 5 }, Uint8Array.of(128, 0))),
  {
    ...image('that is a disk', 'a.png', () => pngOf(grey(20))),
    make: (write) => truncateSync(write('images/class/a.png', pngOf(grey(20))), 2 ** 40),
  },
  {
    ...image('that is a disk of nothing', 'a.png', () => new Uint8Array(1)),
    make: (write) => truncateSync(write('images/class/a.png', new Uint8Array(1)), 2 ** 40),
  },

  digits('train-labels-idx1-ubyte', 'zeros', Buffer.concat(zeros), 'FORMAT'),
  digits('train-labels-idx1-ubyte', 'a header and zeros', zerosAfter(idx([2])), 'CORRUPT'),
  digits('t10k-labels-idx1-ubyte', 'a long header and zeros', zerosAfter(idx([3e9])), 'CORRUPT'),
  digits('train-images-idx3-ubyte', 'long images', zerosAfter(idx([4e6, 28, 28])), 'CORRUPT'),
  digits('train-images-idx3-ubyte', 'more images than labels', zerosAfter(idx([1e6, 28, 28])), 'CORRUPT'),
  digits('train-images-idx3-ubyte', 'more than its images', zerosAfter(idx([2, 28, 28])), 'CORRUPT'),
  digits('train-images-idx3-ubyte', 'a shape beyond numbers', gzipSync(idx([4e9, 4e9, 4e9])), 'CORRUPT'),
  digits('train-images-idx3-ubyte', 'a long plain file', idx([2, 28, 28]), 'CORRUPT', 2 ** 40),
  colours('zeros', (write) => write('data_batch_1.bin', Buffer.concat(zeros)), 'CORRUPT'),
  colours(
    'a long plain file',
    (write) => truncateSync(write('data_batch_1.bin', new Uint8Array(1)), 2 ** 40),
    'CORRUPT',
  ),
  colours('a link to itself', (write) => link('data_batch_1.bin', write), 'NOT_FOUND'),
  colours('a device without an end', (write) => link('/dev/zero', write), 'NOT_FOUND'),
  {
    title: 'gunzip with a bound',
    make: (write) => write('zeros.gz', Buffer.concat(zeros)),
    statement: `await gunzip(readFileSync(folder + '/zeros.gz'), 'zeros.gz', 1e6)`,
    code: 'CORRUPT',
  },
  {
    title: 'a cache where no folder can be made',
    make: () => {},
    statement: `delete process.env.SCATTERLAB_DATA; await mnist({ cache: '/proc/scatterlab/cache', mirrors: ['http://127.0.0.1:1'] })`,
    code: 'CACHE',
  },
]

let folder: string
let codes: readonly string[]
let peak: number

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostile-'))
  for (const [i, { make }] of attempts.entries()) {
    make((path, bytes) => {
      const full = join(folder, String(i), path === '.' ? '.made' : path)
      mkdirSync(dirname(full), { recursive: true })
      writeFileSync(full, bytes)
      return full
    })
  }
  const moduleAt = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)
  const program = `
    const { mnist, cifar10, gunzip } = await import(${moduleAt('./index.ts')})
    const { labelledFolder } = await import(${moduleAt('./folders/folder.ts')})
    const { readFileSync } = await import('node:fs')
    const attempts = [${attempts.map(({ statement }) => `async (folder) => { ${statement} }`).join(', ')}]
    const codes = []
    for (const [i, attempt] of attempts.entries()) {
      codes.push(await attempt(${JSON.stringify(folder)} + '/' + i).then(() => 'no error', (error) => error.code ?? String(error)))
    }
    const peak = Number(/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024
    console.log(JSON.stringify({ codes, peak }))
  `
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { timeout: 50_000 })
  ;({ codes, peak } = JSON.parse(output.toString()) as { codes: string[]; peak: number })
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

it.each(attempts.map(({ title, code }, i) => [title, code, i] as const))('%s: refused as %s', (_, code, i) => {
  expect(codes[i]).toBe(code)
})

it(`all of it within ${MOST_MB} MB`, () => {
  expect(peak).toBeLessThan(MOST_MB)
})
