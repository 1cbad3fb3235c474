// report.md of a run: the summary in Markdown, with the figures that lie beside it.
import { ValueError } from '@scatterlab/tensor'
import type { Result } from './result.ts'
import { cells, columns, facts, warnings } from './wording.ts'

/** The Markdown; figures are embedded as NAME.svg, relative to the report. Throws `ValueError` for what is no result. */
export function report(result: Result): string {
  const { rows: all, phases: spent } = Object(result) as Result
  if (!Array.isArray(all) || typeof spent !== 'object') throw new ValueError('report takes the result of a run')
  const { app, slide, claim, mode, rows, figures, files, startedAt } = result
  const line = (values: readonly string[]) => `| ${values.map((value) => value.replaceAll('|', '\\|')).join(' | ')} |`
  const numbers = [line(columns), line(columns.map(() => '---')), ...rows.map((row) => line(cells(row)))]
  const list = (items: readonly string[]) => items.map((item) => `- ${item}`).join('\n')
  const blocks = [
    `# ${app}: ${slide}`,
    `Claim: ${claim}`,
    ...warnings(result).map((text) => `**${text}**`),
    rows.length === 0 ? 'Nothing was measured.' : numbers.join('\n'),
    list([...facts(result), ['mode', mode], ['started', startedAt]].map(([label, text]) => `${label}: ${text}`)),
    ...figures.map(
      ({ name, caption }) => `![${caption || name}](${name}.svg)${caption === '' ? '' : `\n\n${caption}`}`,
    ),
    ...(files.length === 0 ? [] : [`Files: ${files.map((name) => `[${name}](${name})`).join(', ')}`]),
  ]
  return `${blocks.join('\n\n')}\n`
}
