import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadDigits, type DigitSet } from './digit-set.ts'

// A set of 3 training and 2 test images in MNIST's form, written as the format's page says.
const idx = (axes: readonly number[], data: Uint8Array): Uint8Array =>
  Uint8Array.of(0, 0, 8, axes.length, ...axes.flatMap((length) => [0, 0, length >> 8, length & 255]), ...data)
const imagesOf = (count: number, side = 28) =>
  idx(
    [count, side, side],
    new Uint8Array(count * side * side).map((_, i) => i % 251),
  )
const labelsOf = (...labels: number[]) => idx([labels.length], Uint8Array.from(labels))

const published: Record<string, Uint8Array> = {
  'train-images-idx3-ubyte': imagesOf(3),
  'train-labels-idx1-ubyte': labelsOf(5, 0, 4),
  't10k-images-idx3-ubyte': imagesOf(2),
  't10k-labels-idx1-ubyte': labelsOf(7, 2),
}
const publishedFile = (name: string) => ({
  name: `${name}.gz`,
  bytes: published[name].length,
  sha256: createHash('sha256').update(published[name]).digest('hex'),
})
const tiny: DigitSet = {
  title: 'Tiny',
  directory: 'tiny',
  mirrors: ['http://127.0.0.1:1/nobody'],
  files: {
    trainImages: publishedFile('train-images-idx3-ubyte'),
    trainLabels: publishedFile('train-labels-idx1-ubyte'),
    testImages: publishedFile('t10k-images-idx3-ubyte'),
    testLabels: publishedFile('t10k-labels-idx1-ubyte'),
  },
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'digit-set-'))
  vi.stubEnv('SCATTERLAB_DATA', '')
  vi.stubEnv('SCATTERLAB_CACHE', join(folder, 'cache'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const write = (path: string, bytes: Uint8Array) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), bytes)
}

/** Writes the four files, plain; `exchanged` has other content for some. */
const writeAll = (part: string, exchanged: Record<string, Uint8Array> = {}) => {
  for (const [name, bytes] of Object.entries({ ...published, ...exchanged })) write(`${part}/${name}`, bytes)
}

/** A static server of the gzip files; gives its address. */
async function serve(files: Record<string, Uint8Array>): Promise<{ url: string; close: () => void }> {
  const server = createServer(({ url = '' }, response) => {
    const file = files[url.slice(1)]
    if (file) response.end(file)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

describe('a folder', () => {
  it.each<[string, (name: string) => string, (bytes: Uint8Array) => Uint8Array]>([
    ['gzip files in its own folder', (name) => `tiny/${name}.gz`, (bytes) => gzipSync(bytes)],
    ['plain files', (name) => name, (bytes) => bytes],
    ['names with a dot', (name) => name.replace('-idx', '.idx'), (bytes) => bytes],
    ['gzip files with a dot', (name) => `${name.replace('-idx', '.idx')}.gz`, (bytes) => gzipSync(bytes)],
    ['plain files that are called gzip', (name) => `${name}.gz`, (bytes) => bytes],
    ['another loader’s layout', (name) => `MNIST/raw/${name}`, (bytes) => bytes],
  ])('with %s', async (_, pathOf, encode) => {
    for (const [name, bytes] of Object.entries(published)) write(pathOf(name), encode(bytes))
    const { train, test, canonical, source } = await loadDigits(tiny, { folder })
    expect(train.images.shape).toEqual([3, 28, 28])
    expect([...train.labels]).toEqual([5, 0, 4])
    expect(test.images.shape).toEqual([2, 28, 28])
    expect([...test.labels]).toEqual([7, 2])
    expect(test.images.data).toEqual(published['t10k-images-idx3-ubyte'].subarray(16))
    expect(canonical).toBe(true)
    expect(source).toBe(`Tiny: 3 training and 2 test images, from the folder ${folder}`)
  })

  it('comes from the environment; without the set there, the search goes on', async () => {
    vi.stubEnv('SCATTERLAB_DATA', folder)
    await expect(loadDigits(tiny, { download: false })).rejects.toThrow(/not in the cache/)
    writeAll('tiny')
    expect((await loadDigits(tiny, { download: false })).canonical).toBe(true)
  })

  it('may hold another set in the same form, which is said', async () => {
    writeAll('tiny', { 't10k-images-idx3-ubyte': imagesOf(4), 't10k-labels-idx1-ubyte': labelsOf(1, 2, 3, 4) })
    const { canonical, source } = await loadDigits(tiny, { folder })
    expect(canonical).toBe(false)
    expect(source).toMatch(/^not the canonical Tiny \(checksum differs\): 3 training and 4 test images/)
  })

  it.each<[string, string, Uint8Array, RegExp]>([
    ['EMPTY', 'train-images-idx3-ubyte', new Uint8Array(0), /is empty: get it again/],
    ['EMPTY', 'train-images-idx3-ubyte', imagesOf(0), /holds 0 images/],
    ['TRUNCATED', 't10k-images-idx3-ubyte', imagesOf(2).subarray(0, 900), /ends after 900 of 1584 bytes/],
    ['TRUNCATED', 't10k-labels-idx1-ubyte', gzipSync(labelsOf(7, 2)).subarray(0, 25), /cut short, get it again/],
    [
      'CORRUPT',
      'train-labels-idx1-ubyte',
      Uint8Array.of(...labelsOf(5, 0, 4), 9),
      /has 12 bytes, more than the 11 that belong in it/,
    ],
    ['CORRUPT', 'train-labels-idx1-ubyte', gzipSync(labelsOf(5, 0, 4)).fill(0, 12, 20), /is damaged/],
    ['SWAPPED', 'train-labels-idx1-ubyte', imagesOf(3), /holds images where labels belong: exchange/],
    ['SWAPPED', 't10k-images-idx3-ubyte', labelsOf(7, 2), /holds labels where images belong: exchange/],
    ['MISMATCH', 'train-labels-idx1-ubyte', labelsOf(5, 0), /holds 3 images, .* 2 labels/],
    ['FORMAT', 'train-images-idx3-ubyte', imagesOf(3, 16), /images of 16×16: digits are 28×28/],
    ['FORMAT', 'train-images-idx3-ubyte', idx([3, 784], new Uint8Array(3 * 784)), /array of 2 axes/],
    ['FORMAT', 'train-labels-idx1-ubyte', new TextEncoder().encode('version https://'), /not an IDX file/],
  ])('with a bad file: %s of %s', async (code, name, bytes, message) => {
    writeAll('tiny', { [name]: bytes })
    const attempt = loadDigits(tiny, { folder })
    await expect(attempt).rejects.toMatchObject({ code, file: join(folder, 'tiny', name) })
    await expect(attempt).rejects.toThrow(message)
    await expect(attempt).rejects.toThrow(join(folder, 'tiny', name))
  })

  it('without the set, or with part of it, is an error that names the ways to get it', async () => {
    await expect(loadDigits(tiny, { folder })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(loadDigits(tiny, { folder })).rejects.toThrow(/SCATTERLAB_DATA=FOLDER.*mnist-sample/)
    writeAll('tiny')
    rmSync(join(folder, 'tiny/t10k-labels-idx1-ubyte'))
    await expect(loadDigits(tiny, { folder })).rejects.toThrow(/only some of the files of Tiny, not t10k-labels-idx1/)
  })
})

describe('without a folder', () => {
  const gz = Object.fromEntries(Object.entries(published).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]))

  it('the files are downloaded, and then come from the cache', async () => {
    const { url, close } = await serve(gz)
    const seen = new Set<string>()
    const first = await loadDigits(tiny, { mirrors: [url], onProgress: ({ file }) => seen.add(file) })
    close()
    expect(first.source).toBe(`Tiny: 3 training and 2 test images, downloaded from ${url}/`)
    expect([...seen].sort()).toEqual(Object.keys(gz).sort())
    const again = await loadDigits(tiny, { mirrors: [url] })
    expect(again.source).toBe(`Tiny: 3 training and 2 test images, cached in ${join(folder, 'cache')}`)
    expect({ ...again, source: '' }).toEqual({ ...first, source: '' })
    expect(readdirSync(join(folder, 'cache/tiny')).sort()).toEqual(Object.keys(gz).sort())
  })

  it('cache: false writes nothing, a cache of one’s own is used', async () => {
    const { url, close } = await serve(gz)
    await loadDigits(tiny, { mirrors: [url], cache: false })
    expect(readdirSync(folder)).toEqual([])
    await loadDigits(tiny, { mirrors: [url], cache: join(folder, 'own') })
    expect(readdirSync(folder)).toEqual(['own'])
    close()
  })

  it('a set that nobody has is an error with the ways to get it', async () => {
    const { url, close } = await serve({})
    const attempt = loadDigits(tiny, { mirrors: [url] })
    await expect(attempt).rejects.toMatchObject({ code: 'DOWNLOAD', file: 'train-labels-idx1-ubyte.gz' })
    await expect(attempt).rejects.toThrow(/HTTP 404.*SCATTERLAB_DATA=FOLDER.*mnist-sample/)
    await expect(loadDigits(tiny, { download: false })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(loadDigits(tiny, { download: false })).rejects.toThrow(/`download` is off.*mnist-sample/)
    close()
  })

  it('a damaged file of another set is not taken for the set', async () => {
    const other = { ...gz, 't10k-images-idx3-ubyte.gz': gzipSync(imagesOf(9)) }
    const { url, close } = await serve(other)
    await expect(loadDigits(tiny, { mirrors: [url] })).rejects.toMatchObject({ code: 'DOWNLOAD' })
    expect(readdirSync(join(folder, 'cache/tiny')).sort()).toEqual([
      't10k-labels-idx1-ubyte.gz',
      'train-labels-idx1-ubyte.gz',
    ])
    expect(gunzipSync(gz['train-labels-idx1-ubyte.gz'])).toEqual(Buffer.from(published['train-labels-idx1-ubyte']))
    close()
  })
})
