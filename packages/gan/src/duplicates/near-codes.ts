// Codes that differ in a few bits. Cut into one part more than bits may differ, two such codes agree in at least one part: only those that share a part
// are compared (Norouzi, Punjani & Fleet 2012). Exact; the time is in proportion to the items as long as parts are long enough to tell them apart.
import { ValueError, checkArgument, wholeNumber } from '@scatterlab/tensor'
import { type Codes, checkCodes } from './codes.ts'

/**
 * For each code the number of the first one of `among` that differs from it in at most `radius` bits, −1 where there is none. Without `among`: of the codes before it. Throws
 * `ValueError` for codes of two lengths, and a radius that is not below their bits.
 */
export function firstNearCode(codes: Codes, radius: number, among?: Codes): Int32Array {
  checkCodes('firstNearCode', codes)
  checkArgument('firstNearCode: radius', radius, wholeNumber(0, codes.bits - 1))
  const known = among ?? codes
  checkCodes('firstNearCode: among', known)
  if (known.bits !== codes.bits)
    throw new ValueError(`codes of ${codes.bits} bits among codes of ${known.bits}: give codes of one length`)
  const first = new Int32Array(codes.count).fill(-1)
  const before = (i: number): number => (among ? known.count : i)
  for (const [from, to] of partsOf(codes.bits, radius + 1)) {
    const buckets = new Map<number, number[]>()
    for (let j = 0; j < known.count; j++) {
      const key = partOf(known, j, from, to)
      const own = buckets.get(key)
      if (own) own.push(j)
      else buckets.set(key, [j])
    }
    for (let i = 0; i < codes.count; i++) {
      for (const j of buckets.get(partOf(codes, i, from, to)) ?? []) {
        // in ascending order: what is found by now is earlier
        if (j >= before(i) || (first[i] >= 0 && j >= first[i])) break
        if (differing(codes, i, known, j, radius) <= radius) first[i] = j
      }
    }
  }
  return first
}

/** Bits of a part, at most: a part is a number. */
const LONGEST = 30

/** At least `count` ranges of bits that cover all. */
function partsOf(bits: number, count: number): (readonly [from: number, to: number])[] {
  const parts = Math.max(count, Math.ceil(bits / LONGEST))
  return Array.from(
    { length: parts },
    (_, p) => [Math.floor((p * bits) / parts), Math.floor(((p + 1) * bits) / parts)] as const,
  )
}

/** Bits `from` to before `to` of a code, as a number. */
function partOf({ bits, words }: Codes, i: number, from: number, to: number): number {
  const at = i * Math.ceil(bits / 32)
  let part = 0
  for (let b = from; b < to; b++) part = (part << 1) | ((words[at + (b >> 5)] >>> (b & 31)) & 1)
  return part
}

/** Bits in which two codes differ; counted no further than past `most`. */
function differing(a: Codes, i: number, b: Codes, j: number, most: number): number {
  const words = Math.ceil(a.bits / 32)
  let sum = 0
  for (let k = 0; k < words && sum <= most; k++) {
    let x = a.words[i * words + k] ^ b.words[j * words + k]
    x -= (x >>> 1) & 0x55555555
    x = (x & 0x33333333) + ((x >>> 2) & 0x33333333)
    sum += Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
  }
  return sum
}
