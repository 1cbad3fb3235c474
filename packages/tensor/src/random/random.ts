// Seeded random numbers: xoroshiro128+ from pure-rand, which only this file imports, with seeding, distributions
// and splitting on top. The same seed gives the same stream, bit for bit, on every engine and machine.
// Not for cryptography.

import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import { aSeed, checkArgument } from '../check-options.ts'
import { ValueError } from '../errors.ts'
import { normalQuantile } from './random-normal.ts'

/** Where a stream stands: four 32-bit integers, ready for JSON; `random(state)` goes on from there. */
export type RandomState = readonly [number, number, number, number]

/**
 * A stream of random numbers. A uniform or normal number takes one draw of 53 bits, an integer too, rarely more.
 * Bounds, means and deviations that are not finite or not in order throw ValueError.
 */
export interface Random {
  /** A number of [low, high), by default [0, 1): low + (high - low)·k/2^53, k any integer of [0, 2^53), rounded. */
  uniform(low?: number, high?: number): number
  /** A normal number of the given mean (0) and standard deviation (1): mean + deviation·Φ⁻¹((k + 1/2)/2^53). */
  normal(mean?: number, deviation?: number): number
  /** An integer of [low, highExclusive), all equally likely. Throws ValueError unless 1 ≤ highExclusive - low ≤ 2^53. */
  integer(low: number, highExclusive: number): number
  /** The integers 0 … n-1 in random order, all n! orders equally likely (Fisher–Yates). */
  permutation(n: number): Int32Array
  /** Fills `out` as `uniform` would; for single precision k/2^53 is cut to 24 bits, so that [0, 1) stays half open. */
  fillUniform<Out extends Float32Array | Float64Array>(out: Out, low?: number, high?: number): Out
  /** Fills `out` as `normal` would. */
  fillNormal<Out extends Float32Array | Float64Array>(out: Out, mean?: number, deviation?: number): Out
  /** A stream independent of the rest of this one and of all others split off, at any depth; moves this one on. */
  split(): Random
  /** A copy of where the stream stands now. */
  readonly state: RandomState
}

/**
 * The stream of a seed: any finite number, or any text. A number stands for its decimal text, so 7 and '7' are the same
 * seed; without one it is 0, as nothing here is seeded by the clock. A saved `state` in place of a seed goes on there.
 * Throws ValueError for NaN, an infinite number, or what is not a state.
 */
export function random(seed: number | string | readonly number[] = 0): Random {
  if (Array.isArray(seed)) return stream(checkedState(seed as readonly number[]))
  checkArgument('seed', seed, aSeed)
  return stream(stateOfSeed(seed as number | string))
}

function stream(state: RandomState): Random {
  const generator = xoroshiro128plusFromState(state)

  // The upper bits of two outputs: the lowest bits of xoroshiro128+ are its weakest.
  const bits53 = () => (generator.next() >>> 5) * 2 ** 26 + (generator.next() >>> 6)
  const unit = () => bits53() / 2 ** 53
  const standardNormal = () => normalQuantile((bits53() - 2 ** 52 + 0.5) / 2 ** 53)

  return {
    uniform(low = 0, high = 1) {
      checkRange(low, high)
      return low + (high - low) * unit()
    },
    normal(mean = 0, deviation = 1) {
      checkNormal(mean, deviation)
      return mean + deviation * standardNormal()
    },
    integer(low, highExclusive) {
      const choices = highExclusive - low
      if (!Number.isSafeInteger(low) || !Number.isSafeInteger(highExclusive) || choices < 1 || choices > 2 ** 53) {
        throw new ValueError(
          `integer(${low}, ${highExclusive}): give safe integers, the second greater, by at most 2^53`,
        )
      }
      return low + below(choices, bits53)
    },
    permutation(n) {
      if (!Number.isInteger(n) || n < 0 || n > 2 ** 31) {
        throw new ValueError(`permutation(${n}): give a whole number from 0 to 2^31`)
      }
      const order = Int32Array.from({ length: n }, (_, i) => i)
      for (let i = n - 1; i > 0; i--) {
        const j = below(i + 1, bits53)
        const held = order[i]
        order[i] = order[j]
        order[j] = held
      }
      return order
    },
    fillUniform(out, low = 0, high = 1) {
      checkRange(low, high)
      const steps = out instanceof Float32Array ? 2 ** 24 : 2 ** 53
      for (let i = 0; i < out.length; i++) out[i] = low + (high - low) * (Math.floor(unit() * steps) / steps)
      return out
    },
    fillNormal(out, mean = 0, deviation = 1) {
      checkNormal(mean, deviation)
      for (let i = 0; i < out.length; i++) out[i] = mean + deviation * standardNormal()
      return out
    },
    split() {
      return stream(hash([generator.next(), generator.next(), generator.next(), generator.next()]))
    },
    get state(): RandomState {
      const [a, b, c, d] = generator.getState()
      return [a, b, c, d]
    },
  }
}

/** An integer of [0, choices): the range of 53 bits in equal intervals, what is left over at its end drawn again. */
function below(choices: number, bits53: () => number): number {
  const interval = Math.floor(2 ** 53 / choices)
  let choice: number
  do choice = Math.floor(bits53() / interval)
  while (choice >= choices)
  return choice
}

function stateOfSeed(seed: number | string): RandomState {
  const text = String(seed)
  return hash(Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)))
}

/** 128 well-mixed bits of any 32-bit words; begins at digits of π. */
function hash(words: readonly number[]): RandomState {
  let [a, b, c, d] = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]
  // the length, then two rounds in which every part of the state reaches every other
  for (const word of [...words, words.length, 0, 0]) {
    a = mix(a ^ d ^ word)
    b = mix(b ^ a)
    c = mix(c ^ b)
    d = mix(d ^ c)
  }
  return [a, b, c, d]
}

/** The finaliser of MurmurHash3 (Appleby, public domain): one to one, and each bit in changes half of the bits out. */
function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

function checkedState(state: readonly number[]): RandomState {
  const [a, b, c, d] = state
  const whole = state.length === 4 && state.every((word) => Number.isInteger(word) && word === (word | 0))
  if (!whole || (a | b | c | d) === 0) {
    throw new ValueError(
      `state [${state.join(', ')}] is not one: give four 32-bit integers, not all 0, from a saved state`,
    )
  }
  return [a, b, c, d]
}

function checkRange(low: number, high: number): void {
  if (!(low <= high && Number.isFinite(high - low))) {
    throw new ValueError(`uniform numbers from ${low} to ${high}: give finite bounds, the lower one first`)
  }
}

function checkNormal(mean: number, deviation: number): void {
  if (!(Number.isFinite(mean) && Number.isFinite(deviation) && deviation >= 0)) {
    throw new ValueError(
      `normal numbers of mean ${mean} and deviation ${deviation}: give finite numbers, deviation ≥ 0`,
    )
  }
}
