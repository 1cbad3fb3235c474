// Half spectra of real images that lie one after the other, each row in one run: eight rows at a time are brought into lanes as
// four complex lines, their spectra are taken apart and brought back, then vectors run across the columns.
import type { View } from '@scatterlab/tensor'
import { type Expr, type Local, f32x4, i32, v128 } from '../assembler/assembler.ts'
import { emitLine, hasCodelet, scratchBytes } from './codelet.ts'
import type { Kernels } from './kernels.ts'
import type { Kernel } from '../threads/compiled.ts'
import { type ImagOffset, QUAD, isFour, loadQuad, storeFour, storeQuad } from './layout.ts'
import { Plans } from './plans.ts'
import { pitch } from '../scattering/field.ts'
import type { Steps } from '../replay/steps.ts'

/** Rows that are transformed at a time: a pair to a lane. */
export const ROWS = 8

/** The kernels of one size and layout, and their work space in bytes. */
interface Plan {
  readonly rows: Kernel
  readonly columns: Kernel
  /** For the last columns, fewer than four. */
  readonly rest: Kernel | null
  readonly between: number
  readonly line: number
  readonly scratch: number
}

const plans = new Plans<Kernels, Plan | null>()

/** Runs `spectrum` for images whose rows are contiguous, or gives false where it has no kernel. */
export function realPlanes(steps: Steps, x: View, out: View): boolean {
  if (x.dtype !== 'float32' || out.dtype !== 'complex64' || x.shape.length !== 3) return false
  const [from, to] = [steps.addressOf(x), steps.addressOf(out)]
  if (from === undefined || to === undefined) return false
  const [images, height, width] = x.shape as [number, number, number]
  const layout = [height, width, ...x.strides, ...out.strides, out.imagStride]
  const plan = plans.get(steps.kernels, steps.kernels, layout, () => planOf(steps.kernels, x, out))
  if (plan === null) return false
  const between = steps.workspace(plan.between + plan.line + plan.scratch)
  const line = between + plan.between
  const scratch = line + plan.line
  const half = (width >> 1) + 1
  const row = rowBytes(half)
  for (let image = 0; image < images; image++) {
    const source = from + 4 * image * x.strides[0]!
    const target = to + 4 * image * out.strides[0]!
    for (let y = 0; y < height; y += ROWS) {
      // Where rows lack, the last one stands for them.
      const rows = Array.from({ length: ROWS }, (_, r) => source + 4 * Math.min(y + r, height - 1) * x.strides[1]!)
      steps.issue(plan.rows, ...rows, between + y * row, line, scratch)
    }
    if (half >= 4) steps.issue(plan.columns, between, target, half >> 2, scratch)
    if (plan.rest === null) continue
    const whole = half & ~3
    steps.issue(plan.rest, between + (whole >> 2) * QUAD, target + 4 * whole * out.strides[2]!, 1, scratch)
  }
  return true
}

/** Bytes of a row of half spectra between the two passes. */
export const rowBytes = (half: number): number => pitch(Math.ceil(half / 4), QUAD)

function planOf(kernels: Kernels, { shape, strides }: View, out: View): Plan | null {
  const [images, height, width] = shape as [number, number, number]
  const negative = [...strides, ...out.strides, out.imagStride].some((stride) => stride < 0)
  if (images === 0 || width < 4 || !hasCodelet(width) || !hasCodelet(height) || negative) return null
  if (strides[2] !== 1 || !isFour(out.strides[2]!, out.imagStride)) return null
  const half = (width >> 1) + 1
  const [row, imag] = [4 * out.strides[1]!, 4 * out.imagStride]
  return {
    rows: eightRows(kernels, width),
    columns: columns(kernels, height, half, row, imag, 4),
    rest: half % 4 === 0 ? null : columns(kernels, height, half, row, imag, half % 4),
    between: ROWS * Math.ceil(height / ROWS) * rowBytes(half),
    line: (width + 1) * QUAD,
    scratch: Math.max(scratchBytes(width), scratchBytes(height)),
  }
}

/**
 * kernel(eight rows, target, line, scratch). Rows 2r and 2r + 1 share a transform in lane r. With Z = F(a + ib):
 * F a = (Z(k) + conj Z(−k)) / 2 and F b = (Z(k) − conj Z(−k)) / 2i.
 */
function eightRows(kernels: Kernels, n: number): Kernel {
  const half = (n >> 1) + 1
  const row = rowBytes(half)
  return kernels.kernel(`eight real rows ${n}`, ROWS + 3, (v, params, f) => {
    const [target, line, scratch] = params.slice(ROWS) as [Local<'i32'>, Local<'i32'>, Local<'i32'>]
    const [at, left] = f.locals('i32', 2)
    const start = f.let(i32.const(0))
    f.set(left, Math.ceil(n / 4))
    f.repeat(left, () => {
      const offset = f.let(i32.shl(start, 2))
      f.set(at, i32.add(line, i32.mul(start, QUAD)))
      for (const part of [0, 1]) {
        const rows = [0, 1, 2, 3].map((r) => f.let(v128.load(i32.add(params[2 * r + part]!, offset))))
        f.transpose4x4(rows as Four).forEach((lanes, i) => f.store(at, lanes, i * QUAD + part * 16))
      }
      f.advance(start, 4)
      f.if(i32.gtS(start, n - 4), () => f.set(start, n - 4))
    })
    emitLine(v, kernels, n, -1, {
      source: line,
      target: line,
      scratch,
      loadStep: QUAD,
      storeStep: QUAD,
      load: (from, i) => loadQuad(v, from, i * QUAD),
      store: (to, k, z) => storeQuad(v, to, k * QUAD, z),
    })
    // Z(n) = Z(0), so that -k is a walk downwards from n.
    for (const part of [0, QUAD / 2]) f.store(line, v128.load(line, part), n * QUAD + part)
    const halved = f.let(v.constant(1 / 2))
    const up = f.let(line)
    const down = f.let(i32.add(line, (n - 3) * QUAD))
    const to = f.let(target)
    f.set(left, Math.ceil(half / 4))
    f.repeat(left, () => {
      const pairs = [0, 1, 2, 3].map((k) => [f.let(v128.load(up, k * QUAD)), f.let(v128.load(down, (3 - k) * QUAD))])
      const imags = [0, 1, 2, 3].map((k) => [
        f.let(v128.load(up, k * QUAD + 16)),
        f.let(v128.load(down, (3 - k) * QUAD + 16)),
      ])
      const write = (values: Expr<'v128'>[], offset: number): void =>
        f
          .transpose4x4(values.map((value) => f.let(f32x4.mul(halved, value))) as Four)
          .forEach((columns_, r) => f.store(to, columns_, 2 * r * row + offset))
      write(
        pairs.map(([z, mirror]) => f32x4.add(z!, mirror!)),
        0,
      )
      write(
        imags.map(([z, mirror]) => f32x4.sub(z!, mirror!)),
        16,
      )
      write(
        imags.map(([z, mirror]) => f32x4.add(z!, mirror!)),
        row,
      )
      write(
        pairs.map(([z, mirror]) => f32x4.sub(mirror!, z!)),
        row + 16,
      )
      f.advance(up, 4 * QUAD)
      f.advance(down, -4 * QUAD)
      f.advance(to, QUAD)
    })
  })
}

type Four = [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>]

/** kernel(between, target, vectors, scratch): four neighbouring columns at a time, of which the first `count` are written. */
function columns(kernels: Kernels, n: number, half: number, row: number, imag: ImagOffset, count: number): Kernel {
  const pitch_ = rowBytes(half)
  return kernels.kernel(`columns of planes ${n} ${pitch_} ${row} ${imag} ×${count}`, 4, (v, params, f) => {
    const [source, target, left, scratch] = params as [Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>]
    f.repeat(left, () => {
      emitLine(v, kernels, n, -1, {
        source,
        target,
        scratch,
        loadStep: pitch_,
        storeStep: row,
        load: (at, i) => loadQuad(v, at, i * pitch_),
        store: (at, k, z) => {
          if (count === 4) return storeFour(v, at, k * row, imag, z)
          const { re, im } = v.parts(z)
          const [a, b] = [v.keep(re), v.keep(im)]
          for (let lane = 0; lane < count; lane++) {
            const offset = k * row + lane * (imag === 4 ? 8 : 4)
            f.storeLane(32, at, a, lane, offset)
            f.storeLane(32, at, b, lane, offset + imag)
          }
        },
      })
      f.advance(source, QUAD)
      f.advance(target, imag === 4 ? 32 : 16)
    })
  })
}
