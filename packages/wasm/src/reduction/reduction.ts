// Kernels that reduce axes of an array: sums in double precision, maxima and minima (NaN wins).
//
//   along rows:     out[c] ← Σ_r Σ_i x[c, r, i]     i contiguous: the reduced axis runs fastest
//   along columns:  out[i] ← Σ_q Σ_r x[q, r, i]     i contiguous: a kept axis runs fastest
//
// 0 and -0 are one number to `max` and `min`.
import {
  type Expr,
  type FunctionBuilder,
  type Local,
  Module,
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  i32x4,
  v128,
} from '../assembler/assembler.ts'
import type { Precision } from '../assembler/precision.ts'

/** The reductions that there are kernels for. */
export const reductions = ['sum', 'max', 'min'] as const
/** One of them. */
export type ReductionName = (typeof reductions)[number]

const rowsParameters = {
  kept: 'i32',
  keptX: 'i32',
  keptOut: 'i32',
  rows: 'i32',
  rowX: 'i32',
  n: 'i32',
  x: 'i32',
  out: 'i32',
} as const

const columnsParameters = {
  outer: 'i32',
  outerX: 'i32',
  rows: 'i32',
  rowX: 'i32',
  n: 'i32',
  x: 'i32',
  out: 'i32',
  /** Room for `COLUMN_SCRATCH` bytes. */
  scratch: 'i32',
} as const

/** Emits `rows_<op>` and `columns_<op>` for every reduction. */
export function reductionModule(precision: Precision, shared: boolean): Module {
  const module = new Module({ shared })
  for (const name of reductions) {
    const accumulation = accumulate(precision, name)
    rowsKernel(module, `rows_${name}`, precision, accumulation)
    columnsKernel(module, `columns_${name}`, precision, accumulation)
  }
  return module
}

/** How vectors are taken up by accumulators. */
interface Accumulation {
  /** What accumulators hold at first: as many as take up one vector. */
  readonly start: readonly Expr<'v128'>[]
  /** A vector in memory as terms for the accumulators. */
  readonly vector: (address: Local<'i32'>, offset: number) => readonly Expr<'v128'>[]
  /** One number in memory as such terms; lanes beside it change nothing. */
  readonly number: (address: Local<'i32'>) => readonly Expr<'v128'>[]
  /** An accumulator with one term more (or another accumulator). */
  readonly join: (accumulator: Expr<'v128'>, term: Expr<'v128'>, index: number) => Expr<'v128'>
  /** The numbers that the accumulators of one vector stand for, as a vector. */
  readonly finish: (accumulators: readonly Expr<'v128'>[]) => Expr<'v128'>
  /** All lanes of the accumulators as one number in the first lane. */
  readonly across: (f: FunctionBuilder, accumulators: readonly Local<'v128'>[]) => Expr<'v128'>
}

const accumulate = (precision: Precision, name: ReductionName): Accumulation =>
  name === 'sum' ? summation(precision) : extremum(precision, name)

const swapHalves = (x: Expr<'v128'>): Expr<'v128'> => f64x2.shuffle(x, x, [1, 0])

function summation({ bytes }: Precision): Accumulation {
  const zero = f64x2.splat(f64.const(0))
  const across = (sum: Expr<'v128'>): Expr<'v128'> => f64x2.add(sum, swapHalves(sum))
  if (bytes === 8) {
    return {
      start: [zero],
      vector: (address, offset) => [v128.load(address, offset)],
      number: (address) => [v128.load64Zero(address)],
      join: f64x2.add,
      finish: ([sum]) => sum!,
      across: (_, [sum]) => across(sum!),
    }
  }
  return {
    start: [zero, zero],
    vector: (address, offset) => [0, 8].map((half) => f64x2.promoteLowF32x4(v128.load64Zero(address, offset + half))),
    number: (address) => [f64x2.promoteLowF32x4(v128.load32Zero(address)), zero],
    join: f64x2.add,
    finish: ([low, high]) => f32x4.shuffle(f32x4.demoteF64x2Zero(low!), f32x4.demoteF64x2Zero(high!), [0, 1, 4, 5]),
    across: (f, [low, high]) => f32x4.demoteF64x2Zero(across(f.let(f64x2.add(low!, high!)))),
  }
}

/** The largest (smallest) of the numbers that are any, and whether one was none: one instruction each, where `max` takes many. */
function extremum({ bytes, splat }: Precision, name: 'max' | 'min'): Accumulation {
  const lanes = bytes === 4 ? f32x4 : f64x2
  const best = name === 'max' ? lanes.pmax : lanes.pmin
  const least = name === 'max' ? -Infinity : Infinity
  const terms = (load: Expr<'v128'>): Expr<'v128'>[] => [load, lanes.ne(load, load)]
  const finish = ([most, none]: readonly Expr<'v128'>[]): Expr<'v128'> => v128.or(most!, none!)
  return {
    start: [bytes === 4 ? f32x4.splat(f32.const(least)) : f64x2.splat(f64.const(least)), i32x4.splat(i32.const(0))],
    vector: (address, offset) => terms(v128.load(address, offset)),
    number: (address) => terms(splat(address)),
    join: (accumulator, term, index) => (index === 0 ? best(accumulator, term) : v128.or(accumulator, term)),
    finish,
    across: (f, [most, none]) => {
      const folds = bytes === 4 ? [swapHalves, (x: Expr<'v128'>) => f32x4.shuffle(x, x, [1, 0, 3, 2])] : [swapHalves]
      for (const fold of folds) {
        f.set(most!, best(most!, fold(most!)))
        f.set(none!, v128.or(none!, fold(none!)))
      }
      return finish([most!, none!])
    },
  }
}

/** accumulators ← accumulators ∘ terms. */
function take(
  f: FunctionBuilder,
  { join }: Accumulation,
  into: readonly Local<'v128'>[],
  terms: readonly Expr<'v128'>[],
): void {
  for (const [i, accumulator] of into.entries()) f.set(accumulator, join(accumulator, terms[i]!, i))
}

/** Vectors that are taken up side by side, so that additions do not wait for one another. */
const ROW_VECTORS = 4

function rowsKernel(module: Module, name: string, precision: Precision, accumulation: Accumulation): void {
  const { bytes, lanes } = precision
  const { start, vector, number, across } = accumulation
  module.function(name, { params: rowsParameters }, (f, { kept, keptX, keptOut, rows, rowX, n, x, out }) => {
    const accumulators = Array.from({ length: ROW_VECTORS }, () => f.locals('v128', start.length))
    f.forRange(0, kept, 1, () => {
      for (const of of accumulators) for (const [i, accumulator] of of.entries()) f.set(accumulator, start[i]!)
      const row = f.let(x)
      f.forRange(0, rows, 1, () => {
        const from = f.let(row)
        const left = f.let(n)
        for (const vectors of [ROW_VECTORS, 1]) {
          const count = vectors * lanes
          f.forRange(count - 1, left, count, () => {
            for (let v = 0; v < vectors; v++) take(f, accumulation, accumulators[v]!, vector(from, 16 * v))
            f.advance(from, 16 * vectors)
          })
          f.set(left, i32.and(left, count - 1))
        }
        f.forRange(0, left, 1, () => {
          take(f, accumulation, accumulators[0]!, number(from))
          f.advance(from, bytes)
        })
        f.advance(row, rowX)
      })
      for (const other of accumulators.slice(1)) take(f, accumulation, accumulators[0]!, other)
      f.storeLane(bytes === 4 ? 32 : 64, out, across(f, accumulators[0]!), 0)
      f.advance(x, keptX)
      f.advance(out, keptOut)
    })
  })
}

/** Columns that are reduced at a time: their accumulators stay in the first-level cache, their rows are read in long runs. */
const COLUMNS = 1024
/** Rows that are taken up at a time, so that accumulators are loaded and stored less often. */
const ROWS_AT_ONCE = 4
/** Bytes of the accumulators of a block of columns, in either precision. */
export const COLUMN_SCRATCH: number = COLUMNS * 16

function columnsKernel(module: Module, name: string, precision: Precision, accumulation: Accumulation): void {
  const { bytes, lanes } = precision
  const { start, vector, finish } = accumulation
  module.function(name, { params: columnsParameters }, (f, { outer, outerX, rows, rowX, n, x, out, scratch }) => {
    f.forRange(0, n, COLUMNS, (column) => {
      const width = f.let(i32.sub(n, column))
      f.if(i32.gtS(width, COLUMNS), () => f.set(width, COLUMNS))
      // The last vector may reach past the columns; what it reads there is not written.
      const forEachVector = (body: (accumulators: Local<'i32'>) => void): void => {
        const accumulators = f.let(scratch)
        f.forRange(0, width, lanes, () => {
          body(accumulators)
          f.advance(accumulators, 16 * start.length)
        })
      }
      forEachVector((at) => {
        for (const [i, value] of start.entries()) f.store(at, value, 16 * i)
      })
      const block = f.let(x)
      f.forRange(0, outer, 1, () => {
        const row = f.let(block)
        const left = f.let(rows)
        for (const count of [ROWS_AT_ONCE, 1]) {
          f.forRange(count - 1, left, count, () => {
            const pointers = Array.from({ length: count }, () => {
              const pointer = f.let(row)
              f.advance(row, rowX)
              return pointer
            })
            forEachVector((at) => {
              const accumulators = start.map((_, i) => f.let(v128.load(at, 16 * i)))
              for (const pointer of pointers) {
                take(f, accumulation, accumulators, vector(pointer, 0))
                f.advance(pointer, 16)
              }
              for (const [i, accumulator] of accumulators.entries()) f.store(at, accumulator, 16 * i)
            })
          })
          f.set(left, i32.and(left, count - 1))
        }
        f.advance(block, outerX)
      })
      const to = f.let(out)
      const left = f.let(width)
      forEachVector((at) => {
        storeFirst(f, precision, to, f.let(finish(start.map((_, i) => v128.load(at, 16 * i)))), left)
        f.advance(to, 16)
        f.set(left, i32.sub(left, lanes))
      })
      f.advance(x, COLUMNS * bytes)
      f.advance(out, COLUMNS * bytes)
    })
  })
}

/** Writes the first min(n, lanes) numbers of a vector, n > 0. */
function storeFirst(
  f: FunctionBuilder,
  { lanes }: Precision,
  to: Local<'i32'>,
  vector: Local<'v128'>,
  n: Local<'i32'>,
): void {
  const bits = lanes === 4 ? 32 : 64
  f.if(
    i32.geS(n, lanes),
    () => f.store(to, vector),
    () => {
      for (let lane = 0; lane < lanes - 1; lane++)
        f.if(i32.gtS(n, lane), () => f.storeLane(bits, to, vector, lane, (lane * bits) / 8))
    },
  )
}
