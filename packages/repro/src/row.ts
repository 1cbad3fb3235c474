// A measured number as every result.json holds it, and its standard error. Nothing here formats.
import { type Rule, type Rules, aText, checkOptions, having, numberFrom, wholeNumber } from '@scatterlab/tensor'
import { ReproError } from './errors.ts'

/** One measured number beside what the slide and the paper print. */
export interface Row {
  /** What was measured, such as 'test error'. */
  readonly measure: string
  /** How, such as 'PCA-affine'. */
  readonly method: string
  /** What tells this number from its neighbours, such as `{ trainingSize: 5000 }`. */
  readonly settings: Readonly<Record<string, string | number | boolean>>
  readonly value: number
  /** Unit of `value`, `slide` and `paper`: '%', 'dB', 's', or '' for a bare number. */
  readonly unit: string
  /** How many of `total` cases are counted by `value`; null for what is not a count. */
  readonly count: number | null
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

/** What {@link errorRow} takes: an error count, and what is known about it elsewhere. */
export interface ErrorCount {
  /** Default 'test error'. */
  readonly measure?: string
  readonly method: string
  readonly settings: Row['settings']
  readonly count: number
  readonly total: number
  /** In per cent. */
  readonly slide?: number | null | undefined
  /** In per cent. */
  readonly paper?: number | null | undefined
}

const aPercentage: Rule = (value) => (value === null ? undefined : numberFrom(0, 100)(value))
const errorRules: Rules<ErrorCount> = {
  measure: aText,
  method: aText,
  settings: having('an object'),
  count: wholeNumber(0),
  total: wholeNumber(1),
  slide: aPercentage,
  paper: aPercentage,
}

/** The row of an error rate: value = 100·count/total, in per cent. Throws `ValueError` for what is none. */
export function errorRow(errors: ErrorCount): Row {
  const {
    measure = 'test error',
    method,
    settings,
    count,
    total,
    slide,
    paper,
  } = checkOptions('errorRow', errors, errorRules, ['method', 'count', 'total'])
  const value = (100 * count) / total
  return { measure, method, settings, value, unit: '%', count, total, slide: slide ?? null, paper: paper ?? null }
}

/**
 * Binomial standard error √(p(1 − p)/n), p = count/total, n = total, in the unit of the row (×100 for '%'). Null for a row
 * without a count, and where p is 0 or 1: there the formula gives 0, which is not the uncertainty.
 */
export function standardError({ count, total, unit }: Row): number | null {
  if (count === null || total === null || count === 0 || count === total) return null
  const p = count / total
  return (unit === '%' ? 100 : 1) * Math.sqrt((p * (1 - p)) / total)
}

/** The row of a number, whole. Throws {@link ReproError} `BAD_ROW` when result.json could not hold it truthfully. */
export function wholeRow(measured: Measured): Row {
  const { measure, method, settings = {}, value, unit = '', count = null, total = null } = measured
  const { slide = null, paper = null } = measured
  const complain = (what: string): never => {
    throw new ReproError('BAD_ROW', `row '${measure}, ${method}': ${what}`)
  }
  if (!Number.isFinite(value)) complain(`value is ${value}: report a finite number, or leave the row out`)
  if ((count === null) !== (total === null))
    complain(`count is ${count} of total ${total}: give both, or null for both`)
  if (count !== null && total !== null && !(Number.isInteger(count) && count >= 0 && count <= total && total > 0)) {
    complain(`count is ${count} of total ${total}: give a whole number from 0 to total`)
  }
  for (const [name, published] of Object.entries({ slide, paper })) {
    if (published !== null && !Number.isFinite(published)) complain(`${name} is ${published}: give a number or null`)
  }
  return { measure, method, settings, value, unit, count, total, slide, paper }
}
