// The rules for options and arguments of this package. Values that depend on the images are checked where the images are
// known.

import {
  aFunction,
  aSignal,
  finite,
  having,
  numberFrom,
  positive,
  trueOrFalse,
  wholeNumber,
  type Rule,
  type Rules,
} from '@scatterlab/tensor'
import type { BatchOptions } from './batches/batches.ts'
import type { FloatOptions } from './sets/float-images.ts'
import type { LoadOptions } from './sets/load-options.ts'

/** A stream of random numbers. */
export const aStream: Rule = having('a random stream, for example random(1)', 'permutation', 'uniform', 'fillNormal')

/** The greatest height or width that images are brought to. */
const MOST_SIDE = 8192

/** A height or a width. */
export const aSide: Rule = wholeNumber(1, MOST_SIDE)

/** A height and a width from 1 to 8192, or one number for both. */
export const aSize: Rule = (value) =>
  aSide(value) === undefined || aPair(value) === undefined
    ? undefined
    : `a whole number from 1 to ${MOST_SIDE}, or a height and a width of such`

/** A height and a width. */
export const aPair: Rule = (value) =>
  Array.isArray(value) && value.length === 2 && value.every((side) => aSide(side) === undefined)
    ? undefined
    : `a height and a width, two whole numbers from 1 to ${MOST_SIDE}`

/** A text that is not empty. */
export const aText: Rule = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'a text, not an empty one'

/** The name of a file, for messages. */
export const aName: Rule = (value) => (typeof value === 'string' ? undefined : 'a text')

/** Texts one after the other. */
export const texts: Rule = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? undefined : 'a list of texts'

/** Addresses to download from. */
export const addresses: Rule = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && URL.canParse(item))
    ? undefined
    : 'a list of addresses, for example ["https://example.org/sets"]'

/** The options that make floats of bytes. */
export const floatRules: Rules<FloatOptions> = { scale: finite, pad: aPair }

/** The options that cut a set into batches. */
export const batchRules: Rules<BatchOptions> = {
  ...floatRules,
  size: wholeNumber(1),
  shuffle: aStream,
  drop: trueOrFalse,
  signal: aSignal,
}

/** The options that say where a set comes from. */
export const loadRules: Rules<LoadOptions> = {
  folder: aText,
  cache: (value) => (value === false ? undefined : aText(value) && 'a text, not an empty one, or false'),
  download: trueOrFalse,
  mirrors: addresses,
  signal: aSignal,
  onProgress: aFunction,
}

/** From 0 to 1. */
export const aProbability: Rule = numberFrom(0, 1)

/** A finite number of at least 0. */
export const notNegative: Rule = (value) =>
  value === 0 ? undefined : positive(value) && 'a finite number of at least 0'

const isNumbers = (value: unknown): boolean =>
  (ArrayBuffer.isView(value) &&
    'length' in value &&
    !(value instanceof BigInt64Array || value instanceof BigUint64Array)) ||
  (Array.isArray(value) && value.every((item) => typeof item === 'number'))

/** Numbers, in a list or a typed array. */
export const numbers: Rule = (value) => (isNumbers(value) ? undefined : 'a list of numbers')

/** Images, of which the numbers and the shape are there; whether they fit is checked elsewhere. */
export const someImages: Rule = (value) => {
  const { data, shape } = Object(value) as { data?: unknown; shape?: unknown }
  const isShape = Array.isArray(shape) && shape.length > 0 && shape.every((length) => !wholeNumber(0)(length))
  return ArrayBuffer.isView(data) && isNumbers(data) && isShape
    ? undefined
    : 'images, { data, shape }: numbers in a typed array, and their shape, the number of images first'
}

/** What a file holds. */
export const bytesOfFile: Rule = (value) => (value instanceof Uint8Array ? undefined : 'a Uint8Array')

/** A set of labelled images. */
export const aSet: Rule = (value) => {
  const { images, labels } = Object(value) as { images?: unknown; labels?: unknown }
  return someImages(images) === undefined && ArrayBuffer.isView(labels) && isNumbers(labels)
    ? undefined
    : 'a set, { images: { data, shape }, labels }, as the loaders give it'
}

/** What `for await` goes through. */
export const aPass: Rule = (value) =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value
    ? undefined
    : 'a pass, for example batches(set, { size: 100 })'
