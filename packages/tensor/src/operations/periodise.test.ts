// The folded product against the sum that defines x ⋆ ψ at the kept samples, and its adjoint against inner products.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { elementAt, elements, indicesOf, noise } from '../fourier/naive.test.oracle.ts'
import { type Tensor, empty } from '../array/tensor.ts'
import { reference } from '../backend/reference.ts'
import { ShapeError, ValueError } from '../errors.ts'
import { fft } from './fft.ts'
import { periodise, periodiseAdjoint } from './periodise.ts'
import { spectrum } from './scattering.ts'
import type { Factors, SpectralFilter } from './spectral-filter.ts'

const modulo = (k: number, n: number): number => ((k % n) + n) % n
const zeros = (shape: readonly number[], complex = true): Tensor =>
  empty(shape, { dtype: complex ? 'complex128' : 'float64' })
const halfOf = (width: number): number => Math.floor(width / 2) + 1
const inner = (a: Tensor, b: Tensor): number => {
  const other = elements(b)
  return elements(a).reduce((sum, v, i) => sum + v * other[i], 0)
}
const complexNoise = (shape: readonly number[], seed: number): Tensor => noise([...shape, 2], seed).asComplex()

const cases = fc
  .record({
    n: fc.integer({ min: 1, max: 3 }),
    h: fc.integer({ min: 1, max: 5 }),
    w: fc.integer({ min: 1, max: 5 }),
    factors: fc.constantFrom<Factors>([1, 1], [2, 2], [1, 3], [4, 1], [2, 3]),
  })
  .chain(({ n, h, w, factors }) =>
    fc.record({
      factors: fc.constant(factors),
      fine: fc.constant([n, h * factors[0], w * factors[1]] as const),
      coarse: fc.constant([n, h, w] as const),
      rows: fc.integer({ min: 1, max: h * factors[0] }),
      columns: fc.integer({ min: 1, max: w * factors[1] }),
      row: fc.integer({ min: -9, max: 9 }),
      column: fc.integer({ min: -9, max: 9 }),
      seed: fc.nat(1e6),
    }),
  )

describe('periodise', () => {
  it('is what transforms back to x ⋆ ψ at the kept samples, of whole spectra and of halves', () => {
    fc.assert(
      fc.property(cases, fc.boolean(), ({ factors, fine, coarse, rows, columns, row, column, seed }, whole) => {
        const psi: SpectralFilter & { values: Tensor } = { values: noise([rows, columns], seed), row, column }
        const [n, H, W] = fine
        const x = noise([n, H, W], seed + 1)
        const xhat = zeros(whole ? fine : [n, H, halfOf(W)])
        if (whole) {
          const widened = zeros(fine)
          elements(x).forEach((value, i) => (widened.buffer.data![2 * i] = value))
          fft(reference, widened, xhat, 2, -1)
          fft(reference, xhat, xhat, 1, -1)
        } else spectrum(reference, x, xhat)
        const z = zeros(coarse)
        periodise(reference, xhat, psi, factors, z)
        fft(reference, z, z, 1, 1)
        fft(reference, z, z, 2, 1)
        for (const [i, a, b] of indicesOf(coarse)) {
          // Σ over frequencies, each with the sum over samples written out: no transform, no folding
          let [re, im] = [0, 0]
          for (const [r, c] of indicesOf([rows, columns])) {
            const [ky, kx] = [modulo(row + r, H), modulo(column + c, W)]
            for (const [u, v] of indicesOf([H, W])) {
              const angle = 2 * Math.PI * ((ky * (a * factors[0] - u)) / H + (kx * (b * factors[1] - v)) / W)
              const value = (elementAt(psi.values, [r, c]) * elementAt(x, [i, u, v])) / (H * W)
              re += value * Math.cos(angle)
              im += value * Math.sin(angle)
            }
          }
          expect(Math.abs(elementAt(z, [i, a, b]) - re)).toBeLessThan(1e-10)
          expect(Math.abs(elementAt(z, [i, a, b], true) - im)).toBeLessThan(1e-10)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('refuses factors that are no whole numbers, spectra of another grid and filters beyond it', () => {
    const values = noise([1, 1], 1)
    const psi: SpectralFilter = { values, row: 0, column: 0 }
    const out = zeros([1, 4, 4])
    expect(() => periodise(reference, zeros([1, 4, 4]), psi, [1, 0.5], out)).toThrow(ValueError)
    expect(() => periodise(reference, zeros([1, 8, 4]), psi, [1, 1], out)).toThrow(ShapeError)
    expect(() => periodise(reference, zeros([1, 4, 4]), { ...psi, values: noise([5, 1], 1) }, 1, out)).toThrow(
      ShapeError,
    )
  })
})

describe('periodiseAdjoint', () => {
  it('Re ⟨periodise x̂, g⟩ = Re ⟨x̂, periodiseAdjoint g⟩, and what was there stays where it accumulates', () => {
    fc.assert(
      fc.property(cases, fc.boolean(), ({ factors, fine, coarse, rows, columns, row, column, seed }, whole) => {
        const psi: SpectralFilter = { values: noise([rows, columns], seed), row, column }
        const [n, H, W] = fine
        const shape = whole ? fine : [n, H, halfOf(W)]
        const [xhat, g] = [complexNoise(shape, seed + 1), complexNoise(coarse, seed + 2)]
        const [folded, back, added] = [zeros(coarse), zeros(shape), complexNoise(shape, seed + 3)]
        const before = inner(xhat, added)
        periodise(reference, xhat, psi, factors, folded)
        periodiseAdjoint(reference, g, psi, factors, back)
        periodiseAdjoint(reference, g, psi, factors, added, true)
        expect(inner(folded, g)).toBeCloseTo(inner(xhat, back), 10)
        expect(inner(xhat, added) - before).toBeCloseTo(inner(xhat, back), 10)
      }),
    )
  })
})
