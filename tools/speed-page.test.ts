import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { BenchRun } from './bench/run.ts'
import { checkedRun, keptRuns, withTables } from './bench/speed-page.ts'

const docs = join(import.meta.dirname, '../docs')
const runs = keptRuns(join(docs, 'benchmarks'))

test('the page on speed has the tables of all runs that are kept: else node tools/speed-page.ts', () => {
  const page = readFileSync(join(docs, 'speed.md'), 'utf8')
  expect(withTables(page, runs)).toBe(page)
  for (const { machine, rows } of runs) {
    expect(page).toContain(machine.cpu)
    for (const { name } of rows) expect(page).toContain(`| ${name} |`)
  }
})

test('rows that lose stand in the tables', () => {
  const losing = runs.flatMap(({ rows }) => rows.filter(({ ratio }) => ratio !== null && ratio < 1))
  expect(losing.map(({ peer }) => peer).some((peer) => peer?.includes('PyTorch'))).toBe(true)
})

const run = runs[0]!

test.each<[string, Partial<Record<keyof BenchRun, unknown>>]>([
  ['machine', { machine: { cpu: '', cores: 2, node: '24' } }],
  ['rows', { rows: [] }],
  ['rows', { rows: [{ ...run.rows[0], value: null, ratio: null }] }],
  ['clock', { clock: 'sand' }],
  ['load', { load: undefined }],
])('a run without its %s is none', (field, change) => {
  expect(() => checkedRun({ ...run, ...change }, 'x.json')).toThrow(`x.json: ${field} is`)
})
