// The list of apps: what each claims, and what it last measured.
import { relative } from 'node:path'
import { loadExperiment } from './apps.node.ts'
import type { App } from './apps.node.ts'
import { lastResult } from './results-folder.node.ts'
import type { Result } from './result.ts'
import type { Row } from './row.ts'
import { table } from './table.ts'
import { measured, settingsInWords } from './wording.ts'

/** The list as a table; `resultsOf` gives the results folder of an app. An app that does not load says why. */
export async function catalogue(
  apps: readonly App[],
  { width, resultsOf }: { width: number; resultsOf: (app: App) => string },
): Promise<string> {
  const rows = await Promise.all(apps.map(async (app) => [app.name, ...(await about(app)), lastly(resultsOf(app))]))
  return table(['app', 'slide', 'claim', 'last result'], rows, { width, yielding: [1, 2, 3] })
}

async function about({ main }: App): Promise<[slide: string, claim: string]> {
  try {
    const { slide, claim } = await loadExperiment(main)
    return [slide, claim]
  } catch (error) {
    return ['–', `does not load (${relative('.', main)}): ${error instanceof Error ? error.message : String(error)}`]
  }
}

function lastly(folder: string): string {
  const result = lastResult(folder)
  if (!result) return '–'
  const row = headline(result)
  const what = row ? `${row.measure} ${measured(row)}, ${row.method}, ${settingsInWords(row.settings)}; ` : ''
  return `${what}${result.mode}${result.partial ? ', partial' : ''}, ${result.startedAt.slice(0, 10)}`
}

/** The row that stands for a result: the last that the slide has a number for, else that the paper has, else the last. */
export function headline({ rows }: Pick<Result, 'rows'>): Row | undefined {
  return rows.findLast(({ slide }) => slide !== null) ?? rows.findLast(({ paper }) => paper !== null) ?? rows.at(-1)
}
