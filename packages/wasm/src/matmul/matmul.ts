// The matrix product C ← A·B (+ C) on matrices of any strides in the heap: blocks of B are packed so that they stay in the
// second-level cache, strips of A stream past them, tiles of C live in registers (tile.ts).
// Source: Goto & van de Geijn, "Anatomy of high-performance matrix multiplication" (2008), with the roles of A and B
// exchanged: a strip of A is small enough for the first-level cache, and needs no packing when its rows are contiguous.
import { Compiled } from '../threads/compiled.ts'
import { Module, i32, select } from '../assembler/assembler.ts'
import type { Address, Heap } from '../memory/heap.ts'
import { forEachStrip, packPanels, packStrips, packedBytes } from './packing.ts'
import { type Tile, panelColumns, stripKernels } from './tile.ts'

/** A matrix in the heap: the address of its first element in bytes, and its strides in elements. */
export interface Matrix {
  readonly address: Address
  /** From one row to the next. */
  readonly row: number
  /** From one column to the next. */
  readonly column: number
}

/** The sizes of a product: C is m × n, A is m × k, B is k × n. */
export interface ProductSizes {
  readonly m: number
  readonly n: number
  readonly k: number
}

/** A block of B to be written as panels: rows k0 … k0 + k − 1, columns j0 … j0 + n − 1 (n ≤ the room asked for). */
export interface PanelBlock {
  readonly k0: number
  readonly k: number
  readonly j0: number
  readonly n: number
  /** Where: panel ⌊j / columns⌋, then row, then j mod columns, and zeros where the last panel has no column. */
  readonly to: Address
}

/** Terms of a sum that are done in one go; how sums are cut depends on their length only, and so do the results' bits. */
const DEPTH = 384
/** Bytes of packed B that should stay in the second-level cache. */
const BLOCK_BYTES = 384 * 1024
/** B is read in place where it is at most this large, or is used by at most so many rows. */
const DIRECT_BYTES = 32 * 1024
const DIRECT_ROWS = 24
/** Rows of A that are packed at a time. */
const PACKED_ROWS = 48
/** Bytes of C that stay in the cache from one part of a long sum to the next. */
const RESULT_BYTES = 256 * 1024

/** Panels of B, packed or a row-major matrix as it lies: bytes from row to row and from panel to panel. */
interface Panels {
  readonly address: Address
  readonly step: number
  readonly panel: number
}

/** The functions of `matmulModule`: addresses and strides in bytes. */
export interface MatmulKernels {
  rows(
    m: number,
    n: number,
    k: number,
    a: number,
    rowA: number,
    stepA: number,
    b: number,
    stepB: number,
    panelB: number,
    c: number,
    rowC: number,
    accumulate: number,
    packedA: number,
  ): void
  packStrips(m: number, k: number, a: number, rowA: number, stepA: number, to: number): void
  packPanels(k: number, n: number, b: number, rowB: number, stepB: number, to: number): void
}

/** Emits the module of the matrix product for a tile: `rows` (all strips of A against one block of B) and `packPanels`. */
export function matmulModule(tile: Tile, shared: boolean): Module {
  const module = new Module({ shared })
  const strips = stripKernels(module, tile)
  packStrips(module, tile)
  packPanels(module, tile)
  const { bytes } = tile.precision
  module.function(
    'rows',
    {
      params: {
        m: 'i32',
        n: 'i32',
        k: 'i32',
        a: 'i32',
        rowA: 'i32',
        stepA: 'i32',
        b: 'i32',
        stepB: 'i32',
        panelB: 'i32',
        c: 'i32',
        rowC: 'i32',
        accumulate: 'i32',
        packedA: 'i32',
      },
    },
    (f, { m, n, k, a, rowA, stepA, b, stepB, panelB, c, rowC, accumulate, packedA }) => {
      const stripA = f.let(select(packedA, i32.mul(k, bytes), rowA))
      f.if(packedA, () => f.set(rowA, bytes))
      forEachStrip(f, tile, m, (rows) => {
        f.if(packedA, () => f.set(stepA, i32.mul(rows, bytes)))
        f.block((done) => {
          for (const [i, strip] of strips.entries()) {
            f.if(i32.eq(rows, i + 1), () => {
              f.call(strip, { k, a, rowA, stepA, b, stepB, panelB, c, rowC, n, accumulate })
              f.br(done)
            })
          }
        })
        f.advance(a, i32.mul(rows, stripA))
        f.advance(c, i32.mul(rows, rowC))
      })
    },
  )
  return module
}

/** The largest part when `total` is cut into equal parts of at most `most`, rounded up to a multiple of `unit`. */
const part = (total: number, most: number, unit: number): number =>
  Math.ceil(total / Math.ceil(total / Math.max(most, unit)) / unit) * unit

/** The kernels of a tile, compiled. */
export const compiledProduct = (heap: Heap, tile: Tile): Compiled<keyof MatmulKernels> =>
  new Compiled(heap, matmulModule(tile, heap.shared))

/** The matrix product on one heap, for one tile. Not for two threads at a time: each has its own. */
export class Matmul {
  readonly tile: Tile
  readonly #heap: Heap
  readonly #kernels: MatmulKernels
  #packed: Address = 0
  #packedBytes = 0
  readonly #packedA: Address

  /** `kernels` may note down the calls for other threads; without it they run at once. */
  constructor(
    heap: Heap,
    tile: Tile,
    kernels: MatmulKernels = compiledProduct(heap, tile).own as unknown as MatmulKernels,
  ) {
    this.tile = tile
    this.#heap = heap
    this.#kernels = kernels
    this.#packedA = heap.allocateUnscoped(PACKED_ROWS * DEPTH * tile.precision.bytes)
  }

  /** Gives the work space back; the next product takes it anew. */
  release(): void {
    if (this.#packed !== 0) this.#heap.free(this.#packed)
    this.#packed = this.#packedBytes = 0
  }

  /** Gives all memory back; the object must not be used any more. */
  dispose(): void {
    this.release()
    this.#heap.free(this.#packedA)
  }

  /** C ← A·B (+ C if `accumulate`). C overlaps neither A nor B. Throws `OutOfMemoryError` if the work space does not fit. */
  multiply(sizes: ProductSizes, a: Matrix, b: Matrix, c: Matrix, accumulate = false): void {
    const { m, n, k } = sizes
    if (m === 0 || n === 0) return
    if (k === 0) {
      if (!accumulate) this.#clear(m, n, c)
    } else if (c.column === 1 || n === 1) this.#multiply(sizes, a, n === 1 ? { ...b, column: 1 } : b, c, accumulate)
    else if (c.row === 1 || m === 1)
      this.multiply({ m: n, n: m, k }, transpose(b), transpose(a), transpose(c), accumulate)
    else this.#scatter(sizes, a, b, c, accumulate)
  }

  /**
   * C ← A·B (+ C), where B is never stored: `pack` writes the panels of each block when it is needed. C has unit column
   * stride.
   */
  multiplyPanels(
    sizes: ProductSizes,
    a: Matrix,
    pack: (block: PanelBlock) => void,
    c: Matrix,
    accumulate = false,
  ): void {
    const { m, n, k } = sizes
    const { bytes } = this.tile.precision
    const columns = panelColumns(this.tile)
    const depth = part(k, DEPTH, 1)
    const width = part(n, Math.floor(BLOCK_BYTES / (depth * bytes)), columns)
    const height = part(m, Math.floor(RESULT_BYTES / (Math.min(n, width) * bytes)), this.tile.rows)
    // Several blocks deep while they fit, so that a tile of C is finished before the next one is begun.
    const room = packedBytes(this.tile, depth, width)
    const blocks = Math.min(Math.ceil(k / depth), Math.max(1, Math.floor(BLOCK_BYTES / room)))
    const packed = this.#reserve(blocks * room)
    for (let j0 = 0; j0 < n; j0 += width) {
      const wide = Math.min(width, n - j0)
      for (let first = 0; first < k; first += blocks * depth) {
        const last = Math.min(k, first + blocks * depth)
        const blockAt = (k0: number): Address => packed + ((k0 - first) / depth) * room
        for (let k0 = first; k0 < last; k0 += depth)
          pack({ k0, k: Math.min(depth, k - k0), j0, n: wide, to: blockAt(k0) })
        for (let i0 = 0; i0 < m; i0 += height) {
          for (let k0 = first; k0 < last; k0 += depth) {
            const block = { m: Math.min(height, m - i0), n: wide, k: Math.min(depth, k - k0) }
            const panels = { address: blockAt(k0), step: columns * bytes, panel: columns * bytes * block.k }
            this.#rows(block, offset(a, i0, k0, bytes), panels, offset(c, i0, j0, bytes), accumulate || k0 > 0)
          }
        }
      }
    }
  }

  #multiply(sizes: ProductSizes, a: Matrix, b: Matrix, c: Matrix, accumulate: boolean): void {
    const { m, n, k } = sizes
    const { bytes } = this.tile.precision
    if (b.column === 1 && (k * n * bytes <= DIRECT_BYTES || m <= DIRECT_ROWS)) {
      const depth = part(k, DEPTH, 1)
      for (let k0 = 0; k0 < k; k0 += depth) {
        const panels = {
          address: b.address + k0 * b.row * bytes,
          step: b.row * bytes,
          panel: panelColumns(this.tile) * bytes,
        }
        this.#rows({ m, n, k: Math.min(depth, k - k0) }, offset(a, 0, k0, bytes), panels, c, accumulate || k0 > 0)
      }
    } else {
      const pack = ({ k0, k, j0, n, to }: PanelBlock): void =>
        this.#kernels.packPanels(k, n, offset(b, k0, j0, bytes).address, b.row * bytes, b.column * bytes, to)
      this.multiplyPanels(sizes, a, pack, c, accumulate)
    }
  }

  /** All rows of A against panels of B, at most `DEPTH` deep. */
  #rows({ m, n, k }: ProductSizes, a: Matrix, b: Panels, c: Matrix, accumulate: boolean): void {
    const { bytes } = this.tile.precision
    const add = accumulate ? 1 : 0
    const rowC = c.row * bytes
    if (a.column === 1 || n <= panelColumns(this.tile)) {
      this.#kernels.rows(
        m,
        n,
        k,
        a.address,
        a.row * bytes,
        a.column * bytes,
        b.address,
        b.step,
        b.panel,
        c.address,
        rowC,
        add,
        0,
      )
      return
    }
    for (let i0 = 0; i0 < m; i0 += PACKED_ROWS) {
      const rows = Math.min(PACKED_ROWS, m - i0)
      this.#kernels.packStrips(rows, k, offset(a, i0, 0, bytes).address, a.row * bytes, a.column * bytes, this.#packedA)
      this.#kernels.rows(
        rows,
        n,
        k,
        this.#packedA,
        0,
        0,
        b.address,
        b.step,
        b.panel,
        offset(c, i0, 0, bytes).address,
        rowC,
        add,
        1,
      )
    }
  }

  /** A product whose C has no unit stride: through a matrix that has. */
  #scatter(sizes: ProductSizes, a: Matrix, b: Matrix, c: Matrix, accumulate: boolean): void {
    const { m, n } = sizes
    this.#heap.scope(() => {
      const result = this.#heap.allocate(m * n * this.tile.precision.bytes)
      this.#multiply(sizes, a, b, { address: result, row: n, column: 1 }, false)
      const [from, to] = [this.#numbers(), this.#numbers()]
      this.#each(m, n, c, (at, index) => (to[at] = from[this.#index(result) + index]! + (accumulate ? to[at]! : 0)))
    })
  }

  #clear(m: number, n: number, c: Matrix): void {
    const numbers = this.#numbers()
    this.#each(m, n, c, (at) => (numbers[at] = 0))
  }

  #each(m: number, n: number, c: Matrix, visit: (at: number, index: number) => void): void {
    const start = this.#index(c.address)
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) visit(start + i * c.row + j * c.column, i * n + j)
  }

  #index(address: Address): number {
    return address / this.tile.precision.bytes
  }

  #numbers(): Float32Array | Float64Array {
    const { buffer } = this.#heap.memory
    return this.tile.precision.bytes === 4 ? new Float32Array(buffer) : new Float64Array(buffer)
  }

  #reserve(bytes: number): Address {
    if (bytes > this.#packedBytes) {
      this.release()
      this.#packed = this.#heap.allocateUnscoped(bytes)
      this.#packedBytes = bytes
    }
    return this.#packed
  }
}

const transpose = ({ address, row, column }: Matrix): Matrix => ({ address, row: column, column: row })

const offset = ({ address, row, column }: Matrix, i: number, j: number, bytes: number): Matrix => ({
  address: address + (i * row + j * column) * bytes,
  row,
  column,
})
