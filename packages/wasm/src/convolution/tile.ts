// The micro-kernels of convolution: a few pixels (or a few terms) times vectors of channels, held in registers. Images lie
// with their channels innermost; where a pixel lies is read from a table, so that one kernel serves every stride.
//
//   correlate:  out[p, o] ← Σ_runs Σ_k plane[at(p) + run + k] · weights[run, k, o]
//   outer:      out[t, o] ← out[t, o] + Σ_p plane[at(p) + t] · gradient[p, o]
//
// `correlateEach` and `outerEach` run them for a list of products: pixels, and bytes to be added to three of the addresses.
// Each sum runs over its terms in order, in one accumulator: the shape of the tile does not change a bit of the result.
import {
  type Func,
  type FunctionBuilder,
  type Local,
  Module,
  type Operand,
  f32x4,
  i32,
  v128,
} from '../assembler/assembler.ts'
import { type Tile, multiplyAdd } from '../matmul/tile.ts'

/** Terms to a pass of the innermost loops. */
const UNROLL = 4

const correlateParameters = {
  /** Pixels, > 0. */
  pixels: 'i32',
  /** For each pixel: bytes from `plane` to its window, and from `out` to its result. */
  places: 'i32',
  targets: 'i32',
  plane: 'i32',
  /** Bytes from a window's place to each run of contiguous terms; how many runs; terms in each, > 0. */
  runs: 'i32',
  runCount: 'i32',
  runLength: 'i32',
  /** Panels of `tile.vectors` vectors, all terms of one behind each other. */
  weights: 'i32',
  panelBytes: 'i32',
  out: 'i32',
  /** Vectors of channels, > 0. */
  vectors: 'i32',
} as const

const outerParameters = {
  /** Terms, > 0, contiguous at each place. */
  terms: 'i32',
  /** Pixels, > 0; for each bytes from `plane` to its first term. */
  pixels: 'i32',
  places: 'i32',
  plane: 'i32',
  /** Panels of `tile.vectors` vectors, all pixels of one behind each other. */
  gradient: 'i32',
  panelBytes: 'i32',
  out: 'i32',
  /** Bytes from one term's results to the next's. */
  rowOut: 'i32',
  vectors: 'i32',
} as const

/** A list of products: for each four integers. */
const listParameters = { products: 'i32', list: 'i32' } as const

/** Bytes of a product in such a list. */
const PRODUCT_BYTES = 16

/** The kernels of the module. */
export type ConvolutionKernel = 'correlate' | 'outer' | 'correlateEach' | 'outerEach'

/** How the channels of a result are cut. */
export interface Panels {
  /** Vectors of channels in all, and the bytes of a pixel with them. */
  readonly vectors: number
  readonly pitch: number
  readonly panels: number
  /** Bytes of a panel's row. */
  readonly panelBytes: number
}

/** Panels of a number of channels, the last one perhaps not full. */
export function panelsOf(tile: Tile, channels: number): Panels {
  const vectors = Math.ceil(channels / 4)
  return { vectors, pitch: 16 * vectors, panels: Math.ceil(vectors / tile.vectors), panelBytes: 16 * tile.vectors }
}

/** Emits `correlate` and `outer` for a tile of single precision. */
export function convolutionModule(tile: Tile, shared: boolean): Module {
  const module = new Module({ shared })
  const one = correlate(module, tile)
  const { pixels: _, ...alike } = correlateParameters
  module.function('correlateEach', { params: { ...listParameters, ...alike } }, (f, { products, list, ...p }) => {
    f.repeat(products, () => {
      const at = (word: number, base: Local<'i32'>) => i32.add(base, i32.load(list, 4 * word))
      const [plane, weights, out] = [at(1, p.plane), at(2, p.weights), at(3, p.out)]
      f.call(one, { ...p, pixels: i32.load(list), plane, weights, out })
      f.advance(list, PRODUCT_BYTES)
    })
  })
  const sum = outer(module, tile)
  const { pixels: __, ...likewise } = outerParameters
  module.function('outerEach', { params: { ...listParameters, ...likewise } }, (f, { products, list, ...p }) => {
    f.repeat(products, () => {
      const at = (word: number, base: Local<'i32'>) => i32.add(base, i32.load(list, 4 * word))
      const [plane, gradient, out] = [at(1, p.plane), at(2, p.gradient), at(3, p.out)]
      f.call(sum, { ...p, pixels: i32.load(list), plane, gradient, out })
      f.advance(list, PRODUCT_BYTES)
    })
  })
  return module
}

/** Calls `whole` for the full panels, `rest(v)` for a last one of v vectors. */
function forEachPanel(f: FunctionBuilder, tile: Tile, vectors: Local<'i32'>, panel: (vectors: number) => void): void {
  for (let v = tile.vectors; v >= 1; v--) {
    f.if(i32.geS(vectors, v), () => {
      f.doWhile(() => {
        panel(v)
        f.set(vectors, i32.sub(vectors, v))
        return v === tile.vectors ? i32.geS(vectors, v) : 0
      })
    })
  }
}

/**
 * Cuts `total` into parts that are nearly equal and at most `most`: calls `part(size, count)` for each size, larger ones first,
 * with how many parts of it there are (perhaps none).
 */
function nearlyEqual(
  f: FunctionBuilder,
  total: Local<'i32'>,
  most: number,
  part: (size: number, count: Local<'i32'>) => void,
): void {
  const parts = f.let(i32.divU(i32.add(total, most - 1), most))
  const least = f.let(i32.divU(total, parts))
  const larger = f.let(i32.sub(total, i32.mul(parts, least)))
  const count = f.local('i32')
  for (let size = most; size >= 1; size--) {
    f.set(count, 0)
    f.if(i32.eq(least, size - 1), () => f.set(count, larger))
    f.if(i32.eq(least, size), () => f.set(count, i32.sub(parts, larger)))
    f.if(count, () => part(size, count))
  }
}

const zero = v128.const(new Uint8Array(16))

function correlate(module: Module, tile: Tile) {
  const strips = Array.from({ length: tile.rows }, (_, r) =>
    Array.from({ length: tile.vectors }, (_, v) => correlateStrips(module, tile, r + 1, v + 1)),
  )
  return module.function('correlate', { params: correlateParameters }, (f, p) => {
    forEachPanel(f, tile, p.vectors, (vectors) => {
      const places = f.let(p.places)
      const targets = f.let(p.targets)
      nearlyEqual(f, p.pixels, tile.rows, (rows, count) => {
        const { plane, runs, runCount, runLength, weights, out } = p
        f.call(strips[rows - 1][vectors - 1], {
          count,
          places,
          targets,
          plane,
          runs,
          runCount,
          runLength,
          weights,
          out,
        })
        f.advance(places, i32.mul(count, 4 * rows))
        f.advance(targets, i32.mul(count, 4 * rows))
      })
      f.advance(p.weights, p.panelBytes)
      f.advance(p.out, 16 * vectors)
    })
  })
}

const correlateStripParameters = {
  count: 'i32',
  places: 'i32',
  targets: 'i32',
  plane: 'i32',
  runs: 'i32',
  runCount: 'i32',
  runLength: 'i32',
  weights: 'i32',
  out: 'i32',
} as const

/** `count` strips of `rows` pixels against one panel. */
function correlateStrips(
  module: Module,
  tile: Tile,
  rows: number,
  vectors: number,
): Func<typeof correlateStripParameters, never> {
  return module.function(
    `correlate${rows}x${vectors}`,
    { params: correlateStripParameters, exported: false },
    (f, { count, places, targets, plane, runs, runCount, runLength, weights, out }) => {
      const sums = f.locals('v128', rows * vectors)
      const windows = f.locals('i32', rows)
      const pointers = f.locals('i32', rows)
      const [b, run, left] = [f.local('i32'), f.local('i32'), f.local('i32')]
      const operands = f.locals('v128', vectors)
      const scalar = f.local('v128')
      const terms = (unroll: number): void => {
        for (let k = 0; k < unroll; k++) {
          for (const [j, operand] of operands.entries()) f.set(operand, v128.load(b, 16 * (k * tile.vectors + j)))
          for (const [i, pointer] of pointers.entries()) {
            f.set(scalar, v128.load32Splat(pointer, 4 * k))
            for (const [j, operand] of operands.entries()) {
              const sum = sums[i * vectors + j]
              f.set(sum, multiplyAdd(tile, scalar, operand, sum))
            }
          }
        }
        for (const pointer of pointers) f.advance(pointer, 4 * unroll)
        f.advance(b, 16 * tile.vectors * unroll)
        f.set(left, i32.sub(left, unroll))
      }
      f.doWhile(() => {
        for (const [i, window] of windows.entries()) f.set(window, i32.add(plane, i32.load(places, 4 * i)))
        for (const sum of sums) f.set(sum, zero)
        f.set(b, weights)
        f.set(run, runs)
        f.forRange(0, runCount, 1, () => {
          const offset = f.let(i32.load(run))
          for (const [i, pointer] of pointers.entries()) f.set(pointer, i32.add(windows[i], offset))
          f.set(left, runLength)
          loops(f, left, terms)
          f.advance(run, 4)
        })
        for (let i = 0; i < rows; i++) {
          const to = f.let(i32.add(out, i32.load(targets, 4 * i)))
          for (let j = 0; j < vectors; j++) f.store(to, sums[i * vectors + j], 16 * j)
        }
        f.advance(places, 4 * rows)
        f.advance(targets, 4 * rows)
        f.set(count, i32.sub(count, 1))
        return count
      })
    },
  )
}

/** `body(UNROLL)` while that many are left, then `body(1)`; the body takes them off `left`. */
function loops(f: FunctionBuilder, left: Local<'i32'>, body: (count: number) => void): void {
  f.if(i32.geS(left, UNROLL), () => {
    f.doWhile(() => {
      body(UNROLL)
      return i32.geS(left, UNROLL)
    })
  })
  f.if(left, () => {
    f.doWhile(() => {
      body(1)
      return left as Operand<'i32'>
    })
  })
}

function outer(module: Module, tile: Tile) {
  const strips = Array.from({ length: tile.rows }, (_, r) =>
    Array.from({ length: tile.vectors }, (_, v) => outerTile(module, tile, r + 1, v + 1)),
  )
  return module.function('outer', { params: outerParameters }, (f, p) => {
    nearlyEqual(f, p.terms, tile.rows, (rows, count) => {
      f.doWhile(() => {
        const left = f.let(p.vectors)
        const gradient = f.let(p.gradient)
        const out = f.let(p.out)
        forEachPanel(f, tile, left, (vectors) => {
          const { pixels, places, plane, rowOut } = p
          f.call(strips[rows - 1][vectors - 1], { pixels, places, plane, gradient, out, rowOut })
          f.advance(gradient, p.panelBytes)
          f.advance(out, 16 * vectors)
        })
        f.advance(p.plane, 4 * rows)
        f.advance(p.out, i32.mul(p.rowOut, rows))
        f.set(count, i32.sub(count, 1))
        return count
      })
    })
  })
}

const outerTileParameters = {
  pixels: 'i32',
  places: 'i32',
  plane: 'i32',
  gradient: 'i32',
  out: 'i32',
  rowOut: 'i32',
} as const

/** `rows` terms against one panel, over all pixels. */
function outerTile(module: Module, tile: Tile, rows: number, vectors: number): Func<typeof outerTileParameters, never> {
  return module.function(
    `outer${rows}x${vectors}`,
    { params: outerTileParameters, exported: false },
    (f, { pixels, places, plane, gradient, out, rowOut }) => {
      const sums = f.locals('v128', rows * vectors)
      const pointer = f.local('i32')
      const operands = f.locals('v128', vectors)
      const scalar = f.local('v128')
      for (const sum of sums) f.set(sum, zero)
      loops(f, pixels, (unroll) => {
        for (let k = 0; k < unroll; k++) {
          f.set(pointer, i32.add(plane, i32.load(places, 4 * k)))
          for (const [j, operand] of operands.entries())
            f.set(operand, v128.load(gradient, 16 * (k * tile.vectors + j)))
          for (let i = 0; i < rows; i++) {
            f.set(scalar, v128.load32Splat(pointer, 4 * i))
            for (const [j, operand] of operands.entries()) {
              const sum = sums[i * vectors + j]
              f.set(sum, multiplyAdd(tile, scalar, operand, sum))
            }
          }
        }
        f.advance(places, 4 * unroll)
        f.advance(gradient, 16 * tile.vectors * unroll)
        f.set(pixels, i32.sub(pixels, unroll))
      })
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < vectors; j++) f.store(out, f32x4.add(v128.load(out, 16 * j), sums[i * vectors + j]), 16 * j)
        f.advance(out, rowOut)
      }
    },
  )
}
