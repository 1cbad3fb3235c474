import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FormatError } from './format-error.ts'
import { encodeHeader, parseHeader } from './npy-header.ts'
import { openNpy, parseNpy, streamNpy } from './npy.ts'
import { NUMPY_FILES } from './numpy-files.test.data.ts'

const bytesOf = (name: keyof typeof NUMPY_FILES): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(NUMPY_FILES[name], 'base64'))

const codeOf = (read: () => unknown): string => {
  try {
    read()
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

describe('.npy files that NumPy wrote', () => {
  const signed = ['|i1', '<i2', '>i2', '<i4', '>i4', '<i8', '>i8', '<f2', '>f2', '<f4', '>f4', '<f8', '>f8'] as const
  const unsigned = ['|u1', '<u2', '>u2', '<u4', '>u4', '<u8', '>u8'] as const
  it.each([...signed, ...unsigned])('reads %s', (descr) => {
    const { shape, data } = parseNpy(bytesOf(descr), 'x.npy')
    expect(shape).toEqual([2, 3])
    expect(Array.from(data)).toEqual([0, 1, 2, 3, descr[1] === 'u' ? 4 : -4, 100])
  })

  it('reads booleans, keeps types of its own', () => {
    expect(parseNpy(bytesOf('|b1'), 'x.npy').data).toEqual(new Uint8Array([0, 0, 1, 1, 0, 1]))
    expect(parseNpy(bytesOf('>u2'), 'x.npy').data).toBeInstanceOf(Uint16Array)
    expect(parseNpy(bytesOf('<f2'), 'x.npy').data).toBeInstanceOf(Float32Array)
  })

  const arange = Array.from({ length: 24 }, (_, i) => i)
  it('puts Fortran order right, from bytes, files and pipes', async () => {
    expect(Array.from(parseNpy(bytesOf('fortran'), 'x.npy').data)).toEqual(arange)
    const file = await openNpy(await fileOf(bytesOf('fortran')))
    expect([file.shape, file.type, Array.from(await file.read(1, 2))]).toEqual([[2, 3, 4], 'int16', arange.slice(12)])
    const pipe = await streamNpy(Readable.from([bytesOf('fortran')]), '-')
    expect(Array.from(await pipe.read(0, 1))).toEqual(arange.slice(0, 12))
  })

  it('refuses pickles, and what is no array of real numbers', () => {
    expect(codeOf(() => parseNpy(bytesOf('objects'), 'x.npy'))).toBe('OBJECTS')
    expect(codeOf(() => parseNpy(bytesOf('pickle'), 'x.npy'))).toBe('OBJECTS')
    for (const name of ['complex', 'text', 'record'] as const)
      expect(codeOf(() => parseNpy(bytesOf(name), 'x.npy'))).toBe('ELEMENTS')
    expect(codeOf(() => parseNpy(bytesOf('big'), 'x.npy'))).toBe('RANGE')
    expect(codeOf(() => parseNpy(new Uint8Array(0), 'x.npy'))).toBe('NOT_AN_ARRAY')
    expect(codeOf(() => parseNpy(new Uint8Array(100), 'x.npy'))).toBe('NOT_AN_ARRAY')
  })

  it('names a file that is cut short at any byte, or goes on', async () => {
    const whole = bytesOf('<i2')
    for (let length = 6; length < whole.length; length++)
      expect(codeOf(() => parseNpy(whole.subarray(0, length), 'x.npy'))).toBe('TRUNCATED')
    const longer = new Uint8Array([...whole, 0])
    expect(codeOf(() => parseNpy(longer, 'x.npy'))).toBe('TRAILING')
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

  it('that are no headers are refused', () => {
    const broken = (from: string, to: string): Uint8Array =>
      Uint8Array.from(Buffer.from(Buffer.from(bytesOf('<f4')).toString('latin1').replace(from, to), 'latin1'))
    expect(codeOf(() => parseNpy(broken('(2, 3)', '(2,-3)'), 'x.npy'))).toBe('CORRUPT')
    expect(codeOf(() => parseNpy(broken("'shape'", "'shaqe'"), 'x.npy'))).toBe('CORRUPT')
    expect(codeOf(() => parseNpy(broken('(2, 3), }      ', '(99999999, 99999999), }'.slice(0, 23)), 'x.npy'))).toBe(
      'CORRUPT',
    )
  })
})
