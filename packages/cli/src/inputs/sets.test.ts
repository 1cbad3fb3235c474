// IDX and CIFAR-10 as items: the same from plain and compressed files, in parts.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { writeFiles } from '../command.test.run.ts'
import type { Items } from './items.ts'
import { listInput } from './listing.ts'
import { openItems } from './open-items.ts'

const root = mkdtempSync(join(tmpdir(), 'scatterlab-'))
afterAll(() => rmSync(root, { recursive: true }))

const opened = async (path: string, colour = false, folder?: string): Promise<Items> =>
  openItems(await listInput(path), { fit: 'crop', colour }, { ofImages: true, ...(folder !== undefined && { folder }) })

const header = (...lengths: number[]): number[] => [0, 0, 8, lengths.length, ...lengths.flatMap((n) => [0, 0, 0, n])]

test('IDX: rows, with labels of the file beside it', async () => {
  const images = Uint8Array.from([...header(5, 2, 3), ...Array.from({ length: 30 }, (_, i) => 8 * i)])
  const labels = Uint8Array.from([...header(5), 7, 2, 1, 0, 4])
  const cut = gzipSync(images).subarray(0, -9)
  const long = gzipSync(Buffer.concat([images, images]))
  const folder = writeFiles(join(root, 'digits'), {
    'images-idx3-ubyte': images,
    'labels-idx1-ubyte': labels,
    'other.idx.gz': gzipSync(images),
    'cut.idx.gz': cut,
    'long.idx.gz': long,
    'short.idx': images.subarray(0, -1),
    // says that it holds 2⁸ · 2²⁴ bytes
    'bomb.idx.gz': gzipSync(Uint8Array.of(0, 0, 8, 2, 0, 0, 1, 0, 1, 0, 0, 0, ...new Uint8Array(64))),
  })
  const shared = join(root, 'shared')
  for (const [name, own] of [
    ['images-idx3-ubyte', undefined],
    ['other.idx.gz', shared],
    ['other.idx.gz', undefined],
  ] as const) {
    const items = await opened(join(folder, name), false, own)
    expect([items.count, items.size, items.channels]).toEqual([5, [2, 3], 1])
    await items.prepare?.()
    const { data, names } = await items.read(3, 5, () => {})
    expect([...data]).toEqual([...Float32Array.from({ length: 12 }, (_, i) => (8 * (18 + i)) / 255)])
    expect(names).toEqual(name.endsWith('ubyte') ? ['0/3', '4/4'] : ['3', '4'])
    await items.close()
  }
  expect(readdirSync(shared)).toHaveLength(1)
  const read = async (name: string) => (await opened(join(folder, name))).read(0, 1, () => {})
  await expect(read('cut.idx.gz')).rejects.toMatchObject({ code: 'TRUNCATED' })
  await expect(read('long.idx.gz')).rejects.toThrow('more than the 46 bytes')
  await expect(read('short.idx')).rejects.toMatchObject({ code: 'TRUNCATED' })
  await expect(read('bomb.idx.gz')).rejects.toThrow('expand to')
})

test('CIFAR-10: six files, plain or gzip, in colour or grey', async () => {
  // record r of batch b: label b + r, planes of 10 b + r, 50 more and 100 more
  const batch = (b: number): Uint8Array =>
    Uint8Array.from({ length: 2 * 3073 }, (_, i) => {
      const [r, at] = [Math.floor(i / 3073), i % 3073]
      return at === 0 ? b + r : 10 * b + r + 50 * Math.floor((at - 1) / 1024)
    })
  const files = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch']
  const plain = writeFiles(join(root, 'plain'), Object.fromEntries(files.map((name, b) => [`${name}.bin`, batch(b)])))
  const mixed = writeFiles(join(root, 'mixed'), {
    ...Object.fromEntries(files.map((name, b) => [`${name}.bin.gz`, gzipSync(batch(b))])),
    'test_batch.bin': batch(5),
  })
  for (const folder of [plain, mixed]) {
    const items = await opened(folder, true)
    expect([items.count, items.size, items.channels]).toEqual([12, [32, 32], 3])
    const { data, names } = await items.read(9, 11, () => {})
    expect(names).toEqual(['dog/train-9', 'dog/test-0']) // labels 4 + 1 and 5 + 0
    expect([data[0], data[1024], data[3072]]).toEqual([41, 91, 50].map((byte) => Math.fround(byte / 255)))
    const grey = (await (await opened(folder)).read(0, 1, () => {})).data
    // 0.299 · 0 + 0.587 · 50 + 0.114 · 100
    expect(grey[0]).toBe(Math.fround(41 / 255))
  }
})
