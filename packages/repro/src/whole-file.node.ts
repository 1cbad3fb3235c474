// Files that appear whole or not at all, and the folders that they lie in.
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ReproError } from './errors.ts'

/**
 * Writes `name` in `folder`, which is made if need be: beside its place, to the disk, then renamed. Throws {@link ReproError}
 * `NOT_WRITTEN`.
 */
export function writeWhole(folder: string, name: string, content: Uint8Array | string): void {
  const unfinished = join(folder, `.${name}.${process.pid}.tmp`)
  try {
    makeFolder(folder)
    writeFileSync(unfinished, content, { flush: true })
    renameSync(unfinished, join(folder, name))
  } catch (error) {
    rmSync(unfinished, { force: true, recursive: false })
    throw new ReproError('NOT_WRITTEN', `${join(folder, name)} could not be written (${(error as Error).message})`, {
      cause: error,
    })
  }
}

/** Makes `path` and the folders above it that are not there; gives those that it made, the outermost first. */
export function makeFolder(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isDirectory()) return []
  if (found) throw new Error(`'${path}' is a file`)
  // one at a time: Node's own recursion does not end under /proc
  const above = makeFolder(dirname(path))
  mkdirSync(path)
  return [...above, path]
}
