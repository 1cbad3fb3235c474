// The checkpoints of an app on disk: results/NAME/checkpoints. The command writes them, the app's thread reads them.
import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Checkpoints } from './checkpoints.ts'
import { writeWhole } from './whole-file.node.ts'

/** Checkpoints of which every call is done when it returns. */
export interface CheckpointFolder extends Checkpoints {
  read(name: string): Uint8Array | undefined
  write(name: string, bytes: Uint8Array): void
  remove(): void
}

/** Checkpoints as files in `path`, which is made at the first and removed with them. */
export function checkpointFolder(path: string): CheckpointFolder {
  return {
    path,
    read(name) {
      const file = join(path, name)
      return statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file) : undefined
    },
    write: (name, bytes) => writeWhole(path, name, bytes),
    remove() {
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) rmSync(path, { recursive: true, force: true })
    },
  }
}
