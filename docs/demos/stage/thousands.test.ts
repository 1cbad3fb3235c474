import { expect, it } from 'vitest'
import { thousands } from './thousands.ts'

it.each([0, 7, 999, 1000, 12_345, 100_000, 1_234_567, 2 ** 53 - 1, -1000])('writes %i as English does', (n) => {
  expect(thousands(n)).toBe(n.toLocaleString('en'))
})
