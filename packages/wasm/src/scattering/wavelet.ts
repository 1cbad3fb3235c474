// U = |F⁻¹ periodise(x̂·ψ̂)|: the rows of the subsampled grid that the filter reaches are gathered and transformed, then the
// columns, whose moduli are stored. Short rows read the spectrum themselves, with the filter's columns written into the
// kernel; long rows are gathered first.
import type { Buffer, View } from '@scatterlab/tensor'
import type { Factors, SpectralFilter } from '@scatterlab/tensor/operations'
import { type Local, i32, v128 } from '../assembler/assembler.ts'
import { emitLine, hasCodelet, scratchBytes } from '../fourier/codelet.ts'
import { isStraight } from '../fourier/factors.ts'
import { QUAD, loadQuad, storeQuad } from '../fourier/layout.ts'
import type { Kernels } from '../fourier/kernels.ts'
import type { Kernel } from '../threads/compiled.ts'
import type { Complex, Vectors } from '../fourier/vectors.ts'
import { Plans, Words, tableFor } from '../fourier/plans.ts'
import { type FoldedFilter, foldFilter, modulo, sourceOf } from './filter.ts'
import { QUADS, gatherKernel, gatherTables, gatherer } from './gather.ts'
import { inRange, modulus, scaleLine } from './modulus.ts'
import { type Field, fieldOf, pitch } from './field.ts'
import type { Steps } from '../replay/steps.ts'

/** What a filter needs on one grid, in one layout: the kernel calls, but for the addresses of spectrum and result. */
interface Plan {
  /** One call for all fours of images, of one row each; null where there are more rows. */
  readonly fibres: Kernel | null
  readonly rows: readonly RowCall[]
  readonly columns: Kernel
  readonly between: number
  readonly scratch: number
}

/** Rows of the subsampled grid that are alike: on each of the `count` fall `rows` filter rows. */
export interface RowTable {
  /** Address of the table that tells a kernel what to read. */
  readonly table: number
  readonly count: number
  readonly rows: number
}

/** A kernel call for some rows: kernel(spectrum, lines of the subsampled grid, table, count, work). */
export interface RowCall extends RowTable {
  readonly kernel: Kernel
}

/** A filter on one grid: how it folds, and its rows for spectra of one layout. */
export interface Folding {
  readonly folded: FoldedFilter
  readonly tables: readonly RowTable[]
  /** Whether the tables are for kernels into which the filter's columns are written. */
  readonly written: boolean
}

/** Products of a row that are written into a kernel at most: more of them make it slow to compile, and at last too large. */
const MOST_WRITTEN = 4096

const plans = new Plans<SpectralFilter, Plan>()
const foldings = new Plans<SpectralFilter, Folding>()

/** Runs `waveletModulus`, or gives false where it has no kernel. A filter's values must not change. */
export function waveletModulus(steps: Steps, xhat: View, psi: SpectralFilter, factors: Factors, out: View): boolean {
  const from = fieldOf(steps, xhat, 'complex64')
  const to = fieldOf(steps, out, 'float32')
  if (from === null || to === null || !isFilterable(psi, to)) return false
  const { issue, kernels } = steps
  const layout = [from.width, from.row, from.element, from.imag, to.height, to.width, to.row, to.element, ...factors]
  const plan = plans.get(kernels, psi, layout, () => planOf(kernels, psi, from, to, factors))
  const between = steps.workspace(plan.between + plan.scratch)
  const scratch = between + plan.between
  if (plan.fibres !== null) {
    issue(plan.fibres, from.address, to.address, plan.rows[0]!.table, from.quads, between)
    return true
  }
  for (let q = 0; q < from.quads; q++) {
    for (const { kernel, table, count } of plan.rows)
      issue(kernel, from.address + 16 * q, between, table, count, scratch)
    issue(plan.columns, between, to.address + 16 * q, to.width, scratch)
  }
  return true
}

/** Whether there are kernels for a filter on a subsampled grid of that size. */
export const isFilterable = (psi: SpectralFilter, { height, width }: Field): boolean =>
  hasCodelet(height) && hasCodelet(width) && isSingle(psi)

/** Whether a filter's values are in single precision. */
export const isSingle = ({ values }: SpectralFilter): boolean =>
  values.dtype === 'float32' && values.buffer.data !== null

function planOf(kernels: Kernels, psi: SpectralFilter, from: Field, to: Field, factors: Factors): Plan {
  const { height, width } = to
  const rowPitch = pitch(width, QUAD)
  if (height === 1) {
    const { tables } = foldingOf(kernels, psi, from, to, factors, true, 0)
    return {
      fibres: fibreKernel(kernels, from, to),
      rows: tables.map((table) => ({ ...table, kernel: fibreKernel(kernels, from, to) })),
      columns: fibreKernel(kernels, from, to),
      between: width * QUAD,
      scratch: scratchBytes(width),
    }
  }
  return {
    fibres: null,
    rows: rowCalls(kernels, foldingOf(kernels, psi, from, to, factors, true), from, rowPitch),
    columns: modulusColumns(kernels, height, rowPitch, to),
    between: height * rowPitch,
    scratch: Math.max(scratchBytes(width) + width * QUAD, scratchBytes(height)),
  }
}

/** Folds a filter for spectra that lie as `from` does, and a result of `to`'s size; `either`: only its modulus matters. */
export function foldingOf(
  kernels: Kernels,
  psi: SpectralFilter,
  from: Field,
  { height, width }: Field,
  factors: Factors,
  either: boolean,
  mostWritten: number = isStraight(width) ? MOST_WRITTEN : 0,
): Folding {
  return foldings.get(
    kernels,
    psi,
    [from.width, from.row, from.element, height, width, ...factors, Number(either), mostWritten],
    () => {
      const grid = { H: height * factors[0], W: width * factors[1], height, width, whole: false }
      // of a complex field all frequencies are stored, and its modulus is another one for the opposite filter
      const whole = from.width === grid.W && grid.W > 2
      const folded = foldFilter(psi, psi.values.buffer.data!, { ...grid, whole }, either && !whole)
      const written = folded.columns * Math.max(...folded.targets.map((rows) => rows.length)) <= mostWritten
      const tablesOf = written ? shortTables : gatherTables
      return { folded, tables: tablesOf(kernels, psi.values.buffer, folded, from, pitch(width, QUAD)), written }
    },
  )
}

/** The calls that filter, fold and transform the rows. */
export function rowCalls(
  kernels: Kernels,
  { folded, tables, written }: Folding,
  from: Field,
  rowPitch: number,
): RowCall[] {
  const { width } = folded.grid
  return tables.map((table) => ({
    ...table,
    kernel: written ? shortRowKernel(kernels, folded, from, rowPitch, table.rows) : gatherKernel(kernels, width, from),
  }))
}

/**
 * Rows whose kernel knows the filter's columns: one call for all rows on which equally many filter rows fall. The table has
 * for each row its target, the offsets of its filter rows in the spectrum (as they are, and mirrored), then the weights.
 */
function shortTables(kernels: Kernels, owner: Buffer, folded: FoldedFilter, from: Field, rowPitch: number): RowTable[] {
  const { grid, targets } = folded
  const byTarget = columnsByTarget(folded)
  const counts = [...new Set(targets.map((rows) => rows.length))]
  return counts.map((count) => {
    const chosen = targets.flatMap((rows, target) => (rows.length === count ? [{ rows, target }] : []))
    const words = new Words()
    for (const { rows, target } of chosen) {
      words.int(target * rowPitch)
      for (const { ky } of rows) words.int(ky * from.row, modulo(-ky, grid.H) * from.row)
      for (const columns of byTarget) for (const c of columns) for (const { weights } of rows) words.float(weights[c])
    }
    return { table: tableFor(kernels, owner, words.list), count: chosen.length, rows: count }
  })
}

/** For each column k of the subsampled grid, the filter's columns that fall on it. */
export function columnsByTarget({ grid, column, columns }: FoldedFilter): number[][] {
  const byTarget: number[][] = Array.from({ length: grid.width }, () => [])
  for (let c = 0; c < columns; c++) byTarget[((column + c) % grid.W) % byTarget.length].push(c)
  return byTarget
}

/** Names the columns of a folded filter and the layout of the spectrum that they are in. */
export const namedColumns = ({ grid, column, columns, flipped }: FoldedFilter, { row, element, imag }: Field): string =>
  `${grid.W}/${grid.W / grid.width} ${column}+${columns}${flipped ? ' flipped' : ''}${grid.whole ? ' whole' : ''} ${row} ${element} ${imag}`

function shortRowKernel(kernels: Kernels, folded: FoldedFilter, from: Field, rowPitch: number, rows: number): Kernel {
  const { grid, column } = folded
  const { width } = grid
  const byTarget = columnsByTarget(folded)
  const { element, imag } = from
  const name = `wavelet rows ${namedColumns(folded, from)} ×${rows} ${rowPitch}`
  return kernels.kernel(name, 5, (v, [spectrum, target, table, count, scratch], f) => {
    const out = f.local('i32')
    const direct = f.locals('i32', rows)
    const mirrored = f.locals('i32', rows)
    f.repeat(count, () => {
      f.set(out, i32.add(target, i32.load(table)))
      for (let r = 0; r < rows; r++) {
        f.set(direct[r], i32.add(spectrum, i32.load(table, 4 + 8 * r)))
        f.set(mirrored[r], i32.add(spectrum, i32.load(table, 8 + 8 * r)))
      }
      f.advance(table, 4 + 8 * rows)
      let weightAt = 0
      const offsets = byTarget.map((onTarget) => {
        weightAt += 4 * rows * onTarget.length
        return weightAt - 4 * rows * onTarget.length
      })
      const load = (_: Local<'i32'>, k: number): Complex => {
        let sum: Complex | null = null
        let at = offsets[k]
        for (const c of byTarget[k]) {
          const source = sourceOf((column + c) % grid.W, folded)
          for (let r = 0; r < rows; r++, at += 4) {
            const base = source.mirrored ? mirrored[r] : direct[r]
            const weight = v.keep(v128.load32Splat(table, at))
            const re = v128.load(base, source.column * element)
            const im = v128.load(base, source.column * element + imag)
            sum = v.weighted(weight, re, im, source.mirrored, sum)
          }
        }
        return sum ?? zero(v)
      }
      emitLine(v, kernels, width, 1, {
        source: out,
        target: out,
        scratch,
        loadStep: QUAD,
        storeStep: QUAD,
        load,
        store: (at, k, z) => storeQuad(v, at, k * QUAD, z),
      })
      f.advance(table, weightAt)
    })
  })
}

function zero(v: Vectors): Complex {
  const part = { value: v.keep(v.constant(0)), negative: false }
  return { re: part, im: part, scale: 1 }
}

/** kernel(spectra, moduli, table, fours of images, work): images of one row, for which there are no columns to be transformed. */
function fibreKernel(kernels: Kernels, from: Field, { width, element }: Field): Kernel {
  const name = `modulus of fibres ${width} ${from.element} ${from.imag} ${element}`
  return kernels.kernel(name, 5, (v, [spectrum, target, row, quads, work], f) => {
    const scratch = f.let(i32.add(work, width * QUAD))
    const table = f.local('i32')
    const gather = gatherer(v, spectrum, table, from, QUADS)
    f.repeat(quads, () => {
      f.set(table, row)
      gather(work)
      inRange(
        v,
        { column: work, n: width, pitch: QUAD },
        {
          transform: (note) =>
            emitLine(v, kernels, width, 1, {
              source: work,
              target,
              scratch,
              loadStep: QUAD,
              storeStep: element,
              load: (at, i) => loadQuad(v, at, i * QUAD),
              store: (at, k, z) => f.store(at, modulus(v, z, note), k * element),
            }),
          undo: (inverse) => scaleLine(f, target, width, element, [0], inverse),
        },
      )
      f.advance(spectrum, 16)
      f.advance(target, 16)
    })
  })
}

/** Columns of the inverse transform; their moduli go to the result. */
function modulusColumns(kernels: Kernels, n: number, rowPitch: number, { row, element }: Field): Kernel {
  return kernels.kernel(`modulus ${n} ${rowPitch} ${row} ${element}`, 4, (v, [source, target, count, scratch], f) => {
    f.repeat(count, () => {
      inRange(
        v,
        { column: source, n, pitch: rowPitch },
        {
          transform: (note) =>
            emitLine(v, kernels, n, 1, {
              source: source,
              target: target,
              scratch: scratch,
              loadStep: rowPitch,
              storeStep: row,
              load: (at, i) => loadQuad(v, at, i * rowPitch),
              store: (at, k, z) => f.store(at, modulus(v, z, note), k * row),
            }),
          undo: (inverse) => scaleLine(f, target, n, row, [0], inverse),
        },
      )
      f.advance(source, QUAD)
      f.advance(target, element)
    })
  })
}
