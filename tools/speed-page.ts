// `node tools/speed-page.ts`: draws the tables of docs/speed.md anew, after a run was added to docs/benchmarks.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keptRuns, withTables } from './bench/speed-page.ts'

const docs = join(import.meta.dirname, '../docs')
const page = join(docs, 'speed.md')
writeFileSync(page, withTables(readFileSync(page, 'utf8'), keptRuns(join(docs, 'benchmarks'))))
