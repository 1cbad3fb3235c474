// Rows of a filtered spectrum, gathered from runs of stored frequencies: long rows into work space, where they are transformed,
// or all rows to the place where they stay. The runs are listed in a table, so that one kernel serves every filter.
import type { Buffer } from '@scatterlab/tensor'
import { type Local, i32, v128 } from '../assembler/assembler.ts'
import { emitLine } from '../fourier/codelet.ts'
import { QUAD, loadQuad, storeQuad } from '../fourier/layout.ts'
import type { Kernels } from '../fourier/kernels.ts'
import type { Kernel } from '../threads/compiled.ts'
import { Words, tableFor } from '../fourier/plans.ts'
import type { Vectors } from '../fourier/vectors.ts'
import { type FilterRow, type FoldedFilter, modulo, sourceOf, trimRows } from './filter.ts'
import type { Field } from './field.ts'
import type { RowTable } from './wavelet.ts'

/** A run of neighbouring columns that are read in one direction and all are, or none is, the first to reach its target. */
interface Run {
  readonly ky: number
  readonly kx: number
  readonly mirrored: boolean
  /** First target column. */
  readonly to: number
  readonly first: boolean
  readonly weights: number[]
}

/** Words of a run in the table: source, target, count, kind, then its weights. */
export const HEADER = 4
/** Kinds of runs: + 1 for adding to what is there. */
const DIRECT = 0
export const MIRRORED = 2
export const ZERO = 4

/** Where numbers lie in a row, in bytes: from one to the next, and from a real part to its imaginary part. */
export type Spacing = Pick<Field, 'element' | 'imag'>

/** Numbers of four images side by side. */
export const QUADS: Spacing = { element: QUAD, imag: QUAD / 2 }

/** The table for the rows of a filter, one for all; rows and their numbers lie `rowPitch` and `element` bytes apart. */
export function gatherTables(
  kernels: Kernels,
  owner: Buffer,
  folded: FoldedFilter,
  from: Field,
  rowPitch: number,
  element: number = QUAD,
): RowTable[] {
  const { grid } = folded
  const { width } = grid
  const trimmed = trimRows(folded)
  const words = new Words()
  trimmed.forEach((rows, target) => {
    const { runs, untouched } = runsOf(rows, width, folded)
    words.int(target * rowPitch, runs.length + untouched.length)
    for (const [start, count] of untouched) words.int(0, start * element, count, ZERO)
    for (const { ky, kx, mirrored, to, first, weights } of runs) {
      const row = mirrored ? modulo(-ky, grid.H) : ky
      const kind = (mirrored ? MIRRORED : DIRECT) + (first ? 0 : 1)
      words.int(row * from.row + sourceOf(kx, folded).column * from.element, to * element, weights.length, kind)
      words.float(...weights)
    }
  })
  return [{ table: tableFor(kernels, owner, words.list), count: trimmed.length, rows: 1 }]
}

function runsOf(
  rows: readonly FilterRow[],
  width: number,
  folded: FoldedFilter,
): { runs: Run[]; untouched: [number, number][] } {
  const { W } = folded.grid
  const touched = new Uint8Array(width)
  const runs: Run[] = []
  for (const { ky, column, weights } of rows) {
    let run: Run | null = null
    let last = 0
    for (let c = 0; c < weights.length; c++) {
      const kx = (column + c) % W
      const to = kx % width
      const { mirrored, column: stored } = sourceOf(kx, folded)
      const follows = stored === last + (mirrored ? -1 : 1)
      last = stored
      const first = touched[to] === 0
      touched[to] = 1
      if (run === null || run.mirrored !== mirrored || run.first !== first || to === 0 || !follows) {
        run = { ky, kx, mirrored, to, first, weights: [] }
        runs.push(run)
      }
      run.weights.push(weights[c]!)
    }
  }
  const untouched: [number, number][] = []
  for (let k = 0; k < width; k++) {
    if (touched[k] === 1) continue
    if (k > 0 && touched[k - 1] === 0) untouched.at(-1)![1]++
    else untouched.push([k, 1])
  }
  return { runs, untouched }
}

/** kernel(spectrum, target, table, count, work): rows are gathered in work space and transformed to the target. */
export function gatherKernel(kernels: Kernels, width: number, { element, imag }: Field): Kernel {
  return kernels.kernel(
    `gathered rows ${width} ${element} ${imag}`,
    5,
    (v, [spectrum, target, table, count, work], f) => {
      const line = work
      const scratch = f.let(i32.add(work, width * QUAD))
      const out = f.local('i32')
      const gather = gatherer(v, spectrum, table, { element, imag }, QUADS)
      f.repeat(count, () => {
        f.set(out, i32.add(target, i32.load(table)))
        gather(line)
        emitLine(v, kernels, width, 1, {
          source: line,
          target: out,
          scratch,
          loadStep: QUAD,
          storeStep: QUAD,
          load: (at, i) => loadQuad(v, at, i * QUAD),
          store: (at, k, z) => storeQuad(v, at, k * QUAD, z),
        })
      })
    },
  )
}

/** kernel(spectrum, target, table, count): rows are gathered where they are to stay. */
export function gatherInPlaceKernel(kernels: Kernels, from: Spacing, to: Spacing): Kernel {
  const name = `gathered in place ${from.element} ${from.imag} ${to.element} ${to.imag}`
  return kernels.kernel(name, 4, (v, [spectrum, target, table, count], f) => {
    const row = f.local('i32')
    const gather = gatherer(v, spectrum, table, from, to)
    f.repeat(count, () => {
      f.set(row, i32.add(target, i32.load(table)))
      gather(row)
    })
  })
}

/** What gathers the row at whose entry the table stands, to a line; the table is moved on to the next one. */
export function gatherer(
  v: Vectors,
  spectrum: Local<'i32'>,
  table: Local<'i32'>,
  from: Spacing,
  to: Spacing,
): (line: Local<'i32'>) => void {
  const { f } = v
  const [runs, source, target, left, kind] = f.locals('i32', 5)
  const zero = f.let(v.constant(0))
  const run = (body: () => void): void => {
    f.repeat(left, () => {
      v.block(body)
      f.advance(target, to.element)
    })
  }
  const weigh = (mirrored: boolean, add: boolean): void =>
    run(() => {
      const weight = v.keep(v128.load32Splat(table))
      const [re, im] = [v128.load(source), v128.load(source, from.imag)]
      const before = add ? v.complex(v128.load(target), v128.load(target, to.imag)) : null
      const sum = v.parts(v.weighted(weight, re, im, mirrored, before))
      f.store(target, sum.re)
      f.store(target, sum.im, to.imag)
      f.advance(table, 4)
      f.advance(source, mirrored ? -from.element : from.element)
    })
  const clear = (): void =>
    run(() => {
      f.store(target, zero)
      f.store(target, zero, to.imag)
    })
  const kinds: [number, () => void][] = [
    [DIRECT, () => weigh(false, false)],
    [DIRECT + 1, () => weigh(false, true)],
    [MIRRORED, () => weigh(true, false)],
    [MIRRORED + 1, () => weigh(true, true)],
    [ZERO, clear],
  ]
  return (line) => {
    f.set(runs, i32.load(table, 4))
    f.advance(table, 8)
    f.repeat(runs, () => {
      f.set(source, i32.add(spectrum, i32.load(table)))
      f.set(target, i32.add(line, i32.load(table, 4)))
      f.set(left, i32.load(table, 8))
      f.set(kind, i32.load(table, 12))
      f.advance(table, 4 * HEADER)
      for (const [code, body] of kinds) f.if(i32.eq(kind, code), body)
    })
  }
}
