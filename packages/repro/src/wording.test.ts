import { expect, test } from 'vitest'
import { errorRow } from './row.ts'
import type { Row } from './row.ts'
import { duration, grouped, measured, published, settingsInWords } from './wording.ts'

const bare = (value: number, unit: string): Row => ({
  measure: 'speed',
  method: 'wasm',
  settings: {},
  value,
  unit,
  count: null,
  total: null,
  slide: null,
  paper: null,
})

test.each([
  [0.04, '0.0 s'],
  [12.34, '12.3 s'],
  [59.94, '59.9 s'],
  [59.96, '1 min 00 s'],
  [125.4, '2 min 05 s'],
  [3599.4, '59 min 59 s'],
  [3725, '1 h 02 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text)
})

test('a measured error shows its standard error and its count', () => {
  const error = (count: number, total: number) => measured(errorRow({ method: '', settings: {}, count, total }))
  expect(error(77, 10_000)).toBe('0.77 % ± 0.09 (77 of 10,000)')
  expect(error(0, 1000)).toBe('0.00 % (0 of 1,000)')
})

test('another number has four significant digits', () => {
  expect(measured(bare(31.41592, 'dB'))).toBe('31.42 dB')
  expect(measured(bare(1_234_567, ''))).toBe('1,235,000')
  expect(measured(bare(0.000012346, ''))).toBe('0.00001235')
})

test('a published number stands as it was printed', () => {
  expect(published(0.43, '%')).toBe('0.43 %')
  expect(published(60_000, '')).toBe('60,000')
  expect(published(null, '%')).toBe('–')
})

test('settings are words', () => {
  expect(settingsInWords({ trainingSize: 5000, maxOrder: 2, padding: 'zero' })).toBe(
    'training size 5,000, max order 2, padding zero',
  )
  expect(grouped(-1234.5)).toBe('-1,234.5')
})
