import { expect, it } from 'vitest'
import { fft2, random, randomNormal } from '@scatterlab/tensor'
import { filterBank1d } from './filter-bank-1d.ts'
import { filterBank2d } from './filter-bank-2d.ts'
import { tightFrame } from './tight-frame.ts'

it.each([
  { shape: [16, 16], scales: 2, orientations: 4 },
  { shape: [24, 32], scales: 3, orientations: 8 },
  { shape: [15, 21], scales: 2, orientations: 6 },
] as const)('keeps the norm of real images: %o', ({ shape, scales, orientations }) => {
  const frame = tightFrame(filterBank2d({ shape, scales, orientations }))
  expect(frame.psi).toHaveLength(scales * orientations)
  const x = randomNormal([...shape], random(3), { dtype: 'float64' })
  const spectrum = fft2(x).asReal().toTypedArray()
  // Parseval: Σ|x̂|²|f̂|²/N over all filters is ‖x‖²
  const energies = [frame.phi, ...frame.psi].map((filter) =>
    filter.reduce((sum, f, k) => sum + f * f * (spectrum[2 * k] ** 2 + spectrum[2 * k + 1] ** 2), 0),
  )
  const total = energies.reduce((a, b) => a + b, 0) / (shape[0] * shape[1])
  const norm = Array.from(x.toTypedArray()).reduce((sum, value) => sum + value * value, 0)
  expect(Math.abs(total / norm - 1)).toBeLessThan(1e-12)
})

it('keeps the norm of real signals', () => {
  const length = 60
  const frame = tightFrame(filterBank1d({ length, scales: 3, waveletsPerOctave: 2 }))
  for (let k = 0; k < length; k++) {
    const covered = frame.psi.map((psi) => (psi[k] ** 2 + psi[(length - k) % length] ** 2) / 2)
    expect(frame.phi[k] ** 2 + covered.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
  }
})

it('names a frequency that no filter covers', () => {
  const bank = filterBank2d({ shape: [16, 16], scales: 1, orientations: 1, sigma: 6, sigmaLowPass: 6 })
  expect(() => tightFrame(bank)).toThrow(/no filter of the bank covers frequency \(\d+, \d+\)/)
})
