// A banded matrix along one axis of lines of vectors: what it reads for each output, and the kernels that apply it. Narrow
// bands are written out in full; wide ones run from a table of taps.
import type { Buffer } from '@scatterlab/tensor'
import type { SampledKernel } from '@scatterlab/tensor/operations'
import { type Expr, type Local, f32x4, i32, v128 } from '../assembler/assembler.ts'
import type { Kernels } from '../fourier/kernels.ts'
import type { Kernel } from '../threads/compiled.ts'
import { Words, tableFor } from '../fourier/plans.ts'
import type { Vectors } from '../fourier/vectors.ts'
import type { Address } from '../memory/heap.ts'
import type { Steps } from '../replay/steps.ts'
import { modulo } from './filter.ts'

/** Bytes of four real numbers. */
export const REAL = 16
/** Two taps are one if they differ by less than this share of the largest: the rounding of single precision. */
const EQUAL = 2 ** -23
/** Bands with more terms than this are not written out. */
const MOST_TERMS = 192

/** tap·(x[first] + x[second]); a single tap has no second. */
interface Term {
  readonly first: number
  readonly second: number | null
  readonly tap: number
}

/** The terms of each output; a symmetric band adds the two samples of a tap before it multiplies. */
export type Band = readonly (readonly Term[])[]

/** Where the lines of inputs and outputs lie, in bytes. */
export interface BandSpacing {
  /** From a sample of a line to the next, and from a line to the next. */
  readonly sample: number
  readonly line: number
  readonly outSample: number
  readonly outLine: number
  /** Whether results are added to what there is. */
  readonly adds: boolean
}

/** Reads a band of cyclic lines of `length` samples. */
export function bandOf({ taps, starts }: SampledKernel, length: number): Band {
  const [outputs, width] = taps.shape as [number, number]
  const data = taps.buffer.data!
  return Array.from({ length: outputs }, (_, o) => {
    const own = Array.from(data.subarray(taps.offset + o * width, taps.offset + (o + 1) * width))
    const at = (t: number): number => modulo(starts[o]! + t, length)
    const centre = centreOf(own)
    const terms: Term[] = []
    for (let t = 0; t < width; t++) {
      const mirror = centre === null ? t : 2 * centre - t
      if (mirror === t || mirror < 0 || mirror >= width) terms.push({ first: at(t), second: null, tap: own[t]! })
      else if (t < mirror) terms.push({ first: at(t), second: at(mirror), tap: (own[t]! + own[mirror]!) / 2 })
    }
    return terms
  })
}

/** The transposed band: what each of `length` cyclic samples gets from the outputs. */
export function transposedBand({ taps, starts }: SampledKernel, length: number): Band {
  const [outputs, width] = taps.shape as [number, number]
  const band = Array.from({ length }, (): Term[] => [])
  for (let o = 0; o < outputs; o++)
    for (let t = 0; t < width; t++)
      band[modulo(starts[o]! + t, length)]!.push({
        first: o,
        second: null,
        tap: taps.buffer.data![taps.offset + o * width + t]!,
      })
  return band
}

/** The place, whole or half, about which taps are symmetric as far as they reach on both sides; null if there is none. */
function centreOf(taps: readonly number[]): number | null {
  const largest = Math.max(...taps.map(Math.abs))
  const peak = taps.findIndex((tap) => Math.abs(tap) === largest)
  const alike = (a: number, b: number): boolean => Math.abs(taps[a]! - taps[b]!) <= EQUAL * largest
  const isCentre = (centre: number): boolean =>
    taps.every((_, t) => 2 * centre - t < 0 || 2 * centre - t >= taps.length || alike(t, 2 * centre - t))
  return [(taps.length - 1) / 2, peak].find(isCentre) ?? null
}

/** A band ready to be applied: `kernel(count)` takes (source, target, table, blocks) for blocks of `count` lines. */
export interface BandPlan {
  readonly table: Address
  /** Numbers of lines that are done side by side, falling to 1. */
  readonly counts: readonly number[]
  readonly kernel: (count: number) => Kernel
}

/** Prepares a band for one spacing. */
export function planBand(kernels: Kernels, owner: Buffer, band: Band, spacing: BandSpacing): BandPlan {
  const terms = band.reduce((sum, own) => sum + own.length, 0)
  return terms <= MOST_TERMS ? straightBand(kernels, owner, band, spacing) : tableBand(kernels, owner, band, spacing)
}

/** The table is the taps alone, once if all outputs have the same. */
function straightBand(kernels: Kernels, owner: Buffer, band: Band, spacing: BandSpacing): BandPlan {
  const { sample, line, outSample, outLine, adds } = spacing
  const alike = band.every(
    (own) => own.length === band[0]!.length && own.every(({ tap }, t) => tap === band[0]![t]!.tap),
  )
  const words = new Words()
  for (const own of alike ? [band[0]!] : band) words.float(...own.map(({ tap }) => tap))
  const structure = band.map((own) =>
    own.map(({ first, second }) => `${first}${second === null ? '' : `+${second}`}`).join(),
  )
  const name = `band ${sample} ${line} ${outSample} ${outLine} ${adds} ${alike} ${structure.join(';')}`
  const kernel = (count: number): Kernel =>
    kernels.kernel(`${name} ×${count}`, 4, (v, [source, target, tapsAt, blocks], f) => {
      f.repeat(blocks, () => {
        let at = 0
        band.forEach((own, o) => {
          if (alike) at = 0
          const sums = sumTerms(v, own, count, spacing, source, tapsAt, at)
          sums.forEach((sum, i) => write(v, spacing, target, sum, o * outSample + i * outLine))
          at += 4 * own.length
        })
        f.advance(source, count * line)
        f.advance(target, count * outLine)
      })
    })
  return bandPlan(tableFor(kernels, owner, words.list), [4, 1], kernel)
}

function write({ f }: Vectors, { adds }: BandSpacing, target: Local<'i32'>, sum: Local<'v128'>, offset: number): void {
  f.store(target, adds ? f32x4.add(sum, v128.load(target, offset)) : sum, offset)
}

/** Σ tap·(x[first] + x[second]) of `count` lines; the taps lie at tapsAt + at. */
function sumTerms(
  v: Vectors,
  terms: readonly Term[],
  count: number,
  { sample, line }: BandSpacing,
  source: Local<'i32'>,
  tapsAt: Local<'i32'>,
  at: number,
): Local<'v128'>[] {
  const { f } = v
  const sums = f.locals('v128', count)
  const tap = f.local('v128')
  if (terms.length === 0) for (const sum of sums) f.set(sum, v.constant(0))
  terms.forEach(({ first, second }, t) => {
    f.set(tap, v128.load32Splat(tapsAt, at + 4 * t))
    sums.forEach((sum, i) => {
      const one = v128.load(source, first * sample + i * line)
      const both = second === null ? one : f32x4.add(one, v128.load(source, second * sample + i * line))
      f.set(sum, t === 0 ? f32x4.mul(tap, both) : v.multiplyAdd(tap, both, sum))
    })
  })
  return sums
}

/**
 * The table has for each output its place, the number of single taps and of pairs; then the singles (source, tap) and the pairs
 * (source, source, tap).
 */
function tableBand(kernels: Kernels, owner: Buffer, band: Band, spacing: BandSpacing): BandPlan {
  const words = new Words()
  band.forEach((own, o) => {
    const singles = own.filter(({ second }) => second === null)
    const pairs = own.filter(({ second }) => second !== null)
    words.int(o * spacing.outSample, singles.length, pairs.length)
    for (const { first, second, tap } of [...singles, ...pairs]) {
      words.int(first * spacing.sample)
      if (second !== null) words.int(second * spacing.sample)
      words.float(tap)
    }
  })
  const table = tableFor(kernels, owner, words.list)
  return bandPlan(table, [8, 4, 1], (count) => tableKernel(kernels, band.length, count, spacing))
}

/** Kernels are emitted for the counts that occur. */
function bandPlan(table: Address, counts: readonly number[], emit: (count: number) => Kernel): BandPlan {
  const made: Kernel[] = []
  return { table, counts, kernel: (count) => (made[count] ??= emit(count)) }
}

function tableKernel(kernels: Kernels, outputs: number, count: number, spacing: BandSpacing): Kernel {
  const { line, outLine, adds } = spacing
  const name = `band from a table ${outputs} ×${count} ${line} ${outLine} ${adds}`
  return kernels.kernel(name, 4, (v, [source, target, table, blocks], f) => {
    const sums = f.locals('v128', count)
    const tap = f.local('v128')
    const [at, out, left, terms, first, second] = f.locals('i32', 6)
    const zero = f.let(v.constant(0))
    const accumulate = (read: (i: number) => Expr<'v128'>, size: number): void => {
      f.set(tap, v128.load32Splat(at, size - 4))
      sums.forEach((sum, i) => f.set(sum, v.multiplyAdd(tap, read(i), sum)))
      f.advance(at, size)
    }
    const forEachTerm = (body: () => void): void =>
      f.if(terms, () =>
        f.doWhile(() => {
          body()
          f.set(terms, i32.sub(terms, 1))
          return terms
        }),
      )
    f.repeat(blocks, () => {
      f.set(at, table)
      f.set(left, outputs)
      f.repeat(left, () => {
        f.set(out, i32.add(target, i32.load(at)))
        f.set(terms, i32.load(at, 4))
        const pairs = f.let(i32.load(at, 8))
        f.advance(at, 12)
        for (const sum of sums) f.set(sum, zero)
        forEachTerm(() => {
          f.set(first, i32.add(source, i32.load(at)))
          accumulate((i) => v128.load(first, i * line), 8)
        })
        f.set(terms, pairs)
        forEachTerm(() => {
          f.set(first, i32.add(source, i32.load(at)))
          f.set(second, i32.add(source, i32.load(at, 4)))
          accumulate((i) => f32x4.add(v128.load(first, i * line), v128.load(second, i * line)), 12)
        })
        sums.forEach((sum, i) => write(v, spacing, out, sum, i * outLine))
      })
      f.advance(source, count * line)
      f.advance(target, count * outLine)
    })
  })
}

/** Applies a band to `lines` lines that lie side by side, as many at a time as there are registers. */
export function applyBand(
  { issue }: Steps,
  { table, counts, kernel }: BandPlan,
  source: Address,
  line: number,
  target: Address,
  outLine: number,
  lines: number,
): void {
  let done = 0
  for (const count of counts) {
    const blocks = Math.floor((lines - done) / count)
    if (blocks === 0) continue
    issue(kernel(count), source + done * line, target + done * outLine, table, blocks)
    done += blocks * count
  }
}
