import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ALIGNMENT, Heap, OutOfMemoryError } from './heap.ts'

const MiB = 2 ** 20

describe('Heap', () => {
  it('hands out aligned memory that keeps its contents, through growth', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(fc.record({ words: fc.nat(60_000), free: fc.boolean() }), { maxLength: 40 }),
        (shared, steps) => {
          const heap = new Heap({ shared, initialPages: 1, maximumPages: 256 })
          const held: { address: number; words: number; mark: number }[] = []
          for (const [mark, { words, free }] of steps.entries()) {
            const address = heap.allocate(4 * words)
            expect(address % ALIGNMENT).toBe(0)
            expect(address).toBeGreaterThan(0)
            heap.int32(address, words).fill(mark)
            held.push({ address, words, mark })
            if (free) heap.free(held.splice(mark % held.length, 1)[0]!.address)
          }
          for (const { address, words, mark } of held)
            expect(heap.int32(address, words).every((x) => x === mark)).toBe(true)
          for (const { address } of held) heap.free(address)
          expect(heap.statistics).toMatchObject({ liveBytes: 0, allocations: 0, fragments: 1 })
        },
      ),
      { numRuns: 40 },
    )
  })

  it('gives zeros on request, also where something else was before', () => {
    const heap = new Heap({ initialPages: 4, maximumPages: 32 })
    for (let round = 0; round < 6; round++) {
      const words = 30_000 * (1 + (round % 3))
      const address = heap.allocateZeroed(4 * words)
      expect(heap.int32(address, words).every((x) => x === 0)).toBe(true)
      heap.int32(address, words).fill(-1)
      const beside = heap.allocate(400)
      heap.free(address)
      heap.int32(beside, 100).fill(-1)
      if (round % 2) heap.free(beside)
    }
  })

  it('counts what is in use and its peak', () => {
    const heap = new Heap({ initialPages: 1, maximumPages: 64 })
    const a = heap.allocate(1)
    const b = heap.allocate(100)
    expect(heap.statistics).toMatchObject({ liveBytes: 192, peakBytes: 192, allocations: 2, capacityBytes: 65536 })
    heap.free(a)
    heap.free(b)
    heap.allocate(0)
    expect(heap.statistics).toMatchObject({ liveBytes: 64, peakBytes: 192, allocations: 1 })
  })

  it('says how much was asked for when memory is out, and stays usable', () => {
    const heap = new Heap({ initialPages: 1, maximumPages: 32 })
    const kept = heap.allocate(MiB)
    heap.float32(kept, 3).set([1, 2, 3])
    const before = heap.statistics
    for (const bytes of [MiB, 2 * MiB, 2 ** 40, Infinity, NaN, -1]) {
      let thrown: unknown
      try {
        heap.allocate(bytes)
      } catch (error) {
        thrown = error
      }
      expect(thrown).toBeInstanceOf(OutOfMemoryError)
      expect(thrown).toMatchObject({ code: 'OUT_OF_MEMORY', requested: bytes, live: MiB, limit: 2 * MiB })
      expect(String(thrown)).toContain(`${bytes} bytes were asked for`)
    }
    expect(heap.statistics).toEqual(before)
    expect([...heap.float32(kept, 3)]).toEqual([1, 2, 3])
    heap.free(kept)
    heap.free(heap.allocate(2 * MiB - 128))
  })

  it('reaches the 4 GiB of 32-bit addresses, if the machine lets it', () => {
    const heap = new Heap({ initialPages: 1 })
    // Only reserved, never written: pages that are not touched cost nothing.
    const address = heap.allocate(2 ** 31)
    const beyond = heap.allocate(2 ** 30)
    expect(Math.max(address, beyond)).toBeGreaterThanOrEqual(2 ** 31)
    expect(heap.float64(beyond, 2)[1]).toBe(0)
    expect(() => heap.allocate(2 ** 30)).toThrow(OutOfMemoryError)
  })

  it('frees at the end of a scope, unless kept, also after an error', () => {
    const heap = new Heap({ initialPages: 1, maximumPages: 64 })
    const outside = heap.allocate(64)
    const result = heap.scope((keep) => {
      heap.allocate(1000)
      heap.free(heap.allocate(500))
      const inner = heap.scope((keepInner) => {
        heap.allocate(2000)
        heap.free(outside)
        return keepInner(heap.allocate(64))
      })
      expect(heap.statistics.allocations).toBe(2)
      heap.int32(inner, 1)[0] = 7
      return keep(inner)
    })
    expect(heap.statistics.allocations).toBe(1)
    expect(heap.int32(result, 1)[0]).toBe(7)
    expect(() =>
      heap.scope(() => {
        heap.allocate(640)
        throw new Error('stop')
      }),
    ).toThrow('stop')
    expect(heap.statistics.allocations).toBe(1)
  })

  it('may free in a scope what an outer one allocated', () => {
    const heap = new Heap({ initialPages: 1, maximumPages: 64 })
    heap.scope(() => {
      const address = heap.allocate(64)
      heap.scope(() => heap.free(address))
    })
    expect(heap.statistics.allocations).toBe(0)
  })

  it('refuses to free twice, or what it never gave', () => {
    const heap = new Heap({ initialPages: 1, maximumPages: 64 })
    const address = heap.allocate(640)
    expect(() => heap.free(address + 64)).toThrow(RangeError)
    expect(() => heap.free(0)).toThrow(RangeError)
    heap.free(address)
    expect(() => heap.free(address)).toThrow(RangeError)
    expect(heap.statistics.allocations).toBe(0)
  })

  it('shares its memory where the platform allows', () => {
    expect(new Heap({ initialPages: 1, maximumPages: 2 }).memory.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(new Heap({ initialPages: 1, maximumPages: 2, shared: false }).memory.buffer).toBeInstanceOf(ArrayBuffer)
  })
})
