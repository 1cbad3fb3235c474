// The adjoint of x̂ = F x: the columns of the half spectrum are transformed back, then its rows, two at a time as one complex
// transform whose real part is the one and whose imaginary part the other.
import type { View } from '@scatterlab/tensor'
import { type Expr, type Local, f32x4, i32, v128 } from '../assembler/assembler.ts'
import { emitLine, hasCodelet, scratchBytes } from '../fourier/codelet.ts'
import { isStraight } from '../fourier/factors.ts'
import type { Kernels } from '../fourier/kernels.ts'
import type { Kernel } from '../threads/compiled.ts'
import { QUAD, loadQuad, storeQuad } from '../fourier/layout.ts'
import { Plans } from '../fourier/plans.ts'
import { type Complex, type Signed, scaled } from '../fourier/vectors.ts'
import { type Field, fieldOf, pitch } from './field.ts'
import type { Steps } from '../replay/steps.ts'

interface Plan {
  readonly columns: Kernel
  readonly pairs: Kernel
  /** For the odd last row. */
  readonly last: Kernel | null
  readonly between: number
  readonly work: number
}

const plans = new Plans<Kernels, Plan>()

/** Runs `spectrumAdjoint`, or gives false where it has no kernel. */
export function spectrumAdjoint(steps: Steps, g: View, out: View, accumulate: boolean): boolean {
  const from = fieldOf(steps, g, 'complex64')
  const to = fieldOf(steps, out, 'float32')
  if (from === null || to === null || !hasCodelet(to.height) || !hasCodelet(to.width)) return false
  const { kernels, issue } = steps
  const layout = [from.row, from.element, from.imag, to.height, to.width, to.row, to.element, Number(accumulate)]
  const plan = plans.get(kernels, kernels, layout, () => planOf(kernels, from, to, accumulate))
  const between = steps.workspace(plan.between + plan.work)
  const work = between + plan.between
  const rowPitch = pitch(from.width, QUAD)
  const even = to.height >> 1
  for (let q = 0; q < to.quads; q++) {
    const target = to.address + 16 * q
    issue(plan.columns, from.address + 16 * q, between, from.width, work)
    if (even > 0) issue(plan.pairs, between, target, even, work)
    if (plan.last !== null) issue(plan.last, between + 2 * even * rowPitch, target + 2 * even * to.row, 1, work)
  }
  return true
}

const planOf = (kernels: Kernels, from: Field, to: Field, accumulate: boolean): Plan => ({
  columns: columns(kernels, from),
  pairs: rowPairs(kernels, to, 2, accumulate),
  last: to.height % 2 === 1 ? rowPairs(kernels, to, 1, accumulate) : null,
  between: from.height * pitch(from.width, QUAD),
  work: Math.max(scratchBytes(to.height), (to.width + 1) * QUAD + scratchBytes(to.width)),
})

/** kernel(half spectrum, its transformed columns, count, scratch) */
function columns(kernels: Kernels, { height: n, width, row, element, imag }: Field): Kernel {
  const rowPitch = pitch(width, QUAD)
  const name = `columns back ${n} ${rowPitch} ${row} ${element} ${imag}`
  return kernels.kernel(name, 4, (v, [source, target, count, scratch], f) => {
    f.doWhile(() => {
      emitLine(v, kernels, n, 1, {
        source,
        target,
        scratch,
        loadStep: row,
        storeStep: rowPitch,
        load: (at, i) => v.complex(v128.load(at, i * row), v128.load(at, i * row + imag)),
        store: (at, k, z) => storeQuad(v, at, k * rowPitch, z),
      })
      f.advance(source, element)
      f.advance(target, QUAD)
      f.set(count, i32.sub(count, 1))
      return count
    })
  })
}

/**
 * kernel(transformed columns, target, `rows` rows at a time, work). Re Σ_k a(k)·e^{2πikv/n} over the stored half is the transform
 * of (a(k) + conj a(−k))/2, with zeros beyond the half; of rows a and b together that of a(k) + i·b(k) at k, and of
 * conj a(k) + i·conj b(k) at −k, halved.
 */
function rowPairs(kernels: Kernels, { width: n, row, element }: Field, rows: 1 | 2, accumulate: boolean): Kernel {
  const half = (n >> 1) + 1
  const rowPitch = pitch(half, QUAD)
  const name = `real rows back ${n} ×${rows} ${row} ${element}${accumulate ? ' added' : ''}`
  return kernels.kernel(name, 4, (v, [source, target, count, work], f) => {
    const line = work
    const scratch = f.let(i32.add(work, (n + 1) * QUAD))
    const [at, up, down, left] = f.locals('i32', 4)
    const zero = f.let(v.constant(0))
    const read = (offset: number): Expr<'v128'> => v.keep(v128.load(at, offset))
    /** Both rows at one column: their real parts, then their imaginary ones. */
    const both = (): Expr<'v128'>[] =>
      [0, QUAD / 2].flatMap((part) => [read(part), rows === 2 ? read(rowPitch + part) : zero])
    /** The columns that are their own mirror: only real parts count, twice as much as what is halved. */
    const own = (column: number): void =>
      v.block(() => {
        f.set(at, i32.add(source, column * QUAD))
        const [a, b] = both()
        f.store(line, f32x4.add(a, a), column * QUAD)
        f.store(line, f32x4.add(b, b), column * QUAD + QUAD / 2)
      })
    const write = (to: Local<'i32'>, offset: number, { re, im, scale }: Complex): void => {
      const part = ({ value, negative }: Signed, place: number): void => {
        const factor = v.constant(negative ? -scale : scale)
        const sum = accumulate ? v.multiplyAdd(factor, value, v128.load(to, place)) : f32x4.mul(factor, value)
        f.store(to, sum, place)
      }
      part(re, offset)
      if (rows === 2) part(im, offset + row)
    }
    // a long transform may write a number twice, which must not be added twice
    const once = !accumulate || isStraight(n)
    f.doWhile(() => {
      own(0)
      if (n % 2 === 0) own(n / 2)
      const between = half - 1 - (n % 2 === 0 ? 1 : 0)
      if (between > 0) {
        f.set(at, i32.add(source, QUAD))
        f.set(up, i32.add(line, QUAD))
        f.set(down, i32.add(line, (n - 1) * QUAD))
        f.set(left, between)
        f.doWhile(() => {
          v.block(() => {
            const [aRe, bRe, aIm, bIm] = both()
            f.store(up, f32x4.sub(aRe, bIm))
            f.store(up, f32x4.add(aIm, bRe), QUAD / 2)
            f.store(down, f32x4.add(aRe, bIm))
            f.store(down, f32x4.sub(bRe, aIm), QUAD / 2)
          })
          f.advance(at, QUAD)
          f.advance(up, QUAD)
          f.advance(down, -QUAD)
          f.set(left, i32.sub(left, 1))
          return left
        })
      }
      emitLine(v, kernels, n, 1, {
        source: line,
        target: once ? target : line,
        scratch,
        loadStep: QUAD,
        storeStep: once ? element : QUAD,
        load: (from, i) => scaled(loadQuad(v, from, i * QUAD), 1 / 2),
        store: (to, k, z) => (once ? write(to, k * element, z) : storeQuad(v, to, k * QUAD, z)),
      })
      if (!once) {
        f.set(up, line)
        f.set(at, target)
        f.set(left, n)
        f.doWhile(() => {
          v.block(() => write(at, 0, loadQuad(v, up, 0)))
          f.advance(up, QUAD)
          f.advance(at, element)
          f.set(left, i32.sub(left, 1))
          return left
        })
      }
      f.advance(source, rows * rowPitch)
      f.advance(target, rows * row)
      f.set(count, i32.sub(count, 1))
      return count
    })
  })
}
