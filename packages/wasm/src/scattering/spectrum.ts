// x̂ = F x of real images: rows two at a time as one complex transform, then the columns of the half that is kept.
import type { View } from '@scatterlab/tensor'
import { type Expr, f32x4, i32, v128 } from '../assembler/assembler.ts'
import { emitLine, hasCodelet, scratchBytes } from '../fourier/codelet.ts'
import { QUAD, loadQuad, storeQuad } from '../fourier/layout.ts'
import type { Kernels } from '../fourier/kernels.ts'
import type { Kernel } from '../threads/compiled.ts'
import { Plans } from '../fourier/plans.ts'
import { type Field, fieldOf } from './field.ts'
import type { Steps } from '../replay/steps.ts'

/** The kernels of one size and layout, and their work space in bytes. */
interface Plan {
  readonly pairs: Kernel | null
  /** For the odd last row of eight images, and of the last four. */
  readonly lastOfEight: Kernel | null
  readonly lastOfFour: Kernel | null
  readonly columns: Kernel | null
  readonly line: number
  readonly scratch: number
}

const plans = new Plans<Kernels, Plan>()

/** Runs `spectrum`, or gives false where it has no kernel. */
export function spectrum(steps: Steps, x: View, out: View): boolean {
  const from = fieldOf(steps, x, 'float32')
  const to = fieldOf(steps, out, 'complex64')
  if (from === null || to === null || !hasCodelet(from.height) || !hasCodelet(from.width)) return false
  const { kernels, issue } = steps
  const layout = [from.height, from.width, from.quads, from.row, from.element, to.row, to.element, to.imag]
  const plan = plans.get(kernels, kernels, layout, () => planOf(kernels, from, to))
  const line = steps.workspace(plan.line + plan.scratch)
  const scratch = line + plan.line
  const even = from.height >> 1
  for (let q = 0; q < from.quads; q++) {
    const [source, target] = [from.address + 16 * q, to.address + 16 * q]
    if (plan.pairs !== null) issue(plan.pairs, source, target, even, line, scratch)
    const last = q % 2 === 1 ? null : q + 1 < from.quads ? plan.lastOfEight : plan.lastOfFour
    if (last !== null) issue(last, source + 2 * even * from.row, target + 2 * even * to.row, 1, line, scratch)
    if (plan.columns !== null) issue(plan.columns, target, to.width, scratch)
  }
  return true
}

function planOf(kernels: Kernels, from: Field, to: Field): Plan {
  const odd = from.height % 2 === 1
  return {
    pairs: from.height > 1 ? rowPairs(kernels, from, to, from.row, to.row) : null,
    lastOfEight: odd && from.quads > 1 ? rowPairs(kernels, from, to, 16, 16) : null,
    lastOfFour: odd && from.quads % 2 === 1 ? rowPairs(kernels, from, to, 0, 0) : null,
    columns: from.height > 1 ? columns(kernels, to) : null,
    line: (from.width + 1) * QUAD,
    scratch: Math.max(scratchBytes(from.width), scratchBytes(from.height)),
  }
}

/**
 * Each second row shares a transform with the one that lies `partner` bytes behind it: the next row, the same row of the next four
 * images, or itself. With Z = F(a + ib): F a = (Z(k) + conj Z(−k)) / 2 and F b = (Z(k) − conj Z(−k)) / 2i.
 */
function rowPairs(kernels: Kernels, from: Field, to: Field, partner: number, outPartner: number): Kernel {
  const n = from.width
  const layout = [partner, from.row, from.element, outPartner, to.row, to.element, to.imag].join(' ')
  return kernels.kernel(`real rows ${n} ${layout}`, 5, (v, [source, target, pairs, line, scratch], f) => {
    const [up, down, out, left] = f.locals('i32', 4)
    const half = f.let(v.constant(1 / 2))
    f.repeat(pairs, () => {
      emitLine(v, kernels, n, -1, {
        source,
        target: line,
        scratch,
        loadStep: from.element,
        storeStep: QUAD,
        load: (at, i) => v.complex(v128.load(at, i * from.element), v128.load(at, i * from.element + partner)),
        store: (at, k, z) => storeQuad(v, at, k * QUAD, z),
      })
      // Z(n) = Z(0), so that -k is a walk downwards from n.
      for (const part of [0, QUAD / 2]) f.store(line, v128.load(line, part), n * QUAD + part)
      f.set(up, line)
      f.set(down, i32.add(line, n * QUAD))
      f.set(out, target)
      f.set(left, to.width)
      f.repeat(left, () => {
        v.block(() => {
          const [z, mirror] = [loadQuad(v, up, 0), loadQuad(v, down, 0)]
          const write = (value: Expr<'v128'>, offset: number): void => f.store(out, f32x4.mul(half, value), offset)
          write(f32x4.add(z.re.value, mirror.re.value), 0)
          write(f32x4.sub(z.im.value, mirror.im.value), to.imag)
          write(f32x4.add(z.im.value, mirror.im.value), outPartner)
          write(f32x4.sub(mirror.re.value, z.re.value), outPartner + to.imag)
        })
        f.advance(up, QUAD)
        f.advance(down, -QUAD)
        f.advance(out, to.element)
      })
      f.advance(source, 2 * from.row)
      f.advance(target, 2 * to.row)
    })
  })
}

/** Transforms the columns where they lie. */
function columns(kernels: Kernels, { height: n, row, element, imag }: Field): Kernel {
  return kernels.kernel(`columns ${n} ${row} ${element} ${imag}`, 3, (v, [column, count, scratch], f) => {
    f.repeat(count, () => {
      emitLine(v, kernels, n, -1, {
        source: column,
        target: column,
        scratch,
        loadStep: row,
        storeStep: row,
        load: (at, i) => v.complex(v128.load(at, i * row), v128.load(at, i * row + imag)),
        store: (at, k, z) => {
          const { re, im } = v.parts(z)
          f.store(at, re, k * row)
          f.store(at, im, k * row + imag)
        },
      })
      f.advance(column, element)
    })
  })
}
