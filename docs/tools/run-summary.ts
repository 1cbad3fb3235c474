// What the repository keeps of a run: apps/APP/summaries/NAME.json, its numbers and how they came about. Nothing here draws.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine, Mode, Result, Row } from '@scatterlab/repro'
import { wholeRow } from '@scatterlab/repro'
import { apps } from './present.ts'

/** A run in short. It holds no path of the machine that it ran on. */
export interface RunSummary {
  readonly app: string
  readonly mode: Mode
  /** The recipe in the place of the full budget. */
  readonly recipe?: string
  /** What was typed. */
  readonly command: string
  /** `run`: made of the result.json of that run. `README`: written down from what the README says of a run that left no result.json. */
  readonly from: 'run' | 'README'
  /** The day, UTC, such as 2026-11-30; of what is from a README the day when it came to stand there. */
  readonly date: string
  readonly seed: number
  /** How many runs the numbers are means of. */
  readonly repeats: number
  readonly machine: Machine | null
  /** What else the machine did, such as 'load 9 of 2 cores'. */
  readonly load: string
  /** The back end that ran, its threads, and what it left to the reference. */
  readonly backend: string
  /** Seconds that passed; null where they were not kept. */
  readonly seconds: number | null
  /** In units of 10^6 bytes, of the whole process. */
  readonly peakMemoryMB: number | null
  readonly data: string
  readonly protocol: string
  /** What a reader must know beside. */
  readonly note?: string
  readonly rows: readonly Row[]
}

/** The summary of a finished run. Throws for one that was interrupted, and for one that classified images by weights. */
export function summaryOf(result: Result, { load }: { readonly load: string }): RunSummary {
  const { app, mode, recipe, weights, partial, seed, machine, backend, seconds, note, startedAt, rows } = result
  if (partial) throw new Error(`the run of ${app} did not reach its end: a summary is of a whole run`)
  if (weights !== undefined)
    throw new Error(`the run of ${app} classified images by ${weights}: that is no result of it`)
  const asked = recipe === undefined ? (mode === 'full' ? ' --full' : '') : ` --recipe ${recipe}`
  return checkedSummary(
    {
      app,
      mode,
      ...(recipe === undefined ? {} : { recipe }),
      command: `pnpm repro ${app}${asked} --seed ${seed}`,
      from: 'run',
      date: startedAt.slice(0, 10),
      seed,
      repeats: 1,
      machine,
      load,
      backend,
      seconds,
      peakMemoryMB: result.peakMemoryMB,
      data: withoutPaths(result.data ?? ''),
      protocol: withoutPaths(result.protocol ?? ''),
      ...(note?.trim() ? { note: withoutPaths(note) } : {}),
      rows,
    },
    app,
  )
}

/** How a summary's file is called in apps/APP/summaries: by the recipe or else by the mode. */
export const fileOf = ({ mode, recipe }: Pick<RunSummary, 'mode' | 'recipe'>): string => `${recipe ?? mode}.json`

/** The summaries of an app: quick mode, full mode, recipes by name. Throws for a file that is none, or stands in another's place. */
export function summariesOf(app: string): RunSummary[] {
  const folder = join(apps, app, 'summaries')
  if (!existsSync(folder)) return []
  const place = ({ mode, recipe }: RunSummary) => (mode === 'quick' ? 0 : recipe === undefined ? 1 : 2)
  return globSync('*.json', { cwd: folder })
    .sort()
    .map((name) => {
      const where = `apps/${app}/summaries/${name}`
      const kept = checkedSummary(JSON.parse(readFileSync(join(folder, name), 'utf8')), where)
      if (kept.app !== app || fileOf(kept) !== name) {
        throw new Error(`${where} is of ${kept.app}: it belongs to apps/${kept.app}/summaries/${fileOf(kept)}`)
      }
      return kept
    })
    .sort((a, b) => place(a) - place(b))
}

type Check = (value: unknown) => boolean

const text: Check = (value) => typeof value === 'string' && value.trim() !== ''
const whole: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0
const amount: Check = (value) => typeof value === 'number' && value >= 0
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)

const fields: Readonly<Record<keyof RunSummary, Check>> = {
  app: text,
  mode: (value) => value === 'quick' || value === 'full',
  recipe: (value) => value === undefined || text(value),
  command: (value) => text(value) && String(value).startsWith('pnpm repro '),
  from: (value) => value === 'run' || value === 'README',
  date: (value) => /^\d{4}-\d\d-\d\d$/.test(String(value)) && !Number.isNaN(Date.parse(String(value))),
  seed: whole,
  repeats: (value) => whole(value) && value !== 0,
  machine: orNull((value) => text((value as Machine).cpu) && whole((value as Machine).cores)),
  load: text,
  backend: text,
  seconds: orNull(amount),
  peakMemoryMB: orNull(amount),
  data: text,
  protocol: text,
  note: (value) => value === undefined || text(value),
  rows: (value) => Array.isArray(value) && value.length > 0,
}

/** `value` as a summary. Throws, with `where` it stands, for what is none. */
export function checkedSummary(value: unknown, where: string): RunSummary {
  const given = Object(value) as Record<string, unknown>
  for (const [name, check] of Object.entries(fields)) {
    if (!check(given[name])) throw new Error(`${where}: ${name} is ${JSON.stringify(given[name])}`)
  }
  const unknown = Object.keys(given).find((name) => !(name in fields))
  if (unknown !== undefined) throw new Error(`${where}: a summary has no ${unknown}`)
  const path = absolutePath.exec(JSON.stringify(value))
  if (path) throw new Error(`${where} names ${path[0]}, a path of the machine that it ran on: leave it out`)
  const summary = given as unknown as RunSummary
  return { ...summary, rows: summary.rows.map((row) => wholeRow(row)) }
}

/** A row without what is unknown or empty: reading it gives the whole row again. */
export const shortRow = (row: Row): Partial<Row> =>
  Object.fromEntries(
    Object.entries(row).filter(([, value]) => value !== null && value !== '' && JSON.stringify(value) !== '{}'),
  )

/** A path from the root: two names at least, so that '1/2' and 'images/s' are none. */
const absolutePath = /(?<![\w.:/])(?:[A-Z]:)?(?:[\\/][\w.@-]+){2,}/

/** The text with the last name alone in the place of each path. */
const withoutPaths = (of: string): string =>
  of.replaceAll(new RegExp(absolutePath, 'g'), (path) => path.split(/[\\/]/).at(-1)!)
