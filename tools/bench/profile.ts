// Where the time of a step goes: a back end that runs operations on another one, and keeps the time of each kind.
import type { Backend, View } from '@scatterlab/tensor'
import Table from 'cli-table3'

/** The operations of one kind and shape. */
export interface ProfileRow {
  /** Operation, or name of the point-wise formula. */
  readonly name: string
  /** Of its arrays. */
  readonly shapes: string
  readonly calls: number
  readonly ms: number
}

/** A back end whose operations are timed, one after the other: on devices that only take orders it tells nothing. */
export class Profile {
  readonly backend: Backend
  readonly #rows = new Map<string, { name: string; shapes: string; calls: number; ms: number }>()

  constructor(of: Backend) {
    this.backend = {
      ...of,
      run: (operation, args) => {
        const before = performance.now()
        of.run(operation, args)
        this.#add(operation.title, args, performance.now() - before)
      },
    }
  }

  /** Forgets what was timed so far. */
  clear(): void {
    this.#rows.clear()
  }

  /** The longest first. */
  get rows(): readonly ProfileRow[] {
    return [...this.#rows.values()].toSorted((a, b) => b.ms - a.ms)
  }

  #add(title: string, args: readonly unknown[], ms: number): void {
    const shapes = [...new Set(viewsOf(args).map(({ shape }) => shape.join('×') || 'number'))].join(', ')
    const [first] = args
    const name = title === 'fused' && typeof first === 'object' && first && 'name' in first ? String(first.name) : title
    const key = `${name} ${shapes}`
    const row = this.#rows.get(key) ?? { name, shapes, calls: 0, ms: 0 }
    row.calls++
    row.ms += ms
    this.#rows.set(key, row)
  }
}

function viewsOf(args: readonly unknown[]): View[] {
  return args.flatMap((arg) => {
    if (Array.isArray(arg)) return viewsOf(arg)
    return typeof arg === 'object' && arg !== null && 'strides' in arg && 'buffer' in arg ? [arg as View] : []
  })
}

/** The profile of `steps` steps that took `ms` in all, as a table for a terminal: operations summed, then each shape. */
export function profileTable(rows: readonly ProfileRow[], steps: number, ms: number, most = 25): string {
  const inside = rows.reduce((sum, row) => sum + row.ms, 0)
  const byName = new Map<string, { calls: number; ms: number }>()
  for (const { name, calls, ms: own } of rows) {
    const sum = byName.get(name) ?? { calls: 0, ms: 0 }
    byName.set(name, { calls: sum.calls + calls, ms: sum.ms + own })
  }
  const line = (name: string, shapes: string, calls: number | null, own: number): string[] => [
    name,
    shapes,
    calls === null ? '' : String(calls / steps),
    (own / steps).toFixed(2),
    `${((100 * own) / ms).toFixed(1)} %`,
  ]
  const table = new Table({
    head: ['operation', 'shapes', 'calls', 'ms a step', 'share'],
    colAligns: ['left', 'left', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  })
  for (const [name, { calls, ms: own }] of [...byName].toSorted(([, a], [, b]) => b.ms - a.ms))
    table.push(line(name, 'all', calls, own))
  table.push(line('between operations', '', null, ms - inside), line('a step', '', null, ms))
  for (const { name, shapes, calls, ms: own } of rows.slice(0, most)) table.push(line(name, shapes, calls, own))
  return table.toString()
}
