// How numbers, times and settings are put into words, the same in the terminal and in the report.
import { aText, checkArgument, finite, numberFrom } from '@scatterlab/tensor'
import type { Result } from './result.ts'
import { standardError, wholeRow } from './row.ts'
import { orNull, someSettings } from './rules.ts'
import type { Row } from './row.ts'

/** Thousands with commas: 10,000. */
export function grouped(n: number): string {
  checkArgument('grouped: n', n, finite)
  return n.toLocaleString('en-US', { maximumFractionDigits: 20 })
}

/** 0.4 s, 12.3 s, 2 min 05 s, 1 h 02 min. */
export function duration(seconds: number): string {
  checkArgument('duration: seconds', seconds, numberFrom(0))
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  const two = (n: number) => String(n).padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`
}

/** '0.77 % ± 0.09 (77 of 10,000)': two decimals for per cent, else four significant digits. */
export function measured(row: Row): string {
  const { value, unit, count, total } = wholeRow(row)
  const digits = (x: number) => (unit === '%' ? x.toFixed(2) : grouped(Number(x.toPrecision(4))))
  const error = standardError(row)
  const spread = error === null ? '' : ` ± ${digits(error)}`
  const counted = count === null || total === null ? '' : ` (${grouped(count)} of ${grouped(total)})`
  return `${withUnit(digits(value), unit)}${spread}${counted}`
}

/** A number that somebody else printed, as they printed it; a dash for none. */
export function published(value: number | null, unit: string): string {
  checkArgument('published: value', value, orNull(finite))
  checkArgument('published: unit', unit, aText)
  return value === null ? '–' : withUnit(grouped(value), unit)
}

/** 'training size 5,000, components 40' for `{ trainingSize: 5000, components: 40 }`. */
export function settingsInWords(settings: Row['settings']): string {
  checkArgument('settingsInWords: settings', settings, someSettings)
  return Object.entries(settings)
    .map(([name, value]) => `${words(name)} ${typeof value === 'number' ? grouped(value) : value}`)
    .join(', ')
}

/** The cells of a row, under {@link columns}. */
export function cells(row: Row): string[] {
  const { measure, method, settings, slide, paper, unit } = row
  return [measure, method, settingsInWords(settings), published(slide, unit), published(paper, unit), measured(row)]
}

/** The columns of the table of results. */
export const columns: readonly string[] = ['measure', 'method', 'settings', 'slide', 'paper', 'measured']

/** What is to be said about a result before its numbers: interrupted, quick, note. */
export function warnings({ mode, recipe, weights, partial, error, note }: Result): string[] {
  const quick = mode === 'quick' && weights === undefined
  return [
    ...(error === undefined ? [] : [`Stopped by an error; these are partial results. ${error}`]),
    ...(partial && error === undefined ? ['Interrupted: these are partial results.'] : []),
    ...(weights === undefined ? [] : [`Images classified by ${weights}; no result of the experiment itself.`]),
    ...(recipe === undefined ? [] : [`By the recipe ${recipe}.`]),
    ...(quick ? ["A quick run, not the slide's result; --full follows the slide."] : []),
    ...(note === undefined ? [] : [note]),
  ]
}

/** The facts of a run below its numbers, as label and text. */
export function facts(result: Result): [label: string, text: string][] {
  const { protocol, data, seed, backend, resumed, seconds, phases, peakMemoryMB, machine } = result
  const spent = Object.entries(phases).map(([name, time]) => `${name} ${duration(time)}`)
  return [
    ['protocol', protocol ?? 'not known yet'],
    ['data', data ?? 'not known yet'],
    ['seed', String(seed)],
    ['back end', backend ?? 'none'],
    [
      'time',
      `${duration(seconds)}${resumed ? ' with the interrupted run' : ''}${spent.length > 0 ? ` (${spent.join(', ')})` : ''}`,
    ],
    ['peak memory', peakMemoryMB === null ? 'not known' : `${grouped(Math.round(peakMemoryMB))} MB`],
    ...(machine === null ? [] : [['machine', machineInWords(machine)] satisfies [string, string]]),
  ]
}

const machineInWords = ({ cpu, cores, node }: NonNullable<Result['machine']>): string =>
  [cpu, `${cores} ${cores === 1 ? 'core' : 'cores'}`, ...(node === null ? [] : [`Node ${node}`])].join(', ')

const withUnit = (digits: string, unit: string): string => (unit === '' ? digits : `${digits} ${unit}`)

const words = (name: string): string => name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
