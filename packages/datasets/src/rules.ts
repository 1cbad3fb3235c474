// What options of this package must be, for the check of options by name. Values that depend on the images are checked
// where the images are known.

import type { LoadOptions } from './sets/load-options.ts'
import { anything, having, numberFrom, trueOrFalse, wholeNumber, type Rule } from '@scatterlab/tensor'

/** A stream of random numbers. */
export const aStream: Rule = having('a random stream, for example random(1)', 'permutation', 'uniform', 'integer')

/** What stops work. */
export const aSignal: Rule = having('an AbortSignal', 'throwIfAborted', 'addEventListener')

/** The greatest height or width that images are brought to. */
const MOST_SIDE = 8192

/** A height and a width from 1 to 8192, or one number for both. */
export const aSize: Rule = (value) =>
  wholeNumber(1, MOST_SIDE)(value) === undefined || aPair(1, MOST_SIDE)(value) === undefined
    ? undefined
    : `a whole number from 1 to ${MOST_SIDE}, or a height and a width of such`

/** A height and a width. */
export const aPair =
  (low: number, high: number): Rule =>
  (value) => {
    const isPair = (Array.isArray(value) || ArrayBuffer.isView(value)) && Reflect.get(value, 'length') === 2
    return isPair && Array.from(value as ArrayLike<unknown>).every((side) => !wholeNumber(low, high)(side))
      ? undefined
      : `a height and a width, two whole numbers from ${low} to ${high}`
  }

/** Numbers one after the other; each is checked against the images. */
export const aList: Rule = (value) =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value) ? undefined : 'a list of whole numbers'

/** A text that is not empty. */
export const aText: Rule = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'a text, not an empty one'

/** Texts one after the other. */
export const texts: Rule = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? undefined : 'a list of texts'

/** Addresses to download from. */
export const addresses: Rule = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && URL.canParse(item))
    ? undefined
    : 'a list of addresses, for example ["https://example.org/sets"]'

/** A finite number. */
export const finite: Rule = (value) => (Number.isFinite(value) ? undefined : 'a finite number, such as 1/255')

/** The options that make floats of bytes. */
export const floatRules: Readonly<Record<'scale' | 'pad', Rule>> = { scale: finite, pad: aPair(1, MOST_SIDE) }

/** The options that cut a set into batches. */
export const batchRules: Readonly<Record<'scale' | 'pad' | 'size' | 'shuffle' | 'drop' | 'signal', Rule>> = {
  ...floatRules,
  size: wholeNumber(1),
  shuffle: aStream,
  drop: trueOrFalse,
  signal: aSignal,
}

/** The options that say where a set comes from. */
export const loadRules: Readonly<Record<keyof LoadOptions, Rule>> = {
  folder: aText,
  cache: (value) => (value === false ? undefined : aText(value) && 'a text, not an empty one, or false'),
  download: trueOrFalse,
  mirrors: addresses,
  signal: aSignal,
  onProgress: anything,
}

/** From 0 to 1. */
export const aProbability: Rule = numberFrom(0, 1)
