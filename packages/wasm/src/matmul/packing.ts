// Packing for the matrix product: blocks of B as panels, strips of A as columns. It only moves numbers.
//
//   panels of a block [k, n]:  panel ⌊j / columns⌋, then row k, then j mod columns; the last panel is padded with zeros
//   a strip [rows, k]:         column k, then row
import {
  type Func,
  type FunctionBuilder,
  type Local,
  type Module,
  type Operand,
  f32,
  f64,
  i32,
  v128,
} from '../assembler/assembler.ts'
import { type Precision } from '../assembler/precision.ts'
import { type Tile, panelColumns } from './tile.ts'

const panelParameters = {
  k: 'i32',
  n: 'i32',
  b: 'i32',
  /** Bytes from B[k, j] to B[k + 1, j], and to B[k, j + 1]. */
  rowB: 'i32',
  stepB: 'i32',
  to: 'i32',
} as const

/** Writes the panels of a block; `to` has room for whole panels. */
export type PackPanels = Func<typeof panelParameters, never>

/** Bytes that the packed panels of a block [k, n] take. */
export const packedBytes = (tile: Tile, k: number, n: number): number =>
  Math.ceil(n / panelColumns(tile)) * panelColumns(tile) * k * tile.precision.bytes

const number = ({ bytes }: Precision, address: Local<'i32'>) => (bytes === 4 ? f32.load(address) : f64.load(address))

/** Emits the packing of a block of B, for any strides: fast where one of them is 1 element. */
export function packPanels(module: Module, tile: Tile): PackPanels {
  const { precision } = tile
  const { bytes } = precision
  const columns = panelColumns(tile)
  const rowBytes = columns * bytes

  /** Eight rows at a time through all whole panels: long reads, and writes of a few lines each. */
  const fromRows = module.function(
    `packRows`,
    { params: { ...panelParameters, panelBytes: 'i32' }, exported: false },
    (f, p) => {
      f.forRange(0, p.k, 8, (k) => {
        const rows = f.let(i32.sub(p.k, k))
        f.if(i32.gtS(rows, 8), () => f.set(rows, 8))
        const from = f.let(p.b)
        const to = f.let(p.to)
        f.forRange(0, p.n, columns, () => {
          const source = f.let(from)
          const target = f.let(to)
          const left = f.let(rows)
          f.doWhile(() => {
            for (let j = 0; j < tile.vectors; j++) f.store(target, v128.load(source, 16 * j), 16 * j)
            f.advance(source, p.rowB)
            f.advance(target, rowBytes)
            f.set(left, i32.sub(left, 1))
            return left
          })
          f.advance(from, rowBytes)
          f.advance(to, p.panelBytes)
        })
        f.advance(p.b, i32.mul(p.rowB, 8))
        f.advance(p.to, 8 * rowBytes)
      })
    },
  )

  /** One panel, number by number; `n` ≤ columns. The rest of each row is set to zero. */
  const anyPanel = module.function('packAny', { params: panelParameters, exported: false }, (f, p) => {
    f.fill(p.to, 0, i32.mul(p.k, rowBytes))
    f.forRange(0, p.n, 1, () => {
      const source = f.let(p.b)
      const target = f.let(p.to)
      const left = f.let(p.k)
      f.doWhile(() => {
        f.store(target, number(precision, source))
        f.advance(source, p.rowB)
        f.advance(target, rowBytes)
        f.set(left, i32.sub(left, 1))
        return left
      })
      f.advance(p.b, p.stepB)
      f.advance(p.to, bytes)
    })
  })

  /** One whole panel of single precision whose columns are contiguous: transposed four by four. */
  const fromColumns = module.function('packColumns', { params: panelParameters, exported: false }, (f, p) => {
    f.forRange(0, columns / 4, 1, () => {
      const sources = [p.b, f.local('i32'), f.local('i32'), f.local('i32')] as const
      for (let j = 1; j < 4; j++) f.set(sources[j]!, i32.add(sources[j - 1]!, p.stepB))
      const next = f.let(i32.add(sources[3], p.stepB))
      const target = f.let(p.to)
      f.forRange(3, p.k, 4, () => {
        const [w, x, y, z] = f.transpose4x4([
          v128.load(sources[0]),
          v128.load(sources[1]),
          v128.load(sources[2]),
          v128.load(sources[3]),
        ])
        for (const [row, value] of [w, x, y, z].entries()) f.store(target, value, row * rowBytes)
        for (const source of sources) f.advance(source, 16)
        f.advance(target, 4 * rowBytes)
      })
      f.forRange(0, i32.and(p.k, 3), 1, () => {
        for (const [j, source] of sources.entries()) {
          f.store(target, f32.load(source), 4 * j)
          f.advance(source, 4)
        }
        f.advance(target, rowBytes)
      })
      f.set(p.b, next)
      f.advance(p.to, 16)
    })
  })

  return module.function('packPanels', { params: panelParameters }, (f, p) => {
    const { k, n, b, rowB, stepB, to } = p
    const panelBytes = f.let(i32.mul(k, rowBytes))
    const whole = f.let(i32.sub(n, i32.remU(n, columns)))
    f.if(i32.eq(stepB, bytes), () => {
      f.call(fromRows, { ...p, n: whole, panelBytes })
      f.advance(b, i32.mul(whole, stepB))
      f.advance(to, i32.mul(i32.divU(whole, columns), panelBytes))
      f.set(n, i32.sub(n, whole))
    })
    f.forRange(0, n, columns, (j) => {
      const left = f.let(i32.sub(n, j))
      f.if(i32.gtS(left, columns), () => f.set(left, columns))
      const any = (): void => f.call(anyPanel, { k, n: left, b, rowB, stepB, to })
      if (bytes === 8 || columns % 4 > 0) any()
      else
        f.if(
          i32.and(i32.eq(rowB, 4), i32.eq(left, columns)),
          () => f.call(fromColumns, { k, n: left, b, rowB, stepB, to }),
          any,
        )
      f.advance(b, i32.mul(stepB, columns))
      f.advance(to, panelBytes)
    })
  })
}

const stripParameters = { m: 'i32', k: 'i32', a: 'i32', rowA: 'i32', stepA: 'i32', to: 'i32' } as const

/** Heights of the strips that m rows are cut into, as `forEachStrip` gives them: nearly equal, none above `tile.rows`. */
export function forEachStrip(
  f: FunctionBuilder,
  tile: Tile,
  m: Local<'i32'>,
  body: (rows: Local<'i32'>) => void,
): void {
  const left = f.let(i32.divU(i32.add(m, tile.rows - 1), tile.rows))
  const rows = f.local('i32')
  f.doWhile(() => {
    f.set(rows, i32.divU(i32.add(m, i32.sub(left, 1)), left))
    body(rows)
    f.set(m, i32.sub(m, rows))
    f.set(left, i32.sub(left, 1))
    return left
  })
}

/** Writes all strips of A [m, k], m > 0, k > 0, one after the other, each as columns. */
export type PackStrips = Func<typeof stripParameters, never>

/** Emits the packing of strips of A, for any strides; fast where its columns are contiguous (a transposed matrix). */
export function packStrips(module: Module, tile: Tile): PackStrips {
  const { precision } = tile
  const { bytes, lanes } = precision
  return module.function('packStrips', { params: stripParameters }, (f, { m, k, a, rowA, stepA, to }) => {
    forEachStrip(f, tile, m, (rows) => {
      const columns = (height: Operand<'i32'>, copy: (from: Local<'i32'>) => void): void => {
        const from = f.let(a)
        const left = f.let(k)
        f.doWhile(() => {
          copy(from)
          f.advance(from, stepA)
          f.advance(to, i32.mul(height, bytes))
          f.set(left, i32.sub(left, 1))
          return left
        })
      }
      f.block((done) => {
        // Whole vectors; the last one overlaps the one before.
        for (let height = lanes; height <= tile.rows; height++) {
          f.if(i32.and(i32.eq(rows, height), i32.eq(rowA, bytes)), () => {
            const offsets = new Set(
              Array.from({ length: Math.ceil(height / lanes) }, (_, i) => Math.min(i * lanes, height - lanes) * bytes),
            )
            columns(height, (from) => {
              for (const offset of offsets) f.store(to, v128.load(from, offset), offset)
            })
            f.br(done)
          })
        }
        columns(rows, (from) => {
          const source = f.let(from)
          f.forRange(0, i32.mul(rows, bytes), bytes, (offset) => {
            f.store(i32.add(to, offset), number(precision, source))
            f.advance(source, rowA)
          })
        })
      })
      f.advance(a, i32.mul(rows, rowA))
    })
  })
}
