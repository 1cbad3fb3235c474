// Gathers rows to groups of a fixed number, so that a file is the same whatever pieces its rows came in.
import type { RowSink } from './feature-writer.ts'

/** Some rows and their names. */
export interface RowGroup {
  readonly rows: Float32Array
  readonly names: readonly string[]
  readonly count: number
}

/** What takes groups. */
export interface GroupTarget {
  write(group: RowGroup): Promise<void>
  close(): Promise<void>
  abort(): Promise<void>
}

const NUMBERS_IN_A_GROUP = 2 ** 20
const ROWS_IN_A_GROUP = 2 ** 16

/** Rows of `width` numbers in groups of 2²⁰ numbers or 65,536 rows, whichever is less, and at least one row. */
export function groupSink(width: number, named: boolean, target: GroupTarget): RowSink {
  const capacity = Math.max(1, Math.min(ROWS_IN_A_GROUP, Math.floor(NUMBERS_IN_A_GROUP / Math.max(1, width))))
  const gathered = new Float32Array(capacity * width)
  let names: string[] = []
  let count = 0
  const flush = async (): Promise<void> => {
    if (count === 0) return
    await target.write({ rows: gathered.subarray(0, count * width), names, count })
    names = []
    count = 0
  }
  return {
    write: async (rows, rowNames) => {
      const total = rows.length / width
      for (let from = 0; from < total;) {
        const taken = Math.min(capacity - count, total - from)
        gathered.set(rows.subarray(from * width, (from + taken) * width), count * width)
        if (named) names.push(...rowNames.slice(from, from + taken))
        count += taken
        from += taken
        if (count === capacity) await flush()
      }
    },
    close: async () => {
      await flush()
      await target.close()
    },
    abort: () => target.abort(),
  }
}
