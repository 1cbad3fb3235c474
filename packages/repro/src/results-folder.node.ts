// The folder of one run's results. Its checkpoints are another's (checkpoint-folder.node.ts).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { report } from './report.ts'
import type { Result, RunEvent } from './result.ts'
import { writeWhole } from './whole-file.node.ts'

/** Writes into one folder. */
export interface ResultsFolder {
  /** Keeps the figures and files among the events of a run; what cannot be written is told, and tried again at the end. */
  take(event: RunEvent): void
  /** Writes what is still to be written, then result.json and report.md. */
  finish(result: Result): Finished
}

/** What became of a result. */
export interface Finished {
  /** The result as it was written; undefined when it is interrupted, without a number, and would replace a complete one. */
  readonly written: Result | undefined
  /** Why files are not there. */
  readonly lost: readonly string[]
}

type Kept = Extract<RunEvent, { type: 'figure' | 'file' }>

/** The results folder at `path`; `complain` hears at once of a file that cannot be written. */
export function resultsFolder(path: string, complain: (line: string) => void): ResultsFolder {
  const unwritten = new Map<string, Kept>()
  const write = (name: string, content: Uint8Array | string) => writeWhole(path, name, content)

  /** Gives the reason if it fails. */
  const attempt = (writing: () => void): string | undefined => {
    try {
      writing()
      return undefined
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
  const keep = (event: Kept): string | undefined => {
    const key = `${event.type} ${event.name}`
    const reason = attempt(() => {
      if (event.type === 'file') return write(event.name, event.content)
      write(`${event.name}.svg`, event.svg)
      if (event.png) write(`${event.name}.png`, event.png)
    })
    if (reason === undefined) unwritten.delete(key)
    else unwritten.set(key, event)
    return reason
  }

  return {
    take(event) {
      if (event.type !== 'file' && event.type !== 'figure') return
      const known = unwritten.has(`${event.type} ${event.name}`)
      const reason = keep(event)
      if (reason !== undefined && !known) {
        complain(`${reason}: make room in the folder of --out; it is tried again at the end`)
      }
    },
    finish(result) {
      const last = result.partial && result.rows.length === 0 ? lastResult(path) : undefined
      if (last && !last.partial) return { written: undefined, lost: [] }
      const reasons = [...unwritten.values()].map(keep)
      const isWritten =
        (type: Kept['type']) =>
        (name: string): boolean =>
          !unwritten.has(`${type} ${name}`)
      const written = {
        ...result,
        figures: result.figures.filter(({ name }) => isWritten('figure')(name)),
        files: result.files.filter(isWritten('file')),
      }
      reasons.push(attempt(() => write('report.md', report(written))))
      reasons.push(attempt(() => write('result.json', `${JSON.stringify(written, null, 2)}\n`)))
      return { written, lost: reasons.filter((reason) => reason !== undefined) }
    },
  }
}

/** The result.json in `path`, or undefined when there is none that can be read. */
export function lastResult(path: string): Result | undefined {
  try {
    return JSON.parse(readFileSync(join(path, 'result.json'), 'utf8')) as Result
  } catch {
    return undefined
  }
}
