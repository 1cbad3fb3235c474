// Files that appear whole or not at all.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes `name` in `folder`, which is made if need be: beside its place, to the disk, then renamed. */
export function writeWhole(folder: string, name: string, content: Uint8Array | string): void {
  mkdirSync(folder, { recursive: true })
  const unfinished = join(folder, `.${name}.${process.pid}.tmp`)
  try {
    writeFileSync(unfinished, content, { flush: true })
    renameSync(unfinished, join(folder, name))
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}
