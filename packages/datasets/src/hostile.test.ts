// Small files that would fill the memory: each is refused by a typed error. One program meets them all, and its peak
// memory is measured.

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'

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
const link = (target: string, write: (path: string, bytes: Uint8Array) => string): void =>
  symlinkSync(target, join(dirname(write('.', new Uint8Array(0))), 'data_batch_1.bin'))

const attempts: readonly Attempt[] = [
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
    statement: `await mnist({ cache: '/proc/scatterlab/cache', mirrors: ['http://127.0.0.1:1'] })`,
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
})
afterAll(() => rmSync(folder, { recursive: true }))

it.each(attempts.map(({ title, code }, i) => [title, code, i] as const))('%s: refused as %s', (_, code, i) => {
  expect(codes[i]).toBe(code)
})

it(`all of it within ${MOST_MB} MB`, () => {
  expect(peak).toBeLessThan(MOST_MB)
})
