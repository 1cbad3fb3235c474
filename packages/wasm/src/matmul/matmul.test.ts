import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measurePeak } from './calibration.ts'
import { Heap, OutOfMemoryError } from '../memory/heap.ts'
import { Matmul, type Matrix } from './matmul.ts'
import { type Precision, double, single } from '../assembler/precision.ts'
import { type Tile, panelColumns } from './tile.ts'
import { TunedMatmul, candidateTiles, fastestTile } from './tuning.ts'

const heap = new Heap({ maximumPages: 2048 })
const tile = (rows: number, vectors: number, relaxed = true, precision: Precision = single): Tile => ({
  precision,
  rows,
  vectors,
  relaxed,
})
const products = new Map<string, Matmul>()

function product(of: Tile): Matmul {
  const key = `${of.precision.dtype} ${of.rows} ${of.vectors} ${of.relaxed}`
  const known = products.get(key) ?? new Matmul(heap, of)
  products.set(key, known)
  return known
}

const view = (precision: Precision, address: number, length: number): Float32Array | Float64Array =>
  precision.bytes === 4 ? heap.float32(address, length) : heap.float64(address, length)

/** How a matrix lies: which index runs fastest, and gaps between rows and between numbers. */
interface Layout {
  readonly transposed: boolean
  readonly rowGap: number
  readonly columnGap: number
}
const plain: Layout = { transposed: false, rowGap: 0, columnGap: 1 }
const layout: fc.Arbitrary<Layout> = fc.record({
  transposed: fc.boolean(),
  rowGap: fc.constantFrom(0, 0, 3),
  columnGap: fc.constantFrom(1, 1, 1, 2),
})

interface Stored {
  readonly matrix: Matrix
  readonly numbers: Float32Array | Float64Array
}

/** A matrix of numbers that a hash gives, in the heap, surrounded by marks that nobody may touch. */
function store(
  precision: Precision,
  rows: number,
  columns: number,
  { transposed, rowGap, columnGap }: Layout,
  seed: number,
): Stored {
  const [outer, inner] = transposed ? [columns, rows] : [rows, columns]
  const pitch = inner * columnGap + rowGap
  const length = outer * pitch + 8
  const address = heap.allocate(length * precision.bytes)
  const numbers = view(precision, address, length).fill(-7777)
  const matrix = { address, row: transposed ? columnGap : pitch, column: transposed ? pitch : columnGap }
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      numbers[i * matrix.row + j * matrix.column] = ((seed + 131 * i + 71 * j) % 97) / 48.5 - 1
  return { matrix, numbers }
}

const at = ({ matrix, numbers }: Stored, i: number, j: number): number => numbers[i * matrix.row + j * matrix.column]!

/** Checks a product against sums in double precision, and that nothing else was written. */
function check(of: Tile, [m, n, k]: readonly number[], layouts: readonly Layout[], accumulate: boolean): void {
  heap.scope(() => {
    const { precision } = of
    const a = store(precision, m!, k!, layouts[0]!, 1)
    const b = store(precision, k!, n!, layouts[1]!, 2)
    const c = store(precision, m!, n!, layouts[2]!, 3)
    const before = { ...c, numbers: c.numbers.slice() }
    product(of).multiply({ m: m!, n: n!, k: k! }, a.matrix, b.matrix, c.matrix, accumulate)
    const expected = before.numbers.slice()
    // Rounding of a sum of k products of numbers up to 1: k half units in the last place of partial sums up to k.
    const unit = precision.bytes === 4 ? 2 ** -24 : 2 ** -53
    let worst = 0
    for (let i = 0; i < m!; i++) {
      for (let j = 0; j < n!; j++) {
        let sum = accumulate ? at(before, i, j) : 0
        for (let q = 0; q < k!; q++) sum += at(a, i, q) * at(b, q, j)
        worst = Math.max(worst, Math.abs(at(c, i, j) - sum))
        expected[i * c.matrix.row + j * c.matrix.column] = at(c, i, j)
      }
    }
    expect(worst).toBeLessThanOrEqual((k! + 2) * 8 * unit)
    expect(c.numbers).toEqual(expected)
  })
}

const tiles = [
  tile(6, 2),
  tile(4, 2),
  tile(4, 2, false),
  tile(5, 2, false),
  tile(3, 3, false),
  tile(2, 4),
  tile(6, 2, true, double),
  tile(4, 2, false, double),
]

describe('Matmul', () => {
  it.each(tiles)('multiplies any sizes and strides: $precision.dtype $rows x $vectors, relaxed $relaxed', (of) => {
    const size = fc.oneof({ weight: 4, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: fc.nat(70) })
    fc.assert(
      fc.property(
        fc.tuple(size, size, size),
        fc.tuple(layout, layout, layout),
        fc.boolean(),
        (sizes, layouts, accumulate) => check(of, sizes, layouts, accumulate),
      ),
      { numRuns: 60 },
    )
  })

  it.each([
    [100, 90, 1000],
    [257, 131, 400],
    [23, 700, 500],
    [1, 300, 900],
    [300, 1, 900],
    [1200, 40, 40],
    [7, 2000, 30],
    [61, 800, 1],
  ])('multiplies %i x %i x %i, in several blocks, every layout', (...sizes) => {
    for (const of of [tile(6, 2), tile(5, 2, false)]) {
      for (const transposed of [0, 1, 2, 3, 4, 5, 6, 7])
        check(
          of,
          sizes,
          [1, 2, 4].map((bit) => ({ ...plain, transposed: (transposed & bit) !== 0 })),
          transposed % 3 === 0,
        )
    }
  })

  it('takes rows of stride 0 and going backwards', () => {
    heap.scope(() => {
      const a = store(single, 5, 9, plain, 1)
      const b = store(single, 9, 6, plain, 2)
      const c = store(single, 5, 6, plain, 3)
      const backwards = { address: a.matrix.address + 4 * 4 * a.matrix.row, row: -a.matrix.row, column: 1 }
      const repeated = { address: b.matrix.address, row: b.matrix.row, column: 0 }
      product(tile(6, 2)).multiply({ m: 5, n: 6, k: 9 }, backwards, repeated, c.matrix)
      for (let i = 0; i < 5; i++) {
        for (let j = 0; j < 6; j++) {
          let sum = 0
          for (let q = 0; q < 9; q++) sum += at(a, 4 - i, q) * at(b, q, 0)
          expect(at(c, i, j)).toBeCloseTo(sum, 5)
        }
      }
    })
  })

  it('is the same to the bit for every tile, and in the plain form the same as in JavaScript', () => {
    heap.scope(() => {
      const [m, n, k] = [37, 45, 900]
      const a = store(single, m, k, plain, 1)
      const b = store(single, k, n, plain, 2)
      const results = [
        tile(4, 2, false),
        tile(5, 2, false),
        tile(6, 2, false),
        tile(3, 3, false),
        tile(2, 4, false),
      ].map((of) => {
        const c = store(single, m, n, plain, 3)
        product(of).multiply({ m, n, k }, a.matrix, b.matrix, c.matrix)
        return c
      })
      // Sums are cut into parts of equal length, at most 384 terms; each is summed in order, then added.
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let total = 0
          for (let start = 0; start < k; start += 300) {
            let sum = 0
            for (let q = start; q < start + 300; q++) sum = Math.fround(sum + Math.fround(at(a, i, q) * at(b, q, j)))
            total = Math.fround(total + sum)
          }
          expect(at(results[0]!, i, j)).toBe(total)
        }
      }
      for (const result of results) expect(result.numbers).toEqual(results[0]!.numbers)
      // Part of the rows alone, as another thread would do them.
      const half = store(single, m, n, plain, 3)
      product(tile(4, 2, false)).multiply({ m: 11, n, k }, a.matrix, b.matrix, half.matrix)
      expect(half.numbers.slice(0, 11 * n)).toEqual(results[0]!.numbers.slice(0, 11 * n))
    })
  })

  it('takes panels that somebody else writes', () => {
    heap.scope(() => {
      const [m, n, k] = [50, 700, 800]
      const of = tile(6, 2)
      const a = store(single, m, k, plain, 1)
      const c = store(single, m, n, plain, 3)
      const value = (q: number, j: number): number => ((q * 7 + j * 3) % 11) - 5
      const columns = panelColumns(of)
      product(of).multiplyPanels(
        { m, n, k },
        a.matrix,
        (block) => {
          const panels = heap.float32(block.to, Math.ceil(block.n / columns) * columns * block.k).fill(0)
          for (let q = 0; q < block.k; q++) {
            for (let j = 0; j < block.n; j++)
              panels[(Math.floor(j / columns) * block.k + q) * columns + (j % columns)] = value(
                block.k0 + q,
                block.j0 + j,
              )
          }
        },
        c.matrix,
      )
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0
          for (let q = 0; q < k; q++) sum += at(a, i, q) * value(q, j)
          expect(Math.abs(at(c, i, j) - sum)).toBeLessThan(1e-2)
        }
      }
    })
  })

  it('gives its work space back, and says when there is no room for it', () => {
    const small = new Heap({ initialPages: 1, maximumPages: 40 })
    const matmul = new Matmul(small, tile(6, 2))
    const held = small.statistics.liveBytes
    const sizes = { m: 50, n: 200, k: 300 }
    const [a, b, c] = [sizes.m * sizes.k, sizes.k * sizes.n, sizes.m * sizes.n].map((length) =>
      small.allocateZeroed(4 * length),
    )
    const multiply = (): void =>
      matmul.multiply(
        sizes,
        { address: a!, row: 300, column: 1 },
        { address: b!, row: 200, column: 1 },
        { address: c!, row: 200, column: 1 },
      )
    const room = small.allocate(40 * 65536 - small.statistics.liveBytes - 128 * 1024)
    expect(multiply).toThrow(OutOfMemoryError)
    small.free(room)
    multiply()
    for (const address of [a!, b!, c!]) small.free(address)
    expect(small.statistics.liveBytes).toBeGreaterThan(held)
    matmul.release()
    expect(small.statistics.liveBytes).toBe(held)
    matmul.dispose()
    expect(small.statistics.liveBytes).toBe(0)
  })
})

describe('tuning', () => {
  it('finds a tile among the candidates, and leaves nothing behind', () => {
    const before = heap.statistics.allocations
    const candidates = candidateTiles(single, false)
    expect(candidates).toContain(fastestTile(heap, candidates, 1))
    expect(heap.statistics.allocations).toBe(before)
  })

  it('changes nothing but speed once there is work', () => {
    const tuned = new TunedMatmul(heap, false)
    heap.scope(() => {
      const [m, n, k] = [256, 256, 256]
      const a = store(single, m, k, plain, 1)
      const b = store(single, k, n, plain, 2)
      const [first, last] = [store(single, m, n, plain, 3), store(single, m, n, plain, 3)]
      tuned.multiply({ m, n, k }, a.matrix, b.matrix, first.matrix)
      for (let i = 0; i < 40; i++) tuned.multiply({ m, n, k }, a.matrix, b.matrix, last.matrix)
      expect(last.numbers).toEqual(first.numbers)
    })
    tuned.release()
  })

  it('measures a peak', () => {
    expect(measurePeak(tile(6, 2, false), 5)).toBeGreaterThan(0.1)
  })
})
