// `pnpm summary FOLDER --load TEXT`: keeps what a finished run left in FOLDER (results/mnist) as apps/APP/summaries/MODE.json, from which
// the app's page draws its table.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Result } from '@scatterlab/repro'
import { apps } from './present.ts'
import { fileOf, shortRow, summaryOf } from './run-summary.ts'

const usage = "pnpm summary FOLDER --load 'load 0.4 of 2 cores'"
const { positionals, values } = parseArgs({ allowPositionals: true, options: { load: { type: 'string' } } })
const [folder] = positionals
if (folder === undefined || positionals.length > 1) throw new Error(`give the folder of one run's results: ${usage}`)
if (!values.load) throw new Error(`--load is missing: say what else the machine did during the run: ${usage}`)

const result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as Result
const summary = summaryOf(result, { load: values.load })
const file = join(apps, summary.app, 'summaries', fileOf(summary))
mkdirSync(dirname(file), { recursive: true })
writeFileSync(file, `${JSON.stringify({ ...summary, rows: summary.rows.map(shortRow) }, null, 2)}\n`)
console.log(`${summary.rows.length} rows of ${summary.command} are in apps/${summary.app}/summaries/${fileOf(summary)}`)
