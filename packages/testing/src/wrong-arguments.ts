// Functions called with wrong values, argument by argument and option by option. Each call must
// give a result or an error of this project, and a value that can never be right must give the error.
import { ScatterlabError } from '@scatterlab/tensor'

/** Values that are wrong in most places, by name. */
const WRONG: Readonly<Record<string, unknown>> = {
  undefined,
  null: null,
  zero: 0,
  negative: -1,
  fraction: 0.5,
  NaN,
  infinite: Infinity,
  large: 1e9,
  bigint: 1n,
  text: 'sideways',
  empty: '',
  true: true,
  symbol: Symbol('x'),
  object: {},
  foreign: { nonsense: 1 },
  list: [],
  holes: [undefined],
  texts: ['a'],
  date: new Date(0),
  numbers: new Float32Array(3),
  bytes: new Uint8Array(3),
  map: new Map([[1, 2]]),
  function: () => undefined,
}

/** Right nowhere, but for what `takes` names. */
const NEVER = ['NaN', 'symbol', 'foreign', 'text', 'holes', 'date', 'bigint', 'large']

/** A way to call a function rightly. */
export interface RightCall {
  /** Fresh arguments that are right; the last one, if it is a record of options, with every option there is. */
  readonly args: () => readonly unknown[]
  /** Which of the values that are never right are so after all, by argument (`0`) or option (`title`). */
  readonly takes?: Readonly<Record<string, readonly string[]>>
  /** False where the last argument is a record, but not of options. */
  readonly options?: false
}

/** The functions among the exports of a package by name, its classes of errors left out. */
export function functionsOf(exports: Readonly<Record<string, unknown>>): [string, (...args: never) => unknown][] {
  const isError = (value: object): boolean => 'prototype' in value && value.prototype instanceof Error
  return Object.entries(exports).filter(
    (entry): entry is [string, (...args: never) => unknown] => typeof entry[1] === 'function' && !isError(entry[1]),
  )
}

/**
 * What is wrong with `f` when its arguments are: a line for each value that is taken, or fails by a foreign error. `right` names values
 * that are right wherever they are taken.
 */
export async function wrongArguments(
  f: (...args: never) => unknown,
  { args, takes = {}, options }: RightCall,
  right: readonly string[] = [],
): Promise<string[]> {
  const run = f as (...args: readonly unknown[]) => unknown
  const first = await outcome(() => run(...args()))
  const faults = first === 'fine' ? [] : [`right arguments: ${first}`]
  const attempt = async (label: string, key: string, changed: (fresh: readonly unknown[]) => unknown[]) => {
    const found = await outcome(() => run(...changed(args())))
    const wrong = NEVER.includes(label) && ![...right, ...(takes[key] ?? [])].includes(label)
    if (found !== 'typed' && (found !== 'fine' || wrong)) faults.push(`${key} = ${label}: ${found}`)
  }
  const last = args().length - 1
  for (const [label, value] of Object.entries(WRONG)) {
    for (let at = 0; at <= last; at++) await attempt(label, String(at), (fresh) => fresh.with(at, value))
    const given = args()[last]
    if (options === false || !isRecord(given)) continue
    for (const key of Object.keys(given)) {
      await attempt(label, key, (fresh) => fresh.with(last, { ...(fresh[last] as object), [key]: value }))
    }
  }
  if (isRecord(args()[last]) && options !== false) {
    await attempt('foreign', 'an option of no name', (fresh) =>
      fresh.with(last, { ...(fresh[last] as object), zzz: 1 }),
    )
  }
  return faults
}

const isRecord = (value: unknown): value is object => Object.prototype.toString.call(value) === '[object Object]'

/** `typed`, `fine`, or the error that is not of this project. */
async function outcome(run: () => unknown): Promise<string> {
  try {
    await run()
    return 'fine'
  } catch (error) {
    if (error instanceof ScatterlabError) return error.message === '' ? 'an error without a message' : 'typed'
    return `untyped: ${String(error)}`
  }
}
