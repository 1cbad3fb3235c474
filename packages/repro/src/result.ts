// What a run leaves behind, and how it grows from the run's events. The same ledger serves the runner and whoever listens to
// it from another thread, who can therefore tell what was reached even when the runner never answers again.
import type { Description, Mode } from './experiment.ts'
import type { Row } from './row.ts'

/** Where a run took place. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  /** Version of Node, or null in a page. */
  readonly node: string | null
}

/** What a run reports while it goes on; times (`at`) are seconds since its start. All of it can be posted between threads. */
export type RunEvent =
  | {
      readonly type: 'start'
      readonly app: string
      readonly slide: string
      readonly claim: string
      readonly mode: Mode
      readonly recipe?: string | undefined
      /** The file of weights by which images are classified, in the place of the experiment's steps. */
      readonly weights?: string | undefined
      readonly seed: number
      readonly startedAt: string
      readonly machine: Machine | null
    }
  /** The run goes on from the checkpoints of an earlier one, which had taken this long until then. */
  | { readonly type: 'resume'; readonly seconds: number; readonly phases: Readonly<Record<string, number>> }
  /** Which back end runs; at the end once more, with what it left to the reference. */
  | { readonly type: 'backend'; readonly backend: string }
  | { readonly type: 'describe'; readonly description: Partial<Description> }
  | { readonly type: 'log'; readonly line: string }
  | {
      readonly type: 'phase'
      readonly id: number
      readonly name: string
      readonly total: number | null
      readonly at: number
    }
  | { readonly type: 'advance'; readonly id: number; readonly completed: number; readonly at: number }
  | { readonly type: 'phase-done'; readonly id: number; readonly completed: number; readonly at: number }
  | { readonly type: 'row'; readonly row: Row }
  /** What the experiment returned; its rows take the place of those reported before. */
  | { readonly type: 'outcome'; readonly outcome: Partial<Description> & { readonly rows?: readonly Row[] } }
  | {
      readonly type: 'figure'
      readonly name: string
      readonly caption: string
      readonly svg: string
      readonly png: Uint8Array | null
    }
  | { readonly type: 'file'; readonly name: string; readonly content: Uint8Array | string }

/** The contents of result.json. */
export interface Result {
  readonly app: string
  readonly slide: string
  readonly claim: string
  readonly mode: Mode
  /** The recipe in the place of the full budget. */
  readonly recipe?: string
  /** The file of weights by which images were classified: no result of the experiment itself. */
  readonly weights?: string
  readonly seed: number
  /** The back end that really ran: name, form, operations that it left to the reference. Null when none was reached. */
  readonly backend: string | null
  /** The data set and where it came from; null when the run was interrupted before that was known. */
  readonly data: string | null
  readonly protocol: string | null
  readonly note?: string
  /** The run did not reach its end: what follows is what it had. */
  readonly partial?: true
  /** Why, when it was an error. */
  readonly error?: string
  /** The run went on from the checkpoints of an interrupted one. */
  readonly resumed?: true
  /** The time that went into the result: of this run, and of those that it went on from until their last checkpoint. */
  readonly seconds: number
  /** Of the whole process, in units of 10^6 bytes; null where it cannot be known. */
  readonly peakMemoryMB: number | null
  /** Seconds of each phase, added up in the same way. */
  readonly phases: Readonly<Record<string, number>>
  readonly rows: readonly Row[]
  readonly figures: readonly { readonly name: string; readonly caption: string }[]
  readonly files: readonly string[]
  /** ISO 8601, UTC; of a resumed run the time when it was resumed. */
  readonly startedAt: string
  readonly machine: Machine | null
}

/** How a run ended, as the ledger cannot know it. */
export interface Ending {
  readonly seconds: number
  readonly peakMemoryMB: number | null
  readonly partial?: boolean | undefined
  readonly error?: string | undefined
}

/** Takes the events of one run in order; gives the result that they amount to, at any time. */
export interface Ledger {
  take(event: RunEvent): void
  /** Undefined before the run has started. */
  result(ending: Ending): Result | undefined
}

interface PhaseEntry {
  readonly name: string
  readonly from: number
  to: number | null
}

/** An empty ledger. */
export function ledger(): Ledger {
  let start: Extract<RunEvent, { type: 'start' }> | undefined
  let resumed: Extract<RunEvent, { type: 'resume' }> | undefined
  let backend: string | null = null
  let description: Partial<Description> = {}
  let rows: Row[] = []
  const phases = new Map<number, PhaseEntry>()
  const figures = new Map<string, string>()
  const files = new Set<string>()

  return {
    take(event) {
      if (event.type === 'start') start = event
      else if (event.type === 'resume') resumed = event
      else if (event.type === 'backend') backend = event.backend
      else if (event.type === 'describe') description = { ...description, ...event.description }
      else if (event.type === 'outcome') {
        const { rows: final, ...described } = event.outcome
        description = { ...description, ...described }
        if (final) rows = [...final]
      } else if (event.type === 'phase') phases.set(event.id, { name: event.name, from: event.at, to: null })
      else if (event.type === 'phase-done') phases.get(event.id)!.to ??= event.at
      else if (event.type === 'row') rows.push(event.row)
      else if (event.type === 'figure') figures.set(event.name, event.caption)
      else if (event.type === 'file') files.add(event.name)
    },

    result({ seconds, peakMemoryMB, partial = false, error }) {
      if (!start) return undefined
      const { app, slide, claim, mode, recipe, weights, seed, startedAt, machine } = start
      const { data = null, protocol = null, note } = description
      const spent: Record<string, number> = { ...resumed?.phases }
      for (const { name, from, to } of phases.values()) {
        spent[name] = milliseconds((spent[name] ?? 0) + (to ?? seconds) - from)
      }
      return {
        app,
        slide,
        claim,
        mode,
        ...(recipe === undefined ? {} : { recipe }),
        ...(weights === undefined ? {} : { weights }),
        seed,
        backend,
        data,
        protocol,
        ...(note === undefined ? {} : { note }),
        ...(partial ? { partial } : {}),
        ...(error === undefined ? {} : { error }),
        ...(resumed ? { resumed: true as const } : {}),
        seconds: milliseconds(seconds + (resumed?.seconds ?? 0)),
        peakMemoryMB,
        phases: spent,
        rows,
        figures: [...figures].map(([name, caption]) => ({ name, caption })),
        files: [...files],
        startedAt,
        machine,
      }
    },
  }
}

const milliseconds = (seconds: number): number => Math.round(seconds * 1000) / 1000
