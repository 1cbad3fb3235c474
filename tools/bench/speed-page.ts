// The tables of docs/speed.md, from the runs that docs/benchmarks keeps as `pnpm bench --json` wrote them.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchRun } from './run.ts'
import { markdownTable } from './table.ts'

/** Where the page has its tables. */
const BEGIN = '<!-- Tables: node tools/speed-page.ts draws them from docs/benchmarks. -->'
const END = '<!-- End of the tables. -->'

/** The runs in `folder`, the latest day first. Throws for a file that is none. */
export function keptRuns(folder: string): BenchRun[] {
  return globSync('*.json', { cwd: folder })
    .sort()
    .map((name) => checkedRun(JSON.parse(readFileSync(join(folder, name), 'utf8')), name))
    .sort((a, b) => b.date.localeCompare(a.date))
}

/** The page with its tables drawn anew. Throws where it has no place for them. */
export function withTables(page: string, runs: readonly BenchRun[]): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`the page needs a line '${BEGIN}' and below it '${END}'`)
  return `${page.slice(0, from)}${BEGIN}\n\n${tables(runs)}\n\n${page.slice(to)}`
}

/** A table for each day, machine and number of threads, losing rows included, and under it how each run was made. */
function tables(runs: readonly BenchRun[]): string {
  const alike = ({ date, machine, threads }: BenchRun) => `${date} ${machine.cpu} ${threads}`
  return [...Map.groupBy(runs, alike).values()]
    .map((group) => {
      const { date, machine, threads } = group[0]
      const heading = `## ${inWords(date)}: ${machine.cpu}, ${threads === 1 ? 'one core' : `${threads} threads`}`
      const facts = [
        ...new Set(group.map(({ machine: { cores, node }, backend }) => `${cores} cores, Node ${node}; ${backend}`)),
      ]
      return [
        heading,
        facts.join('. '),
        markdownTable(group.flatMap(({ rows }) => rows)),
        group.map(howMade).join('\n'),
      ]
    })
    .flat()
    .join('\n\n')
}

function howMade({ command, pinned, clock, rounds, peak, bandwidth, load, note }: BenchRun): string {
  const facts = [
    `medians of ${rounds} rounds`,
    ...(pinned ? [] : ['not pinned']),
    ...(clock === 'core' ? ['time on a core'] : []),
    `peak ${peak.toFixed(1)} GFLOP/s`,
    ...(bandwidth === null ? [] : [`copies at ${bandwidth.toFixed(1)} GB/s`]),
    load === null ? 'load not kept' : `load ${load.map((of) => of.toFixed(0)).join(' before, ')} at the end`,
  ]
  return `- \`${command}\`: ${facts.join(', ')}.${note === undefined ? '' : ` ${note}`}`
}

const inWords = (date: string): string =>
  new Date(date).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isAmount = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value > 0

const fields: Readonly<Record<Exclude<keyof BenchRun, 'note'>, (value: unknown) => boolean>> = {
  date: (value) => /^\d{4}-\d\d-\d\d$/.test(String(value)),
  command: (value) => String(value).startsWith('pnpm bench'),
  machine: (value) => {
    const { cpu, cores, node } = Object(value) as BenchRun['machine']
    return isText(cpu) && isAmount(cores) && isText(node)
  },
  backend: isText,
  threads: isAmount,
  pinned: (value) => typeof value === 'boolean',
  clock: (value) => value === 'wall' || value === 'core',
  rounds: isAmount,
  peak: isAmount,
  bandwidth: (value) => value === null || isAmount(value),
  load: (value) => value === null || (Array.isArray(value) && value.length === 2),
  rows: (value) => Array.isArray(value) && value.length > 0 && value.every(isRow),
}

function isRow(value: unknown): boolean {
  const { name, unit, value: ours, peer, ratio, spread } = Object(value) as BenchRun['rows'][number]
  const known = isAmount(ours) || (ours === null && isAmount(ratio))
  return isText(name) && isText(unit) && known && (ratio === null || (isText(peer) && isAmount(ratio))) && spread >= 0
}

/** `value` as a run. Throws for what is none. */
export function checkedRun(value: unknown, name: string): BenchRun {
  for (const [field, check] of Object.entries(fields)) {
    const given = (Object(value) as Record<string, unknown>)[field]
    if (!check(given)) throw new Error(`${name}: ${field} is ${JSON.stringify(given)?.slice(0, 200)}`)
  }
  return value as BenchRun
}
