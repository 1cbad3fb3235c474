// One long Fourier transform, n = n1·n2, with vectors running across it: columns of n1 points, twiddle factors, a transposition
// four by four, then rows of n2 points whose results come out in order. Where n1 or n2 is no multiple of four, the last four
// overlap those before.
// Source: Bailey, "FFTs in external or hierarchical memory" (1990).
import { type Expr, type FunctionBuilder, type Local, i32, v128, f32x4 } from '../assembler/assembler.ts'
import type { Sign } from './butterflies.ts'
import { emitLine, scratchBytes } from './codelet.ts'
import type { Kernels } from './kernels.ts'
import type { Kernel } from '../threads/compiled.ts'
import type { Complex, Vectors } from './vectors.ts'
import { type ImagOffset, QUAD, loadFour, loadQuad, storeFour, storeQuad } from './layout.ts'

/** Longer lines do not stay in the caches with their work space: they are read in few streams. */
const IN_CACHE = 16384
const STREAMS = 32

/** Longer transforms have no table with a factor for each number. */
const MOST_FACTORS = 16384

/** Longer rows do not stay in the caches with their work space. */
const LONGEST_ROW = 2048

/**
 * n1·n2 = n, both at least 4: as equal as possible with n1 ≤ n2, but for lines beyond the caches n1 is near 32. Multiples of
 * four come first. Null if there are none.
 */
export function foursteps(n: number): readonly [number, number] | null {
  const all = Array.from({ length: Math.max(0, Math.floor(Math.sqrt(n)) - 3) }, (_, i) => i + 4).filter(
    (n1) => n % n1 === 0,
  )
  const whole = all.filter((n1) => n1 % 4 === 0 && (n / n1) % 4 === 0)
  const cached = (whole.length > 0 ? whole : all).filter((n1) => n / n1 <= LONGEST_ROW)
  const n1 = (n > IN_CACHE ? cached.find((first) => first >= STREAMS) : undefined) ?? cached.at(-1) ?? all.at(-1)
  return n1 === undefined ? null : [n1, n / n1]
}

/** The kernels of one length, and the work space that they share. */
export interface SinglePlan {
  /** kernel(source, between, line, scratch) */
  readonly columns: Kernel
  /** kernel(between, target, scratch) */
  readonly rows: Kernel
  readonly betweenBytes: number
  readonly lineBytes: number
  readonly scratchBytes: number
}

/** Plans a transform of n1·n2 complex numbers that lie side by side. */
export function singlePlan(
  kernels: Kernels,
  [n1, n2]: readonly [number, number],
  sign: Sign,
  imag: ImagOffset,
  outImag: ImagOffset,
): SinglePlan {
  const size = imag === 4 ? 8 : 4
  const side: ColumnSource = {
    name: `${imag}`,
    step: n2 * size,
    element: size,
    load: (v, at, i) => loadFour(v, at, i * n2 * size, imag),
  }
  return {
    columns: columnKernel(kernels, n1, n2, sign, side),
    rows: rowKernel(kernels, n1, n2, sign, outImag),
    ...singleBytes([n1, n2]),
  }
}

/** Work space of a transform of n1·n2 numbers. */
export const singleBytes = ([n1, n2]: readonly [number, number]): Omit<SinglePlan, 'columns' | 'rows'> => ({
  betweenBytes: Math.ceil(n1 / 4) * rowBytes(n2),
  lineBytes: n1 * QUAD,
  scratchBytes: Math.max(scratchBytes(n1), scratchBytes(n2)),
})

/** Where the first pass reads: i·step bytes behind the pointer lies element i of four neighbouring columns. */
export interface ColumnSource {
  readonly name: string
  readonly step: number
  /** Bytes from a column to the next. */
  readonly element: number
  readonly load: (v: Vectors, at: Local<'i32'>, i: number) => Complex
}

/** Bytes of the n2 elements of four rows; not a power of two. */
export const rowBytes = (n2: number): number => (n2 + 2) * QUAD

/** Where the fours begin that n elements are done in. */
const foursOf = (n: number): number[] => Array.from({ length: Math.ceil(n / 4) }, (_, i) => Math.min(4 * i, n - 4))

/** Moves pointers on by four elements of the given sizes; to the last four of n elements when two are `left`. */
function nextFour(
  f: FunctionBuilder,
  n: number,
  left: Local<'i32'>,
  pointers: readonly [Local<'i32'>, number][],
): void {
  for (const [pointer, size] of pointers) f.advance(pointer, 4 * size)
  if (n % 4 === 0) return
  f.if(i32.eq(left, 2), () => {
    for (const [pointer, size] of pointers) f.advance(pointer, ((n % 4) - 4) * size)
  })
}

/** kernel(source, between, line, scratch): columns of n1 points, turned, and brought into lanes for the rows. */
export function columnKernel(kernels: Kernels, n1: number, n2: number, sign: Sign, side: ColumnSource): Kernel {
  // a factor for each number where the table stays in the caches; else the fours share one, turned on lane by lane
  const isWhole = n1 * n2 <= MOST_FACTORS
  const twiddles = isWhole
    ? kernels.table(`single factors ${n1}·${n2} ${sign}`, () => factorTable(n1, n2, sign))
    : kernels.table(`single twiddles ${n1}·${n2} ${sign}`, () => twiddleTable(n1, n2, sign))
  const lanes = isWhole ? 0 : kernels.table(`single lanes ${n1}·${n2} ${sign}`, () => laneTable(n1, n2, sign))
  return kernels.kernel(
    `single columns ${n1}·${n2} ${sign} ${side.name}`,
    4,
    (v, [source, between, line, scratch], f) => {
      const [from, to, left] = f.locals('i32', 3)
      const columns = f.let(i32.const(Math.ceil(n2 / 4)))
      const twiddle = f.let(i32.const(twiddles))
      const lane = f.local('i32')
      f.repeat(columns, () => {
        emitLine(v, kernels, n1, sign, {
          source,
          target: line,
          scratch,
          loadStep: side.step,
          storeStep: QUAD,
          load: (at, i) => side.load(v, at, i),
          store: (at, k, z) => storeQuad(v, at, k * QUAD, z),
        })
        f.set(from, line)
        if (!isWhole) f.set(lane, lanes)
        f.set(to, between)
        f.set(left, Math.ceil(n1 / 4))
        f.repeat(left, () => {
          v.block(() => {
            const rotated = [0, 1, 2, 3].map((k) => {
              const factor = isWhole ? v.parts(loadQuad(v, twiddle, k * QUAD)) : turnedOn(v, lane, twiddle, k)
              return v.parts(v.multiply(loadQuad(v, from, k * QUAD), factor.re, factor.im))
            })
            const parts = (part: 're' | 'im'): [Expr<'v128'>, Expr<'v128'>, Expr<'v128'>, Expr<'v128'>] =>
              rotated.map((z) => z[part]) as [Expr<'v128'>, Expr<'v128'>, Expr<'v128'>, Expr<'v128'>]
            transposed(v.keep.bind(v), parts('re')).forEach((row, i) => f.store(to, row, i * QUAD))
            transposed(v.keep.bind(v), parts('im')).forEach((row, i) => f.store(to, row, i * QUAD + 16))
          })
          nextFour(f, n1, left, [
            [from, QUAD],
            [twiddle, isWhole ? QUAD : 8],
            ...(isWhole ? [] : [[lane, QUAD] satisfies [Local<'i32'>, number]]),
          ])
          f.advance(to, rowBytes(n2))
        })
        nextFour(f, n2, columns, [
          [source, side.element],
          [between, QUAD],
        ])
      })
    },
  )
}

/** A factor that four numbers share, turned on lane by lane. */
function turnedOn(v: Vectors, lane: Local<'i32'>, twiddle: Local<'i32'>, k: number) {
  const [re, im] = [v128.load32Splat(twiddle, 8 * k), v128.load32Splat(twiddle, 8 * k + 4)]
  return v.parts(v.multiply(loadQuad(v, lane, k * QUAD), re, im))
}

function rowKernel(kernels: Kernels, n1: number, n2: number, sign: Sign, imag: ImagOffset): Kernel {
  const size = imag === 4 ? 8 : 4
  return kernels.kernel(`single rows ${n1}·${n2} ${sign} ${imag}`, 3, (v, [between, target, scratch], f) => {
    const rows = f.let(i32.const(Math.ceil(n1 / 4)))
    f.repeat(rows, () => {
      emitLine(v, kernels, n2, sign, {
        source: between,
        target,
        scratch,
        loadStep: QUAD,
        storeStep: n1 * size,
        load: (at, i) => loadQuad(v, at, i * QUAD),
        store: (at, k, z) => storeFour(v, at, k * n1 * size, imag, z),
      })
      f.advance(between, rowBytes(n2))
      nextFour(f, n1, rows, [[target, size]])
    })
  })
}

type Four = readonly [Expr<'v128'>, Expr<'v128'>, Expr<'v128'>, Expr<'v128'>]

/** Four vectors, transposed, in variables that are free again behind the block. */
function transposed(keep: (value: Expr<'v128'>) => Expr<'v128'>, [a, b, c, d]: Four): Four {
  const pair = (x: Expr<'v128'>, y: Expr<'v128'>, lanes: readonly number[]) => keep(f32x4.shuffle(x, y, lanes))
  const [abLow, cdLow] = [pair(a, b, [0, 4, 1, 5]), pair(c, d, [0, 4, 1, 5])]
  const [abHigh, cdHigh] = [pair(a, b, [2, 6, 3, 7]), pair(c, d, [2, 6, 3, 7])]
  const [low, high] = [
    [0, 1, 4, 5],
    [2, 3, 6, 7],
  ] as const
  return [pair(abLow, cdLow, low), pair(abLow, cdLow, high), pair(abHigh, cdHigh, low), pair(abHigh, cdHigh, high)]
}

/** e^{sign·2πi·k1·i2/n} for the first i2 of each four, then k1: real, imaginary. */
function twiddleTable(n1: number, n2: number, sign: Sign): Float64Array {
  const starts = foursOf(n2)
  const table = new Float64Array(2 * n1 * starts.length)
  starts.forEach((i2, four) => {
    for (let k1 = 0, at = 2 * n1 * four; k1 < n1; k1++, at += 2) {
      const angle = (sign * 2 * Math.PI * k1 * i2) / (n1 * n2)
      table[at] = Math.cos(angle)
      table[at + 1] = Math.sin(angle)
    }
  })
  return table
}

/** e^{sign·2πi·k1·i2/n} for each four i2, then k1: four real parts, four imaginary ones. */
function factorTable(n1: number, n2: number, sign: Sign): Float64Array {
  const starts = foursOf(n2)
  const table = new Float64Array(8 * n1 * starts.length)
  starts.forEach((i2, four) => {
    for (let k1 = 0, at = 8 * n1 * four; k1 < n1; k1++, at += 8) {
      for (let lane = 0; lane < 4; lane++) {
        const angle = (sign * 2 * Math.PI * k1 * (i2 + lane)) / (n1 * n2)
        table[at + lane] = Math.cos(angle)
        table[at + 4 + lane] = Math.sin(angle)
      }
    }
  })
  return table
}

/** What the other three of each four are turned by on top: e^{sign·2πi·k1·lane/n} for k1: four real parts, four imaginary. */
function laneTable(n1: number, n2: number, sign: Sign): Float64Array {
  const table = new Float64Array(8 * n1)
  for (let k1 = 0; k1 < n1; k1++) {
    for (let lane = 0; lane < 4; lane++) {
      const angle = (sign * 2 * Math.PI * k1 * lane) / (n1 * n2)
      table[8 * k1 + lane] = Math.cos(angle)
      table[8 * k1 + 4 + lane] = Math.sin(angle)
    }
  }
  return table
}
