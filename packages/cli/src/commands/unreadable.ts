// Files that could not be read, in words at the end of a run.
import type { Unreadable } from '../inputs/items.ts'
import { grouped } from '../progress.ts'

/** Names that are listed for people; tables and --json have all. */
const MOST_LISTED = 20

/** Lists them on standard error. */
export function listUnreadable(unreadable: readonly Unreadable[]): void {
  if (unreadable.length === 0) return
  const lines = unreadable.slice(0, MOST_LISTED).map(({ name, reason }) => `  ${name}: ${reason}`)
  const more = unreadable.length > MOST_LISTED ? [`  … and ${unreadable.length - MOST_LISTED} more`] : []
  const heading = `${grouped(unreadable.length)} could not be read, and ${unreadable.length === 1 ? 'is' : 'are'} left out:`
  process.stderr.write(`${[heading, ...lines, ...more].join('\n')}\n`)
}
