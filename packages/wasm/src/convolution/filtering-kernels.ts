// The kernels of minimal filtering: between images with their channels innermost and the points of their tiles, four
// channels at a time. T: tile, P: point, C: channels; `matrix products` over channels at each point are those of tile.ts.
//
//   image:     points[P, T, C] ← Bᵀ d B            d: the pixels under a tile
//   result:    out[pixels of T, C] ← Aᵀ m A        m: products at the points of a tile
//   planes:    the same with a bias, to channels apart from each other whose pixels are neighbours
//   gradient:  points[P, panel of C, T] ← A y Aᵀ   y: the gradient by a tile's outputs
//   filter:    points[P, …] ← G w Gᵀ, and its adjoint filterGradient: w[…] ← Gᵀ u G
//
// Kernels are made for tiles of every class: all outputs of the scheme along each axis, or one less. What is not a number, or not finite, is
// reported: the caller then takes another way, since here it spreads over a whole tile.
import { type Expr, type FunctionBuilder, type Local, Module, f32x4, i32, v128 } from '../assembler/assembler.ts'
import type { Tile } from '../matmul/tile.ts'
import { type Scheme, axisTransforms, pointsOf, sumsIn } from './axis-transforms.ts'

type Vector = Local<'v128'>

const tileParameters = {
  /** Tiles, > 0; for each bytes to its first pixel, from `pixels`. */
  tiles: 'i32',
  places: 'i32',
  pixels: 'i32',
  /** Bytes from one row of pixels to the next, and from pixel to pixel; for `planes` from channel to channel. */
  row: 'i32',
  pitch: 'i32',
  /** Vectors of channels, > 0. */
  vectors: 'i32',
  /** Point 0 of the first tile; bytes from one tile to the next, and from point to point. */
  points: 'i32',
  tileStep: 'i32',
  pointStep: 'i32',
  /** Room for the points of one tile and vector. */
  scratch: 'i32',
} as const

const resultParameters = {
  ...tileParameters,
  /** A number that becomes 1 if a result is not finite. */
  alarm: 'i32',
} as const

const planesParameters = {
  ...resultParameters,
  /** A number for each channel. */
  bias: 'i32',
} as const

const gradientParameters = {
  ...tileParameters,
  /** Bytes from one panel of channels to the next. */
  panelStep: 'i32',
} as const

const filterParameters = {
  /** Vectors, > 0. */
  vectors: 'i32',
  from: 'i32',
  /** Bytes from one element of the filter, or one point, to the next. */
  fromStep: 'i32',
  to: 'i32',
  toStep: 'i32',
  scratch: 'i32',
  alarm: 'i32',
} as const

/** Outputs of a tile along both axes: the class that it belongs to. */
export type TileClass = `${number}x${number}`

/** The kernels of the module. */
export type FilteringKernel =
  | `image${TileClass}`
  | `result${TileClass}`
  | `planes${TileClass}`
  | `gradient${TileClass}`
  | 'filter'
  | 'filterGradient'

/** Bytes of scratch memory that a kernel needs. */
export const SCRATCH_BYTES = 576

/** Emits all kernels of a scheme. */
export function filteringModule(scheme: Scheme, tile: Tile, shared: boolean): Module {
  const module = new Module({ shared })
  const sides = [scheme.outputs, scheme.outputs - 1]
  for (const height of sides) {
    for (const width of sides) {
      image(module, scheme, tile, height, width)
      result(module, scheme, tile, height, width)
      planes(module, scheme, tile, height, width)
      gradient(module, scheme, tile, height, width)
    }
  }
  filter(module, scheme, tile, 'filter')
  filter(module, scheme, tile, 'filterGradient')
  return module
}

/** `height` pointers, `step` bytes apart. */
function pointers(f: FunctionBuilder, first: Local<'i32'>, step: Local<'i32'>, count: number): Local<'i32'>[] {
  const all = [f.let(first)]
  while (all.length < count) all.push(f.let(i32.add(all.at(-1)!, step)))
  return all
}

/** A transform along the columns of a matrix whose columns `read` gives, into the scratch memory: row by row, `columns` wide. */
function alongColumns(
  f: FunctionBuilder,
  columns: number,
  scratch: Local<'i32'>,
  read: (column: number) => Vector[],
  transform: (column: readonly Vector[]) => Vector[],
): void {
  for (let j = 0; j < columns; j++)
    for (const [i, value] of transform(read(j)).entries()) f.store(scratch, value, 16 * (i * columns + j))
}

const readRow = (f: FunctionBuilder, scratch: Local<'i32'>, row: number, columns: number): Vector[] =>
  Array.from({ length: columns }, (_, j) => f.let(v128.load(scratch, 16 * (row * columns + j))))

function image(module: Module, scheme: Scheme, { relaxed }: Tile, height: number, width: number): void {
  const { image: transform, constants } = axisTransforms(scheme)
  const [rows, columns] = [pointsOf({ ...scheme, outputs: height }), pointsOf({ ...scheme, outputs: width })]
  module.function(`image${height}x${width}`, { params: tileParameters }, (f, p) => {
    const sums = sumsIn(f, relaxed, constants)
    f.repeat(p.tiles, () => {
      const at = f.let(i32.add(p.pixels, i32.load(p.places)))
      const to = f.let(p.points)
      const left = f.let(p.vectors)
      f.repeat(left, () => {
        const lines = pointers(f, at, p.row, rows)
        const read = (column: number): Vector[] =>
          lines.map((line) => {
            const value = f.let(v128.load(line))
            if (column < columns - 1) f.advance(line, p.pitch)
            return value
          })
        alongColumns(f, columns, p.scratch, read, (column) => transform(sums, column))
        const point = f.let(to)
        for (let i = 0; i < rows; i++) {
          for (const value of transform(sums, readRow(f, p.scratch, i, columns))) {
            f.store(point, value)
            f.advance(point, p.pointStep)
          }
          // a class without the last point leaves its place out
          for (let j = columns; j < pointsOf(scheme); j++) f.advance(point, p.pointStep)
        }
        f.advance(at, 16)
        f.advance(to, 16)
      })
      f.advance(p.points, p.tileStep)
      f.advance(p.places, 4)
    })
  })
}

function result(module: Module, scheme: Scheme, tile: Tile, height: number, width: number): void {
  module.function(`result${height}x${width}`, { params: resultParameters }, (f, p) => {
    const watch = watchIn(f, tile, p.alarm)
    const rowsOf = resultsIn(f, scheme, tile, height, width, p)
    f.repeat(p.tiles, () => {
      const to = f.let(i32.add(p.pixels, i32.load(p.places)))
      const from = f.let(p.points)
      const left = f.let(p.vectors)
      f.repeat(left, () => {
        const line = f.let(to)
        rowsOf(from, (values) => {
          const pixel = f.let(line)
          watch.see(values)
          for (const value of values) {
            f.store(pixel, value)
            f.advance(pixel, p.pitch)
          }
          f.advance(line, p.row)
        })
        f.advance(to, 16)
        f.advance(from, 16)
      })
      f.advance(p.points, p.tileStep)
      f.advance(p.places, 4)
    })
    watch.report()
  })
}

/** Tiles whose points of four vectors stay in the first-level cache: neighbours, whose pixels share cache lines. */
const NEIGHBOURS = 8

function planes(module: Module, scheme: Scheme, tile: Tile, height: number, width: number): void {
  module.function(`planes${height}x${width}`, { params: planesParameters }, (f, p) => {
    const watch = watchIn(f, tile, p.alarm)
    const rowsOf = resultsIn(f, scheme, tile, height, width, p)
    const own = f.local('i32')
    f.doWhile(() => {
      f.set(own, p.tiles)
      f.if(i32.gtS(own, NEIGHBOURS), () => f.set(own, NEIGHBOURS))
      const vector = f.let(p.points)
      const channels = f.let(p.pixels)
      const bias = f.let(p.bias)
      const vectors = f.let(p.vectors)
      f.repeat(vectors, () => {
        const constants = f.let(v128.load(bias))
        const places = f.let(p.places)
        const from = f.let(vector)
        const left = f.let(own)
        f.repeat(left, () => {
          const lines = pointers(f, f.let(i32.add(channels, i32.load(places))), p.pitch, 4)
          rowsOf(from, (values) => {
            watch.see(values)
            const [a, b, c, d] = Array.from({ length: 4 }, (_, j) => f32x4.add(values[j] ?? values[0]!, constants))
            for (const [i, channel] of f.transpose4x4([a!, b!, c!, d!]).entries()) {
              storeFirst(f, lines[i]!, channel, width)
              f.advance(lines[i]!, p.row)
            }
          })
          f.advance(places, 4)
          f.advance(from, p.tileStep)
        })
        f.advance(channels, i32.shl(p.pitch, 2))
        f.advance(bias, 16)
        f.advance(vector, 16)
      })
      f.advance(p.places, i32.shl(own, 2))
      f.advance(p.points, i32.mul(own, p.tileStep))
      f.set(p.tiles, i32.sub(p.tiles, own))
      return p.tiles
    })
    watch.report()
  })
}

/** The first `count` numbers of a vector. */
function storeFirst(f: FunctionBuilder, to: Local<'i32'>, value: Vector, count: number): void {
  if (count === 4) return f.store(to, value)
  if (count >= 2) f.storeLane(64, to, value, 0)
  if (count % 2 === 1) f.storeLane(32, to, value, count - 1, 4 * (count - 1))
}

type TileLocals = { readonly [K in keyof typeof tileParameters]: Local<'i32'> }

/** Transforms a vector of one tile's points, and hands out the rows of outputs. */
function resultsIn(
  f: FunctionBuilder,
  scheme: Scheme,
  { relaxed }: Tile,
  height: number,
  width: number,
  { pointStep, scratch }: TileLocals,
): (from: Local<'i32'>, take: (row: readonly Vector[]) => void) => void {
  const { result: transform, constants } = axisTransforms(scheme)
  const [rows, columns] = [pointsOf({ ...scheme, outputs: height }), pointsOf({ ...scheme, outputs: width })]
  const sums = sumsIn(f, relaxed, constants)
  const rowStep = f.let(i32.mul(pointStep, pointsOf(scheme)))
  return (from, take) => {
    const lines = pointers(f, from, rowStep, rows)
    const read = (column: number): Vector[] =>
      lines.map((line) => {
        const value = f.let(v128.load(line))
        if (column < columns - 1) f.advance(line, pointStep)
        return value
      })
    alongColumns(f, columns, scratch, read, (column) => transform(sums, column))
    for (let i = 0; i < height; i++) take(transform(sums, readRow(f, scratch, i, columns)))
  }
}

function gradient(module: Module, scheme: Scheme, { relaxed, vectors: wide }: Tile, height: number, width: number) {
  const { gradient: transform, constants } = axisTransforms(scheme)
  const [rows, columns] = [pointsOf({ ...scheme, outputs: height }), width]
  module.function(`gradient${height}x${width}`, { params: gradientParameters }, (f, p) => {
    const sums = sumsIn(f, relaxed, constants)
    f.repeat(p.tiles, () => {
      const at = f.let(i32.add(p.pixels, i32.load(p.places)))
      const to = f.let(p.points)
      const left = f.let(p.vectors)
      const inPanel = f.local('i32')
      f.set(inPanel, wide)
      f.repeat(left, () => {
        const lines = pointers(f, at, p.row, height)
        const read = (column: number): Vector[] =>
          lines.map((line) => {
            const value = f.let(v128.load(line))
            if (column < columns - 1) f.advance(line, p.pitch)
            return value
          })
        alongColumns(f, columns, p.scratch, read, (column) => transform(sums, column))
        const point = f.let(to)
        for (let i = 0; i < rows; i++) {
          for (const value of transform(sums, readRow(f, p.scratch, i, columns))) {
            f.store(point, value)
            f.advance(point, p.pointStep)
          }
          for (let j = pointsOf({ ...scheme, outputs: width }); j < pointsOf(scheme); j++) f.advance(point, p.pointStep)
        }
        f.advance(at, 16)
        f.advance(to, 16)
        f.set(inPanel, i32.sub(inPanel, 1))
        f.if(i32.eqz(inPanel), () => {
          f.advance(to, i32.sub(p.panelStep, 16 * wide))
          f.set(inPanel, wide)
        })
      })
      f.advance(p.points, p.tileStep)
      f.advance(p.places, 4)
    })
  })
}

/** `filter` (elements to points) or `filterGradient` (back), vector by vector of contiguous arrays. */
function filter(module: Module, scheme: Scheme, tile: Tile, name: 'filter' | 'filterGradient'): void {
  const { [name]: transform, constants } = axisTransforms(scheme)
  const [size, rows] = name === 'filter' ? [scheme.taps, pointsOf(scheme)] : [pointsOf(scheme), scheme.taps]
  module.function(name, { params: filterParameters }, (f, p) => {
    const sums = sumsIn(f, tile.relaxed, constants)
    const watch = watchIn(f, tile, p.alarm)
    f.repeat(p.vectors, () => {
      const lines = pointers(f, p.from, f.let(i32.mul(p.fromStep, size)), size)
      const read = (column: number): Vector[] =>
        lines.map((line) => {
          const value = f.let(v128.load(line))
          if (column < size - 1) f.advance(line, p.fromStep)
          return value
        })
      alongColumns(f, size, p.scratch, read, (column) => transform(sums, column))
      const to = f.let(p.to)
      for (let i = 0; i < rows; i++) {
        const values = transform(sums, readRow(f, p.scratch, i, size))
        if (name === 'filterGradient') watch.see(values)
        for (const value of values) {
          f.store(to, value)
          f.advance(to, p.toStep)
        }
      }
      f.advance(p.from, 16)
      f.advance(p.to, 16)
    })
    watch.report()
  })
}

/** Sees values, and sets the alarm if one of them was not finite: 0·(their sum) is then not a number. */
function watchIn(f: FunctionBuilder, { precision, relaxed }: Tile, alarm: Local<'i32'>) {
  const zero = f.let(v128.const(new Uint8Array(16)))
  const sum = f.let(v128.const(new Uint8Array(16)))
  return {
    see: (values: readonly Vector[]): void => {
      const all = values.slice(1).reduce<Expr<'v128'>>((a, b) => f32x4.add(a, b), values[0]!)
      f.set(sum, relaxed ? precision.relaxedMadd(all, zero, sum) : f32x4.add(sum, f32x4.mul(all, zero)))
    },
    report: (): void => f.if(v128.anyTrue(f32x4.ne(sum, sum)), () => f.store(alarm, i32.const(1))),
  }
}
