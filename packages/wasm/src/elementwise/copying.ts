// Kernels that copy rows of numbers between any strides, change their precision, and transpose.
import { type FunctionBuilder, type Local, Module, f32, f32x4, f64, f64x2, i32, v128 } from '../assembler/assembler.ts'

const copyParameters = {
  rows: 'i32',
  n: 'i32',
  x: 'i32',
  rowX: 'i32',
  stepX: 'i32',
  out: 'i32',
  rowOut: 'i32',
  stepOut: 'i32',
} as const

/** Rows and columns of the tiles in which a matrix is transposed: both sides of one stay in the first-level cache. */
const TILE = 16

/**
 * Emits `copy4`, `copy8` (numbers of 4 and 8 bytes), `widen` (f32 to f64), `narrow` (f64 to f32) over rows of n numbers, and
 * `transpose4`: out[r, i] ← x[r, i] for numbers of 4 bytes where x runs along r (rowX = 4) and out along i (stepOut = 4).
 */
export function copyingModule(shared: boolean): Module {
  const module = new Module({ shared })
  for (const bytes of [4, 8] as const) {
    rowsKernel(
      module,
      `copy${bytes}`,
      bytes,
      bytes,
      (f, from, to, n) => f.copy(to, from, i32.mul(n, bytes)),
      (f, from, to) => f.store(to, bytes === 4 ? i32.load(from) : f64.load(from)),
    )
  }
  rowsKernel(module, 'widen', 4, 8, widen, (f, from, to) => f.store(to, f64.promoteF32(f32.load(from))))
  rowsKernel(module, 'narrow', 8, 4, narrow, (f, from, to) => f.store(to, f32.demoteF64(f64.load(from))))
  transposeKernel(module)
  return module
}

type Run = (f: FunctionBuilder, from: Local<'i32'>, to: Local<'i32'>, n: Local<'i32'>) => void

/** Runs of contiguous numbers by `run`, others by `one` at a time. */
function rowsKernel(
  module: Module,
  name: string,
  bytesX: number,
  bytesOut: number,
  run: Run,
  one: (f: FunctionBuilder, from: Local<'i32'>, to: Local<'i32'>) => void,
): void {
  module.function(name, { params: copyParameters }, (f, { rows, n, x, rowX, stepX, out, rowOut, stepOut }) => {
    const contiguous = f.let(i32.and(i32.eq(stepX, bytesX), i32.eq(stepOut, bytesOut)))
    f.forRange(0, rows, 1, () => {
      const [from, to, left] = [f.let(x), f.let(out), f.let(n)]
      f.if(
        contiguous,
        () => run(f, from, to, left),
        () =>
          f.forRange(0, left, 1, () => {
            one(f, from, to)
            f.advance(from, stepX)
            f.advance(to, stepOut)
          }),
      )
      f.advance(x, rowX)
      f.advance(out, rowOut)
    })
  })
}

const widen: Run = (f, from, to, n) => {
  f.forRange(3, n, 4, () => {
    const four = f.let(v128.load(from))
    f.store(to, f64x2.promoteLowF32x4(four))
    f.store(to, f64x2.promoteLowF32x4(f32x4.shuffle(four, four, [2, 3, 2, 3])), 16)
    f.advance(from, 16)
    f.advance(to, 32)
  })
  f.forRange(0, i32.and(n, 3), 1, () => {
    f.store(to, f64.promoteF32(f32.load(from)))
    f.advance(from, 4)
    f.advance(to, 8)
  })
}

const narrow: Run = (f, from, to, n) => {
  f.forRange(3, n, 4, () => {
    const low = f32x4.demoteF64x2Zero(v128.load(from))
    const high = f32x4.demoteF64x2Zero(v128.load(from, 16))
    f.store(to, f32x4.shuffle(low, high, [0, 1, 4, 5]))
    f.advance(from, 32)
    f.advance(to, 16)
  })
  f.forRange(0, i32.and(n, 3), 1, () => {
    f.store(to, f32.demoteF64(f64.load(from)))
    f.advance(from, 8)
    f.advance(to, 4)
  })
}

/** Tile by tile, each in blocks of 4 × 4; what is left of rows and columns one number at a time. */
function transposeKernel(module: Module): void {
  module.function('transpose4', { params: copyParameters }, (f, { rows, n, x, stepX, out, rowOut }) => {
    const least = (a: Local<'i32'>, limit: number): void => f.if(i32.gtS(a, limit), () => f.set(a, limit))
    f.forRange(0, rows, TILE, (r0) => {
      const height = f.let(i32.sub(rows, r0))
      least(height, TILE)
      f.forRange(0, n, TILE, (i0) => {
        const width = f.let(i32.sub(n, i0))
        least(width, TILE)
        f.forRange(0, height, 4, (r) => {
          const row = f.let(i32.add(r0, r))
          const from = f.let(i32.add(i32.add(x, i32.shl(row, 2)), i32.mul(i0, stepX)))
          const to = f.let(i32.add(i32.add(out, i32.mul(row, rowOut)), i32.shl(i0, 2)))
          const done = f.local('i32')
          f.set(done, 0)
          f.if(i32.leS(i32.add(r, 4), height), () => {
            f.set(done, i32.and(width, -4))
            f.forRange(0, done, 4, () => {
              const columns = Array.from({ length: 4 }, () => {
                const column = f.let(v128.load(from))
                f.advance(from, stepX)
                return column
              }) as [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>]
              const target = f.let(to)
              for (const value of f.transpose4x4(columns)) {
                f.store(target, value)
                f.advance(target, rowOut)
              }
              f.advance(to, 16)
            })
          })
          const tall = f.let(i32.sub(height, r))
          least(tall, 4)
          f.forRange(done, width, 1, () => {
            const target = f.let(to)
            f.forRange(0, tall, 1, (i) => {
              f.store(target, i32.load(i32.add(from, i32.shl(i, 2))))
              f.advance(target, rowOut)
            })
            f.advance(from, stepX)
            f.advance(to, 4)
          })
        })
      })
    })
  })
}
