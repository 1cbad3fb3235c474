// Where the time of a step goes: a back end that runs operations on another one, and keeps the time of each kind.
import type { Backend, View } from '@scatterlab/tensor'
import Table from 'cli-table3'

/** The operations of one kind and shape. */
export interface ProfileRow {
  /** Operation, or name of the point-wise formula. */
  readonly name: string
  /** Of its arrays. */
  readonly shapes: string
  /** To a step. */
  readonly calls: number
  /** To a step. */
  readonly ms: number
}

/** A back end whose operations are timed, one after the other: on devices that only take orders it tells nothing. */
export class Profile {
  readonly backend: Backend
  readonly #rows = new Map<string, ProfileRow>()

  constructor(of: Backend, clock: () => number) {
    this.backend = {
      ...of,
      run: (operation, args) => {
        const before = clock()
        of.run(operation, args)
        this.#add(operation.title, args, clock() - before)
      },
    }
  }

  /** The mean of `steps` steps since the last time, the longest first; they are forgotten. */
  take(steps: number): ProfileRow[] {
    const rows = [...this.#rows.values()].map((row) => ({ ...row, calls: row.calls / steps, ms: row.ms / steps }))
    this.#rows.clear()
    return rows.toSorted((a, b) => b.ms - a.ms)
  }

  #add(title: string, args: readonly unknown[], ms: number): void {
    const shapes = [...new Set(viewsOf(args).map(({ shape }) => shape.join('×') || 'number'))].join(', ')
    const [first] = args
    const name = title === 'fused' && typeof first === 'object' && first && 'name' in first ? String(first.name) : title
    const key = `${name} ${shapes}`
    const before = this.#rows.get(key) ?? { name, shapes, calls: 0, ms: 0 }
    this.#rows.set(key, { ...before, calls: before.calls + 1, ms: before.ms + ms })
  }
}

function viewsOf(args: readonly unknown[]): View[] {
  return args.flatMap((arg) => {
    if (Array.isArray(arg)) return viewsOf(arg)
    return typeof arg === 'object' && arg !== null && 'strides' in arg && 'buffer' in arg ? [arg as View] : []
  })
}

/** A profile of steps of `all` ms as a table for a terminal: each operation over all shapes, then the longest single shapes. */
export function profileTable(rows: readonly ProfileRow[], all: number, most = 25): string {
  const byName = new Map<string, ProfileRow>()
  for (const { name, calls, ms } of rows) {
    const sum = byName.get(name)
    byName.set(name, { name, shapes: 'all', calls: (sum?.calls ?? 0) + calls, ms: (sum?.ms ?? 0) + ms })
  }
  const table = new Table({
    head: ['operation', 'shapes', 'calls', 'ms', 'share'],
    colAligns: ['left', 'left', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  })
  const sums = [...byName.values()].toSorted((a, b) => b.ms - a.ms)
  const between = {
    name: 'between operations',
    shapes: '',
    calls: 0,
    ms: all - rows.reduce((sum, { ms }) => sum + ms, 0),
  }
  for (const { name, shapes, calls, ms } of [...sums, between, ...rows.slice(0, most)])
    table.push([name, shapes, String(calls), ms.toFixed(2), `${((100 * ms) / all).toFixed(1)} %`])
  return table.toString()
}
