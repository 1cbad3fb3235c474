// The micro-kernel of the matrix product: a strip of a few rows times panels of columns, held in registers.
//
//   C[i, j] ← Σ_k A[i, k]·B[k, j]   (+ C[i, j])      for i < rows, j < n
//
// A is read one number at a time through any two strides. B is read in vectors from panels of `columns` numbers: row k of
// a panel lies `stepB` bytes behind row k − 1, the next panel `panelB` bytes behind this one, so that a row-major matrix
// is a case of it (stepB its pitch, panelB the width of a panel) and so is a packed block. C has unit column stride.
// Each sum runs over k in order, in one accumulator: the shape of the tile does not change a bit of the result.
import {
  type Expr,
  type Func,
  type FunctionBuilder,
  type Local,
  type Module,
  f32x4,
  i32,
  v128,
} from '../assembler/assembler.ts'
import type { Precision } from '../assembler/precision.ts'

/** The shape of the register tile, and how a product is added to its sum. */
export interface Tile {
  readonly precision: Precision
  /** Rows of the tallest strip. */
  readonly rows: number
  /** Vectors to a row: a panel has `vectors · lanes` columns. */
  readonly vectors: number
  /** Relaxed multiply–add (fast, rounds as the machine likes) or multiply, then add (the same bits everywhere). */
  readonly relaxed: boolean
}

/** Columns of a panel. */
export const panelColumns = ({ precision, vectors }: Tile): number => precision.lanes * vectors

/** a·b + c in the tile's arithmetic. */
export function multiplyAdd(
  { precision, relaxed }: Tile,
  a: Expr<'v128'>,
  b: Expr<'v128'>,
  c: Expr<'v128'>,
): Expr<'v128'> {
  return relaxed ? precision.relaxedMadd(a, b, c) : precision.add(c, precision.mul(a, b))
}

const stripParameters = {
  /** Terms of each sum, > 0. */
  k: 'i32',
  a: 'i32',
  /** Bytes from A[i, k] to A[i + 1, k], and to A[i, k + 1]. */
  rowA: 'i32',
  stepA: 'i32',
  b: 'i32',
  stepB: 'i32',
  panelB: 'i32',
  c: 'i32',
  /** Bytes from C[i, j] to C[i + 1, j]. */
  rowC: 'i32',
  /** Columns, > 0. */
  n: 'i32',
  /** Not 0: add to C. */
  accumulate: 'i32',
} as const

/** A strip kernel: addresses and strides in bytes. */
export type Strip = Func<typeof stripParameters, never>

/** Emits the strip kernels of 1 … `tile.rows` rows; the kernel of r rows is entry r − 1. */
export function stripKernels(module: Module, tile: Tile): Strip[] {
  return Array.from({ length: tile.rows }, (_, i) => stripKernel(module, tile, i + 1))
}

function stripKernel(module: Module, tile: Tile, rows: number): Strip {
  const { bytes, lanes } = tile.precision
  return module.function(`strip${rows}`, { params: stripParameters, exported: false }, (f, strip) => {
    const { a, rowA, b, panelB, c, n } = strip
    const sums = f.locals('v128', rows * tile.vectors)
    const rowsOfA = [a, ...f.locals('i32', rows - 1)]
    for (let i = 1; i < rows; i++) f.set(rowsOfA[i]!, i32.add(rowsOfA[i - 1]!, rowA))

    // Panels of full width, then at most one of fewer vectors.
    for (let vectors = tile.vectors; vectors >= 1; vectors--) {
      const columns = vectors * lanes
      const panel = (): void => {
        sumPanel(f, tile, strip, rowsOfA, sums, vectors)
        f.if(
          i32.geS(n, columns),
          () => storeRows(f, tile, strip, sums, rows, vectors),
          () => storeRaggedRows(f, tile, strip, sums, rows, vectors),
        )
        f.advance(b, panelB)
        f.advance(c, columns * bytes)
        f.set(n, i32.sub(n, columns))
      }
      const fewest = (vectors - 1) * lanes
      f.if(i32.gtS(n, fewest), () => {
        if (vectors < tile.vectors) return panel()
        f.doWhile(() => {
          panel()
          return i32.gtS(n, fewest)
        })
      })
    }
  })
}

type StripLocals = { readonly [K in keyof typeof stripParameters]: Local<'i32'> }

/** sums ← Σ_k A[·, k]·B[k, ·] over one panel. */
function sumPanel(
  f: FunctionBuilder,
  tile: Tile,
  { k, stepA, b, stepB }: StripLocals,
  rowsOfA: readonly Local<'i32'>[],
  sums: readonly Local<'v128'>[],
  vectors: number,
): void {
  const zero = v128.const(new Uint8Array(16))
  for (const sum of sums.slice(0, rowsOfA.length * vectors)) f.set(sum, zero)
  const pointersA = rowsOfA.map((row) => f.let(row))
  const pointerB = f.let(b)
  const left = f.let(k)
  const vectorsB = f.locals('v128', vectors)
  const scalarA = f.local('v128')
  // In this order V8 keeps rows·vectors + vectors + 1 registers alive, and no more.
  f.doWhile(() => {
    for (const [j, vectorB] of vectorsB.entries()) f.set(vectorB, v128.load(pointerB, 16 * j))
    f.advance(pointerB, stepB)
    for (const [i, pointerA] of pointersA.entries()) {
      f.set(scalarA, tile.precision.splat(pointerA))
      f.advance(pointerA, stepA)
      for (const [j, vectorB] of vectorsB.entries()) {
        const sum = sums[i * vectors + j]!
        f.set(sum, multiplyAdd(tile, scalarA, vectorB, sum))
      }
    }
    f.set(left, i32.sub(left, 1))
    return left
  })
}

/** Writes whole vectors. */
function storeRows(
  f: FunctionBuilder,
  { precision }: Tile,
  { c, rowC, accumulate }: StripLocals,
  sums: readonly Local<'v128'>[],
  rows: number,
  vectors: number,
): void {
  const write = (value: (sum: Local<'v128'>, row: Local<'i32'>, offset: number) => Expr<'v128'>): void => {
    const row = f.let(c)
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < vectors; j++) f.store(row, value(sums[i * vectors + j]!, row, 16 * j), 16 * j)
      if (i < rows - 1) f.advance(row, rowC)
    }
  }
  f.if(
    accumulate,
    () => write((sum, row, offset) => precision.add(v128.load(row, offset), sum)),
    () => write((sum) => sum),
  )
}

/** Writes all vectors but the last whole, and the first n mod lanes numbers of the last. */
function storeRaggedRows(
  f: FunctionBuilder,
  { precision }: Tile,
  { c, rowC, n, accumulate }: StripLocals,
  sums: readonly Local<'v128'>[],
  rows: number,
  vectors: number,
): void {
  const row = f.let(c)
  for (let i = 0; i < rows; i++) {
    const last = sums[i * vectors + vectors - 1]!
    const to = f.let(i32.add(row, 16 * (vectors - 1)))
    // Reading past the row's end is allowed, writing is not.
    f.if(accumulate, () => {
      for (let j = 0; j < vectors; j++) {
        const sum = sums[i * vectors + j]!
        f.set(sum, precision.add(v128.load(row, 16 * j), sum))
      }
    })
    for (let j = 0; j < vectors - 1; j++) f.store(row, sums[i * vectors + j]!, 16 * j)
    if (precision.lanes === 4) {
      f.if(i32.and(n, 2), () => {
        f.storeLane(64, to, last, 0)
        f.advance(to, 8)
        f.set(last, f32x4.shuffle(last, last, [2, 3, 2, 3]))
      })
      f.if(i32.and(n, 1), () => f.storeLane(32, to, last, 0))
    } else f.storeLane(64, to, last, 0)
    if (i < rows - 1) f.advance(row, rowC)
  }
}
