import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Allocator } from './allocator.ts'

type Step = { readonly take: number } | { readonly give: number } | { readonly grow: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ take: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 3000 })) }),
  },
  { weight: 5, arbitrary: fc.record({ give: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ grow: fc.integer({ min: 1, max: 500 }) }) },
)

/** Free runs of an address space, counted unit by unit. */
function freeRuns(capacity: number, ranges: ReadonlyMap<number, number>): number[] {
  const used = new Uint8Array(capacity)
  for (const [start, size] of ranges) used.fill(1, start, start + size)
  const runs: number[] = []
  for (let i = 0; i < capacity; i++) {
    if (used[i]) continue
    if (i === 0 || used[i - 1]) runs.push(0)
    runs[runs.length - 1]!++
  }
  return runs
}

describe('Allocator', () => {
  it('gives ranges that never overlap, takes whenever a run is long enough, and joins neighbours', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const allocator = new Allocator(4000)
        const ranges = new Map<number, number>()
        for (const now of steps) {
          if ('grow' in now) allocator.grow(now.grow)
          else if ('take' in now) {
            const longest = Math.max(0, ...freeRuns(allocator.capacity, ranges))
            const start = allocator.take(now.take)
            expect(start !== undefined).toBe(longest >= now.take)
            if (start === undefined) continue
            for (const [other, size] of ranges) expect(start + now.take <= other || other + size <= start).toBe(true)
            expect(start >= 0 && start + now.take <= allocator.capacity).toBe(true)
            expect(allocator.sizeAt(start)).toBe(now.take)
            ranges.set(start, now.take)
          } else {
            const start = [...ranges.keys()][now.give % ranges.size]
            if (start === undefined) continue
            expect(allocator.give(start)).toBe(ranges.get(start))
            ranges.delete(start)
          }
          expect(allocator.used).toBe(ranges.size)
          expect(allocator.fragments).toBe(freeRuns(allocator.capacity, ranges).length)
        }
        for (const start of ranges.keys()) allocator.give(start)
        expect([allocator.used, allocator.fragments, allocator.tail]).toEqual([0, 1, allocator.capacity])
        expect(allocator.take(allocator.capacity)).toBe(0)
      }),
      { numRuns: 200 },
    )
  })

  it('takes the best fit among freed ranges', () => {
    const allocator = new Allocator(1000)
    const starts = [10, 1, 8, 1, 9, 1].map((size) => allocator.take(size)!)
    for (const i of [0, 2, 4]) allocator.give(starts[i]!)
    expect(allocator.take(9)).toBe(starts[4])
    expect(allocator.take(8)).toBe(starts[2])
    expect(allocator.take(10)).toBe(starts[0])
  })

  it('knows nothing of addresses that it did not give', () => {
    const allocator = new Allocator(10)
    allocator.take(4)
    expect(allocator.give(1)).toBeUndefined()
    expect(allocator.sizeAt(4)).toBeUndefined()
    expect(allocator.give(0)).toBe(4)
    expect(allocator.give(0)).toBeUndefined()
  })
})
