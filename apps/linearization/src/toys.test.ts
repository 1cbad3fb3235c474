import { linearity, separation } from '@scatterlab/symmetry'
import { describe, expect, it } from 'vitest'
import { measure } from './level-sets.ts'
import { annuli, toys } from './toys.ts'

describe.each(toys())('$name', ({ points, values, phi }) => {
  it('is linear after its Φ to rounding, and not before', async () => {
    expect((await measure(phi, values, 2)).unexplained).toBeLessThan(1e-12)
    expect((await measure(points, values, 2)).unexplained).toBeGreaterThan(0.5)
  })

  it('has level sets in parallel spaces after Φ', async () => {
    // Φ of a level set lies in a plane where f is constant; two planes have the cosines 1 and 1
    expect((await measure(phi, values, 2)).cosine).toBeCloseTo(1, 6)
  })
})

it('the identity explains nothing of centred annuli', async () => {
  const { points, values } = annuli()
  expect((await measure(points, values, 2)).unexplained).toBeGreaterThan(1 - 1e-12)
})

it('ε grows as Φ does', () => {
  const { phi, values } = annuli()
  const f = { data: values, shape: [values.length] }
  const larger = { data: phi.data.map((v) => 3 * v), shape: phi.shape }
  expect(separation(larger, f).least / separation(phi, f).least).toBeCloseTo(3, 12)
  expect(linearity(larger, f).unexplained).toBeLessThan(1e-12)
})
