import { readdirSync, statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NUMPY_FILES } from './numpy-files.test.data.ts'
import { openArray, readArray } from './read-array.ts'
import { isBomb } from './temporary-file.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'npz-'))
})
afterAll(() => rm(folder, { recursive: true }))

const fileOf = async (bytes: Uint8Array | string): Promise<string> => {
  const path = join(folder, 'x.npz')
  await writeFile(path, typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : bytes)
  return path
}

describe('.npz files that NumPy wrote', () => {
  it('give the array `features`, one that is named, or the only one', async () => {
    const both = await fileOf(NUMPY_FILES.npz)
    expect(await readArray(both)).toEqual({ shape: [2, 3], data: new Float32Array([0, 1, 2, 3, 4, 5]) })
    expect(await readArray(both, { member: 'other' })).toEqual({ shape: [2], data: new Float64Array([0, 1]) })
    await expect(readArray(both, { member: 'z' })).rejects.toThrow("no array 'z': name one of features, other")
    const only = await openArray(await fileOf(NUMPY_FILES.npzCompressed))
    expect([only.shape, only.type, await only.read(99, 100)]).toEqual([
      [100, 100],
      'float64',
      new Float64Array(100).fill(1.5),
    ])
  })

  it('that are compressed are expanded once, where others find it', async () => {
    const shared = join(folder, 'shared')
    const file = await fileOf(NUMPY_FILES.npzCompressed)
    const [a, b] = [await openArray(file, { folder: shared }), await openArray(file, { folder: shared })]
    await a.prepare?.()
    expect(readdirSync(shared)).toHaveLength(1)
    const [expanded] = readdirSync(shared)
    const before = statSync(join(shared, expanded)).ino
    expect(await b.read(3, 5)).toEqual(new Float64Array(200).fill(1.5))
    await a.close()
    await b.close()
    expect(readdirSync(shared)).toEqual([expanded])
    expect(statSync(join(shared, expanded)).ino).toBe(before)
    // a file of its own is taken away
    const temporaries = (): number => readdirSync(tmpdir()).filter((name) => name.startsWith('scatterlab-')).length
    const own = await openArray(file)
    const closed = temporaries()
    await own.read(0, 1)
    expect(temporaries()).toBeGreaterThanOrEqual(closed)
    await own.close()
  })

  it('that expand beyond the bound are refused before they are expanded', async () => {
    const bomb = await fileOf(NUMPY_FILES.npzCompressed)
    await expect(readArray(bomb, { maxBytes: 79_999 })).rejects.toMatchObject({ code: 'TOO_LARGE' })
    expect((await readArray(bomb, { maxBytes: 80_000 })).data.length).toBe(10_000)
    // 222 bytes that say that they expand to 3 GiB
    const bytes = Buffer.from(NUMPY_FILES.npzCompressed, 'base64')
    bytes.writeUInt32LE(3 * 2 ** 30, bytes.lastIndexOf('PK\x01\x02', undefined, 'latin1') + 24)
    await expect(openArray(await fileOf(bytes))).rejects.toMatchObject({ code: 'TOO_LARGE' })
    expect([isBomb(2 ** 25, 2 ** 32), isBomb(2 ** 26, 2 ** 32), isBomb(1, 2 ** 31)]).toEqual([true, false, false])
  })

  it('that say less than they hold, or are damaged, are refused', async () => {
    const bytes = Buffer.from(NUMPY_FILES.npzCompressed, 'base64')
    const directory = bytes.lastIndexOf('PK\x01\x02', undefined, 'latin1')
    const lying = Buffer.from(bytes)
    lying.writeUInt32LE(1000, directory + 24)
    await expect(readArray(await fileOf(lying))).rejects.toMatchObject({ code: 'CORRUPT' })
    const other = Buffer.from(bytes)
    other.writeUInt32LE(other.readUInt32LE(directory + 16) ^ 1, directory + 16)
    await expect(readArray(await fileOf(other))).rejects.toThrow('checksum')
    await expect(readArray(await fileOf(bytes.subarray(0, -30)))).rejects.toMatchObject({ code: 'NOT_AN_ARRAY' })
    await expect(readArray(join(folder, 'none.npz'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('bound a plain file too', async () => {
    const plain = await fileOf(NUMPY_FILES['<f8'])
    await expect(readArray(plain, { maxBytes: 47 })).rejects.toMatchObject({ code: 'TOO_LARGE' })
  })
})
