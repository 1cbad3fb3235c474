import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatNumber, linearTicks, logTicks } from './ticks.ts'

test('numbers as they stand on an axis', () => {
  const written = [0, 1000, -60000, 0.05, 0.3, 1.25, 0.001, 0.00002, 3e6, 1e-7, 999_999].map(formatNumber)
  expect(written).toEqual([
    '0',
    '1,000',
    '−60,000',
    '0.05',
    '0.3',
    '1.25',
    '0.001',
    '2×10⁻⁵',
    '3×10⁶',
    '10⁻⁷',
    '999,999',
  ])
})

test('linear ticks are the round numbers, without rounding dust', () => {
  expect(linearTicks([0, 1], 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
  expect(linearTicks([-0.011, 0.011], 5)).toEqual([-0.01, -0.005, 0, 0.005, 0.01])
  expect(linearTicks([0, 60000], 6)).toEqual([0, 10000, 20000, 30000, 40000, 50000, 60000])
})

test('linear ticks stay inside and are never many', () => {
  const interval = fc.tuple(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
  )
  fc.assert(
    fc.property(interval, fc.integer({ min: 2, max: 10 }), ([low, span], count) => {
      const ticks = linearTicks([low, low + span], count)
      const slack = 1e-6 * span
      expect(ticks.every((tick) => tick >= low - slack && tick <= low + span + slack)).toBe(true)
      // the step is at least the asked one over 1.75: 2 stands for what is below 3.5
      expect(ticks.length).toBeLessThanOrEqual(1.75 * count + 1)
    }),
  )
})

test('logarithmic ticks: 1, 2, 5, then 1, 3, then decades, then every other decade', () => {
  expect(logTicks([250, 70000], 9)).toEqual([500, 1000, 2000, 5000, 10000, 20000, 50000])
  expect(logTicks([250, 70000], 5)).toEqual([300, 1000, 3000, 10000, 30000])
  expect(logTicks([0.001, 1000], 7)).toEqual([0.001, 0.01, 0.1, 1, 10, 100, 1000])
  expect(logTicks([1e-12, 1e12], 6).length).toBeLessThanOrEqual(6)
  expect(logTicks([2.1, 2.9], 6)).toEqual([2.2, 2.4, 2.6, 2.8])
})
