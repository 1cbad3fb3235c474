// The summaries of an app's runs as a part of its page: a table of each, and under it how its numbers came about.
import { type Row, duration, grouped, measured, published, settingsInWords } from '@scatterlab/repro'
import { markdownTable } from './markdown.ts'
import type { RunSummary } from './run-summary.ts'

/** Lines of tables that a page shows at once; more are behind a summary that opens. */
const shown = 24

/** The Markdown of one summary, with a heading of the third level. */
export function summaryPart(summary: RunSummary): string {
  const { mode, recipe, note, rows } = summary
  const tables = tablesOf(rows)
  const facts = factsOf(summary).map(([label, text]) => `- ${label}: ${label === 'command' ? text : plain(text)}`)
  const opened =
    rows.length > shown ? `<details><summary>All ${rows.length} numbers</summary>\n\n${tables}\n\n</details>` : tables
  return [
    `### ${recipe === undefined ? `The ${mode} run` : `The recipe ${recipe}`}`,
    ...(note === undefined ? [] : [plain(note)]),
    opened,
    facts.join('\n'),
  ].join('\n\n')
}

/** How the numbers of a run came about, as label and text. */
function factsOf(summary: RunSummary): [label: string, text: string][] {
  const { command, from, date, seed, repeats, machine, load, backend, seconds, peakMemoryMB, data, protocol } = summary
  const time = seconds === null ? 'not kept' : duration(seconds)
  const memory = peakMemoryMB === null ? '' : `; ${grouped(Math.round(peakMemoryMB))} MB at most`
  const where = machine === null ? 'not kept' : `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`
  return [
    ['protocol', protocol],
    ['data', data],
    ['command', `\`${command}\``],
    ['seed', `${seed}; ${repeats === 1 ? 'one run' : `means of ${repeats} runs`}`],
    ['date', from === 'run' ? date : `${date}, when it was written down; the run itself is no longer kept`],
    ['machine', `${where}; ${load}`],
    ['back end', backend],
    ['time', `${time}${memory}`],
  ]
}

/**
 * The rows as tables: a measure taken by several methods at several settings has a table of its own, settings down and methods across;
 * the others stand in lists, a row each.
 */
export function tablesOf(rows: readonly Row[]): string {
  const groups = Map.groupBy(rows, ({ measure, unit }) => `${measure} ${unit}`)
  const tables: string[] = []
  let list: Row[] = []
  const close = () => {
    if (list.length > 0) tables.push(listOf(list))
    list = []
  }
  for (const group of groups.values()) {
    const crossed = crossedTable(group)
    if (crossed === undefined) list.push(...group)
    else {
      close()
      tables.push(crossed)
    }
  }
  close()
  return tables.join('\n\n')
}

/** Settings down, methods across; undefined where that would be mostly empty, too wide, or put two rows into one cell. */
function crossedTable(rows: readonly Row[]): string | undefined {
  const methods = [...new Set(rows.map(({ method }) => method))]
  const settings = [...new Set(rows.map((row) => settingsInWords(row.settings)))]
  const cell = new Map(rows.map((row) => [`${settingsInWords(row.settings)} ${row.method}`, row]))
  const places = methods.length * settings.length
  if (methods.length < 2 || methods.length > 7 || settings.length < 2) return undefined
  if (cell.size < rows.length || rows.length < 0.6 * places) return undefined
  return markdownTable(
    [
      [rows[0]!.measure, ...methods],
      ...settings.map((words) => [
        words === '' ? '–' : words,
        ...methods.map((method) => {
          const row = cell.get(`${words} ${method}`)
          return row === undefined ? '' : withPublished(row)
        }),
      ]),
    ].map((line) => line.map(plain)),
  )
}

/** What was measured; of a whole number every digit. */
const inFull = (row: Row): string =>
  Number.isInteger(row.value) && row.count === null ? published(row.value, row.unit) : measured(row)

const withPublished = (row: Row): string =>
  [
    inFull(row),
    ...(row.slide === null ? [] : [`slide ${published(row.slide, row.unit)}`]),
    ...(row.paper === null ? [] : [`paper ${published(row.paper, row.unit)}`]),
  ].join('; ')

/** A line for each row, without the columns that are empty in all. */
function listOf(rows: readonly Row[]): string {
  const columns: readonly [head: string, of: (row: Row) => string][] = [
    ['measure', ({ measure }) => measure],
    ['method', ({ method }) => method],
    ['settings', ({ settings }) => settingsInWords(settings)],
    ['slide', ({ slide, unit }) => (slide === null ? '' : published(slide, unit))],
    ['paper', ({ paper, unit }) => (paper === null ? '' : published(paper, unit))],
    ['measured', inFull],
  ]
  const kept = columns.filter(([, of]) => rows.some((row) => of(row) !== ''))
  return markdownTable([kept.map(([head]) => head), ...rows.map((row) => kept.map(([, of]) => plain(of(row))))])
}

/** Text that is no Markdown and no HTML. */
const plain = (text: string): string => text.replaceAll(/[\\`*_[\]<>{}$]/g, (sign) => `&#${sign.codePointAt(0)};`)
