// Options as people give them, checked before any work: every name is known and every value fits, or a typed error says
// what to write instead, with the nearest name. A rule is one function; a package adds its own where these do not do.
import { ValueError } from './errors.ts'

/** Says what a value must be ('a whole number, 1 or more') if it does not fit, and nothing if it fits. */
export type Rule = (value: unknown) => string | undefined

/** A rule for every option. */
export type Rules<T> = { readonly [K in keyof T]-?: Rule }

/**
 * The options of `name`, without those that are undefined, so that `{ ...defaults, ...checkOptions(…) }` completes them.
 * `rules` names every option. Throws `ValueError` for an unknown name, with the nearest known one; for a value that its
 * rule refuses; and where one of `needed` is missing.
 *
 * @example checkOptions('sgd', options, { rate: positive, nesterov: trueOrFalse }, ['rate'])
 */
export function checkOptions<T extends object>(
  name: string,
  options: T | undefined,
  rules: Rules<T>,
  needed: readonly (keyof T & string)[] = [],
): T {
  const known = Object.keys(rules)
  if (options !== undefined && Object.prototype.toString.call(options) !== '[object Object]') {
    throw new ValueError(`${name} takes its options by name, { ${known.join(', ')} }, not ${shown(options)}`)
  }
  const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined)
  for (const [key, value] of given) {
    if (!Object.hasOwn(rules, key)) {
      throw new ValueError(`${name} has no option ${key}.${didYouMean(key, known)} It takes ${known.join(', ')}`)
    }
    checkArgument(`${name}: ${key}`, value, rules[key as keyof T])
  }
  const kept = Object.fromEntries(given) as T
  for (const key of needed) {
    if (!Object.hasOwn(kept, key)) {
      throw new ValueError(`${name} needs ${key}: ${rules[key](undefined) ?? 'give it'}`)
    }
  }
  return kept
}

/** Throws `ValueError` for a value that its rule refuses; `what` names it ("take: count"). */
export function checkArgument(what: string, value: unknown, rule: Rule): void {
  const wanted = rule(value)
  if (wanted !== undefined) throw new ValueError(`${what} is ${shown(value)}: it must be ${wanted}`)
}

/** Any value: what it must be is checked elsewhere. */
export const anything: Rule = () => undefined

/** A whole number from `low` to `high`. */
export const wholeNumber =
  (low: number, high: number = Infinity): Rule =>
  (value) =>
    Number.isInteger(value) && within(value, low, high) ? undefined : `a whole number, ${range(low, high)}`

/** A number from `low` to `high`, both included; an infinite one only if `high` is left out. */
export const numberFrom =
  (low: number, high: number = Infinity): Rule =>
  (value) =>
    within(value, low, high) ? undefined : `a number, ${range(low, high)}`

/** A finite number. */
export const finite: Rule = (value) => (Number.isFinite(value) ? undefined : 'a finite number')

/** A finite number above 0. */
export const positive: Rule = (value) =>
  Number.isFinite(value) && (value as number) > 0 ? undefined : 'positive and finite'

/** A finite number of at least 0. */
export const notNegative: Rule = (value) =>
  Number.isFinite(value) && (value as number) >= 0 ? undefined : 'finite, 0 or more'

/** A number from 0 to below 1: a momentum, a share. */
export const belowOne: Rule = (value) => (within(value, 0, 1) && value !== 1 ? undefined : 'a number from 0 to below 1')

/** A list of numbers, their values checked elsewhere: an array, or a typed array. */
export const someNumbers: Rule = (value) =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value) ? undefined : 'a list of numbers'

/** What random numbers begin from. */
export const aSeed: Rule = (value) =>
  typeof value === 'string' || Number.isFinite(value) ? undefined : 'a finite number or a text'

/** One of some words or other constants. */
export const oneOf =
  (...choices: readonly unknown[]): Rule =>
  (value) =>
    choices.includes(value) ? undefined : `one of ${choices.map(shown).join(', ')}`

/** True or false. */
export const trueOrFalse: Rule = oneOf(true, false)

/** A function. */
export const aFunction: Rule = (value) => (typeof value === 'function' ? undefined : 'a function')

/** A list of `length` whole numbers from `low` to `high`, for example a shape. */
export const wholeNumbers =
  (length: number, low: number, high: number = Infinity): Rule =>
  (value) =>
    Array.isArray(value) && value.length === length && value.every((n) => !wholeNumber(low, high)(n))
      ? undefined
      : `a list of ${length} whole numbers, each ${range(low, high)}`

/** An object that has these methods: a back end, an optimiser, a signal. */
export const having =
  (kind: string, ...methods: readonly string[]): Rule =>
  (value) =>
    typeof value === 'object' && value !== null && methods.every((m) => typeof Reflect.get(value, m) === 'function')
      ? undefined
      : kind

/** A text. */
export const aText: Rule = (value) => (typeof value === 'string' ? undefined : 'a text')

/** A signal that ends long work. */
export const aSignal: Rule = having('an AbortSignal', 'throwIfAborted')

/** A stream of random numbers. */
export const aRandom: Rule = having('a stream of random numbers, for example random(1)', 'fillUniform', 'fillNormal')

/** Where the work is done. */
export const aBackend: Rule = having('a back end, for example createWasmBackend()', 'allocate', 'forEachGroup')

const within = (value: unknown, low: number, high: number): boolean =>
  typeof value === 'number' && value >= low && value <= high

const range = (low: number, high: number): string => (high === Infinity ? `${low} or more` : `${low} to ${high}`)

/** A value as an error shows it: words in quotes, lists in brackets, objects by their kind. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (Array.isArray(value)) {
    const first = value.slice(0, 8).map(shown)
    return `[${(value.length > 8 ? [...first, '…'] : first).join(', ')}]`
  }
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  const kind = Object.prototype.toString.call(value).slice(8, -1)
  return kind === 'Object' ? 'an object' : `a ${kind}`
}

/** ' Did you mean X?' for the candidate nearest to `word`, or nothing when none is near; case does not matter. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const near = [...candidates]
    .map((candidate) => ({ candidate, slips: slips(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, slips }) => slips <= Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3)))
    .sort((a, b) => a.slips - b.slips)
  return near.length === 0 ? '' : ` Did you mean ${near[0].candidate}?`
}

/** Letters to insert, delete, exchange or swap with a neighbour (optimal string alignment distance). */
export function slips(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, j) => j)
  for (let i = 1; i <= from.length; i++) {
    const current = [i]
    for (let j = 1; j <= to.length; j++) {
      const exchange = last[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1)
      const swap =
        i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1] ? beforeLast[j - 2] + 1 : Infinity
      current.push(Math.min(last[j] + 1, current[j - 1] + 1, exchange, swap))
    }
    beforeLast = last
    last = current
  }
  return last[to.length]
}
