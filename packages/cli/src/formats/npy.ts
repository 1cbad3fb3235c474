// NumPy's .npy files: a whole array from bytes, rows from a file, rows from a pipe.
import { open } from 'node:fs/promises'
import { sizeOf, type ArraySource, type NumericArray } from './array-source.ts'
import { FormatError } from './format-error.ts'
import { numbersIn, toCOrder } from './npy-elements.ts'
import { headerEnd, parseHeader, PREAMBLE, type NpyHeader } from './npy-header.ts'

/** The array in the bytes of an .npy file. Throws a FormatError that names `file` for what is none, or is cut short. */
export function parseNpy(bytes: Uint8Array, file: string): NumericArray {
  const header = parseHeader(bytes, file)
  checkLength(header, bytes.length, file)
  const data = numbersIn(bytes.subarray(header.start), header.elements, file)
  return { shape: header.shape, data: header.fortranOrder ? toCOrder(data, header.shape) : data }
}

/** The bytes that a file of such a header has. */
export const fileLength = ({ start, shape, elements }: NpyHeader): number => start + sizeOf(shape) * elements.width

function checkLength(header: NpyHeader, length: number, file: string): void {
  const expected = fileLength(header)
  if (length < expected)
    throw new FormatError('TRUNCATED', file, `cut short: ${length} of ${expected} bytes: copy it again`)
  if (length > expected)
    throw new FormatError(
      'TRAILING',
      file,
      `${length - expected} bytes more than its shape (${header.shape.join(', ')}) takes`,
    )
}

/** Opens an .npy file whose rows are read as they are needed; one in Fortran order is read whole, as its rows lie scattered. */
export async function openNpy(file: string): Promise<ArraySource> {
  const handle = await open(file)
  try {
    const exactly = async (position: number, length: number): Promise<Uint8Array<ArrayBuffer>> => {
      const bytes = new Uint8Array(length)
      let filled = 0
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled)
        if (bytesRead === 0)
          throw new FormatError(
            'TRUNCATED',
            file,
            `cut short: ${position + filled} of ${position + length} bytes: copy it again`,
          )
        filled += bytesRead
      }
      return bytes
    }
    const { size } = await handle.stat()
    const end = headerEnd(await exactly(0, Math.min(size, PREAMBLE)), file)
    const header = parseHeader(await exactly(0, Math.min(size, end)), file)
    checkLength(header, size, file)
    if (header.fortranOrder) {
      const whole = parseNpy(await exactly(0, size), file)
      await handle.close()
      return sourceOf(whole, header.elements.name, file)
    }
    const { shape, elements, start } = header
    const stride = rowSize(shape, file) * elements.width
    return {
      shape,
      type: elements.name,
      read: async (begin, finish) =>
        numbersIn(await exactly(start + begin * stride, (finish - begin) * stride), elements, file),
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** An array in memory as a source of rows. Throws NOT_AN_ARRAY for a single number. */
export function sourceOf({ shape, data }: NumericArray, type: string, file: string): ArraySource {
  const stride = rowSize(shape, file)
  return {
    shape,
    type,
    read: (begin, end) => Promise.resolve(data.slice(begin * stride, end * stride)),
    close: () => Promise.resolve(),
  }
}

function rowSize(shape: readonly number[], file: string): number {
  if (shape.length === 0) throw new FormatError('NOT_AN_ARRAY', file, 'a single number, not an array of rows')
  return sizeOf(shape.slice(1))
}

/**
 * Rows of an .npy file that comes through a pipe, in order; memory holds what one `read` asks for. Fortran order is read whole. `read` of the last row
 * also sees to it that nothing follows.
 */
export async function streamNpy(chunks: AsyncIterable<Uint8Array>, file: string): Promise<ArraySource> {
  const iterator = chunks[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array(0)
  let consumed = 0
  const take = async (length: number, atMost = false): Promise<Uint8Array<ArrayBuffer>> => {
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
  }
  const preamble = await take(PREAMBLE, true)
  const end = headerEnd(preamble, file)
  const head = new Uint8Array(end)
  head.set(preamble)
  head.set(await take(end - PREAMBLE), PREAMBLE)
  const header = parseHeader(head, file)
  const { shape, elements } = header
  const ended = async (): Promise<void> => {
    if ((await take(1, true)).length > 0)
      throw new FormatError('TRAILING', file, `more bytes than its shape (${shape.join(', ')}) takes`)
  }
  if (header.fortranOrder) {
    const data = numbersIn(await take(fileLength(header) - header.start), elements, file)
    await ended()
    return sourceOf({ shape, data: toCOrder(data, shape) }, elements.name, file)
  }
  const stride = rowSize(shape, file) * elements.width
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
    close: async () => {
      await iterator.return?.()
    },
  }
}
