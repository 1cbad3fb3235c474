// What a run prints at its end: the numbers in a table, and under it how they came about.
import type { Result } from './result.ts'
import { table, wrapped } from './table.ts'
import { cells, columns, facts, warnings } from './wording.ts'

/** The text, without colours, in at most `width` columns; `places` are lines that say where the results are. */
export function summary(
  result: Result,
  { width = 100, places = '' }: { width?: number; places?: string } = {},
): string {
  const { app, slide, mode, claim, rows } = result
  const labelled = [...facts(result), ...(places === '' ? [] : [['results', places] satisfies [string, string]])]
  const margin = Math.max(...labelled.map(([label]) => label.length)) + 2
  const indent = ' '.repeat(margin)
  const numbers =
    rows.length === 0 ? 'Nothing was measured.' : table(columns, rows.map(cells), { width, yielding: [0, 1, 2] })
  return [
    `${app}: ${slide} (${mode})`,
    wrapped(`Claim: ${claim}`, width),
    ...warnings(result).map((line) => wrapped(line, width)),
    numbers,
    ...labelled.map(
      ([label, text]) => label.padEnd(margin) + wrapped(text, width - margin).replaceAll('\n', `\n${indent}`),
    ),
  ].join('\n')
}
