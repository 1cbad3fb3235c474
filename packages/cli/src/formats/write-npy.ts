// Features as .npy: the header with the final shape, then row after row.
import type { RowSink, SinkOptions } from './feature-writer.ts'
import { FormatError } from './format-error.ts'
import { toHalf } from './half.ts'
import { encodeHeader } from './npy-header.ts'
import { outputFile, type Output } from './output-file.ts'

const DESCR = { float32: '<f4', float16: '<f2' } as const

/** Rows into a file, or into `output` where one is given. */
export async function npySink(path: string, { shape, dtype }: SinkOptions, output?: Output): Promise<RowSink> {
  const out = output ?? (await outputFile(path))
  const [rows, ...row] = shape
  const header = (count: number): Uint8Array<ArrayBuffer> => encodeHeader(DESCR[dtype], [count, ...row])
  await out.write(header(rows ?? 0))
  return {
    write: (values) => out.write(asBytes(dtype === 'float16' ? halves(values, path) : values)),
    close: async (written) => {
      if (rows === null) await out.rewrite?.(header(written))
      await out.close()
    },
    abort: () => out.abort(),
  }
}

const asBytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** The bits of half-precision numbers. Throws RANGE for a number beyond 65,504, which would become infinity. */
export function halves(values: Float32Array, file: string): Uint16Array<ArrayBuffer> {
  const bits = new Uint16Array(values.length)
  for (let i = 0; i < values.length; i++) {
    bits[i] = toHalf(values[i])
    if ((bits[i] & 0x7fff) === 0x7c00 && Number.isFinite(values[i]))
      throw new FormatError('RANGE', file, `${values[i]} is beyond float16's 65504: write float32`)
  }
  return bits
}
