import { afterAll, describe, expect, it } from 'vitest'
import { Heap } from '../memory/heap.ts'
import { Matmul, type Matrix, type ProductSizes } from './matmul.ts'
import { ParallelMatmul } from './parallel-matmul.ts'
import { single } from '../assembler/precision.ts'
import { TunedMatmul } from './tuning.ts'
import { Workers } from '../threads/workers.ts'

const heap = new Heap({ maximumPages: 4096 })
const workers = new Workers(heap, { threads: 3 })
afterAll(() => workers.close())

const tile = { precision: single, rows: 6, vectors: 2, relaxed: true }
const parallel = new ParallelMatmul(heap, workers, tile)
const alone = new Matmul(heap, tile)

function matrix(rows: number, columns: number, transposed: boolean, value: (i: number) => number): Matrix {
  const address = heap.allocate(4 * rows * columns)
  const numbers = heap.float32(address, rows * columns)
  numbers.forEach((_, i) => (numbers[i] = value(i)))
  return transposed ? { address, row: 1, column: rows } : { address, row: columns, column: 1 }
}

describe('ParallelMatmul', () => {
  it.each([
    [200, 300, 100],
    [1000, 20, 250],
    [20, 1000, 250],
    [90, 90, 900],
    [7, 16, 5],
    [1, 1, 1],
  ])('gives the bits of one thread: %i x %i x %i', (m, n, k) => {
    for (const transposed of [0, 1, 2, 3, 4, 5, 6, 7]) {
      heap.scope(() => {
        const sizes: ProductSizes = { m, n, k }
        const a = matrix(m, k, (transposed & 1) > 0, (i) => Math.sin(i))
        const b = matrix(k, n, (transposed & 2) > 0, (i) => Math.cos(i))
        const [one, many] = [0, 0].map(() => matrix(m, n, (transposed & 4) > 0, (i) => i % 7))
        const accumulate = transposed % 2 === 0
        alone.multiply(sizes, a, b, one!, accumulate)
        expect(parallel.multiply(sizes, a, b, many!, accumulate)).toBe(true)
        expect(heap.float32(many!.address, m * n)).toEqual(heap.float32(one!.address, m * n))
      })
    }
  })

  it('gives the bits of one thread where a slice takes more calls than the list has room for', () => {
    heap.scope(() => {
      const sizes: ProductSizes = { m: 1, n: 16, k: 900_000 }
      const a = matrix(1, sizes.k, false, (i) => (i % 5) - 2)
      const b = matrix(sizes.k, 16, false, (i) => (i % 11) - 5)
      const [one, many] = [0, 0].map(() => matrix(1, 16, false, () => 0))
      alone.multiply(sizes, a, b, one!)
      expect(parallel.multiply(sizes, a, b, many!, false)).toBe(true)
      expect(heap.float32(many!.address, 16)).toEqual(heap.float32(one!.address, 16))
    })
  })

  it('leaves results without a unit stride, and empty sums, to one thread', () => {
    heap.scope(() => {
      const a = matrix(4, 4, false, () => 1)
      expect(parallel.multiply({ m: 2, n: 2, k: 2 }, a, a, { ...a, row: 4, column: 2 }, false)).toBe(false)
      expect(parallel.multiply({ m: 2, n: 2, k: 0 }, a, a, a, false)).toBe(false)
    })
  })

  it('gives all its work space back', () => {
    const before = heap.statistics.allocations
    const another = new ParallelMatmul(heap, workers, tile)
    heap.scope(() => {
      const a = matrix(300, 300, true, () => 1)
      another.multiply(
        { m: 300, n: 300, k: 300 },
        a,
        a,
        matrix(300, 300, false, () => 0),
        false,
      )
    })
    another.dispose()
    // The module's bytes stay, for threads that come later.
    expect(heap.statistics.allocations).toBe(before + 1)
  })

  it('is taken for large products only, and no more once there are no threads', () => {
    let threads: Workers | null = workers
    let asked = 0
    const tuned = new TunedMatmul(heap, true, single, () => {
      asked++
      return threads
    })
    const multiply = (n: number): void =>
      heap.scope(() => {
        const a = matrix(n, n, false, () => 1)
        const c = matrix(n, n, false, () => 0)
        tuned.multiply({ m: n, n, k: n }, a, a, c)
        expect(heap.float32(c.address, n * n).every((x) => x === n)).toBe(true)
      })
    multiply(20)
    expect(asked).toBe(0)
    multiply(200)
    expect(asked).toBe(1)
    threads = null
    multiply(200)
    tuned.release()
  })
})
