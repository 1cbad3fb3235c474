import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'
import { pickledBatch } from './cifar10-pickle.test.builder.ts'
import { cifar10, CIFAR10_CLASSES, loadCifar10, parseCifar10, type Cifar10Archives } from './cifar10.ts'

// Small batches in the published form: record r of batch b has label (b + r) mod 10 and planes of 10 b + r, +1, +2.
const batch = (b: number, records: number): Uint8Array =>
  Uint8Array.from({ length: records * 3073 }, (_, i) => {
    const [record, place] = [Math.floor(i / 3073), i % 3073]
    return place === 0 ? (b + record) % 10 : 10 * b + record + Math.floor((place - 1) / 1024)
  })
const published: Record<string, Uint8Array> = {
  'data_batch_1.bin': batch(1, 3),
  'data_batch_2.bin': batch(2, 1),
  'data_batch_3.bin': batch(3, 2),
  'data_batch_4.bin': batch(4, 1),
  'data_batch_5.bin': batch(5, 1),
  'test_batch.bin': batch(6, 2),
}
const pickled: Record<string, Uint8Array> = Object.fromEntries(
  Object.entries(published).map(([name, bytes]) => [name.replace('.bin', ''), pickledBatch(bytes, 'small', [])]),
)
const archiveOfSmall = (name: string, directory: string, suffix: string, files: Record<string, Uint8Array>) => ({
  name,
  mirrors: ['http://127.0.0.1:1/nobody'],
  bytes: 2 ** 18,
  directory,
  suffix,
  batches: Object.fromEntries(
    Object.entries(files).map(([file, bytes]) => [
      file.replace('.bin', ''),
      createHash('sha256').update(bytes).digest('hex'),
    ]),
  ) as Cifar10Archives['binary']['batches'],
})
const small: Cifar10Archives = {
  binary: archiveOfSmall('small.tar.gz', 'cifar-10-batches-bin', '.bin', published),
  python: archiveOfSmall('small-python.tar.gz', 'cifar-10-batches-py', '', pickled),
}

test('one file is the same from either version, plain or gzip', async () => {
  const expected = await parseCifar10(published['data_batch_3.bin'])
  expect([...expected.labels]).toEqual([3, 4])
  expect(expected.images.shape).toEqual([2, 3, 32, 32])
  expect([expected.images.data[0], expected.images.data[1024], expected.images.data[3072]]).toEqual([30, 31, 31])
  expect(await parseCifar10(gzipSync(published['data_batch_3.bin']))).toEqual(expected)
  expect(await parseCifar10(pickled['data_batch_3'])).toEqual(expected)
  await expect(parseCifar10(published['data_batch_3.bin'].subarray(0, -1), 'x')).rejects.toThrow('x ends 3072 bytes')
})

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cifar10-'))
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
const writeAll = (part: string, exchanged: Record<string, Uint8Array> = {}) => {
  for (const [name, bytes] of Object.entries({ ...published, ...exchanged })) write(join(part, name), bytes)
}

/** The archive as published, made by the system's tar. */
function archiveOf(exchanged: Record<string, Uint8Array> = {}): Uint8Array {
  writeAll('packing/cifar-10-batches-bin', exchanged)
  return packed('cifar-10-batches-bin')
}

function packed(directory: string): Uint8Array {
  const tar = execFileSync('tar', ['--format=ustar', '-cf', '-', '-C', join(folder, 'packing'), directory])
  rmSync(join(folder, 'packing'), { recursive: true })
  return gzipSync(tar)
}

async function serve(archive: Uint8Array): Promise<{ url: string; close: () => void }> {
  const server = createServer((_, response) => response.end(archive))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

describe('a folder', () => {
  it.each<[string, (name: string) => string, (bytes: Uint8Array) => Uint8Array]>([
    ['gzip files in its own folder', (name) => `cifar10/${name}.gz`, (bytes) => gzipSync(bytes)],
    ['plain files', (name) => name, (bytes) => bytes],
    ['the archive’s own folder', (name) => `cifar-10-batches-bin/${name}`, (bytes) => bytes],
  ])('with %s', async (_, pathOf, encode) => {
    for (const [name, bytes] of Object.entries(published)) write(pathOf(name), encode(bytes))
    const { train, test: testing, canonical, source } = await loadCifar10(small, { folder })
    expect(train.images.shape).toEqual([8, 3, 32, 32])
    expect([...train.labels]).toEqual([1, 2, 3, 2, 3, 4, 4, 5])
    expect(testing.images.shape).toEqual([2, 3, 32, 32])
    expect([...testing.labels]).toEqual([6, 7])
    // the corners of the three planes of training image 4, the first of batch 3
    expect([0, 1, 2].map((plane) => train.images.data[(4 * 3 + plane) * 1024])).toEqual([30, 31, 32])
    expect([0, 1, 2].map((plane) => train.images.data[(4 * 3 + plane) * 1024 + 1023])).toEqual([30, 31, 32])
    expect(canonical).toBe(true)
    expect(source).toBe(`CIFAR-10: 8 training and 2 test images, from the folder ${folder}`)
  })

  it.each<[string, (name: string) => string, (bytes: Uint8Array) => Uint8Array]>([
    ['its pickles in its own folder, gzip', (name) => `cifar10/${name}.gz`, (bytes) => gzipSync(bytes)],
    ['its pickles in the archive’s own folder', (name) => `cifar-10-batches-py/${name}`, (bytes) => bytes],
  ])('with the python version gives the same: %s', async (_, pathOf, encode) => {
    for (const [name, bytes] of Object.entries(pickled)) write(pathOf(name), encode(bytes))
    const fromPickles = await loadCifar10(small, { folder })
    expect(fromPickles).toEqual(await loadCifar10(small, { folder, version: 'python' }))
    await expect(loadCifar10(small, { folder, version: 'binary' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    rmSync(folder, { recursive: true })
    writeAll('cifar10')
    expect(fromPickles).toEqual(await loadCifar10(small, { folder, version: 'binary' }))
    await expect(loadCifar10(small, { folder, version: 'python' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['TRUNCATED', pickled['data_batch_1'].subarray(0, 5000), /ends too early/],
    ['FORMAT', pickledBatch(batch(1, 1).fill(10, 0, 1), 'small', []), /record 0 has label 10/],
    [
      'FORMAT',
      pickledBatch(batch(1, 2), 'small', [], { rows: 1, columns: 6144 }),
      /2 labels, `data` of shape \[1, 6144\]/,
    ],
    ['FORMAT', pickledBatch(batch(1, 2), 'small', [], { labels: 'fine_labels' }), /lacks `data` or `labels`/],
    ['FORMAT', Uint8Array.of(0x80, 4, 0x95, 0), /does not begin with protocol 2/],
  ])('with a bad pickle: %s', async (code, bytes, message) => {
    for (const [name, whole] of Object.entries(pickled)) write(`cifar10/${name}`, whole)
    write('cifar10/data_batch_3', bytes)
    const attempt = loadCifar10(small, { folder })
    await expect(attempt).rejects.toMatchObject({ code, file: join(folder, 'cifar10/data_batch_3') })
    await expect(attempt).rejects.toThrow(message)
  })

  it('is asked for one version or another, no third', async () => {
    await expect(loadCifar10(small, { folder, version: 'matlab' as 'python' })).rejects.toThrow(
      /version is 'matlab': it must be one of 'binary', 'python'/,
    )
  })

  it('may hold other images in the same form, which is said', async () => {
    writeAll('cifar10', { 'test_batch.bin': batch(1, 4) })
    const { canonical, source } = await loadCifar10(small, { folder })
    expect(canonical).toBe(false)
    expect(source).toMatch(/^not the canonical CIFAR-10 \(checksum differs\): 8 training and 4 test images/)
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['EMPTY', new Uint8Array(0), /is empty/],
    ['TRUNCATED', batch(1, 2).subarray(0, 5000), /ends 1927 bytes into a record of 3073/],
    ['TRUNCATED', gzipSync(batch(1, 2)).subarray(0, 40), /cut short/],
    ['FORMAT', new Uint8Array(3073).fill(60), /record 0 has label 60/],
  ])('with a bad file: %s', async (code, bytes, message) => {
    writeAll('cifar10', { 'data_batch_3.bin': bytes })
    const attempt = loadCifar10(small, { folder })
    await expect(attempt).rejects.toMatchObject({ code, file: join(folder, 'cifar10/data_batch_3.bin') })
    await expect(attempt).rejects.toThrow(message)
  })

  it('without the set is an error that names the ways to get it', async () => {
    await expect(loadCifar10(small, { folder })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(loadCifar10(small, { folder })).rejects.toThrow(/SCATTERLAB_DATA=FOLDER/)
  })
})

describe('the archive', () => {
  it('is downloaded, and then comes from the cache', async () => {
    const archive = archiveOf()
    const { url, close } = await serve(archive)
    const first = await loadCifar10(small, { mirrors: [url] })
    close()
    expect(first.source).toBe(`CIFAR-10: 8 training and 2 test images, downloaded from ${url}/`)
    expect([...first.train.labels]).toEqual([1, 2, 3, 2, 3, 4, 4, 5])
    expect(new Uint8Array(readFileSync(join(folder, 'cache/cifar10/small.tar.gz')))).toEqual(new Uint8Array(archive))
    const again = await loadCifar10(small, { download: false })
    expect({ ...again, source: '' }).toEqual({ ...first, source: '' })
  })

  it('is another one for the python version', async () => {
    for (const [name, bytes] of Object.entries(pickled)) write(`packing/cifar-10-batches-py/${name}`, bytes)
    const { url, close } = await serve(packed('cifar-10-batches-py'))
    const fromPickles = await loadCifar10(small, { mirrors: [url], version: 'python' })
    close()
    expect(fromPickles.canonical).toBe(true)
    expect([...fromPickles.train.labels]).toEqual([1, 2, 3, 2, 3, 4, 4, 5])
    await expect(loadCifar10(small, { download: false })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await loadCifar10(small, { download: false, version: 'python' })).toMatchObject({ canonical: true })
  })

  it.each<[string, () => Uint8Array]>([
    ['another batch in it', () => archiveOf({ 'data_batch_4.bin': batch(7, 1) })],
    ['an empty archive', () => gzipSync(new Uint8Array(1024))],
    ['a damaged archive', () => archiveOf().fill(0, 100, 120)],
  ])('is refused with %s', async (_, archive) => {
    const { url, close } = await serve(archive())
    await expect(loadCifar10(small, { mirrors: [url] })).rejects.toMatchObject({ code: 'DOWNLOAD' })
    close()
    await expect(loadCifar10(small, { download: false })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

// Needs the real files: SCATTERLAB_DATA=FOLDER with FOLDER/cifar10.
const realData = process.env['SCATTERLAB_DATA']
describe.runIf(realData)('CIFAR-10 in SCATTERLAB_DATA', () => {
  let loaded: ReturnType<typeof cifar10> | undefined
  const binary = () => (loaded ??= cifar10({ folder: realData!, version: 'binary', download: false }))

  it('is the published one', { timeout: 30_000 }, async () => {
    const { train, test: testing, canonical } = await binary()
    expect(canonical).toBe(true)
    for (const [{ labels }, each] of [
      [train, 5000],
      [testing, 1000],
    ] as const) {
      const counts = new Array<number>(CIFAR10_CLASSES.length).fill(0)
      for (const label of labels) counts[label]++
      expect(counts).toEqual(new Array(10).fill(each))
    }
    expect([...train.labels.subarray(0, 3)].map((label) => CIFAR10_CLASSES[label])).toEqual(['frog', 'truck', 'truck'])
  })

  // With FOLDER/cifar10/filenames.txt.gz beside the binary version, the python version is rebuilt: its bytes are canonical.
  const names = join(realData ?? '', 'cifar10/filenames.txt.gz')
  it.runIf(existsSync(names))(
    'is the same in the python version, read as published',
    { timeout: 120_000 },
    async () => {
      const files = gunzipSync(readFileSync(names)).toString().split('\n')
      for (let k = 0; k < 6; k++) {
        const name = k < 5 ? `data_batch_${k + 1}` : 'test_batch'
        const label = k < 5 ? `training batch ${k + 1} of 5` : 'testing batch 1 of 1'
        const records = gunzipSync(readFileSync(join(realData!, `cifar10/${name}.bin.gz`)))
        write(name, pickledBatch(records, label, files.slice(10_000 * k, 10_000 * (k + 1))))
      }
      const python = await cifar10({ folder, download: false })
      expect(python.canonical).toBe(true)
      for (const part of ['train', 'test'] as const) {
        expect(Buffer.compare(python[part].images.data, (await binary())[part].images.data)).toBe(0)
        expect(python[part].labels).toEqual((await binary())[part].labels)
      }
    },
  )
})
