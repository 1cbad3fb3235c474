// The matrix product on several threads: C is cut into slices of columns or rows, each a product of its own with its own work
// space. How sums are cut depends on their length only, so the number of threads does not change a bit.
import type { Heap } from '../memory/heap.ts'
import { Matmul, type MatmulKernels, type Matrix, type ProductSizes, compiledProduct } from './matmul.ts'
import type { Tile } from './tile.ts'
import type { Call, Workers } from '../threads/workers.ts'

/** Slices for each thread: more than one, so that a thread that is disturbed does fewer. */
const SLICES_PER_THREAD = 2
/** Slices begin at multiples of this many columns (a cache line, so that no two threads write one), or of rows. */
const COLUMN_UNIT = 16
const ROW_UNIT = 12
/** Calls of a slice that are sent to the threads together: their list has room for some 2,000. */
const CALLS_AT_ONCE = 1024
/** Multiply–adds below which waking threads costs more than it gains. */
const LEAST_WORK = 4e6

interface Slice {
  readonly matmul: Matmul
  readonly calls: Call[]
}

/** Whether a product is large enough to wake threads for it. */
export const isWorthThreads = ({ m, n, k }: ProductSizes): boolean => m * n * k >= LEAST_WORK

/** The matrix product on a pool's threads. */
export class ParallelMatmul {
  readonly #workers: Workers
  readonly #slices: readonly Slice[]

  constructor(heap: Heap, workers: Workers, tile: Tile) {
    this.#workers = workers
    const { rows, packStrips, packPanels } = compiledProduct(heap, tile).on(workers)!
    this.#slices = Array.from({ length: SLICES_PER_THREAD * workers.threads }, () => {
      const calls: Call[] = []
      const kernels: MatmulKernels = {
        rows: (...args) => void calls.push({ kernel: rows, args }),
        packStrips: (...args) => void calls.push({ kernel: packStrips, args }),
        packPanels: (...args) => void calls.push({ kernel: packPanels, args }),
      }
      return { matmul: new Matmul(heap, tile, kernels), calls }
    })
  }

  /** Runs the product if C has a unit stride; else gives false. See `Matmul.multiply`. */
  multiply({ m, n, k }: ProductSizes, a: Matrix, b: Matrix, c: Matrix, accumulate: boolean): boolean {
    if (k === 0 || (c.column !== 1 && c.row !== 1)) return false
    const bytes = this.#slices[0]!.matmul.tile.precision.bytes
    const count = this.#slices.length
    const byColumns = n >= m || m < ROW_UNIT * count
    const [total, unit] = byColumns ? [n, COLUMN_UNIT] : [m, ROW_UNIT]
    const width = Math.ceil(total / count / unit) * unit
    for (const [i, { matmul, calls }] of this.#slices.entries()) {
      calls.length = 0
      const start = i * width
      const size = Math.min(width, total - start)
      if (size <= 0) continue
      const [sizes, at] = byColumns
        ? [
            { m, n: size, k },
            { row: 0, column: start },
          ]
        : [
            { m: size, n, k },
            { row: start, column: 0 },
          ]
      matmul.multiply(
        sizes,
        part(a, at.row, 0, bytes),
        part(b, 0, at.column, bytes),
        part(c, at.row, at.column, bytes),
        accumulate,
      )
    }
    const longest = Math.max(...this.#slices.map(({ calls }) => calls.length))
    for (let first = 0; first < longest; first += CALLS_AT_ONCE) {
      const some = this.#slices.map(({ calls }) => calls.slice(first, first + CALLS_AT_ONCE))
      this.#workers.run(some.filter((calls) => calls.length > 0).map((calls) => ({ count: 1, calls })))
    }
    return true
  }

  /** Gives all memory but the kernels back; the object must not be used any more. */
  dispose(): void {
    for (const { matmul } of this.#slices) matmul.dispose()
  }

  /** Gives the work space back; the next product takes it anew. */
  release(): void {
    for (const { matmul } of this.#slices) matmul.release()
  }
}

const part = ({ address, row, column }: Matrix, i: number, j: number, bytes: number): Matrix => ({
  address: address + (i * row + j * column) * bytes,
  row,
  column,
})
