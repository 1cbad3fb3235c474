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
  /** The files that are not there, and why. */
  readonly lost: readonly Lost[]
}

/** A file, and why it could not be written. */
export interface Lost {
  readonly name: string
  readonly reason: string
}

type Kept = Extract<RunEvent, { type: 'figure' | 'file' }>

/** The results folder at `path`; `complain` hears at once of a file that cannot be written. */
export function resultsFolder(path: string, complain: (line: string) => void): ResultsFolder {
  const unwritten = new Map<string, Kept>()
  const write = (name: string, content: Uint8Array | string) => writeWhole(path, name, content)

  /** Gives the reason if it fails. */
  const attempt = (name: string, writing: () => void): Lost | undefined => {
    try {
      writing()
      return undefined
    } catch (error) {
      return { name, reason: error instanceof Error ? error.message : String(error) }
    }
  }
  const keep = (event: Kept): Lost | undefined => {
    const key = `${event.type} ${event.name}`
    const lost = attempt(event.name, () => {
      if (event.type === 'file') return write(event.name, event.content)
      write(`${event.name}.svg`, event.svg)
      if (event.png) write(`${event.name}.png`, event.png)
    })
    if (lost) unwritten.set(key, event)
    else unwritten.delete(key)
    return lost
  }

  return {
    take(event) {
      if (event.type !== 'file' && event.type !== 'figure') return
      const known = unwritten.has(`${event.type} ${event.name}`)
      const lost = keep(event)
      if (lost && !known) {
        complain(`${lost.reason}: make room in the folder of --out; it is tried again at the end`)
      }
    },
    finish(result) {
      const last = result.partial && result.rows.length === 0 ? lastResult(path) : undefined
      if (last && !last.partial) return { written: undefined, lost: [] }
      const lost = [...unwritten.values()].map(keep)
      const isWritten =
        (type: Kept['type']) =>
        (name: string): boolean =>
          !unwritten.has(`${type} ${name}`)
      const written = {
        ...result,
        figures: result.figures.filter(({ name }) => isWritten('figure')(name)),
        files: result.files.filter(isWritten('file')),
      }
      lost.push(attempt('report.md', () => write('report.md', report(written))))
      lost.push(attempt('result.json', () => write('result.json', `${JSON.stringify(written, null, 2)}\n`)))
      return { written, lost: lost.filter((file) => file !== undefined) }
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
