// A filtered spectrum along a line, folded to the subsampled grid, four frequencies to a vector: runs of stored frequencies times
// weights, and single ones where runs break. |F⁻¹ z| does not see a shift of z, so the band that passes is brought to frequency 0,
// which leaves most of what is to be transformed zero.
import type { Buffer } from '@scatterlab/tensor'
import type { SpectralFilter } from '@scatterlab/tensor/operations'
import { type Expr, f32, f32x4, i32, v128 } from '../assembler/assembler.ts'
import { QUAD } from '../fourier/layout.ts'
import type { Kernels } from '../fourier/kernels.ts'
import { Words, tableFor } from '../fourier/plans.ts'
import type { Kernel } from '../threads/compiled.ts'
import type { Address } from '../memory/heap.ts'
import { foldFilter, sourceOf, trimRows } from './filter.ts'

/** Bytes of the n2 frequencies that lie side by side in the matrix of a transform of n1·n2; not a power of two. */
export const matrixRow = (n2: number): number => (n2 / 4 + 1) * QUAD

/** What a filter lets through on one grid. */
export interface LineGather {
  readonly table: Address
  /** How many of the n1 rows of the matrix hold anything but zeros: a quarter, half, or all. */
  readonly used: number
}

/** Bytes of a stored frequency. */
const STORED = 8
/** Kinds of entries in the table: zeros, runs of fours (as they are or mirrored, set or added), and single frequencies. */
const ZERO = 0
const DIRECT = 1
const MIRRORED = 2
const ADD = 2
const SINGLE = 5

/** One frequency that passes. */
interface Passing {
  readonly weight: number
  readonly column: number
  readonly mirrored: boolean
}

/** The table of a filter on spectra of W points, for a transform of n1·n2 of them. */
export function lineGather(
  kernels: Kernels,
  psi: SpectralFilter,
  owner: Buffer,
  W: number,
  [n1, n2]: readonly [number, number],
): LineGather {
  const n = n1 * n2
  const grid = { H: 1, W, height: 1, width: n, whole: false }
  const folded = foldFilter(psi, owner.data!, grid, true)
  const row = trimRows(folded)[0]![0]
  const passing: Passing[] = Array.from(row?.weights ?? [], (weight, c) => ({
    weight,
    ...sourceOf((row!.column + c) % W, folded),
  }))
  const rows = Math.ceil(Math.min(passing.length, n) / n2)
  const used = [n1 / 4, n1 / 2].find((share) => rows <= share && share % 4 === 0) ?? n1
  const place = (i: number): number => Math.floor(i / n2) * matrixRow(n2) + Math.floor((i % n2) / 4) * QUAD
  const words = new Words()
  const entry = (kind: number, source: number, target: number, count: number): void =>
    words.int(kind, source, target, count)
  const isRun = (from: number): boolean => {
    const four = passing.slice(from, from + 4)
    const step = four[0]?.mirrored === true ? -1 : 1
    return (
      four.length === 4 &&
      four.every(({ mirrored, column }, i) => mirrored === four[0]!.mirrored && column === four[0]!.column + i * step)
    )
  }
  let entries = 0
  const runs = new Words()
  const singles: { readonly from: number; readonly to: number }[] = []
  // what is set by a run of fours need not be zero before
  const isSet = new Uint8Array(n / 4)
  for (let from = 0; from < passing.length;) {
    const to = from % n
    if (!isRun(from)) {
      for (let i = from; i < Math.min(from + 4, passing.length); i++) singles.push({ from: i, to: i % n })
      from += 4
      continue
    }
    const { mirrored } = passing[from]!
    let fours = 0
    const room = n2 - (to % n2)
    while (4 * fours < room && isRun(from + 4 * fours) && passing[from + 4 * fours]!.mirrored === mirrored) {
      const step = mirrored ? -4 : 4
      if (passing[from + 4 * fours]!.column !== passing[from]!.column + fours * step) break
      fours++
    }
    const first = from < n
    // a mirrored run is read downwards from its last frequency
    const column = passing[from]!.column - (mirrored ? 3 : 0)
    runs.int((mirrored ? MIRRORED : DIRECT) + (first ? 0 : ADD), column * STORED, place(to), fours)
    for (let i = from; i < from + 4 * fours; i++) runs.float(passing[i]!.weight)
    entries++
    if (first) isSet.fill(1, to / 4, to / 4 + fours)
    from += 4 * fours
  }
  for (let r = 0; r < used; r++) {
    for (let q = 0; q < n2 / 4;) {
      let count = 0
      while (q + count < n2 / 4 && isSet[(r * n2) / 4 + q + count] === 0) count++
      if (count > 0) {
        entry(ZERO, 0, place(r * n2 + 4 * q), count)
        entries++
      }
      q += Math.max(1, count)
    }
  }
  const all = [...words.list, ...runs.list]
  const rest = new Words()
  for (const { from, to } of singles) {
    const { weight, column, mirrored } = passing[from]!
    rest.int(SINGLE, column * STORED, place(to) + 4 * (to % 4), 1)
    rest.float(weight, mirrored ? -weight : weight)
    entries++
  }
  return { table: tableFor(kernels, owner, [entries, ...all, ...rest.list]), used }
}

/** kernel(spectrum, matrix, table) */
export const lineGatherKernel = (kernels: Kernels): Kernel =>
  kernels.kernel('line gathered', 3, (v, [spectrum, matrix, table], f) => {
    const [entries, kind, source, target, left] = f.locals('i32', 5)
    const zero = f.let(v.constant(0))
    f.set(entries, i32.load(table))
    f.advance(table, 4)
    const fours = (mirrored: boolean, add: boolean): void =>
      f.repeat(left, () =>
        v.block(() => {
          const low = v.keep(v128.load(source))
          const high = v.keep(v128.load(source, 16))
          const weights = v.keep(v128.load(table))
          const lanes = (order: readonly number[]): Expr<'v128'> => f32x4.shuffle(low, high, order)
          const re = f32x4.mul(weights, lanes(mirrored ? [6, 4, 2, 0] : [0, 2, 4, 6]))
          const im = f32x4.mul(weights, lanes(mirrored ? [7, 5, 3, 1] : [1, 3, 5, 7]))
          const signed = mirrored ? f32x4.neg(im) : im
          f.store(target, add ? f32x4.add(v128.load(target), re) : re)
          f.store(target, add ? f32x4.add(v128.load(target, 16), signed) : signed, 16)
          f.advance(source, mirrored ? -32 : 32)
          f.advance(target, QUAD)
          f.advance(table, 16)
        }),
      )
    const kinds: [number, () => void][] = [
      [DIRECT, () => fours(false, false)],
      [MIRRORED, () => fours(true, false)],
      [DIRECT + ADD, () => fours(false, true)],
      [MIRRORED + ADD, () => fours(true, true)],
      [
        ZERO,
        () =>
          f.repeat(left, () => {
            f.store(target, zero)
            f.store(target, zero, 16)
            f.advance(target, QUAD)
          }),
      ],
      [
        SINGLE,
        () => {
          const add = (weight: number, from: number, to: number): void => {
            const product = f32.mul(f32.load(table, weight), f32.load(source, from))
            f.store(target, f32.add(f32.load(target, to), product), to)
          }
          add(0, 0, 0)
          add(4, 4, 16)
          f.advance(table, 8)
        },
      ],
    ]
    f.repeat(entries, () => {
      f.set(kind, i32.load(table))
      f.set(source, i32.add(spectrum, i32.load(table, 4)))
      f.set(target, i32.add(matrix, i32.load(table, 8)))
      f.set(left, i32.load(table, 12))
      f.advance(table, 16)
      for (const [code, body] of kinds) f.if(i32.eq(kind, code), body)
    })
  })
