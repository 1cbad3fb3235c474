// Items that are files of their own: images and sounds. The next files are read while one is decoded.
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatasetError } from '@scatterlab/datasets'
import type { Items, Unreadable } from './items.ts'

const AHEAD = 8

/** What is made of one file, [channels, …size]. Throws for what cannot be decoded. */
export type Decode = (bytes: Uint8Array, name: string) => Promise<Float32Array>

/** The files `names` below `folder` as items. A file of more than `maxBytes` is not read. */
export function fileItems(
  folder: string,
  names: readonly string[],
  { size, channels, rate, maxBytes }: Pick<Items, 'size' | 'channels' | 'rate'> & { readonly maxBytes: number },
  decode: Decode,
): Items {
  const length = size.reduce((product, n) => product * n, channels)
  return {
    count: names.length,
    size,
    channels,
    ...(rate !== undefined && { rate }),
    async read(begin, end, seen) {
      const data = new Float32Array((end - begin) * length)
      const kept: string[] = []
      const unreadable: Unreadable[] = []
      const reading: Promise<Uint8Array | Error>[] = []
      for (let i = begin; i < end; i++) {
        for (let next = begin + reading.length; next < Math.min(end, i + AHEAD); next++) {
          reading.push(readBounded(join(folder, names[next]), maxBytes).catch((error: Error) => error))
        }
        const bytes = await reading[i - begin]
        const name = names[i]
        try {
          if (bytes instanceof Error) throw bytes
          seen(bytes)
          data.set(await decode(bytes, name), kept.length * length)
          kept.push(name)
        } catch (error) {
          if (!isOfTheFile(error)) throw error
          unreadable.push({ name, reason: reasonOf(error, name) })
        }
        reading[i - begin] = Promise.resolve(new Error('done with'))
      }
      return { data: data.subarray(0, kept.length * length), names: kept, unreadable }
    },
    close: async () => {},
  }
}

/** The bytes of a file; what is too large is refused before it is read. */
export async function readBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  const { size } = await stat(path)
  if (size > maxBytes) throw new Error(`its ${size} bytes are more than ${maxBytes}`)
  return readFile(path)
}

/** Errors of a file: of its content, as `datasets` tells them, and of reading it. Anything else is a bug, or ends the run. */
const isOfTheFile = (error: unknown): error is Error =>
  error instanceof DatasetError || (error instanceof Error && ('syscall' in error || error.constructor === Error))

const reasonOf = ({ message }: Error, name: string): string =>
  message.startsWith(`${name} `) ? message.slice(name.length + 1) : message
