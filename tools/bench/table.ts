// The table that a benchmark prints: losing rows stand in it like the others.
import Table from 'cli-table3'
import type { KeptRow } from './run.ts'

const HEAD = ['what', 'ours', 'unit', 'peer', 'theirs', 'ratio', 'of the peak']

/** Rows as a table for a terminal. */
export function benchTable(rows: readonly KeptRow[]): string {
  const table = new Table({
    head: HEAD,
    colAligns: ['left', 'right', 'left', 'left', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  })
  for (const row of rows) table.push(cells(row))
  return table.toString()
}

/** Rows as a table in Markdown. */
export function markdownTable(rows: readonly KeptRow[]): string {
  const line = (of: readonly string[]): string => `| ${of.join(' | ')} |`
  return [line(HEAD), line(HEAD.map(() => '---')), ...rows.map((row) => line(cells(row)))].join('\n')
}

function cells(row: KeptRow): string[] {
  const ratio = row.ratio === null ? '' : `${row.ratio.toFixed(2)} ± ${(row.ratio * row.spread).toFixed(2)}`
  const share = row.shareOfPeak === null ? '' : `${(100 * row.shareOfPeak).toFixed(0)} %`
  return [
    row.name,
    row.value === null ? '' : figure(row.value),
    row.unit,
    row.peer ?? '',
    row.peerValue === null ? '' : figure(row.peerValue),
    ratio,
    share,
  ]
}

function figure(value: number): string {
  const digits = value >= 1000 ? 0 : value >= 100 ? 1 : 2
  return value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits })
}
