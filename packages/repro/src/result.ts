// What a run leaves behind, and how it grows from the run's events. The same ledger serves the runner and whoever listens to
// it from another thread, who can therefore tell what was reached even when the runner never answers again.
import type { Description, Mode } from './experiment.ts'
import type { Row } from './row.ts'

/** Where a run took place. */
export interface Machine {
  /** Model of the processor; in a page the browser's user agent. */
  readonly cpu: string
  /** Logical processors. */
  readonly cores: number
  /** Version of Node, or null in a page. */
  readonly node: string | null
}

/** What a run reports while it goes on; times (`at`) are seconds since its start. All of it can be posted between threads. */
export type RunEvent =
  | {
      /** Comes first, once. */
      readonly type: 'start'
      /** The experiment's name. */
      readonly app: string
      /** Title of its slide. */
      readonly slide: string
      /** What the slide claims. */
      readonly claim: string
      /** `full` for a recipe too. */
      readonly mode: Mode
      /** Name of the recipe, if one was asked for. */
      readonly recipe?: string | undefined
      /** The file of weights by which images are classified, in the place of the experiment's steps. */
      readonly weights?: string | undefined
      /** Of everything that is random. */
      readonly seed: number
      /** ISO 8601, UTC. */
      readonly startedAt: string
      /** Where it runs; null where nobody said. */
      readonly machine: Machine | null
    }
  /** The run goes on from the checkpoints of an earlier one, which had taken this long until then. */
  | {
      /** Comes after the back end, if the run is a resumed one. */
      readonly type: 'resume'
      /** What the earlier run had taken until its last checkpoint. */
      readonly seconds: number
      /** The same for each of its phases, by name. */
      readonly phases: Readonly<Record<string, number>>
    }
  /** Which back end runs; at the end once more, with what it left to the reference. */
  | {
      /** Comes when the back end is chosen, and at the end. */
      readonly type: 'backend'
      /** Its name, its form, and operations that it left to the reference. */
      readonly backend: string
    }
  | {
      /** Comes when more is known of the data and the protocol. */
      readonly type: 'describe'
      /** What is known; the rest stands as it was. */
      readonly description: Partial<Description>
    }
  | {
      /** A word to the person who waits. */
      readonly type: 'log'
      /** One line, without its end. */
      readonly line: string
    }
  | {
      /** A stretch of work begins. */
      readonly type: 'phase'
      /** Counts the phases of this run, from 0; what follows names the phase by it. */
      readonly id: number
      /** What is being done. */
      readonly name: string
      /** How many pieces it has; null where nobody knows. */
      readonly total: number | null
      /** Seconds since the start. */
      readonly at: number
    }
  | {
      /** A phase has gone on. */
      readonly type: 'advance'
      /** Which one. */
      readonly id: number
      /** Pieces that are done by now. */
      readonly completed: number
      /** Seconds since the start. */
      readonly at: number
    }
  | {
      /** A phase is over. */
      readonly type: 'phase-done'
      /** Which one. */
      readonly id: number
      /** Pieces that were done. */
      readonly completed: number
      /** Seconds since the start. */
      readonly at: number
    }
  | {
      /** A number was measured. */
      readonly type: 'row'
      /** With everything that was left out filled in. */
      readonly row: Row
    }
  /** What the experiment returned; its rows take the place of those reported before. */
  | {
      /** Comes when the steps are over, if they return something. */
      readonly type: 'outcome'
      /** What is said of data and protocol, and the rows. */
      readonly outcome: Partial<Description> & {
        /** All rows of the result. */
        readonly rows?: readonly Row[]
      }
    }
  | {
      /** A figure was drawn. */
      readonly type: 'figure'
      /** Name of its files, without their endings. */
      readonly name: string
      /** One sentence under it; may be empty. */
      readonly caption: string
      /** A whole document. */
      readonly svg: string
      /** Bytes of a PNG file; null where none is drawn. */
      readonly png: Uint8Array | null
    }
  | {
      /** A file is to be kept. */
      readonly type: 'file'
      /** With its ending. */
      readonly name: string
      /** Bytes, or text as UTF-8. */
      readonly content: Uint8Array | string
    }

/** The contents of result.json. */
export interface Result {
  /** The experiment's name. */
  readonly app: string
  /** Title of its slide. */
  readonly slide: string
  /** What the slide claims. */
  readonly claim: string
  /** `full` for a recipe too. */
  readonly mode: Mode
  /** The recipe in the place of the full budget. */
  readonly recipe?: string
  /** The file of weights by which images were classified: no result of the experiment itself. */
  readonly weights?: string
  /** Of everything that was random. */
  readonly seed: number
  /** The back end that really ran: name, form, operations that it left to the reference. Null when none was reached. */
  readonly backend: string | null
  /** The data set and where it came from; null when the run was interrupted before that was known. */
  readonly data: string | null
  /** How it was measured, in a sentence; null when the run was interrupted before that was known. */
  readonly protocol: string | null
  /** What a reader must know beside, such as a stand-in for missing data. */
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
  /** The measured numbers, in the order in which they are shown. */
  readonly rows: readonly Row[]
  /** The figures of the run, in the order in which they were drawn. */
  readonly figures: readonly {
    /** Of NAME.svg and NAME.png beside this file. */
    readonly name: string
    /** One sentence under it; may be empty. */
    readonly caption: string
  }[]
  /** Names of the other files beside this one, such as weights. */
  readonly files: readonly string[]
  /** ISO 8601, UTC; of a resumed run the time when it was resumed. */
  readonly startedAt: string
  /** Where it ran; null where nobody said. */
  readonly machine: Machine | null
}

/** How a run ended, as the ledger cannot know it. */
export interface Ending {
  /** Since the start of this run. */
  readonly seconds: number
  /** Of the process, in units of 10^6 bytes; null where it cannot be known. */
  readonly peakMemoryMB: number | null
  /** Whether the run did not reach its end. Default false. */
  readonly partial?: boolean | undefined
  /** The message, where an error ended it. */
  readonly error?: string | undefined
}

/** Takes the events of one run in order; gives the result that they amount to, at any time. */
export interface Ledger {
  /** Takes the next event. */
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
