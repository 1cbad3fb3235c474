// The gradient of U = |F⁻¹ periodise(x̂·ψ̂)|: the field z is computed again, g·z/|z| transformed back, column by column and then
// row by row, and added to the frequencies that the filter reads.
import type { View } from '@scatterlab/tensor'
import type { Factors, SpectralFilter } from '@scatterlab/tensor/operations'
import { type Expr, type Local, f32x4, i32, v128 } from '../assembler/assembler.ts'
import { emitLine, scratchBytes } from '../fourier/codelet.ts'
import type { Kernels } from '../fourier/kernels.ts'
import type { Kernel } from '../threads/compiled.ts'
import { QUAD, loadQuad, storeQuad } from '../fourier/layout.ts'
import { Plans } from '../fourier/plans.ts'
import type { Complex, Vectors } from '../fourier/vectors.ts'
import { type FoldedFilter, sourceOf } from './filter.ts'
import { QUADS, gatherer } from './gather.ts'
import { type Note, inRange, square } from './modulus.ts'
import { addWeighted, scatterer } from './scatter.ts'
import { type Field, clear, fieldOf, pitch } from './field.ts'
import type { Steps } from '../replay/steps.ts'
import {
  type Folding,
  type RowCall,
  columnsByTarget,
  foldingOf,
  isFilterable,
  namedColumns,
  rowCalls,
} from './wavelet.ts'

interface Plan {
  /** One call for all fours of images, of one row each, with what it reads and adds to; null where there are more rows. */
  readonly fibres: { readonly kernel: Kernel; readonly table: number; readonly back: number } | null
  readonly rows: readonly RowCall[]
  readonly columns: Kernel
  readonly back: readonly RowCall[]
  readonly between: number
  readonly work: number
}

const plans = new Plans<SpectralFilter, Plan>()

/** Runs `waveletModulusAdjoint`, or gives false where it has no kernel. A filter's values must not change. */
export function waveletModulusAdjoint(
  steps: Steps,
  xhat: View,
  psi: SpectralFilter,
  factors: Factors,
  g: View,
  out: View,
  accumulate: boolean,
): boolean {
  const from = fieldOf(steps, xhat, 'complex64')
  const gradient = fieldOf(steps, g, 'float32')
  const to = fieldOf(steps, out, 'complex64')
  if (from === null || gradient === null || to === null || !isFilterable(psi, gradient)) return false
  const { issue, kernels } = steps
  const layout = [from, gradient, to].flatMap(({ height, width, row, element, imag }) => [
    height,
    width,
    row,
    element,
    imag,
  ])
  const plan = plans.get(kernels, psi, [...factors, ...layout], () => planOf(kernels, psi, from, gradient, to, factors))
  const between = steps.workspace(plan.between + plan.work)
  const work = between + plan.between
  if (!accumulate) clear(steps, to)
  if (plan.fibres !== null) {
    const { kernel, table, back } = plan.fibres
    issue(kernel, from.address, gradient.address, to.address, table, back, from.quads, between)
    return true
  }
  for (let q = 0; q < from.quads; q++) {
    for (const { kernel, table, count } of plan.rows) issue(kernel, from.address + 16 * q, between, table, count, work)
    issue(plan.columns, between, gradient.address + 16 * q, gradient.width, work)
    for (const { kernel, table, count } of plan.back) issue(kernel, to.address + 16 * q, between, table, count, work)
  }
  return true
}

function planOf(
  kernels: Kernels,
  psi: SpectralFilter,
  from: Field,
  gradient: Field,
  to: Field,
  factors: Factors,
): Plan {
  const { height, width } = gradient
  const rowPitch = pitch(width, QUAD)
  if (height === 1) {
    const tableOf = (field: Field) => foldingOf(kernels, psi, field, gradient, factors, true, 0).tables[0]!.table
    return {
      fibres: { kernel: fibreKernel(kernels, from, gradient, to), table: tableOf(from), back: tableOf(to) },
      rows: [],
      columns: fibreKernel(kernels, from, gradient, to),
      back: [],
      between: 2 * width * QUAD,
      work: scratchBytes(width),
    }
  }
  return {
    fibres: null,
    rows: rowCalls(kernels, foldingOf(kernels, psi, from, gradient, factors, true), from, rowPitch),
    columns: directions(kernels, height, rowPitch, gradient),
    back: backCalls(kernels, foldingOf(kernels, psi, to, gradient, factors, true), to),
    between: height * rowPitch,
    work: Math.max(scratchBytes(width) + width * QUAD, scratchBytes(height) + height * QUAD),
  }
}

/** kernel(spectra, gradient, out, table, table of out, fours of images, work): images of one row. */
function fibreKernel(kernels: Kernels, from: Field, { width: n, element }: Field, to: Field): Kernel {
  const name = `directions of fibres ${n} ${from.element} ${from.imag} ${element} ${to.element} ${to.imag}`
  return kernels.kernel(name, 7, (v, [spectrum, gradient, out, read, written, quads, work], f) => {
    const line = f.let(i32.add(work, n * QUAD))
    const scratch = f.let(i32.add(line, n * QUAD))
    const [table, here] = f.locals('i32', 2)
    const gather = gatherer(v, spectrum, table, from, QUADS)
    const scatter = scatterer(v, out, table, QUADS, to)
    /** Where the gradient of the number lies that goes to a place of the line. */
    const beside = (place: Local<'i32'>): Local<'i32'> => {
      if (place === line) return gradient
      f.set(here, i32.add(gradient, i32.mul(i32.shrU(i32.sub(place, line), Math.log2(QUAD)), element)))
      return here
    }
    f.repeat(quads, () => {
      f.set(table, read)
      gather(work)
      inRange(
        v,
        { column: work, n, pitch: QUAD },
        {
          transform: (note) =>
            emitLine(v, kernels, n, 1, {
              source: work,
              target: line,
              scratch,
              loadStep: QUAD,
              storeStep: QUAD,
              load: (at, i) => loadQuad(v, at, i * QUAD),
              store: (at, k, z) => storeQuad(v, at, k * QUAD, along(v, z, v128.load(beside(at), k * element), note)),
            }),
        },
      )
      emitLine(v, kernels, n, -1, {
        source: line,
        target: work,
        scratch,
        loadStep: QUAD,
        storeStep: QUAD,
        load: (at, i) => loadQuad(v, at, i * QUAD),
        store: (at, k, z) => storeQuad(v, at, k * QUAD, z),
      })
      f.set(table, written)
      scatter(work)
      f.advance(spectrum, 16)
      f.advance(gradient, 16)
      f.advance(out, 16)
    })
  })
}

/** The calls that transform rows back and add them to the frequencies that a filter reads: kernel(spectrum, lines, table, count, work). */
export function backCalls(kernels: Kernels, { folded, tables, written }: Folding, to: Field): RowCall[] {
  const { width } = folded.grid
  const scatter = (rows: number): Kernel =>
    written ? shortRows(kernels, folded, to, rows) : longRows(kernels, width, to)
  // rows that the filter does not reach get nothing
  return tables.filter(({ rows }) => rows > 0).map((table) => ({ ...table, kernel: scatter(table.rows) }))
}

/** kernel(columns of the row-transformed field, gradient, count, work): each becomes F(g·z/|z|), where it lies. */
function directions(kernels: Kernels, n: number, rowPitch: number, { row, element }: Field): Kernel {
  return kernels.kernel(`directions ${n} ${rowPitch} ${row} ${element}`, 4, (v, [column, gradient, count, work], f) => {
    const line = work
    const scratch = f.let(i32.add(work, n * QUAD))
    const here = f.local('i32')
    /** Where the gradient of the number lies that goes to a place of the line. */
    const beside = (place: Local<'i32'>): Local<'i32'> => {
      if (place === line) return gradient
      f.set(here, i32.add(gradient, i32.mul(i32.shrU(i32.sub(place, line), Math.log2(QUAD)), row)))
      return here
    }
    f.doWhile(() => {
      inRange(
        v,
        { column: column, n, pitch: rowPitch },
        {
          transform: (note) =>
            emitLine(v, kernels, n, 1, {
              source: column,
              target: line,
              scratch,
              loadStep: rowPitch,
              storeStep: QUAD,
              load: (at, i) => loadQuad(v, at, i * rowPitch),
              store: (at, k, z) => storeQuad(v, at, k * QUAD, along(v, z, v128.load(beside(at), k * row), note)),
            }),
        },
      )
      emitLine(v, kernels, n, -1, {
        source: line,
        target: column,
        scratch,
        loadStep: QUAD,
        storeStep: rowPitch,
        load: (at, i) => loadQuad(v, at, i * QUAD),
        store: (at, k, z) => storeQuad(v, at, k * rowPitch, z),
      })
      f.advance(column, QUAD)
      f.advance(gradient, element)
      f.set(count, i32.sub(count, 1))
      return count
    })
  })
}

/** g·z/|z|; 0 where z is. */
export function along(v: Vectors, z: Complex, g: Expr<'v128'>, note: Note): Complex {
  const sum = square(v, z, note)
  const ratio = f32x4.div(g, f32x4.sqrt(sum))
  const factor = v.keep(v128.and(ratio, f32x4.gt(sum, v.constant(0))))
  const times = ({ value, negative }: Complex['re']): Complex['re'] => ({
    value: v.keep(f32x4.mul(factor, value)),
    negative: negative !== z.scale < 0,
  })
  return { re: times(z.re), im: times(z.im), scale: 1 }
}

/** What `shortTables` lists, the other way: kernel(spectrum, rows, table, count, work). */
function shortRows(kernels: Kernels, folded: FoldedFilter, to: Field, rows: number): Kernel {
  const { grid, column } = folded
  const { width } = grid
  const byTarget = columnsByTarget(folded)
  const name = `wavelet rows back ${namedColumns(folded, to)} ×${rows}`
  return kernels.kernel(name, 5, (v, [spectrum, lines, table, count, scratch], f) => {
    const line = f.local('i32')
    const direct = f.locals('i32', rows)
    const mirrored = f.locals('i32', rows)
    let weightAt = 0
    const offsets = byTarget.map((onTarget) => (weightAt += 4 * rows * onTarget.length) - 4 * rows * onTarget.length)
    f.doWhile(() => {
      f.set(line, i32.add(lines, i32.load(table)))
      for (let r = 0; r < rows; r++) {
        f.set(direct[r], i32.add(spectrum, i32.load(table, 4 + 8 * r)))
        f.set(mirrored[r], i32.add(spectrum, i32.load(table, 8 + 8 * r)))
      }
      f.advance(table, 4 + 8 * rows)
      const store = (_: Local<'i32'>, k: number, z: Complex): void => {
        const parts = v.parts(z)
        const [re, im] = [v.keep(parts.re), v.keep(parts.im)]
        let at = offsets[k]
        for (const c of byTarget[k]) {
          const source = sourceOf((column + c) % grid.W, folded)
          for (let r = 0; r < rows; r++, at += 4) {
            const base = source.mirrored ? mirrored[r] : direct[r]
            const weight = v.keep(v128.load32Splat(table, at))
            addWeighted(v, to, base, source.column * to.element, weight, re, im, source.mirrored)
          }
        }
      }
      emitLine(v, kernels, width, -1, {
        source: line,
        target: line,
        scratch: scratch,
        loadStep: QUAD,
        storeStep: QUAD,
        load: (at, i) => loadQuad(v, at, i * QUAD),
        store,
      })
      f.advance(table, weightAt)
      f.set(count, i32.sub(count, 1))
      return count
    })
  })
}

/** What `gatherTables` lists, the other way: kernel(spectrum, rows, table, count, work). */
function longRows(kernels: Kernels, width: number, { element, imag }: Field): Kernel {
  return kernels.kernel(
    `gathered rows back ${width} ${element} ${imag}`,
    5,
    (v, [spectrum, lines, table, count, work], f) => {
      const scratch = f.let(i32.add(work, width * QUAD))
      const line = f.local('i32')
      const scatter = scatterer(v, spectrum, table, QUADS, { element, imag })
      f.doWhile(() => {
        f.set(line, i32.add(lines, i32.load(table)))
        emitLine(v, kernels, width, -1, {
          source: line,
          target: work,
          scratch,
          loadStep: QUAD,
          storeStep: QUAD,
          load: (at, i) => loadQuad(v, at, i * QUAD),
          store: (at, k, z) => storeQuad(v, at, k * QUAD, z),
        })
        scatter(work)
        f.set(count, i32.sub(count, 1))
        return count
      })
    },
  )
}
