// Files of features, read back by readers that are not ours: hyparquet, apache-arrow, and NumPy where this machine has it.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tableFromIPC, type Vector } from 'apache-arrow'
import fc from 'fast-check'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OutputFormat, WriterOptions } from './feature-writer.ts'
import { fromHalf, toHalf } from './half.ts'
import { openWriter } from './open-writer.ts'
import { readArray } from './read-array.ts'

const numpy = spawnSync('python3', ['-c', 'import numpy']).status === 0

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'features ü-'))
})
afterAll(() => rm(folder, { recursive: true }))

const at = (format: OutputFormat): string => join(folder, `f.${format}`)
const ramp = (length: number): Float32Array<ArrayBuffer> => Float32Array.from({ length }, (_, i) => Math.sqrt(i) - 3)
const nameOf = (i: number): string => `a b/ü-${i}${i === 3 ? ' 𝄞.png' : ''}`

/** Writes `values` in pieces of `piece` rows. */
async function write(options: WriterOptions, values: Float32Array, piece: number): Promise<string> {
  const path = at(options.format)
  const writer = await openWriter(path, options)
  const width = (options.shape.slice(1) as number[]).reduce((product, length) => product * length, 1)
  for (let row = 0; row * width < values.length; row += piece) {
    const rows = values.subarray(row * width, (row + piece) * width)
    await writer.write(
      rows,
      options.names === true ? Array.from({ length: rows.length / width }, (_, i) => nameOf(row + i)) : [],
    )
  }
  await writer.close()
  return path
}

const rounded = (values: Float32Array, dtype: string): number[] =>
  Array.from(values, (value) => (dtype === 'float16' ? fromHalf(toHalf(value)) : value))

async function parquetRows(path: string): Promise<Record<string, unknown>[]> {
  return await parquetReadObjects({ file: await asyncBufferFromFile(path) })
}

const python = (script: string, ...args: string[]): unknown =>
  JSON.parse(execFileSync('python3', ['-c', `import numpy, json, sys\n${script}`, ...args], { encoding: 'utf8' }))

describe('features in files', () => {
  const dtypes = ['float32', 'float16'] as const
  it.each(dtypes)('.npy and .npz of %s come back, whatever the pieces', async (dtype) => {
    const any = fc.record({
      rows: fc.nat(9),
      width: fc.integer({ min: 1, max: 7 }),
      piece: fc.integer({ min: 1, max: 4 }),
      known: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(
        any,
        fc.constantFrom('npy' as const, 'npz' as const),
        async ({ rows, width, piece, known }, format) => {
          const values = ramp(rows * width)
          const path = await write({ format, shape: [known ? rows : null, width], dtype }, values, piece)
          const array = await readArray(path)
          expect(array.shape).toEqual([rows, width])
          expect(Array.from(array.data)).toEqual(rounded(values, dtype))
        },
      ),
      { numRuns: 25, seed: 3 },
    )
    expect(await readdir(folder)).toEqual(expect.not.arrayContaining([expect.stringContaining('tmp')]))
  })

  it.each(dtypes)('Parquet of %s: a list a row, or a column a path, by hyparquet', async (dtype) => {
    const values = ramp(5 * 6)
    const path = await write({ format: 'parquet', shape: [5, 2, 3], dtype, names: true }, values, 2)
    const rows = await parquetRows(path)
    expect(rows.map((row) => row['name'])).toEqual([0, 1, 2, 3, 4].map(nameOf))
    expect(rows.flatMap((row) => row['features'])).toEqual(rounded(values, dtype))
    const { key_value_metadata: metadata } = await parquetMetadataAsync(await asyncBufferFromFile(path))
    expect(metadata).toEqual([{ key: 'scatterlab.shape', value: '[2,3]' }])
    const scalars = await parquetRows(
      await write({ format: 'parquet', shape: [null, 6], dtype, columns: [...'abcdef'] }, values, 3),
    )
    expect(scalars.flatMap((row) => [...'abcdef'].map((name) => row[name]))).toEqual(rounded(values, dtype))
    const lists = await parquetRows(
      await write({ format: 'parquet', shape: [5, 2, 3], dtype, columns: ['S0', 'S1'] }, values, 3),
    )
    expect(lists.flatMap((row) => [row['S0'], row['S1']].flat())).toEqual(rounded(values, dtype))
  })

  it.each(dtypes)('Arrow of %s: a list a row, or a column a path, by apache-arrow', async (dtype) => {
    const values = ramp(5 * 6)
    const rows = tableFromIPC(
      await readFile(await write({ format: 'arrow', shape: [5, 2, 3], dtype, names: true }, values, 2)),
    )
    expect([...(rows.getChild('name') as Vector)]).toEqual([0, 1, 2, 3, 4].map(nameOf))
    expect([...(rows.getChild('features') as Vector)].flatMap((row) => [...(row as Iterable<number>)])).toEqual(
      rounded(values, dtype),
    )
    expect(rows.schema.metadata.get('scatterlab.shape')).toBe('[2,3]')
    const scalars = tableFromIPC(
      await readFile(await write({ format: 'arrow', shape: [null, 6], dtype, columns: [...'abcdef'] }, values, 3)),
    )
    expect(scalars.toArray().flatMap((row) => Object.values(row as Record<string, number>))).toEqual(
      rounded(values, dtype),
    )
  })

  it('in Parquet and Arrow are the same bytes whatever the pieces, in several groups, or none', async () => {
    // 70,000 rows of one number: more than a group of 65,536
    const values = ramp(70_000)
    for (const format of ['parquet', 'arrow'] as const) {
      const once = await readFile(
        await write({ format, shape: [70_000, 1], dtype: 'float32', columns: ['x'] }, values, 70_000),
      )
      const pieces = await readFile(
        await write({ format, shape: [null, 1], dtype: 'float32', columns: ['x'] }, values, 9_999),
      )
      expect(pieces.equals(once)).toBe(true)
      await write({ format, shape: [0, 4], dtype: 'float32', names: true }, new Float32Array(0), 1)
    }
    const { row_groups: groups } = await parquetMetadataAsync(await asyncBufferFromFile(at('parquet')))
    expect(groups.length).toBe(0)
    expect(tableFromIPC(await readFile(at('arrow'))).numRows).toBe(0)
    const table = tableFromIPC(
      await readFile(
        await write({ format: 'arrow', shape: [70_000, 1], dtype: 'float32', columns: ['x'] }, values, 70_000),
      ),
    )
    expect([table.batches.length, (table.getChild('x') as Vector).get(69_999)]).toEqual([2, values[69_999]])
  })

  it.skipIf(!numpy)('.npy and .npz are read by NumPy', async () => {
    const values = ramp(4 * 6)
    for (const dtype of dtypes) {
      const npy = await write({ format: 'npy', shape: [null, 2, 3], dtype }, values, 3)
      const npz = await write({ format: 'npz', shape: [4, 2, 3], dtype, names: true }, values, 3)
      const seen = python(
        'a = numpy.load(sys.argv[1]); z = numpy.load(sys.argv[2])\n' +
          'print(json.dumps([a.dtype.name, a.shape, a.ravel().tolist(), z["features"].tolist() == a.tolist(), z["name"].tolist()]))',
        npy,
        npz,
      )
      expect(seen).toEqual([dtype, [4, 2, 3], rounded(values, dtype), true, [0, 1, 2, 3].map(nameOf)])
    }
  })

  it('are not written where the numbers do not fit', async () => {
    const writer = await openWriter(at('npy'), { format: 'npy', shape: [2, 3], dtype: 'float16' })
    await expect(writer.write(new Float32Array([1, 2, 65_520]))).rejects.toMatchObject({ code: 'RANGE' })
    await writer.abort()
    const short = await openWriter(at('npy'), { format: 'npy', shape: [2, 3], dtype: 'float32' })
    await expect(short.write(new Float32Array(4))).rejects.toThrow('4 numbers are no whole rows of 3')
    await short.write(new Float32Array(3))
    await expect(short.write(new Float32Array(3), ['a'])).rejects.toThrow('none were announced')
    await expect(short.close()).rejects.toMatchObject({ code: 'ROWS' })
    const long = await openWriter(at('parquet'), { format: 'parquet', shape: [1, 3], dtype: 'float32' })
    await expect(long.write(new Float32Array(6))).rejects.toMatchObject({ code: 'ROWS' })
    await long.abort()
  })

  it('are not begun with options that do not fit together', async () => {
    const base = { format: 'npy', shape: [1, 4], dtype: 'float32' } as const
    await expect(openWriter('-', { ...base, format: 'parquet' })).rejects.toThrow('a pipe takes .npy')
    await expect(openWriter('-', { ...base, shape: [null, 4] })).rejects.toThrow('known number of rows')
    await expect(openWriter(at('npy'), { ...base, names: true })).rejects.toThrow('no place for names')
    await expect(openWriter(at('npz'), { ...base, format: 'npz', columns: ['a'] })).rejects.toThrow('has no columns')
    await expect(openWriter(at('arrow'), { ...base, format: 'arrow', columns: ['a', 'b', 'c'] })).rejects.toThrow(
      'evenly',
    )
    await expect(openWriter(at('arrow'), { ...base, format: 'arrow', columns: ['a', 'a'] })).rejects.toThrow(
      'same name',
    )
    await expect(openWriter(at('npy'), { ...base, shape: [1, 0] })).rejects.toThrow('no shape of rows')
  })
})
