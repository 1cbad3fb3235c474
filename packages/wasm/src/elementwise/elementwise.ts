// Kernels that map one or two arrays to another of the same shape, number by number, over rows of any strides.
//
//   map:  out[r, i] ← F(x[r, i])          zip:  out[r, i] ← F(a[r, i], b[r, i])          r < rows, i < n
//
// Rows whose numbers are contiguous (or, in zip, all the same: step 0) run in vectors; others one number at a time.
import { type Expr, type FunctionBuilder, type Local, Module, i32, v128 } from '../assembler/assembler.ts'
import type { Precision } from '../matmul/tile.ts'
import { type VectorBinary, type VectorUnary, approximateUnary, exactBinary, exactUnary } from './vector-functions.ts'

/** Vectors to one pass of the main loop. */
const UNROLL = 4

const mapParameters = {
  rows: 'i32',
  n: 'i32',
  x: 'i32',
  rowX: 'i32',
  stepX: 'i32',
  out: 'i32',
  rowOut: 'i32',
  stepOut: 'i32',
} as const

const zipParameters = {
  rows: 'i32',
  n: 'i32',
  a: 'i32',
  rowA: 'i32',
  stepA: 'i32',
  b: 'i32',
  rowB: 'i32',
  stepB: 'i32',
  out: 'i32',
  rowOut: 'i32',
  stepOut: 'i32',
  /** Room for 128 bytes. */
  scratch: 'i32',
} as const

/** The unary operations that there are kernels for, in the order of the module. */
export const unaryKernels = ({ bytes }: Precision): Readonly<Record<string, VectorUnary>> =>
  bytes === 4 ? { ...exactUnary, ...approximateUnary } : exactUnary

/** The binary operations that there are kernels for. */
export const binaryKernels: Readonly<Record<string, VectorBinary>> = exactBinary

/** Emits `map_<op>` and `zip_<op>` for every operation of a precision. */
export function elementwiseModule(precision: Precision, shared: boolean): Module {
  const module = new Module({ shared })
  for (const [name, operation] of Object.entries(unaryKernels(precision)))
    mapKernel(module, `map_${name}`, precision, operation)
  for (const [name, operation] of Object.entries(binaryKernels)) zipKernel(module, `zip_${name}`, precision, operation)
  return module
}

/** Calls `row` for each row, with the pointers of the row in new locals. */
function forEachRow(
  f: FunctionBuilder,
  rows: Local<'i32'>,
  pointers: readonly (readonly [start: Local<'i32'>, pitch: Local<'i32'>])[],
  row: (...at: Local<'i32'>[]) => void,
): void {
  f.forRange(0, rows, 1, () => {
    row(...pointers.map(([start]) => f.let(start)))
    for (const [start, pitch] of pointers) f.advance(start, pitch)
  })
}

/** While at least `count` numbers are left: the body, and `count` less. */
function whileLeft(f: FunctionBuilder, left: Local<'i32'>, count: number, body: () => void): void {
  f.if(i32.geS(left, count), () => {
    f.doWhile(() => {
      body()
      f.set(left, i32.sub(left, count))
      return i32.geS(left, count)
    })
  })
}

function mapKernel(module: Module, name: string, precision: Precision, operation: VectorUnary): void {
  const { bytes, lanes } = precision
  module.function(name, { params: mapParameters }, (f, { rows, n, x, rowX, stepX, out, rowOut, stepOut }) => {
    const apply = operation(f, precision)
    forEachRow(
      f,
      rows,
      [
        [x, rowX],
        [out, rowOut],
      ],
      (from, to) => {
        const left = f.let(n)
        f.if(i32.and(i32.eq(stepX, bytes), i32.eq(stepOut, bytes)), () => {
          for (const vectors of [UNROLL, 1]) {
            whileLeft(f, left, vectors * lanes, () => {
              for (let v = 0; v < vectors; v++) f.store(to, apply(f.let(v128.load(from, 16 * v))), 16 * v)
              f.advance(from, 16 * vectors)
              f.advance(to, 16 * vectors)
            })
          }
        })
        whileLeft(f, left, 1, () => {
          f.storeLane(bytes === 4 ? 32 : 64, to, apply(f.let(precision.splat(from))), 0)
          f.advance(from, stepX)
          f.advance(to, stepOut)
        })
      },
    )
  })
}

function zipKernel(module: Module, name: string, precision: Precision, operation: VectorBinary): void {
  const { bytes, lanes } = precision
  module.function(name, { params: zipParameters }, (f, p) => {
    const { rows, n, out, rowOut, stepOut, scratch } = p
    const apply = operation(f, precision)
    const runs = (step: Local<'i32'>): Expr<'i32'> => i32.or(i32.eq(step, bytes), i32.eqz(step))
    forEachRow(
      f,
      rows,
      [
        [p.a, p.rowA],
        [p.b, p.rowB],
        [out, rowOut],
      ],
      (a, b, to) => {
        const left = f.let(n)
        const inVectors = i32.and(i32.eq(stepOut, bytes), i32.and(runs(p.stepA), runs(p.stepB)))
        f.if(i32.and(inVectors, i32.geS(n, lanes)), () => {
          // A single number becomes a run of equal ones that is read again and again.
          const source = (pointer: Local<'i32'>, step: Local<'i32'>, run: number): Local<'i32'> => {
            f.if(i32.eqz(step), () => {
              const value = f.let(precision.splat(pointer))
              f.set(pointer, i32.add(scratch, run))
              for (let v = 0; v < UNROLL; v++) f.store(pointer, value, 16 * v)
            })
            return f.let(i32.mul(step, lanes))
          }
          const [startA, startB] = [f.let(a), f.let(b)]
          const [advanceA, advanceB] = [source(a, p.stepA, 0), source(b, p.stepB, 16 * UNROLL)]
          for (const vectors of [UNROLL, 1]) {
            whileLeft(f, left, vectors * lanes, () => {
              for (let v = 0; v < vectors; v++) f.store(to, apply(v128.load(a, 16 * v), v128.load(b, 16 * v)), 16 * v)
              f.advance(a, i32.mul(advanceA, vectors))
              f.advance(b, i32.mul(advanceB, vectors))
              f.advance(to, 16 * vectors)
            })
          }
          f.if(i32.eqz(p.stepA), () => f.set(a, startA))
          f.if(i32.eqz(p.stepB), () => f.set(b, startB))
        })
        whileLeft(f, left, 1, () => {
          f.storeLane(bytes === 4 ? 32 : 64, to, apply(precision.splat(a), precision.splat(b)), 0)
          f.advance(a, p.stepA)
          f.advance(b, p.stepB)
          f.advance(to, stepOut)
        })
      },
    )
  })
}
