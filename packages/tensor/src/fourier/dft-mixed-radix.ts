// Fourier transform of lengths 2^a·3^b·5^c: Stockham's self-sorting algorithm over a block of lines at once.
// Not for other lengths (see dft-bluestein.ts); the butterflies themselves are in dft-butterflies.ts.

import { type Butterfly, butterflies } from './dft-butterflies.ts'
import { rootsOfUnity } from './dft-roots.ts'

/** Planar complex rows: row i begins at `start` + i·`stride` in both arrays. */
interface Rows {
  re: Float64Array
  im: Float64Array
  start: number
  stride: number
}

interface Stage {
  readonly butterfly: Butterfly
  readonly radix: number
  /** What is left to transform after this stage. */
  readonly rest: number
  /** The product of the radices before this stage: so many rows are done side by side. */
  readonly side: number
  /** e^{-2πi·pk/(radix·rest)} for p < rest and k = 1 … radix-1. */
  readonly twiddles: Float64Array
}

// A tile of lines is carried through all stages: small enough for the second-level cache, wide enough to use whole cache
// lines of the block (8 doubles) unless that would take megabytes.
const TILE_POINTS = 4096
const WIDE_TILE_POINTS = 1 << 18

// Scratch of all plans, grown on demand. A transform runs to its end before another can start.
let tiles: readonly [Rows, Rows] = [rows(0), rows(0)]

/** The forward transform of `count` lines in place, in a planar block [length][count] that begins at `offset`. */
export type ForwardLines = (re: Float64Array, im: Float64Array, count: number, offset: number) => void

/**
 * Plans the forward transform of a length ≥ 2 whose only prime factors are 2, 3 and 5.
 * Source: Stockham, AFIPS 28 (1966), in the form of Van Loan, Computational Frameworks for the FFT (1992), § 1.7.
 */
export function mixedRadix(length: number): ForwardLines {
  const stages = planStages(length)
  const last = stages.length - 1
  const tileLines = Math.max(Math.min(8, Math.floor(WIDE_TILE_POINTS / length)), Math.floor(TILE_POINTS / length), 1)

  return (re, im, count, offset) => {
    const lines = Math.min(count, tileLines)
    if (tiles[0].re.length < length * lines) tiles = [rows(length * lines), rows(length * lines)]
    const block: Rows = { re, im, start: offset, stride: count }
    for (let line = 0; line < count; line += lines) {
      const width = Math.min(lines, count - line)
      block.start = offset + line
      tiles[0].stride = tiles[1].stride = width
      for (let s = 0; s <= last; s++) {
        runStage(stages[s], s === 0 ? block : tiles[s % 2], s === last ? block : tiles[(s + 1) % 2], width)
      }
    }
  }
}

/** Whether `length` has no prime factor but 2, 3 and 5. */
export function isSmooth(length: number): boolean {
  for (const prime of [2, 3, 5]) while (length % prime === 0) length /= prime
  return length === 1
}

function planStages(length: number): Stage[] {
  const stages: Stage[] = []
  for (let rest = length, side = 1; rest > 1;) {
    const radix = ([5, 3, 4, 2] as const).find((r) => rest % r === 0)!
    rest /= radix
    const each = radix - 1
    const twiddles = rootsOfUnity(radix * rest, rest * each, (t) => Math.floor(t / each) * (1 + (t % each)))
    stages.push({ butterfly: butterflies[radix], radix, rest, side, twiddles })
    side *= radix
  }
  return stages
}

function rows(points: number): Rows {
  return { re: new Float64Array(points), im: new Float64Array(points), start: 0, stride: 0 }
}

/** Row side·(p + rest·j) + i of `from` goes to row side·(radix·p + k) + i of `to`: the order is right after the last stage. */
function runStage(stage: Stage, from: Rows, to: Rows, lines: number): void {
  const { butterfly, radix, rest, side, twiddles } = stage
  const dense = from.stride === lines && to.stride === lines
  const together = dense ? side : 1
  const width = together * lines
  for (let p = 0; p < rest; p++) {
    for (let i = 0; i < side; i += together) {
      butterfly(
        from.re,
        from.im,
        from.start + (side * p + i) * from.stride,
        side * rest * from.stride,
        to.re,
        to.im,
        to.start + (side * radix * p + i) * to.stride,
        side * to.stride,
        width,
        twiddles,
        2 * (radix - 1) * p,
      )
    }
  }
}
