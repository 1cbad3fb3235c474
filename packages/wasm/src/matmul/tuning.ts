// The tile that is fastest on this engine and processor: a trial of a few milliseconds, once there is enough work to be worth it.
// The tile does not change results, so it can change at any time.
import type { Heap } from '../memory/heap.ts'
import { Matmul, type Matrix, type PanelBlock, type ProductSizes } from './matmul.ts'
import { ParallelMatmul, isWorthThreads } from './parallel-matmul.ts'
import { type Precision, single } from '../assembler/precision.ts'
import { type Tile } from './tile.ts'
import type { Workers } from '../threads/workers.ts'

/** Tiles worth trying, the safest guess first. Engines differ in how many vectors they keep in registers. */
export function candidateTiles(precision: Precision, relaxed: boolean): Tile[] {
  const shapes = relaxed
    ? [
        [6, 2],
        [4, 2],
        [5, 2],
      ]
    : [
        [4, 2],
        [5, 2],
        [3, 3],
      ]
  return shapes.map(([rows, vectors]) => ({ precision, rows: rows!, vectors: vectors!, relaxed }))
}

/** Side of the matrices that are multiplied for a trial: all in the first caches, strips of every tile of full height. */
const TRIAL_SIDE = 120
/** A tile must be this much faster than the first one to be taken. */
const MARGIN = 1.04

/** The fastest of some tiles, each tried for `milliseconds`; long enough for the engine to optimise the kernels. */
export function fastestTile(heap: Heap, tiles: readonly Tile[], milliseconds = 4): Tile {
  const times = tiles.map((tile) => trial(heap, tile, milliseconds))
  const best = times.indexOf(Math.min(...times))
  return tiles[times[best]! * MARGIN < times[0]! ? best : 0]!
}

function trial(heap: Heap, tile: Tile, milliseconds: number): number {
  const n = TRIAL_SIDE
  return heap.scope(() => {
    const matmul = new Matmul(heap, tile)
    const [a, b, c] = [0, 1, 2].map((): Matrix => ({
      address: heap.allocateZeroed(n * n * tile.precision.bytes),
      row: n,
      column: 1,
    }))
    let best = Infinity
    for (const start = performance.now(); performance.now() - start < milliseconds;) {
      const before = performance.now()
      // Two at a time: some clocks tick in steps of 0.1 ms.
      for (let i = 0; i < 2; i++) matmul.multiply({ m: n, n, k: n }, a!, b!, c!)
      best = Math.min(best, performance.now() - before)
    }
    matmul.dispose()
    return best
  })
}

/** Multiply–adds after which the trial is worth its time: some tens of milliseconds of work. */
const WORK_BEFORE_TRIAL = 5e8

/** A matrix product that looks for its fastest tile once it has work, and for other threads where the work is large. */
export class TunedMatmul {
  readonly #heap: Heap
  readonly #workers: () => Workers | null
  readonly #candidates: readonly Tile[]
  #current: Matmul
  #parallel: ParallelMatmul | null = null
  #work = 0

  /** `workers` gives the threads when they are first needed, or null where there is one only. */
  constructor(heap: Heap, relaxed: boolean, precision: Precision = single, workers: () => Workers | null = () => null) {
    this.#heap = heap
    this.#workers = workers
    this.#candidates = candidateTiles(precision, relaxed)
    this.#current = new Matmul(heap, this.#candidates[0]!)
  }

  /** The tile in use. */
  get tile(): Tile {
    return this.#current.tile
  }

  /** See `Matmul.multiply`. */
  multiply(sizes: ProductSizes, a: Matrix, b: Matrix, c: Matrix, accumulate = false): void {
    this.#count(sizes)
    if (isWorthThreads(sizes)) {
      const workers = this.#workers()
      if (workers !== null && (this.#parallel !== null || !workers.isFull)) {
        this.#parallel ??= new ParallelMatmul(this.#heap, workers, this.tile)
        if (this.#parallel.multiply(sizes, a, b, c, accumulate)) return
      }
    }
    this.#current.multiply(sizes, a, b, c, accumulate)
  }

  /** See `Matmul.multiplyPanels`, on the calling thread; `pack` is given the tile that the panels are for. */
  multiplyPanels(
    sizes: ProductSizes,
    a: Matrix,
    pack: (block: PanelBlock, tile: Tile) => void,
    c: Matrix,
    accumulate = false,
  ): void {
    this.#count(sizes)
    const { tile } = this.#current
    this.#current.multiplyPanels(sizes, a, (block) => pack(block, tile), c, accumulate)
  }

  /** Gives the work space back; the next product takes it anew. */
  release(): void {
    this.#current.release()
    this.#parallel?.release()
  }

  #count({ m, n, k }: ProductSizes): void {
    if (this.#work >= WORK_BEFORE_TRIAL) return
    this.#work += m * n * k
    if (this.#work < WORK_BEFORE_TRIAL) return
    const tile = fastestTile(this.#heap, this.#candidates)
    if (tile === this.#current.tile) return
    this.#current.dispose()
    this.#parallel?.dispose()
    this.#current = new Matmul(this.#heap, tile)
    this.#parallel = null
  }
}
