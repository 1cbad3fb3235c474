// Files that are there whole or not at all: written beside their place, to the disk, then renamed.
import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CliError } from '../errors.ts'

/** A name beside `path` that nobody else has. */
export const besides = (path: string): string => `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`

/** Gives `write` an open file beside `path`, and renames it once it is on the disk. Throws {@link CliError} `NOT_WRITTEN`. */
export async function writeWhole(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const unfinished = besides(path)
  try {
    const file = await open(unfinished, 'wx')
    try {
      await write(file)
      await file.sync()
    } finally {
      await file.close()
    }
    await moveInto(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw notWritten(path, error)
  }
}

/** Renames a finished file, and leaves the folder's entry on the disk too. */
export async function moveInto(finished: string, path: string): Promise<void> {
  await rename(finished, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } catch {
    // some file systems sync no folders
  } finally {
    await folder.close()
  }
}

/** Errors of the file system in words; others as they are. */
export function notWritten(path: string, error: unknown): unknown {
  if (!(error instanceof Error && 'syscall' in error)) return error
  const fix = 'make room or give another -o; --resume goes on from here'
  return new CliError('NOT_WRITTEN', `${path} could not be written (${error.message}): ${fix}`, { cause: error })
}
