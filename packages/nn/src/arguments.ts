// What layers, networks and losses are given, checked where it comes in: rules beside those of tensor, for what is this package's own.
import {
  type RealArray,
  type Rule,
  type ShapedArray,
  Tensor,
  aFunction,
  checkArgument,
  having,
} from '@scatterlab/tensor'

/** An array. */
export const aTensor: Rule = (x) => (x instanceof Tensor ? undefined : 'a Tensor, for example tensor(data, shape)')

/** Throws `ValueError` for what is no tensor. */
export const checkTensor = (what: string, value: unknown): void => checkArgument(what, value, aTensor)

/** One whole number for both axes of an image, or one for each, none below `least`. */
export const oneOrPair =
  (least: number): Rule =>
  (value) => {
    const both: unknown[] = Array.isArray(value) ? value : [value, value]
    const fits = both.length === 2 && both.every((n) => Number.isInteger(n) && (n as number) >= least)
    return fits ? undefined : `a whole number, ${least} or more, or two of them, [y, x]`
  }

/** A layer. */
export const aLayer: Rule = having('a layer, for example relu()', 'plan', 'forward')

/** The shape of one item, of which the lengths are checked elsewhere. */
export const aShape: Rule = (value) => (Array.isArray(value) ? undefined : 'a shape, for example [1, 28, 28]')

/** What parameters begin as. */
export const anInitialiser: Rule = (value) => aFunction(value) && 'an initialiser, for example normal(0.01)'

/** Whether a value has things by name: no list, no date, no map. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  Object.prototype.toString.call(value) === '[object Object]'

/** Parameters and state by name. */
export const someWeights: Rule = (value) =>
  isRecord(value) && isRecord(value['parameters']) && isRecord(value['state'])
    ? undefined
    : 'weights { parameters, state }, as network.initialise(random) gives them'

/** A typed array of numbers. */
export const isNumbers = (value: unknown): boolean =>
  ArrayBuffer.isView(value) &&
  !(value instanceof DataView || value instanceof BigInt64Array || value instanceof BigUint64Array)

/** One class, from 0, for each item. */
export const classNumbers: Rule = (value) =>
  Array.isArray(value) || isNumbers(value) ? undefined : 'a list of class numbers, from 0, one for each item'

/** Whether labels are probabilities, { data, shape }. */
export const isDistributions = (value: unknown): value is ShapedArray<RealArray> =>
  isRecord(value) && isNumbers(value['data']) && Array.isArray(value['shape'])

/** One class, or a probability of each class, for each item. */
export const classLabels: Rule = (value) =>
  isDistributions(value) ? undefined : classNumbers(value) && `${classNumbers(value)}, or probabilities { data, shape }`

/** What `for await` goes through. */
export const somePass: Rule = (value) =>
  typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
    ? undefined
    : 'an iterable of batches { images, labels }'

/** A network. */
export const aNetwork: Rule = having('a network, for example network(relu(), [1, 28, 28])', 'initialise', 'forward')
