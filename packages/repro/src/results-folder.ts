// The folder of one run's results. Its checkpoints are another's (checkpoint-folder.ts).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { report } from './report.ts'
import type { Result, RunEvent } from './result.ts'
import { writeWhole } from './whole-file.ts'

/** Writes into one folder, which is made when the first file comes. */
export interface ResultsFolder {
  /** Keeps the figures and files among the events of a run. */
  take(event: RunEvent): void
  /** Writes result.json and report.md; false when an interrupted run without a number would replace a complete result. */
  finish(result: Result): boolean
}

/** The results folder at `path`. */
export function resultsFolder(path: string): ResultsFolder {
  const write = (name: string, content: Uint8Array | string) => writeWhole(path, name, content)
  return {
    take(event) {
      if (event.type === 'file') write(event.name, event.content)
      if (event.type === 'figure') {
        write(`${event.name}.svg`, event.svg)
        if (event.png) write(`${event.name}.png`, event.png)
      }
    },
    finish(result) {
      const last = result.partial && result.rows.length === 0 ? lastResult(path) : undefined
      if (last && !last.partial) return false
      write('report.md', report(result))
      write('result.json', `${JSON.stringify(result, null, 2)}\n`)
      return true
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
