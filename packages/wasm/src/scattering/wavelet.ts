// U = |F⁻¹ periodise(x̂·ψ̂)|: the rows of the subsampled grid that the filter reaches are gathered and transformed, then the
// columns, whose moduli are stored. Short rows read the spectrum themselves, with the filter's columns written into the
// kernel; long rows are gathered first.
import type { View } from '@scatterlab/tensor'
import type { SpectralFilter } from '@scatterlab/tensor/operations'
import { type Local, i32, v128 } from '../assembler/assembler.ts'
import { emitLine, hasCodelet, scratchBytes } from '../fourier/codelet.ts'
import { isStraight } from '../fourier/factors.ts'
import { QUAD, loadQuad, storeQuad } from '../fourier/layout.ts'
import type { Kernel, Kernels } from '../fourier/kernels.ts'
import type { Complex, Vectors } from '../fourier/vectors.ts'
import { Plans, Words, tableFor } from '../fourier/plans.ts'
import { type FoldedFilter, foldFilter, modulo, sourceOf } from './filter.ts'
import { gatherRows } from './gather.ts'
import { type Field, type Steps, fieldOf, pitch } from './steps.ts'

/** What a filter needs on one grid, in one layout: the kernel calls, but for the addresses of spectrum and result. */
interface Plan {
  readonly rows: readonly RowCall[]
  readonly columns: Kernel
  readonly between: number
  readonly scratch: number
}

/** A kernel call for some rows: kernel(spectrum, target, table, count, work). */
export interface RowCall {
  readonly kernel: Kernel
  /** Address of the table that tells the kernel what to read. */
  readonly table: number
  readonly count: number
}

const plans = new Plans<SpectralFilter, Plan>()

/** Runs `Backend.waveletModulus`, or gives false where it has no kernel. A filter's values must not change. */
export function waveletModulus(steps: Steps, xhat: View, psi: SpectralFilter, factor: number, out: View): boolean {
  const from = fieldOf(steps, xhat, 'complex64')
  const to = fieldOf(steps, out, 'float32')
  if (from === null || to === null || !hasCodelet(to.height) || !hasCodelet(to.width)) return false
  if (psi.values.dtype !== 'float32' || psi.values.buffer.data === null) return false
  const { issue, kernels } = steps
  const layout = [from.row, from.element, from.imag, to.height, to.width, to.row, to.element, factor]
  const plan = plans.get(kernels, psi, layout, () => planOf(kernels, psi, from, to, factor))
  const between = steps.workspace(plan.between + plan.scratch)
  const scratch = between + plan.between
  for (let q = 0; q < from.quads; q++) {
    for (const { kernel, table, count } of plan.rows)
      issue(kernel, from.address + 16 * q, between, table, count, scratch)
    issue(plan.columns, between, to.address + 16 * q, to.width, scratch)
  }
  return true
}

function planOf(kernels: Kernels, psi: SpectralFilter, from: Field, to: Field, factor: number): Plan {
  const { height, width } = to
  const grid = { H: height * factor, W: width * factor, factor }
  const folded = foldFilter(psi, psi.values.buffer.data!, grid)
  const rowPitch = pitch(width, QUAD)
  const rows = isStraight(width) ? shortRows : gatherRows
  return {
    rows: rows(kernels, psi, folded, from, rowPitch),
    columns: modulusColumns(kernels, height, rowPitch, to),
    between: height * rowPitch,
    scratch: Math.max(scratchBytes(width) + width * QUAD, scratchBytes(height)),
  }
}

/**
 * Rows whose kernel knows the filter's columns: one call for all rows on which equally many filter rows fall. The table has
 * for each row its target, the offsets of its filter rows in the spectrum (as they are, and mirrored), then the weights.
 */
function shortRows(kernels: Kernels, owner: object, folded: FoldedFilter, from: Field, rowPitch: number): RowCall[] {
  const { grid, targets } = folded
  const byTarget = columnsByTarget(folded)
  const counts = [...new Set(targets.map((rows) => rows.length))]
  return counts.map((count) => {
    const chosen = targets.flatMap((rows, target) => (rows.length === count ? [{ rows, target }] : []))
    const words = new Words()
    for (const { rows, target } of chosen) {
      words.int(target * rowPitch)
      for (const { ky } of rows) words.int(ky * from.row, modulo(-ky, grid.H) * from.row)
      for (const columns of byTarget) for (const c of columns) for (const { weights } of rows) words.float(weights[c]!)
    }
    const kernel = shortRowKernel(kernels, folded, from, rowPitch, count)
    return { kernel, table: tableFor(kernels, owner, words.list), count: chosen.length }
  })
}

/** For each column k of the subsampled grid, the filter's columns that fall on it. */
function columnsByTarget({ grid, column, columns }: FoldedFilter): number[][] {
  const byTarget: number[][] = Array.from({ length: grid.W / grid.factor }, () => [])
  for (let c = 0; c < columns; c++) byTarget[((column + c) % grid.W) % byTarget.length]!.push(c)
  return byTarget
}

function shortRowKernel(kernels: Kernels, folded: FoldedFilter, from: Field, rowPitch: number, rows: number): Kernel {
  const { grid, column, columns } = folded
  const width = grid.W / grid.factor
  const byTarget = columnsByTarget(folded)
  const { row, element, imag } = from
  const name = `wavelet rows ${grid.W}/${grid.factor} ${column}+${columns} ×${rows} ${row} ${element} ${imag} ${rowPitch}`
  return kernels.kernel(name, 5, (v, [spectrum, target, table, count, scratch], f) => {
    const out = f.local('i32')
    const direct = f.locals('i32', rows)
    const mirrored = f.locals('i32', rows)
    f.doWhile(() => {
      f.set(out, i32.add(target, i32.load(table)))
      for (let r = 0; r < rows; r++) {
        f.set(direct[r]!, i32.add(spectrum, i32.load(table, 4 + 8 * r)))
        f.set(mirrored[r]!, i32.add(spectrum, i32.load(table, 8 + 8 * r)))
      }
      f.advance(table, 4 + 8 * rows)
      let weightAt = 0
      const offsets = byTarget.map((onTarget) => {
        weightAt += 4 * rows * onTarget.length
        return weightAt - 4 * rows * onTarget.length
      })
      const load = (_: Local<'i32'>, k: number): Complex => {
        let sum: Complex | null = null
        let at = offsets[k]!
        for (const c of byTarget[k]!) {
          const source = sourceOf((column + c) % grid.W, grid.W)
          for (let r = 0; r < rows; r++, at += 4) {
            const base = source.mirrored ? mirrored[r]! : direct[r]!
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
      f.set(count, i32.sub(count, 1))
      return count
    })
  })
}

function zero(v: Vectors): Complex {
  const part = { value: v.keep(v.constant(0)), negative: false }
  return { re: part, im: part, scale: 1 }
}

/** Columns of the inverse transform; their moduli go to the result. */
function modulusColumns(kernels: Kernels, n: number, rowPitch: number, { row, element }: Field): Kernel {
  return kernels.kernel(`modulus ${n} ${rowPitch} ${row} ${element}`, 4, (v, [source, target, count, scratch], f) => {
    f.doWhile(() => {
      emitLine(v, kernels, n, 1, {
        source,
        target,
        scratch,
        loadStep: rowPitch,
        storeStep: row,
        load: (at, i) => loadQuad(v, at, i * rowPitch),
        store: (at, k, z) => f.store(at, v.modulus(z), k * row),
      })
      f.advance(source, QUAD)
      f.advance(target, element)
      f.set(count, i32.sub(count, 1))
      return count
    })
  })
}
