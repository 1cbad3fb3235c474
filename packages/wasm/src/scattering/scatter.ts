// Rows of a folded spectrum, added back to the frequencies that they came from: what gather.ts lists, the other way.
import { type Expr, type Local, i32, v128 } from '../assembler/assembler.ts'
import type { Kernels } from '../fourier/kernels.ts'
import type { Kernel } from '../threads/compiled.ts'
import type { Vectors } from '../fourier/vectors.ts'
import { HEADER, MIRRORED, type Spacing, ZERO } from './gather.ts'

/** target += weight·z, or its conjugate, for the numbers at an address + offset. */
export function addWeighted(
  v: Vectors,
  { imag }: Spacing,
  address: Local<'i32'>,
  offset: number,
  weight: Local<'v128'>,
  re: Expr<'v128'>,
  im: Expr<'v128'>,
  conjugated: boolean,
): void {
  v.f.store(address, v.multiplyAdd(weight, re, v128.load(address, offset)), offset)
  const combined = conjugated ? v.multiplySubtract : v.multiplyAdd
  v.f.store(address, combined.call(v, weight, im, v128.load(address, offset + imag)), offset + imag)
}

/** What adds a line back by the entry of its row, at which the table stands; the table is moved on to the next one. */
export function scatterer(
  v: Vectors,
  spectrum: Local<'i32'>,
  table: Local<'i32'>,
  from: Spacing,
  to: Spacing,
): (line: Local<'i32'>) => void {
  const { f } = v
  const [runs, target, source, left, kind] = f.locals('i32', 5)
  const run = (mirrored: boolean): void =>
    f.repeat(left, () => {
      v.block(() => {
        const weight = v.keep(v128.load32Splat(table))
        addWeighted(v, to, target, 0, weight, v128.load(source), v128.load(source, from.imag), mirrored)
      })
      f.advance(table, 4)
      f.advance(target, mirrored ? -to.element : to.element)
      f.advance(source, from.element)
    })
  return (line) => {
    f.set(runs, i32.load(table, 4))
    f.advance(table, 8)
    f.repeat(runs, () => {
      f.set(target, i32.add(spectrum, i32.load(table)))
      f.set(source, i32.add(line, i32.load(table, 4)))
      f.set(left, i32.load(table, 8))
      f.set(kind, i32.load(table, 12))
      f.advance(table, 4 * HEADER)
      f.if(
        i32.ltS(kind, MIRRORED),
        () => run(false),
        () => f.if(i32.ltS(kind, ZERO), () => run(true)),
      )
    })
  }
}

/** kernel(spectrum, rows, table, count): rows are added back from where they lie. */
export function scatterKernel(kernels: Kernels, from: Spacing, to: Spacing): Kernel {
  const name = `scattered ${from.element} ${from.imag} ${to.element} ${to.imag}`
  return kernels.kernel(name, 4, (v, [spectrum, rows, table, count], f) => {
    const row = f.local('i32')
    const scatter = scatterer(v, spectrum, table, from, to)
    f.repeat(count, () => {
      f.set(row, i32.add(rows, i32.load(table)))
      scatter(row)
    })
  })
}
