import fc from 'fast-check'
import { expect, it } from 'vitest'
import { factorsOf } from './fourier.ts'

const isPrime = (n: number): boolean => !Array.from({ length: n }, (_, p) => p).some((p) => p > 1 && n % p === 0)

it('a length is the product of its factors, which are small or prime', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), (n) => {
      const factors = factorsOf(n)
      expect(factors.reduce((a, b) => a * b, 1)).toBe(n)
      for (const factor of factors) expect(factor <= 16 || isPrime(factor)).toBe(true)
    }),
  )
})

it.each([
  [1, 1],
  [16, 1],
  [40, 2],
  [256, 2],
  [320, 3],
  [4096, 3],
  [97, 1],
])('%i takes %i passes', (n, passes) => {
  expect(factorsOf(n)).toHaveLength(passes)
})
