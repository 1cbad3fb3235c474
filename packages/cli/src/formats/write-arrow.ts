// Features as an Arrow IPC file (Feather version 2): record batches of some megabytes, by apache-arrow.
import {
  AsyncByteQueue,
  Field,
  FixedSizeList,
  Float16,
  Float32,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  Utf8,
  type Data,
  type DataType,
} from 'apache-arrow'
import type { RowSink, SinkOptions } from './feature-writer.ts'
import { groupSink, type RowGroup } from './group-sink.ts'
import { outputFile } from './output-file.ts'
import { halves } from './write-npy.ts'

/** Rows into an Arrow file, in the same columns as Parquet; lists are of fixed size. */
export async function arrowSink(path: string, options: SinkOptions): Promise<RowSink> {
  const { shape, width, dtype, names } = options
  const columns = options.columns ?? ['features']
  const share = width / columns.length
  const lists = options.columns === undefined || share > 1
  const number = dtype === 'float16' ? new Float16() : new Float32()
  const type: DataType = lists ? new FixedSizeList(share, new Field('item', number, false)) : number
  const fields = [
    ...(names ? [new Field('name', new Utf8(), false)] : []),
    ...columns.map((name) => new Field(name, type, false)),
  ]
  const schema = new Schema(fields, new Map([['scatterlab.shape', JSON.stringify(shape.slice(1))]]))
  const out = await outputFile(path)
  const queue = new Chunks()
  const writer = new RecordBatchFileWriter()
  writer.reset(queue, schema)
  const flush = async (): Promise<void> => {
    for (const chunk of queue.taken.splice(0)) await out.write(chunk)
  }
  const numbers = (values: Float32Array): Data =>
    dtype === 'float16'
      ? makeData({ type: new Float16(), data: halves(values, path), nullCount: 0 })
      : makeData({ type: new Float32(), data: values, nullCount: 0 })
  const column = ({ rows, count }: RowGroup, c: number): Data => {
    const part = partOf(rows, { count, width, share, c })
    return lists
      ? makeData({ type: type as FixedSizeList, length: count, child: numbers(part), nullCount: 0 })
      : numbers(part)
  }
  return groupSink(width, names, {
    write: async (group) => {
      const children = [...(names ? [texts(group.names)] : []), ...columns.map((_, c) => column(group, c))]
      writer.write(
        new RecordBatch(schema, makeData({ type: new Struct(fields), length: group.count, children, nullCount: 0 })),
      )
      await flush()
    },
    close: async () => {
      writer.finish()
      await flush()
      await out.close()
    },
    abort: () => out.abort(),
  })
}

/** Keeps what is written until it has gone to the file. */
class Chunks extends AsyncByteQueue {
  readonly taken: Uint8Array[] = []
  override write(value: Parameters<AsyncByteQueue['write']>[0]): void {
    this.taken.push(value as Uint8Array)
  }
}

function partOf(
  rows: Float32Array,
  { count, width, share, c }: { count: number; width: number; share: number; c: number },
): Float32Array {
  const part = new Float32Array(count * share)
  for (let i = 0; i < count; i++) part.set(rows.subarray(i * width + c * share, i * width + (c + 1) * share), i * share)
  return part
}

function texts(names: readonly string[]): Data {
  const encoded = names.map((name) => new TextEncoder().encode(name))
  const valueOffsets = new Int32Array(names.length + 1)
  encoded.forEach((bytes, i) => (valueOffsets[i + 1] = valueOffsets[i] + bytes.length))
  return makeData({ type: new Utf8(), length: names.length, valueOffsets, data: Buffer.concat(encoded), nullCount: 0 })
}
