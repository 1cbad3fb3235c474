// A part of a file, read by position: an array may lie behind a header, or in an archive.
import { readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { FormatError } from './format-error.ts'

/** Where a part lies in its file. */
export interface Extent {
  /** Bytes before it. */
  readonly start: number
  readonly length: number
}

/** An open part of a file; positions count from its start. */
export interface FileRegion {
  readonly length: number
  /** Exactly `length` bytes. Throws TRUNCATED where the file ends before. */
  read(position: number, length: number): Promise<Uint8Array<ArrayBuffer>>
  /** Fills `bytes` at once, without a turn of the event loop: for many short runs. */
  fill(bytes: Uint8Array, position: number): void
  close(): Promise<void>
}

/** Opens a file, or `extent` of it; `name` is its name in errors. */
export async function openRegion(file: string, name: string, extent?: Extent): Promise<FileRegion> {
  const handle = await open(file)
  try {
    const { start, length } = extent ?? { start: 0, length: (await handle.stat()).size }
    return regionOf(handle, start, length, name)
  } catch (error) {
    await handle.close()
    throw error
  }
}

function regionOf(handle: FileHandle, start: number, length: number, name: string): FileRegion {
  const cutShort = (at: number, end: number): FormatError =>
    new FormatError('TRUNCATED', name, `cut short: ${at} of ${end} bytes: copy it again`)
  return {
    length,
    async read(position, count) {
      const bytes = new Uint8Array(count)
      for (let at = 0; at < count;) {
        const { bytesRead } = await handle.read(bytes, at, count - at, start + position + at)
        if (bytesRead === 0) throw cutShort(position + at, position + count)
        at += bytesRead
      }
      return bytes
    },
    fill(bytes, position) {
      for (let at = 0; at < bytes.length;) {
        const count = readSync(handle.fd, bytes, at, bytes.length - at, start + position + at)
        if (count === 0) throw cutShort(position + at, position + bytes.length)
        at += count
      }
    },
    close: () => handle.close(),
  }
}
