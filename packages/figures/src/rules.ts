// The rules for options of this package, and the bounds on the size of what is drawn. Whether numbers fit together is checked
// where they are drawn.

import { anything, oneOf, shown, trueOrFalse, ValueError, type Rule, type Rules } from '@scatterlab/tensor'
import { colormapNames } from './colormap.ts'

/** The most pixels that a side of a figure may have, at scale 1. */
export const MOST_SIDE = 16_384
/** The most numbers in a picture or a curve, and the most nodes or edges in a graph. */
export const MOST_NUMBERS: number = 2 ** 24

/** Throws ValueError for a value that does not fit; `what` names it. */
export function checkArgument(what: string, value: unknown, rule: Rule): void {
  const wanted = rule(value)
  if (wanted !== undefined) throw new ValueError(`${what} is ${shown(value)}: it must be ${wanted}`)
}

/** A text; it may be empty. */
export const text: Rule = (value) => (typeof value === 'string' ? undefined : 'a text')

const isListOf = (value: unknown, isItem: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isItem)

/** Texts, one after the other. */
export const texts: Rule = (value) =>
  isListOf(value, (item) => typeof item === 'string') ? undefined : 'a list of texts'

/** Things of any kind, one after the other. */
export const aList: Rule = (value) =>
  Array.isArray(value) && value.length <= MOST_NUMBERS ? undefined : `a list, of at most ${MOST_NUMBERS} items`

/** Numbers, in a list or a typed array; whether they are finite is checked elsewhere. */
export const numbers: Rule = (value) => {
  const isTyped = ArrayBuffer.isView(value) && 'length' in value && !value.constructor.name.startsWith('Big')
  const isNumbers = isTyped || isListOf(value, (item) => typeof item === 'number')
  return isNumbers && (value as ArrayLike<number>).length <= MOST_NUMBERS
    ? undefined
    : `a list of numbers, at most ${MOST_NUMBERS}`
}

/** A record of options, checked on its own. */
export const aRecord: Rule = (value) =>
  Object.prototype.toString.call(value) === '[object Object]' ? undefined : 'an object of options'

/** One of the colour maps. */
export const aColormap: Rule = oneOf(...colormapNames)

/** The rule that gives the first and the last colour. */
export const aRange: Rule = (value) =>
  value === 'shared' || value === 'each' || isLimits(value) ? undefined : "'shared', 'each' or [low, high]"

const isLimits = (value: unknown): boolean =>
  isListOf(value, (item) => typeof item === 'number') && (value as unknown[]).length === 2

/** Two numbers, of which the order is checked elsewhere. */
export const limits: Rule = (value) => (isLimits(value) ? undefined : 'two finite numbers, the smaller first')

/** Where the origin of an array is. */
export const anOrigin: Rule = oneOf('centre', 'corner')

/** Pixels, from `least`. */
export const pixels =
  (least: number): Rule =>
  (value) =>
    typeof value === 'number' && value >= least && value <= MOST_SIDE
      ? undefined
      : `a number of pixels, ${least} to ${MOST_SIDE}`

/** A whole number of things or pixels. */
export const count: Rule = (value) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MOST_SIDE
    ? undefined
    : `a whole number, 1 to ${MOST_SIDE}`

/** A tensor, or whatever gives its numbers so. */
export interface TensorLike {
  readonly shape: readonly number[]
  toTypedArray(): ArrayLike<number>
}

/** Whether a value is a tensor. */
export const isTensor = (value: unknown): value is TensorLike =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, 'toTypedArray') === 'function'

/** Numbers with their shape, or a tensor. */
export const aPicture: Rule = (value) => {
  if (isTensor(value)) return undefined
  const { data, shape } = Object(value) as { data?: unknown; shape?: unknown }
  return numbers(data) === undefined && isListOf(shape, (length) => typeof length === 'number')
    ? undefined
    : '{ data, shape }, numbers and their shape, or a tensor'
}

/** Pictures in a list, or a batch of them. */
export const pictures: Rule = (value) =>
  Array.isArray(value) || aPicture(value) === undefined ? undefined : 'a list of { data, shape }, or one batch of them'

/** An axis of a plot. */
export const axisRules: Rules<Record<'label' | 'scale' | 'ticks' | 'domain' | 'format', unknown>> = {
  label: text,
  scale: oneOf('linear', 'log'),
  ticks: numbers,
  domain: limits,
  format: (value) => (typeof value === 'function' ? undefined : 'a function from a number to a text'),
}

/** A curve of a plot. */
export const seriesRules: Rules<Record<'label' | 'x' | 'y' | 'error' | 'dashed' | 'line' | 'markers', unknown>> = {
  label: text,
  x: numbers,
  y: numbers,
  error: anything,
  dashed: trueOrFalse,
  line: trueOrFalse,
  markers: trueOrFalse,
}
