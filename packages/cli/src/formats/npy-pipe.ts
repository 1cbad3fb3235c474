// .npy through a pipe: rows in order as they come. In Fortran order the first row ends where the array does, so that the array is put into a file.
import type { ArraySource } from './array-source.ts'
import { FormatError } from './format-error.ts'
import { numbersIn } from './npy-elements.ts'
import { headerEnd, parseHeader, PREAMBLE, type NpyHeader } from './npy-header.ts'
import { fileLength, openNpy, rowSize } from './npy.ts'
import { type Temporary, temporaryFile } from './temporary-file.ts'

/** Bytes that come in pieces, taken in lengths that are asked for. */
interface Taker {
  /** Exactly `length` bytes, or with `atMost` what there is. Throws TRUNCATED. */
  take(length: number, atMost?: boolean): Promise<Uint8Array<ArrayBuffer>>
  close(): Promise<void>
}

function takerOf(chunks: AsyncIterable<Uint8Array>, file: string): Taker {
  const iterator = chunks[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array(0)
  let consumed = 0
  return {
    async take(length, atMost = false) {
      const bytes = new Uint8Array(length)
      let filled = 0
      while (filled < length) {
        if (rest.length === 0) {
          const next = await iterator.next()
          if (next.done === true) {
            if (atMost) return bytes.slice(0, filled)
            throw new FormatError('TRUNCATED', file, `ends after ${consumed} bytes, in the middle of its array`)
          }
          rest = next.value
        }
        const part = rest.subarray(0, length - filled)
        bytes.set(part, filled)
        rest = rest.subarray(part.length)
        filled += part.length
        consumed += part.length
      }
      return bytes
    },
    close: async () => {
      await iterator.return?.()
    },
  }
}

async function headOf(
  { take }: Taker,
  file: string,
): Promise<{ readonly head: Uint8Array; readonly header: NpyHeader }> {
  const preamble = await take(PREAMBLE, true)
  const end = headerEnd(preamble, file)
  const head = new Uint8Array(end)
  head.set(preamble)
  head.set(await take(end - PREAMBLE), PREAMBLE)
  return { head, header: parseHeader(head, file) }
}

/** The header of an .npy file that comes in `chunks`, of which no more is taken. Throws a FormatError. */
export async function streamedHeader(chunks: AsyncIterable<Uint8Array>, file: string): Promise<NpyHeader> {
  const taker = takerOf(chunks, file)
  try {
    return (await headOf(taker, file)).header
  } finally {
    await taker.close()
  }
}

/** Bytes at a time on their way to a file. */
const PIECE = 2 ** 20

/**
 * Rows of an .npy file that comes in `chunks`, in order; memory holds what one `read` asks for. `read` of the last row also sees to it that
 * nothing follows. Throws a FormatError that names `file`.
 */
export async function streamNpy(chunks: AsyncIterable<Uint8Array>, file: string): Promise<ArraySource> {
  const taker = takerOf(chunks, file)
  const { take } = taker
  const { head, header } = await headOf(taker, file)
  const { shape, elements, fortranOrder } = header
  const stride = rowSize(shape, file) * elements.width
  const ended = async (): Promise<void> => {
    if ((await take(1, true)).length > 0)
      throw new FormatError('TRAILING', file, `more bytes than its shape (${shape.join(', ')}) takes`)
  }
  if (fortranOrder) {
    const all = async function* (): AsyncGenerator<Uint8Array> {
      yield head
      for (let left = fileLength(header) - head.length; left > 0;) {
        const bytes = await take(Math.min(left, PIECE))
        left -= bytes.length
        yield bytes
      }
      await ended()
    }
    const source = await openTemporary(await temporaryFile(all()), file)
    await taker.close()
    return source
  }
  let at = 0
  return {
    shape,
    type: elements.name,
    read: async (begin, finish) => {
      if (begin !== at) throw new RangeError(`rows of a pipe come in order: ${at} is next, not ${begin}`)
      const numbers = numbersIn(await take((finish - begin) * stride), elements, file)
      at = finish
      if (at === shape[0]) await ended()
      return numbers
    },
    close: () => taker.close(),
  }
}

/** The array in a file that is taken away when the array is closed. */
export async function openTemporary({ path, remove }: Temporary, name: string): Promise<ArraySource> {
  try {
    const source = await openNpy(path, { name })
    return {
      ...source,
      close: async () => {
        await source.close()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}
