import { runExperiment } from '@scatterlab/repro'
import { expect, it } from 'vitest'
import { matched } from './families.ts'
import declared from './main.ts'

// filters are drawn on a smaller grid: the numbers are those of quick mode
const small = { ...declared.budgets.quick, drawnOn: 64 }
const app = { ...declared, budgets: { quick: small, full: small } }

it('agrees with the independent table to 1e-3, and covers the frequencies', { timeout: 60_000 }, async () => {
  const { rows, figures, files } = await runExperiment(app, { seed: 1, png: false })
  const value = (measure: string, method: string, settings: Record<string, number> = {}): number => {
    const found = rows.filter(
      (row) =>
        row.measure === measure &&
        row.method === method &&
        Object.entries(settings).every(([key, of]) => row.settings?.[key] === of),
    )
    expect(found).toHaveLength(1)
    return found[0].value
  }
  expect(value('farthest from the independent table', '40 bounds')).toBeLessThan(1e-3)
  // no family is a tight frame
  for (const { J, C, Q } of [
    { J: 3, C: 4, Q: 1 },
    { J: 4, C: 8, Q: 1 },
    { J: 8, C: 8, Q: 2 },
  ]) {
    for (const rule of ['family, matched', 'family, code']) {
      expect(value('largest A(ω)', rule, { J, C, Q })).toBeLessThan(1.25)
      expect(value('least A(ω)', rule, { J, C, Q })).toBeGreaterThan(0.2)
    }
  }
  // orthonormal wavelets are
  for (const family of ['cubic splines', 'Daubechies, 4 moments', 'Shannon']) {
    expect(value('largest A(ω)', `frame of ${family}`)).toBeCloseTo(1, 12)
    expect(value('least A(ω)', `frame of ${family}`)).toBeCloseTo(1, 12)
  }
  // the divisor of the code, not the taps, is why the pyramid covers badly
  expect(value('least A(ω)', "pyramid of 7×7 taps, ScatNet's divisor")).toBeCloseTo(0.09, 2)
  expect(value('least A(ω)', 'pyramid of 7×7 taps, mass 1')).toBeGreaterThan(0.34)
  expect(value('centre of the finest ψ, cycles per sample', 'signals', { Q: 16 })).toBeCloseTo(0.467554, 6)
  expect(figures).toHaveLength(8)
  expect(files).toContain('frame-bounds.json')
})

it('elongates wavelets when C grows or Q falls', () => {
  expect(matched(8, 1).slant).toBeLessThan(matched(4, 1).slant)
  expect(matched(8, 1).slant).toBeLessThan(matched(8, 2).slant)
  expect(matched(8, 1).slant).toBeCloseTo(0.597, 3)
})
