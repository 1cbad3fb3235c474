// Codes of bits, and the table that finds equal ones: each item is looked at once, so that a set of any size takes time in proportion to it.
import { type Rule, ShapeError, ValueError, checkArgument, wholeNumber } from '@scatterlab/tensor'

/** A code of `bits` bits for each of `count` items, in words of 32 bits, item after item. */
export interface Codes {
  /** Bits of one code. */
  readonly bits: number
  /** How many codes there are. */
  readonly count: number
  /** [count, ⌈bits / 32⌉]. */
  readonly words: Uint32Array
}

/** How many bits a code may have. */
export const bitCount: Rule = wholeNumber(1, 4096)

const wordsOf = (bits: number): number => Math.ceil(bits / 32)

/** Bits that are set where a number is above `threshold`; `values` [count, bits]. */
export function binarised(values: ArrayLike<number>, bits: number, threshold = 0): Codes {
  const [count, words] = [values.length / bits, wordsOf(bits)]
  const out = new Uint32Array(count * words)
  for (let i = 0; i < count; i++)
    for (let b = 0; b < bits; b++) if (values[i * bits + b] > threshold) out[i * words + (b >> 5)] |= 1 << (b & 31)
  return { bits, count, words: out }
}

const isCodes: Rule = (value) => {
  const { bits, count, words } = Object(value) as Partial<Codes>
  return bitCount(bits) === undefined && wholeNumber(0)(count) === undefined && words instanceof Uint32Array
    ? undefined
    : 'codes { bits, count, words }, as codesOf gives them'
}

/** Throws unless codes are whole. */
export function checkCodes(where: string, codes: Codes): void {
  checkArgument(`${where}: codes`, codes, isCodes)
  if (codes.words.length !== codes.count * wordsOf(codes.bits))
    throw new ShapeError(`${where}: ${codes.words.length} words do not hold ${codes.count} codes of ${codes.bits} bits`)
}

/** A table of codes that were met. */
export interface CodeTable {
  /** Items that were added. */
  readonly items: number
  /** Different codes among them. */
  readonly distinct: number
  /**
   * Adds items, numbered on from those before; gives for each the number of the first item with its code, its own where the code is new. Throws
   * `ValueError` for codes of other lengths.
   */
  add(codes: Codes): Int32Array
}

/** A share of the places that may be taken before the table grows. */
const FULL = 0.6

/**
 * An empty table for codes of `bits` bits: open addressing, 4·(⌈bits / 32⌉ + 1) bytes a place, 16 to 27 places for each ten different codes. At most 2³¹ − 1 items.
 */
export function codeTable(bits: number): CodeTable {
  checkArgument('codeTable: bits', bits, bitCount)
  const words = wordsOf(bits)
  let capacity = 1024
  let keys = new Uint32Array(capacity * words)
  let numbers = new Int32Array(capacity).fill(-1)
  let [items, distinct] = [0, 0]

  /** Where a code stands, or the free place where it would. */
  const placeOf = (own: Uint32Array, at: number): number => {
    let place = hashOf(own, at, words) & (capacity - 1)
    while (numbers[place] >= 0) {
      let k = 0
      while (k < words && keys[place * words + k] === own[at + k]) k++
      if (k === words) break
      place = (place + 1) & (capacity - 1)
    }
    return place
  }
  const write = (place: number, own: Uint32Array, at: number, number: number): void => {
    for (let k = 0; k < words; k++) keys[place * words + k] = own[at + k]
    numbers[place] = number
  }
  function grow(): void {
    const before = { keys, numbers }
    capacity *= 2
    keys = new Uint32Array(capacity * words)
    numbers = new Int32Array(capacity).fill(-1)
    before.numbers.forEach((number, place) => {
      if (number >= 0) write(placeOf(before.keys, place * words), before.keys, place * words, number)
    })
  }
  return {
    get items() {
      return items
    },
    get distinct() {
      return distinct
    },
    add(codes) {
      checkCodes('add', codes)
      if (codes.bits !== bits) throw new ValueError(`codes of ${codes.bits} bits in a table for ${bits}: give ${bits}`)
      const first = new Int32Array(codes.count)
      for (let i = 0; i < codes.count; i++, items++) {
        const place = placeOf(codes.words, i * words)
        if (numbers[place] < 0) {
          write(place, codes.words, i * words, items)
          distinct++
          first[i] = items
          if (distinct > FULL * capacity) grow()
        } else first[i] = numbers[place]
      }
      return first
    },
  }
}

/** A mix of all words (the finaliser of MurmurHash3 after each). */
function hashOf(words: Uint32Array, at: number, count: number): number {
  let h = 0x9e3779b9
  for (let k = 0; k < count; k++) {
    h ^= words[at + k]
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    h ^= h >>> 16
  }
  return h >>> 0
}

/** Items with equal codes: for each the number of the first item that has its code, its own where it is the first. Linear in the items. */
export const firstWithCode = (codes: Codes): Int32Array => {
  checkCodes('firstWithCode', codes)
  return codeTable(codes.bits).add(codes)
}

/** What codes can tell apart. */
export interface CodeEntropy {
  /** Σ over bits of −p log₂ p − (1 − p) log₂(1 − p), p the share of items with the bit: 1 for even bits, 0 for one that is always or never set. */
  readonly effectiveBits: number
  /** n²/2^(H + 1): pairs of n items that share a code by chance, if bits were independent. They are not, so that this is the least. */
  readonly chancePairs: number
}

/** The effective number of bits. Throws `ValueError` for no code at all. */
export function codeEntropy(codes: Codes): CodeEntropy {
  checkCodes('codeEntropy', codes)
  const { bits, count, words } = codes
  if (count === 0) throw new ValueError('codeEntropy: no code was given: give one or more')
  const each = wordsOf(bits)
  let effectiveBits = 0
  for (let b = 0; b < bits; b++) {
    let set = 0
    for (let i = 0; i < count; i++) set += (words[i * each + (b >> 5)] >>> (b & 31)) & 1
    for (const p of [set / count, 1 - set / count]) if (p > 0) effectiveBits -= p * Math.log2(p)
  }
  return { effectiveBits, chancePairs: count ** 2 / 2 ** (effectiveBits + 1) }
}
