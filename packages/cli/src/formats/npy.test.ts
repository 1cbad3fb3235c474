import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NumericArray } from './array-source.ts'
import type { FormatError } from './format-error.ts'
import { encodeHeader, parseHeader } from './npy-header.ts'
import { openNpy } from './npy.ts'
import { streamNpy } from './npy-pipe.ts'
import { NUMPY_FILES } from './numpy-files.test.data.ts'

const bytesOf = (name: keyof typeof NUMPY_FILES): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(NUMPY_FILES[name], 'base64'))

const codeOf = async (read: Promise<unknown>): Promise<string> => {
  try {
    await read
  } catch (error) {
    expect((error as FormatError).file).toBe('x.npy')
    return (error as FormatError).code
  }
  return 'read'
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'npy ü-'))
})
afterAll(() => rm(folder, { recursive: true }))

const fileOf = async (bytes: Uint8Array): Promise<string> => {
  const path = join(folder, 'an array.npy')
  await writeFile(path, bytes)
  return path
}

/** The whole array in these bytes as a file. */
async function parsed(bytes: Uint8Array, name = 'x.npy'): Promise<NumericArray> {
  const source = await openNpy(await fileOf(bytes), { name })
  try {
    return { shape: source.shape, data: await source.read(0, source.shape[0]) }
  } finally {
    await source.close()
  }
}

describe('.npy files that NumPy wrote', () => {
  const signed = ['|i1', '<i2', '>i2', '<i4', '>i4', '<i8', '>i8', '<f2', '>f2', '<f4', '>f4', '<f8', '>f8'] as const
  const unsigned = ['|u1', '<u2', '>u2', '<u4', '>u4', '<u8', '>u8'] as const
  it.each([...signed, ...unsigned])('reads %s', async (descr) => {
    const { shape, data } = await parsed(bytesOf(descr))
    expect(shape).toEqual([2, 3])
    expect(Array.from(data)).toEqual([0, 1, 2, 3, descr[1] === 'u' ? 4 : -4, 100])
  })

  it('reads booleans, keeps types of its own', async () => {
    expect((await parsed(bytesOf('|b1'))).data).toEqual(new Uint8Array([0, 0, 1, 1, 0, 1]))
    expect((await parsed(bytesOf('>u2'))).data).toBeInstanceOf(Uint16Array)
    expect((await parsed(bytesOf('<f2'))).data).toBeInstanceOf(Float32Array)
  })

  const arange = Array.from({ length: 24 }, (_, i) => i)
  it('puts Fortran order right, from bytes, files and pipes', async () => {
    expect(Array.from((await parsed(bytesOf('fortran'))).data)).toEqual(arange)
    const file = await openNpy(await fileOf(bytesOf('fortran')))
    expect([file.shape, file.type, Array.from(await file.read(1, 2))]).toEqual([[2, 3, 4], 'int16', arange.slice(12)])
    await file.close()
    const pipe = await streamNpy(Readable.from([bytesOf('fortran')]), '-')
    expect(Array.from(await pipe.read(0, 1))).toEqual(arange.slice(0, 12))
    await pipe.close()
    const long = Readable.from([bytesOf('fortran'), new Uint8Array(1)])
    await expect(streamNpy(long, '-')).rejects.toMatchObject({ code: 'TRAILING' })
    const short = Readable.from([bytesOf('fortran').subarray(0, -1)])
    await expect(streamNpy(short, '-')).rejects.toMatchObject({ code: 'TRUNCATED' })
  })

  // columns of 65,536 bytes and more are read one by one, shorter ones several at once
  it.each([
    [7, [4, 9], 100],
    [70_000, [3], 2 ** 17],
  ])('reads %i rows in Fortran order whatever the window they are fetched in', async (rows, row, window) => {
    const columns = row.reduce((product, length) => product * length, 1)
    const shape = [rows, ...row]
    const text = `{'descr': '|u1', 'fortran_order': True, 'shape': (${shape.join(', ')}), }`
    const bytes = new Uint8Array(128 + rows * columns)
    bytes.set(encodeHeader('|u1', shape).subarray(0, 10))
    bytes.set(Buffer.from(`${text.padEnd(117)}\n`), 10)
    // a row's numbers in C order, and where each lies
    const at = (r: number, k: number): number => (7 * r + 31 * k) % 251
    const place = (k: number): number => (row.length === 1 ? k : Math.floor(k / row[1]) + row[0] * (k % row[1]))
    for (let k = 0; k < columns; k++) for (let r = 0; r < rows; r++) bytes[128 + r + rows * place(k)] = at(r, k)
    const file = await openNpy(await fileOf(bytes), { window })
    for (const [begin, end] of [
      [rows - 1, rows],
      [0, 1],
      [1, 4],
      [2, 3],
      [0, rows],
    ]) {
      const expected = Array.from({ length: (end - begin) * columns }, (_, i) =>
        at(begin + Math.floor(i / columns), i % columns),
      )
      expect(Buffer.from(await file.read(begin, end)).equals(Uint8Array.from(expected))).toBe(true)
    }
    await file.close()
  })

  it('refuses pickles, and what is no array of real numbers', async () => {
    expect(await codeOf(parsed(bytesOf('objects')))).toBe('OBJECTS')
    expect(await codeOf(parsed(bytesOf('pickle')))).toBe('OBJECTS')
    for (const name of ['complex', 'text', 'record'] as const)
      expect(await codeOf(parsed(bytesOf(name)))).toBe('ELEMENTS')
    expect(await codeOf(parsed(bytesOf('big')))).toBe('RANGE')
    expect(await codeOf(parsed(new Uint8Array(0)))).toBe('NOT_AN_ARRAY')
    expect(await codeOf(parsed(new Uint8Array(100)))).toBe('NOT_AN_ARRAY')
  })

  it('names a file that is cut short at any byte, or goes on', async () => {
    const whole = bytesOf('<i2')
    for (let length = 6; length < whole.length; length++)
      expect(await codeOf(parsed(whole.subarray(0, length)))).toBe('TRUNCATED')
    const longer = new Uint8Array([...whole, 0])
    expect(await codeOf(parsed(longer))).toBe('TRAILING')
    await expect(openNpy(await fileOf(whole.subarray(0, 130)))).rejects.toMatchObject({ code: 'TRUNCATED' })
    await expect(openNpy(await fileOf(new Uint8Array(0)))).rejects.toMatchObject({ code: 'NOT_AN_ARRAY' })
    await expect(openNpy(await fileOf(bytesOf('number')))).rejects.toThrow('a single number')
  })

  it('reads rows of a file and of a pipe in pieces of any size', async () => {
    const file = await openNpy(await fileOf(bytesOf('>f8')))
    expect(Array.from(await file.read(1, 2))).toEqual([3, -4, 100])
    await file.close()
    const bytes = bytesOf('>f8')
    for (const piece of [1, 7, 4096]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, i) =>
        bytes.subarray(i * piece, (i + 1) * piece),
      )
      const pipe = await streamNpy(Readable.from(pieces), '-')
      expect([...(await pipe.read(0, 1)), ...(await pipe.read(1, 2))]).toEqual([0, 1, 2, 3, -4, 100])
    }
  })

  it('tells of a pipe that ends early or late', async () => {
    const bytes = bytesOf('<f4')
    const short = await streamNpy(Readable.from([bytes.subarray(0, -1)]), '-')
    await expect(short.read(0, 2)).rejects.toMatchObject({ code: 'TRUNCATED' })
    const long = await streamNpy(Readable.from([bytes, new Uint8Array(1)]), '-')
    await expect(long.read(0, 2)).rejects.toMatchObject({ code: 'TRAILING' })
  })
})

describe('headers', () => {
  it('are those of NumPy, byte by byte', () => {
    const theirs = bytesOf('<f4')
    const { start } = parseHeader(theirs, 'x.npy')
    expect(encodeHeader('<f4', [2, 3])).toEqual(theirs.subarray(0, start))
  })

  it('keep their length whatever the number of rows', () => {
    const lengths = [0, 1, 10 ** 6, 2 ** 40].map((rows) => encodeHeader('<f4', [rows, 81, 8, 8]).length)
    expect(new Set(lengths).size).toBe(1)
    expect(lengths[0] % 64).toBe(0)
  })

  it('that are no headers are refused', async () => {
    const broken = (from: string, to: string): Uint8Array =>
      Uint8Array.from(Buffer.from(Buffer.from(bytesOf('<f4')).toString('latin1').replace(from, to), 'latin1'))
    expect(await codeOf(parsed(broken('(2, 3)', '(2,-3)')))).toBe('CORRUPT')
    expect(await codeOf(parsed(broken("'shape'", "'shaqe'")))).toBe('CORRUPT')
    expect(await codeOf(parsed(broken('(2, 3), }      ', '(99999999, 99999999), }'.slice(0, 23))))).toBe('CORRUPT')
  })
})
