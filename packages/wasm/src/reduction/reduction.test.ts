import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Heap } from '../memory/heap.ts'
import { COLUMN_SCRATCH, reductionModule, reductions } from './reduction.ts'
import { double, single } from '../assembler/precision.ts'

const heap = new Heap({ maximumPages: 1024 })
const kernelsOf = (precision: typeof single): Record<string, (...parameters: number[]) => void> =>
  new WebAssembly.Instance(new WebAssembly.Module(reductionModule(precision, heap.shared).bytes()), {
    env: { memory: heap.memory },
  }).exports as Record<string, (...parameters: number[]) => void>
const scratch = heap.allocate(COLUMN_SCRATCH)
const kernels = { 4: kernelsOf(single), 8: kernelsOf(double) }

const fold = { sum: (a: number, b: number) => a + b, max: Math.max, min: Math.min }
const start = { sum: 0, max: -Infinity, min: Infinity }

function array(bytes: 4 | 8, length: number, value: (i: number) => number) {
  const address = heap.allocate(bytes * length)
  const numbers = bytes === 4 ? heap.float32(address, length) : heap.float64(address, length)
  numbers.forEach((_, i) => (numbers[i] = value(i)))
  return { address, numbers }
}

describe.each([4, 8] as const)('reductions of numbers of %i bytes', (bytes) => {
  const round = (x: number): number => (bytes === 4 ? Math.fround(x) : x)
  // Quarters up to 10: sums are exact in double precision in any order.
  const value = (i: number): number => ((i * 37) % 81) / 4 - 10
  const small = fc.integer({ min: 1, max: 6 })

  it.each(reductions)('%s along rows and along columns', (name) => {
    fc.assert(
      fc.property(
        small,
        small,
        fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1020, max: 1030 })),
        fc.nat(3),
        (outer, rows, n, gap) => {
          heap.scope(() => {
            const [rowPitch, outerPitch] = [n + gap, (n + gap) * rows + gap]
            const x = array(bytes, outer * outerPitch + 4, value)
            const at = (q: number, r: number, i: number): number => x.numbers[q * outerPitch + r * rowPitch + i]!
            const along = array(bytes, 2 * outer + 4, () => -7)
            const expected = along.numbers.slice()
            for (let q = 0; q < outer; q++) {
              let total = start[name]
              for (let r = 0; r < rows; r++) for (let i = 0; i < n; i++) total = fold[name](total, at(q, r, i))
              expected[2 * q] = round(total)
            }
            kernels[bytes][`rows_${name}`]!(
              outer,
              outerPitch * bytes,
              2 * bytes,
              rows,
              rowPitch * bytes,
              n,
              x.address,
              along.address,
            )
            expect(along.numbers).toEqual(expected)

            const across = array(bytes, n + 4, () => -7)
            const columns = across.numbers.slice()
            for (let i = 0; i < n; i++) {
              let total = start[name]
              for (let q = 0; q < outer; q++) for (let r = 0; r < rows; r++) total = fold[name](total, at(q, r, i))
              columns[i] = round(total)
            }
            kernels[bytes][`columns_${name}`]!(
              outer,
              outerPitch * bytes,
              rows,
              rowPitch * bytes,
              n,
              x.address,
              across.address,
              scratch,
            )
            expect(across.numbers).toEqual(columns)
          })
        },
      ),
      { numRuns: 80 },
    )
  })

  it.each(['max', 'min'] as const)('%s gives NaN if there is one, wherever it stands', (name) => {
    for (let where = 0; where < 21; where++) {
      heap.scope(() => {
        const x = array(bytes, 21, (i) => (i === where ? NaN : i))
        const out = array(bytes, 1, () => 0)
        kernels[bytes][`rows_${name}`]!(1, 0, 0, 1, 0, 21, x.address, out.address)
        expect(out.numbers[0]).toBeNaN()
        kernels[bytes][`columns_${name}`]!(1, 0, 21, bytes, 1, x.address, out.address, scratch)
        expect(out.numbers[0]).toBeNaN()
      })
    }
  })
})

it('sums single precision in double precision', () => {
  heap.scope(() => {
    // One large number and a million small ones that single precision would lose.
    const n = 1_000_001
    const x = array(4, n, (i) => (i === 0 ? 2 ** 25 : 0.5))
    const out = array(4, 1, () => 0)
    kernels[4].rows_sum!(1, 0, 0, 1, 0, n, x.address, out.address)
    expect(out.numbers[0]).toBe(2 ** 25 + 500_000)
  })
})
