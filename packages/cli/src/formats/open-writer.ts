// The door to files of features: checks and counts rows, and hands them to the format. Parquet and Arrow are loaded when they are asked for.
import { ValueError } from '@scatterlab/tensor'
import { sizeOf } from './array-source.ts'
import {
  OUTPUT_FORMATS,
  type FeatureWriter,
  type RowSink,
  type SinkOptions,
  type WriterOptions,
} from './feature-writer.ts'
import { FormatError } from './format-error.ts'
import { outputStream } from './output-file.ts'
import { npySink } from './write-npy.ts'

/** The path that stands for standard output, which takes .npy only. */
export const STANDARD_STREAM = '-'

/** Opens a file of features; `path` is written over. Throws ValueError for options that do not fit together. */
export async function openWriter(path: string, options: WriterOptions): Promise<FeatureWriter> {
  const { shape, names = false } = options
  const width = sizeOf(shape.slice(1) as number[])
  check(path, options, width)
  const sink = await openSink(path, options, { shape, width, dtype: options.dtype, columns: options.columns, names })
  const [promised] = shape
  let written = 0
  return {
    write: async (rows, rowNames = []) => {
      const count = rows.length / width
      if (!Number.isInteger(count)) throw new ValueError(`${rows.length} numbers are no whole rows of ${width}`)
      if (rowNames.length !== (names ? count : 0))
        throw new ValueError(
          `${rowNames.length} names for ${count} rows: ${names ? 'one for each' : 'none were announced'}`,
        )
      written += count
      if (promised !== null && written > promised)
        throw new FormatError('ROWS', path, `${written} rows where ${promised} were promised`)
      await sink.write(rows, rowNames)
    },
    close: async () => {
      if (promised !== null && written !== promised) {
        await sink.abort()
        throw new FormatError('ROWS', path, `${written} rows where ${promised} were promised`)
      }
      await sink.close(written)
    },
    abort: () => sink.abort(),
  }
}

function check(path: string, { format, shape, columns, names }: WriterOptions, width: number): void {
  if (!OUTPUT_FORMATS.includes(format))
    throw new ValueError(`format '${format}' is not written: one of ${OUTPUT_FORMATS.join(', ')}`)
  if (
    shape.some((length, axis) => !(axis === 0 && length === null) && !(Number.isSafeInteger(length) && length! >= 0)) ||
    width === 0
  )
    throw new ValueError(`shape ${JSON.stringify(shape)} is no shape of rows`)
  if (names === true && format === 'npy')
    throw new ValueError('.npy has no place for names: write .npz, .parquet or .arrow')
  if (path === STANDARD_STREAM && (format !== 'npy' || shape[0] === null))
    throw new ValueError('a pipe takes .npy with a known number of rows: write to a file')
  if (columns === undefined) return
  if (format === 'npy' || format === 'npz') throw new ValueError(`.${format} has no columns: write .parquet or .arrow`)
  if (columns.length === 0 || width % columns.length !== 0)
    throw new ValueError(`${columns.length} columns do not share ${width} numbers of a row evenly`)
  const all = new Set([...columns, ...(names === true ? ['name'] : [])])
  if (all.size !== columns.length + (names === true ? 1 : 0)) throw new ValueError('two columns have the same name')
}

async function openSink(path: string, { format }: WriterOptions, options: SinkOptions): Promise<RowSink> {
  switch (format) {
    case 'npy':
      return await npySink(path, options, path === STANDARD_STREAM ? outputStream(process.stdout) : undefined)
    case 'npz':
      return await (await import('./write-npz.ts')).npzSink(path, options)
    case 'parquet':
      return await (await import('./write-parquet.ts')).parquetSink(path, options)
    case 'arrow':
      return await (await import('./write-arrow.ts')).arrowSink(path, options)
  }
}
