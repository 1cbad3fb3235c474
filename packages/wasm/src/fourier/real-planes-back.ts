// The adjoint of the half spectrum of real images that lie one after the other: vectors run across the columns, then eight rows at a time
// are brought into lanes as four complex lines, whose real and imaginary parts are two rows each.
import type { View } from '@scatterlab/tensor'
import { type Expr, type Local, f32x4, i32, v128 } from '../assembler/assembler.ts'
import type { Address } from '../memory/heap.ts'
import type { Steps } from '../replay/steps.ts'
import type { Kernel } from '../threads/compiled.ts'
import { emitLine, hasCodelet, scratchBytes } from './codelet.ts'
import type { Kernels } from './kernels.ts'
import { type ImagOffset, QUAD, isFour, loadFour, loadQuad, storeQuad } from './layout.ts'
import { Plans } from './plans.ts'
import { ROWS, rowBytes } from './real-planes.ts'
import { type Complex, type Vectors, scaled } from './vectors.ts'

/** The kernels of one size and layout, and their work space in bytes. */
interface Plan {
  readonly columns: Kernel
  /** For the last columns, fewer than four. */
  readonly rest: Kernel | null
  readonly rows: Kernel
  readonly line: number
  readonly scratch: number
}

const plans = new Plans<Kernels, Plan | null>()

/** Runs `spectrumAdjoint` for images whose rows are contiguous, or gives false where it has no kernel. */
export function realPlanesBack(steps: Steps, g: View, out: View, accumulate: boolean): boolean {
  if (g.dtype !== 'complex64' || out.dtype !== 'float32' || out.shape.length !== 3 || accumulate) return false
  const [from, to] = [steps.addressOf(g), steps.addressOf(out)]
  if (from === undefined || to === undefined) return false
  const [images, height, width] = out.shape as [number, number, number]
  const layout = [height, width, ...g.strides, g.imagStride, ...out.strides]
  const plan = plans.get(steps.kernels, steps.kernels, layout, () => planOf(steps.kernels, g, out))
  if (plan === null) return false
  const half = (width >> 1) + 1
  const row = rowBytes(half)
  // images of few rows share a turn
  const together = Math.max(1, Math.floor(ROWS / height))
  const between = steps.workspace(together * height * row + plan.line + plan.scratch)
  const line = between + together * height * row
  const scratch = line + plan.line
  const whole = half & ~3
  for (let first = 0; first < images; first += together) {
    const count = Math.min(together, images - first)
    for (let i = 0; i < count; i++) {
      const source = from + 4 * (first + i) * g.strides[0]!
      const target = between + i * height * row
      steps.issue(plan.columns, source, target, half >> 2, scratch)
      if (plan.rest === null) continue
      steps.issue(plan.rest, source + 4 * (half - 4) * g.strides[2]!, target + (whole >> 2) * QUAD, 1, scratch)
    }
    const lines = count * height
    const targetOf = (at: number): Address =>
      to + 4 * ((first + Math.floor(at / height)) * out.strides[0]! + (at % height) * out.strides[1]!)
    const turns = count === 1 ? Math.floor(height / ROWS) : 0
    if (turns > 0) steps.issue(plan.rows, ...rowsFrom(0, lines, between, row, targetOf), line, scratch, turns)
    for (let y = turns * ROWS; y < lines; y += ROWS)
      steps.issue(plan.rows, ...rowsFrom(y, lines, between, row, targetOf), line, scratch, 1)
  }
  return true
}

/** Where eight lines are, then where they go; where lines lack, the last one stands for them. */
function rowsFrom(
  first: number,
  lines: number,
  between: Address,
  row: number,
  targetOf: (line: number) => Address,
): Address[] {
  const all = Array.from({ length: ROWS }, (_, r) => Math.min(first + r, lines - 1))
  return [...all.map((at) => between + at * row), ...all.map(targetOf)]
}

function planOf(kernels: Kernels, g: View, { shape, strides }: View): Plan | null {
  const [images, height, width] = shape as [number, number, number]
  const negative = [...strides, ...g.strides, g.imagStride].some((stride) => stride < 0)
  // fewer than four columns of the spectrum fill no vector
  if (images === 0 || height === 0 || width < 6 || !hasCodelet(width) || !hasCodelet(height) || negative) return null
  if (strides[2] !== 1 || !isFour(g.strides[2]!, g.imagStride)) return null
  const half = (width >> 1) + 1
  const [row, imag] = [4 * g.strides[1]!, 4 * g.imagStride]
  return {
    columns: columns(kernels, height, half, row, imag, 0),
    rest: half % 4 === 0 ? null : columns(kernels, height, half, row, imag, 4 - (half % 4)),
    rows: eightRows(kernels, width, 4 * strides[1]!),
    line: (width + 1) * QUAD,
    scratch: Math.max(scratchBytes(width), scratchBytes(height)),
  }
}

/** kernel(spectrum, between, vectors, scratch): four neighbouring columns at a time, of which the first `skipped` are left out. */
function columns(kernels: Kernels, n: number, half: number, row: number, imag: ImagOffset, skipped: number): Kernel {
  const between = rowBytes(half)
  const name = `columns of planes back ${n} ${between} ${row} ${imag} −${skipped}`
  return kernels.kernel(name, 4, (v, [source, target, left, scratch], f) => {
    f.repeat(left!, () => {
      emitLine(v, kernels, n, 1, {
        source: source!,
        target: target!,
        scratch: scratch!,
        loadStep: row,
        storeStep: between,
        load: (at, i) => toTheFront(v, loadFour(v, at, i * row, imag), skipped),
        store: (at, k, z) => storeQuad(v, at, k * between, z),
      })
      f.advance(source!, imag === 4 ? 32 : 16)
      f.advance(target!, QUAD)
    })
  })
}

/** Lanes from `skipped` on, moved to the first. */
function toTheFront(v: Vectors, z: Complex, skipped: number): Complex {
  if (skipped === 0) return z
  const { re, im } = v.parts(z)
  const lanes = [0, 1, 2, 3].map((lane) => (lane + skipped) % 4) as [number, number, number, number]
  const moved = (part: Expr<'v128'>): Expr<'v128'> => {
    const kept = v.keep(part)
    return f32x4.shuffle(kept, kept, lanes)
  }
  return v.complex(moved(re), moved(im))
}

/**
 * kernel(eight rows, eight targets, line, scratch, turns), the next eight lie behind them. Re Σ_k a(k)·e^{2πiku/n} over the stored half is the transform of (a(k) + conj a(−k))/2;
 * rows a and b share one in lane r, as a + i·b: at k stands a(k) + i·b(k), at −k conj a(k) + i·conj b(k), halved.
 */
function eightRows(kernels: Kernels, n: number, outRow: number): Kernel {
  const half = (n >> 1) + 1
  return kernels.kernel(`eight real rows back ${n} ${outRow}`, 2 * ROWS + 3, (v, params, f) => {
    const [sources, targets] = [params.slice(0, ROWS), params.slice(ROWS, 2 * ROWS)]
    const [line, scratch, turns] = params.slice(2 * ROWS) as [Local<'i32'>, Local<'i32'>, Local<'i32'>]
    const [at, left, offset, up, down, start] = f.locals('i32', 6)

    /** Four columns of the even or of the odd rows: one vector to a column. */
    const four = (odd: 0 | 1, part: 0 | 1): Local<'v128'>[] => {
      const rows = [0, 1, 2, 3].map((r) => f.let(v128.load(i32.add(sources[2 * r + odd]!, offset), part * 16)))
      return f.transpose4x4(rows as Four)
    }
    const fold = (count: number): void => {
      const [aRe, aIm, bRe, bIm] = [four(0, 0), four(0, 1), four(1, 0), four(1, 1)]
      for (let k = 0; k < count; k++) {
        f.store(up, f32x4.sub(aRe[k]!, bIm[k]!), k * QUAD)
        f.store(up, f32x4.add(aIm[k]!, bRe[k]!), k * QUAD + 16)
        f.store(down, f32x4.add(aRe[k]!, bIm[k]!), (3 - k) * QUAD)
        f.store(down, f32x4.sub(bRe[k]!, aIm[k]!), (3 - k) * QUAD + 16)
      }
    }
    /** A column that is its own mirror: only its real parts count, twice as much as what is halved. */
    const own = (column: number): void => {
      f.set(offset, (column >> 2) * QUAD)
      for (const odd of [0, 1] as const) {
        const real = four(odd, 0)[column % 4]!
        f.store(line, f32x4.add(real, real), column * QUAD + 16 * odd)
      }
    }
    f.repeat(turns, () => {
      f.set(offset, 0)
      f.set(up, line)
      f.set(down, i32.add(line, (n - 3) * QUAD))
      f.set(left, half >> 2)
      f.repeat(left, () => {
        fold(4)
        f.advance(offset, QUAD)
        f.advance(up, 4 * QUAD)
        f.advance(down, -4 * QUAD)
      })
      if (half % 4 > 0) fold(half % 4)
      own(0)
      if (n % 2 === 0) own(n / 2)
      emitLine(v, kernels, n, 1, {
        source: line,
        target: line,
        scratch,
        loadStep: QUAD,
        storeStep: QUAD,
        load: (from, i) => scaled(loadQuad(v, from, i * QUAD), 1 / 2),
        store: (to, k, z) => storeQuad(v, to, k * QUAD, z),
      })
      // four points of all rows at a time; the last four may overlap those before
      f.set(start, 0)
      f.set(left, Math.ceil(n / 4))
      f.repeat(left, () => {
        f.set(at, i32.add(line, i32.mul(start, QUAD)))
        for (const odd of [0, 1] as const) {
          const points = [0, 1, 2, 3].map((i) => f.let(v128.load(at, i * QUAD + 16 * odd)))
          f.transpose4x4(points as Four).forEach((row, r) =>
            f.store(f.let(i32.add(targets[2 * r + odd]!, i32.shl(start, 2))), row),
          )
        }
        f.advance(start, 4)
        f.if(i32.gtS(start, n - 4), () => f.set(start, n - 4))
      })
      for (const source of sources) f.advance(source, ROWS * rowBytes(half))
      for (const target of targets) f.advance(target, ROWS * outRow)
    })
  })
}

type Four = [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>]
