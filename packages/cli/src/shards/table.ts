// The table beside a file of features: what its numbers are, the names of its rows, and what could not be read.
import type { Unreadable } from '../inputs/items.ts'
import type { InputOptions } from '../inputs/items.ts'
import type { Settings } from '../transform/settings.ts'
import { writeWhole } from './whole-file.ts'

/** What stands before the lists. */
export interface TableHead {
  /** Hash of the plan; null for what came through a pipe. */
  readonly plan: string | null
  /** SHA-256 of all that was read. */
  readonly content: string | null
  /** Digest of names, sizes and times of the files: if it is the same, they need not be read to know their content. */
  readonly files: string | null
  readonly input: string
  readonly shape: readonly number[]
  readonly dtype: string
  readonly transform: Settings
  readonly reading: InputOptions
}

/** The lists: one line for each entry. */
export interface TableLists {
  readonly paths: Iterable<object>
  readonly unreadable: Iterable<Unreadable>
  readonly names: Iterable<string>
}

/** features.npy → features.npy.json: a file of another format beside it has a table of its own. */
export const tableFile = (output: string): string => `${output}.json`

const PIECE = 2 ** 16

/** Writes it as JSON, a piece at a time. */
export async function writeTable(file: string, head: TableHead, lists: TableLists): Promise<void> {
  await writeWhole(file, async (handle) => {
    let piece = `${JSON.stringify({ ...head, axes: axesOf(head) }, null, 1).slice(0, -2)}`
    const write = async (): Promise<void> => {
      await handle.appendFile(piece)
      piece = ''
    }
    for (const name of ['paths', 'unreadable', 'names'] as const) {
      piece += `,\n "${name}": [`
      let before = '\n'
      for (const value of lists[name]) {
        piece += `${before}  ${JSON.stringify(value)}`
        before = ',\n'
        if (piece.length > PIECE) await write()
      }
      piece += before === '\n' ? ']' : '\n ]'
    }
    piece += '\n}\n'
    await write()
  })
}

/** What each axis of the array counts. */
function axesOf({ shape, transform: { channels } }: TableHead): string[] {
  const before = ['row', ...(channels > 1 ? ['channel'] : []), 'path']
  const places = shape.length - before.length
  return [...before, ...(places === 2 ? ['vertical', 'horizontal'] : places === 1 ? ['time'] : [])]
}
