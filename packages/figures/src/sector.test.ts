import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sectorsOf } from './sector.ts'
import type { Sector } from './sector.ts'

const layout = { radius: 'log', secondAngle: 'absolute' } as const
const bank = (J: number, L: number) => ({
  one: Array.from({ length: J * L }, (_, i) => ({
    order: 1,
    scales: [Math.floor(i / L)],
    angles: [((i % L) * Math.PI) / L],
  })),
  two: Array.from({ length: J * J * L * L }, (_, i) => {
    const [j1, j2] = [Math.floor(i / (J * L * L)), Math.floor(i / (L * L)) % J]
    const [l1, l2] = [Math.floor(i / L) % L, i % L]
    return { order: 2, scales: [j1, j2], angles: [(l1 * Math.PI) / L, (l2 * Math.PI) / L] }
  }).filter(({ scales }) => scales[1]! > scales[0]!),
})
// of a unit disk's two halves
const area = (sectors: readonly Sector[]): number =>
  sectors.reduce((sum, { inner, outer, from, to }) => sum + (to - from) * (outer ** 2 - inner ** 2), 0)

test('order 1: the first scale is outermost, θ1 in the middle of its sector, spans of π/L', () => {
  const { one } = bank(3, 4)
  const sectors = sectorsOf(one, one, layout)
  sectors.forEach(({ inner, outer, from, to }, i) => {
    expect((from + to) / 2).toBeCloseTo(one[i]!.angles[0]!, 12)
    expect(to - from).toBeCloseTo(Math.PI / 4, 12)
    expect(outer - inner).toBeCloseTo((1 - 0.16) / 3, 12)
  })
  expect(sectors[0]!.outer).toBe(1)
  expect(sectors.at(-1)!.inner).toBeCloseTo(0.16, 12)
})

test('with linear radii every ring is an octave', () => {
  const { one } = bank(3, 2)
  const rings = sectorsOf(one, one, { ...layout, radius: 'linear' }).map(({ inner, outer }) => [inner, outer])
  expect(rings.filter((_, i) => i % 2 === 0)).toEqual([
    [0.5, 1],
    [0.25, 0.5],
    [0.125, 0.25],
  ])
})

test('order 2 fills exactly the sectors of order 1 that it divides', () => {
  const shape = fc.record({
    J: fc.integer({ min: 2, max: 4 }),
    L: fc.integer({ min: 1, max: 5 }),
    radius: fc.constantFrom('log' as const, 'linear' as const),
    secondAngle: fc.constantFrom('absolute' as const, 'relative' as const),
  })
  fc.assert(
    fc.property(shape, ({ J, L, ...disk }) => {
      const { one, two } = bank(J, L)
      const first = [...one, ...two]
      const parents = sectorsOf(one, first, disk)
      const sectors = sectorsOf(two, first, disk)
      // the last scale has no second order
      expect(area(sectors)).toBeCloseTo(area(parents.slice(0, (J - 1) * L)), 9)
      sectors.forEach((sector, i) => {
        const parent =
          parents[
            one.findIndex(({ scales, angles }) => scales[0] === two[i]!.scales[0] && angles[0] === two[i]!.angles[0])
          ]!
        expect(sector.outer).toBeLessThanOrEqual(parent.outer + 1e-12)
        expect(sector.inner).toBeGreaterThanOrEqual(parent.inner - 1e-12)
        expect(sector.from).toBeGreaterThanOrEqual(parent.from - 1e-12)
        expect(sector.to).toBeLessThanOrEqual(parent.to + 1e-12)
      })
    }),
    { numRuns: 30 },
  )
})

test('relative second angles put θ2 = θ1 in the middle of an odd number of sectors', () => {
  const { two } = bank(2, 3)
  const sectors = sectorsOf(two, two, { ...layout, secondAngle: 'relative' })
  const aligned = sectors.filter((_, i) => two[i]!.angles[0] === two[i]!.angles[1])
  const middles = aligned.map(({ from, to }) => (from + to) / 2)
  expect(middles).toHaveLength(3)
  middles.forEach((middle, l) => expect(middle).toBeCloseTo((l * Math.PI) / 3, 12))
})

test('the same path twice is refused', () => {
  const { one } = bank(2, 2)
  expect(() => sectorsOf([...one, one[0]!], one, layout)).toThrow(/give each path once/)
})
