// A reader of exactly those pickles that CIFAR-10 is published in: dictionaries, lists, byte strings, small integers
// and arrays of bytes, as Python 2 and NumPy wrote them (protocol 2). A pickle is a program; this reader runs nothing,
// knows three names, and refuses every other instruction and every name besides.

import type { ShapedArray } from '@scatterlab/tensor'
import { DatasetError } from '../errors.ts'

/** An array of bytes. */
export type PickledArray = ShapedArray<Uint8Array>

/** What a pickle may hold; the strings of Python 2 are bytes. */
export type PickleValue = number | Uint8Array | PickleValue[] | Map<string, PickleValue> | PickledArray

/** A value while it is built: `global` is one of the three names, `dtype` and `array` what calls of them give. */
type Item =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'list'; readonly items: Item[] }
  | { readonly kind: 'tuple'; readonly items: readonly Item[] }
  | { readonly kind: 'dictionary'; readonly entries: Map<string, Item> }
  | { readonly kind: 'none' | 'false' | 'dtype' }
  | { readonly kind: 'global'; readonly name: string }
  | { readonly kind: 'array'; built: PickledArray | undefined }

const DEPTH = 20
/** More values than a batch has images, labels and names. */
const MOST_VALUES = 2 ** 18

/**
 * The value that the pickle `bytes` hold, arrays and strings as views of them; `file` is its name in errors. Throws
 * DatasetError: EMPTY, TRUNCATED if it ends before its end mark, FORMAT for anything that the published files do not
 * contain. Source: Python's pickletools, and PEP 307.
 */
export function readPickle(bytes: Uint8Array, file = 'pickle'): PickleValue {
  if (bytes.length === 0) throw new DatasetError('EMPTY', `${file} is empty: get it again`, { file })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const stack: Item[] = []
  let values = 0
  const marks: number[] = []
  let at = 0

  const refused = (why: string): DatasetError => {
    const message = `${file} is not a pickle as CIFAR-10 has them (${why}, at byte ${at})`
    return new DatasetError('FORMAT', `${message}: give the published file`, { file })
  }
  const advance = (length: number): number => {
    if (at + length > bytes.length) {
      throw new DatasetError('TRUNCATED', `${file} ends too early: it was cut short, get it again`, { file })
    }
    at += length
    return at - length
  }
  const byte = (): number => bytes[advance(1)]
  const string = (length: number): Item => {
    const start = advance(length)
    return { kind: 'bytes', value: bytes.subarray(start, at) }
  }
  const line = (): string => {
    const start = at
    while (byte() !== 0x0a) if (at - start > 64) throw refused('a name of more than 64 bytes')
    return textOf(bytes.subarray(start, at - 1))
  }
  const pop = (): Item => {
    const item = stack.length > (marks.at(-1) ?? 0) ? stack.pop() : undefined
    if (item === undefined) throw refused('a value lacks')
    return item
  }
  const sinceMark = (): Item[] => {
    const mark = marks.pop()
    if (mark === undefined) throw refused('a mark lacks')
    return stack.splice(mark)
  }
  const tuple = (length: number): Item => ({ kind: 'tuple', items: Array.from({ length }, pop).reverse() })
  const top = <Kind extends Item['kind']>(kind: Kind): Extract<Item, { kind: Kind }> => {
    const item = stack.at(-1)
    if (item?.kind !== kind) throw refused(`${kind} expected`)
    return item as Extract<Item, { kind: Kind }>
  }
  const integer = (value: number): Item => ({ kind: 'integer', value })

  if (byte() !== 0x80 || byte() !== 2) throw refused('it does not begin with protocol 2')
  for (;;) {
    const code = byte()
    // an instruction makes one value at most
    if (!'qr'.includes(String.fromCharCode(code)) && ++values > MOST_VALUES) throw refused('too many values')
    switch (String.fromCharCode(code)) {
      case 'q': // BINPUT and LONG_BINPUT number a value for later use, which these files make none of
        advance(1)
        break
      case 'r':
        advance(4)
        break
      case '(':
        marks.push(stack.length)
        if (marks.length > DEPTH) throw refused(`more than ${DEPTH} levels`)
        break
      case '}':
        stack.push({ kind: 'dictionary', entries: new Map() })
        break
      case ']':
        stack.push({ kind: 'list', items: [] })
        break
      case 'K':
        stack.push(integer(byte()))
        break
      case 'M':
        stack.push(integer(view.getUint16(advance(2), true)))
        break
      case 'J':
        stack.push(integer(view.getInt32(advance(4), true)))
        break
      case 'U':
        stack.push(string(byte()))
        break
      case 'T': {
        const length = view.getInt32(advance(4), true)
        if (length < 0) throw refused('a string of negative length')
        stack.push(string(length))
        break
      }
      case 'N':
        stack.push({ kind: 'none' })
        break
      case '\x89':
        stack.push({ kind: 'false' })
        break
      case '\x85':
        stack.push(tuple(1))
        break
      case '\x86':
        stack.push(tuple(2))
        break
      case '\x87':
        stack.push(tuple(3))
        break
      case 't':
        stack.push({ kind: 'tuple', items: sinceMark() })
        break
      case 'e': {
        const items = sinceMark()
        for (const item of items) top('list').items.push(item)
        break
      }
      case 'u': {
        const pairs = sinceMark()
        const { entries } = top('dictionary')
        for (let i = 0; i < pairs.length; i += 2) {
          const [key, value] = [pairs[i], pairs[i + 1]]
          if (key.kind !== 'bytes' || value === undefined) throw refused('a dictionary without keys that are strings')
          entries.set(textOf(key.value), value)
        }
        break
      }
      case 'c': {
        const name = `${line()}.${line()}`
        if (!Object.hasOwn(calls, name) && name !== 'numpy.ndarray') throw refused(`the name ${name}`)
        stack.push({ kind: 'global', name })
        break
      }
      case 'R': {
        const given = pop()
        const called = pop()
        const result = called.kind === 'global' && Object.hasOwn(calls, called.name) && calls[called.name](given)
        if (!result) throw refused('a call that the published files do not make')
        stack.push(result)
        break
      }
      case 'b': {
        const state = pop()
        if (!takesState(stack.at(-1), state)) throw refused('an object that is no array of bytes')
        break
      }
      case '.': {
        const result = pop()
        if (stack.length > 0 || at < bytes.length) throw refused('more than one value')
        const value = valueOf(result)
        if (value === undefined) throw refused('a value that is not data')
        return value
      }
      default:
        throw refused(`the instruction 0x${code.toString(16).padStart(2, '0')}`)
    }
  }
}

/** The two calls in the files: an empty array to be filled, and the type of unsigned bytes. */
const calls: Readonly<Record<string, (given: Item) => Item | undefined>> = {
  'numpy.core.multiarray._reconstruct': (given) =>
    isTuple(given, [isGlobal('numpy.ndarray'), isShape([0]), isText('b')])
      ? { kind: 'array', built: undefined }
      : undefined,
  'numpy.dtype': (given) =>
    isTuple(given, [isText('u1'), isInteger(0), isInteger(1)]) ? { kind: 'dtype' } : undefined,
}

/** Gives an object its state, if it is that of a byte type or of an array of bytes in the order of C. */
function takesState(object: Item | undefined, state: Item): boolean {
  if (object?.kind === 'dtype') {
    const fields = [isInteger(3), isText('|'), isNone, isNone, isNone, isInteger(-1), isInteger(-1), isInteger(0)]
    return isTuple(state, fields)
  }
  if (object?.kind !== 'array' || object.built || state.kind !== 'tuple') return false
  const [version, axes, type, fortran, content, ...more] = state.items
  if (content?.kind !== 'bytes' || more.length > 0 || !isInteger(1)(version)) return false
  if (type.kind !== 'dtype' || fortran.kind !== 'false' || axes.kind !== 'tuple') return false
  const shape = axes.items.map((axis) => (axis.kind === 'integer' ? axis.value : Number.NaN))
  const size = shape.reduce((product, length) => product * length, 1)
  if (size !== content.value.length) return false
  object.built = { shape, data: content.value }
  return true
}

type Check = (item: Item) => boolean

const isTuple = (item: Item, checks: readonly Check[]): boolean =>
  item.kind === 'tuple' && item.items.length === checks.length && checks.every((check, i) => check(item.items[i]))
const isInteger =
  (value: number): Check =>
  (item) =>
    item.kind === 'integer' && item.value === value
const isText =
  (text: string): Check =>
  (item) =>
    item.kind === 'bytes' && textOf(item.value) === text
const isGlobal =
  (name: string): Check =>
  (item) =>
    item.kind === 'global' && item.name === name
const isShape =
  (shape: readonly number[]): Check =>
  (item) =>
    isTuple(item, shape.map(isInteger))
const isNone: Check = ({ kind }) => kind === 'none'

function valueOf(item: Item): PickleValue | undefined {
  switch (item.kind) {
    case 'integer':
    case 'bytes':
      return item.value
    case 'list':
      return every(item.items.map(valueOf))
    case 'dictionary': {
      const values = every([...item.entries.values()].map(valueOf))
      return values && new Map([...item.entries.keys()].map((key, i) => [key, values[i]]))
    }
    case 'array':
      return item.built
    default:
      return undefined
  }
}

const every = (values: readonly (PickleValue | undefined)[]): PickleValue[] | undefined =>
  values.every((value) => value !== undefined) ? [...values] : undefined

const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 256))
