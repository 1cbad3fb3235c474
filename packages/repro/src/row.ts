// A measured number as every result.json holds it, and its standard error. Nothing here formats.
import { type Rules, aText, checkArgument, checkOptions, finite, wholeNumber } from '@scatterlab/tensor'
import { ReproError, within } from './errors.ts'
import { orNull, someSettings } from './rules.ts'

/** One measured number beside what the slide and the paper print. */
export interface Row {
  /** What was measured, such as 'test error'. */
  readonly measure: string
  /** How, such as 'PCA-affine'. */
  readonly method: string
  /** What tells this number from its neighbours, such as `{ trainingSize: 5000 }`. */
  readonly settings: Readonly<Record<string, string | number | boolean>>
  /** The number, in `unit`. */
  readonly value: number
  /** Unit of `value`, `slide` and `paper`: '%', 'dB', 's', or '' for a bare number. */
  readonly unit: string
  /** How many of `total` cases are counted by `value`; null for what is not a count. */
  readonly count: number | null
  /** How many cases there were; null where there is no count. */
  readonly total: number | null
  /** The number on the slide, or null where the slide has none for this row. */
  readonly slide: number | null
  /** The number in the paper behind the slide, or null. */
  readonly paper: number | null
}

/** A number as an experiment reports it: what is left out is unknown (null), a bare number, or without settings. */
export type Measured = Pick<Row, 'measure' | 'method' | 'value'> & {
  readonly [K in Exclude<keyof Row, 'measure' | 'method' | 'value'>]?: Row[K] | undefined
}

/** What {@link errorRow} takes: an error count, and what is known about it elsewhere; `slide` and `paper` in per cent. */
export type ErrorCount = Omit<Measured, 'measure' | 'value' | 'unit' | 'count' | 'total'> & {
  /** Default 'test error'. */
  readonly measure?: string
  /** Cases that were wrong, a whole number from 0. */
  readonly count: number
  /** Cases in all, a whole number from 1. */
  readonly total: number
}

/** The row of an error rate: value = 100·count/total, in per cent. Throws as {@link wholeRow} does. */
export function errorRow(errors: ErrorCount): Row {
  const { count, total } = Object(errors) as ErrorCount
  checkArgument('errorRow: count', count, wholeNumber(0))
  checkArgument('errorRow: total', total, wholeNumber(1))
  return wholeRow({ measure: 'test error', ...errors, value: (100 * count) / total, unit: '%' })
}

/**
 * Binomial standard error √(p(1 − p)/n), p = count/total, n = total, in the unit of the row (×100 for '%'). Null for a row
 * without a count, and where p is 0 or 1: there the formula gives 0, which is not the uncertainty. Throws as {@link wholeRow} does.
 */
export function standardError(row: Row): number | null {
  const { count, total, unit } = wholeRow(row)
  if (count === null || total === null || count === 0 || count === total) return null
  const p = count / total
  return (unit === '%' ? 100 : 1) * Math.sqrt((p * (1 - p)) / total)
}

const rules: Rules<Measured> = {
  measure: aText,
  method: aText,
  settings: someSettings,
  value: finite,
  unit: aText,
  count: orNull(wholeNumber(0)),
  total: orNull(wholeNumber(1)),
  slide: orNull(finite),
  paper: orNull(finite),
}

/** The row of a number, whole. Throws {@link ReproError} `BAD_ROW` when result.json could not hold it truthfully. */
export function wholeRow(measured: Measured): Row {
  const checked = within('BAD_ROW', () => {
    const name = `row '${String(measured?.measure)}, ${String(measured?.method)}'`
    return checkOptions(name, measured, rules, ['measure', 'method', 'value'])
  })
  const { measure, method, settings = {}, value, unit = '', count = null, total = null } = checked
  const { slide = null, paper = null } = checked
  if ((count === null) !== (total === null) || Number(count) > Number(total)) {
    const fix = 'give a whole number from 0 to total, or null for both'
    throw new ReproError('BAD_ROW', `row '${measure}, ${method}': count is ${count} of total ${total}: ${fix}`)
  }
  return { measure, method, settings, value, unit, count, total, slide, paper }
}
