// Features as Parquet: groups of rows of some megabytes, by hyparquet-writer. Floats hardly shrink, so that nothing is compressed.
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { SchemaElement } from 'hyparquet'
import type { RowSink, SinkOptions } from './feature-writer.ts'
import { groupSink, type RowGroup } from './group-sink.ts'
import { outputFile } from './output-file.ts'
import { halves } from './write-npy.ts'
import { fromHalf } from './half.ts'

/** Rows into a Parquet file: the column `name` if there are names, then `features` or the columns that are named. */
export async function parquetSink(path: string, options: SinkOptions): Promise<RowSink> {
  const { shape, width, dtype, names } = options
  const columns = options.columns ?? ['features']
  const share = width / columns.length
  const lists = options.columns === undefined || share > 1
  const out = await outputFile(path)
  const bytes = new ByteWriter(1 << 20)
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaOf(columns, { lists, dtype, names }),
    codec: 'UNCOMPRESSED',
    kvMetadata: [{ key: 'scatterlab.shape', value: JSON.stringify(shape.slice(1)) }],
    createdBy: 'scatterlab',
  })
  const flush = async (): Promise<void> => {
    await out.write(bytes.getBytes())
    bytes.index = 0
  }
  const group = async ({ rows, names: named, count }: RowGroup): Promise<void> => {
    const values = dtype === 'float16' ? Float32Array.from(halves(rows, path), fromHalf) : rows
    const columnData = columns.map((name, c) => ({
      name,
      data: lists ? listsOf(values, { count, width, share, c }) : scalarsOf(values, { count, width, c }),
      encoding: 'PLAIN' as const,
      statistics: !lists,
    }))
    const nameColumn = names ? [{ name: 'name', data: [...named], encoding: 'PLAIN' as const }] : []
    await writer.write({ columnData: [...nameColumn, ...columnData], rowGroupSize: Math.max(1, count) })
    await flush()
  }
  return groupSink(width, names, {
    write: group,
    close: async () => {
      await writer.finish()
      await flush()
      await out.close()
    },
    abort: () => out.abort(),
  })
}

function schemaOf(
  columns: readonly string[],
  { lists, dtype, names }: { readonly lists: boolean; readonly dtype: SinkOptions['dtype']; readonly names: boolean },
): SchemaElement[] {
  const number = (name: string): SchemaElement =>
    dtype === 'float16'
      ? {
          name,
          type: 'FIXED_LEN_BYTE_ARRAY',
          type_length: 2,
          logical_type: { type: 'FLOAT16' },
          repetition_type: 'REQUIRED',
        }
      : { name, type: 'FLOAT', repetition_type: 'REQUIRED' }
  const list = (name: string): SchemaElement[] => [
    { name, repetition_type: 'REQUIRED', num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    number('element'),
  ]
  return [
    { name: 'root', num_children: columns.length + (names ? 1 : 0) },
    ...(names
      ? [{ name: 'name', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' } as const]
      : []),
    ...columns.flatMap((name) => (lists ? list(name) : [number(name)])),
  ]
}

function scalarsOf(
  values: Float32Array,
  { count, width, c }: { count: number; width: number; c: number },
): Float32Array {
  const column = new Float32Array(count)
  for (let i = 0; i < count; i++) column[i] = values[i * width + c]
  return column
}

const listsOf = (
  values: Float32Array,
  { count, width, share, c }: { count: number; width: number; share: number; c: number },
): number[][] =>
  Array.from({ length: count }, (_, i) =>
    Array.from(values.subarray(i * width + c * share, i * width + (c + 1) * share)),
  )
