import * as operations from './index.ts'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { View } from '../backend/backend.ts'
import type { SampledKernel } from './spectral-filter.ts'
import { random } from '../random/random.ts'
import { reference } from '../backend/reference.ts'
import { type Tensor, empty, tensor } from '../array/tensor.ts'

const noise = (shape: readonly number[], seed: number, complex = false): Tensor => {
  const length = shape.reduce((a, b) => a * b, complex ? 2 : 1)
  const dtype = complex ? ('complex128' as const) : ('float64' as const)
  return tensor(random(seed).fillNormal(new Float64Array(length)), shape, { dtype })
}
const zeros = (like: Tensor): Tensor => empty(like.shape, { dtype: like.dtype })
/** Real inner product; of complex arrays Re ⟨a, b⟩, so that gradients are ∂/∂Re + i ∂/∂Im. */
const inner = (a: Tensor, b: Tensor): number => {
  const [p, q] = [a.toTypedArray(), b.toTypedArray()]
  return Array.from(p).reduce((sum, v, i) => sum + v * q[i], 0)
}
const kernel = (n: number, outputs: number, width: number, seed: number): SampledKernel => ({
  taps: noise([outputs, width], seed),
  starts: Int32Array.from({ length: outputs }, (_, o) => (o * 3) % n),
})
const size = fc.integer({ min: 1, max: 7 })

it('⟨pad x, g⟩ = ⟨x, padAdjoint g⟩', () => {
  fc.assert(
    fc.property(size, size, size, fc.integer(), (n, h, w, seed) => {
      const rows = Int32Array.from({ length: h + 4 }, (_, y) => ((y * 5) % (h + 1)) - 1)
      const columns = Int32Array.from({ length: w + 3 }, (_, x) => ((x * 3) % (w + 1)) - 1)
      const [x, g] = [noise([n, h, w], seed), noise([n + 1, h + 4, w + 3], seed + 1)]
      const [padded, back] = [zeros(g), zeros(x)]
      operations.pad(reference, x, rows, columns, padded)
      operations.padAdjoint(reference, g, rows, columns, back)
      expect(inner(padded, g)).toBeCloseTo(inner(x, back), 10)
    }),
  )
})

it('Re ⟨F x, g⟩ = ⟨x, spectrumAdjoint g⟩, and what was there stays', () => {
  fc.assert(
    fc.property(size, size, size, fc.integer(), (n, h, w, seed) => {
      const [x, g] = [noise([n, h, w], seed), noise([n, h, Math.floor(w / 2) + 1], seed + 1, true)]
      const [spectrum, back] = [zeros(g), noise([n, h, w], seed + 2)]
      const before = inner(x, back)
      operations.spectrum(reference, x, spectrum)
      operations.spectrumAdjoint(reference, g, back, true)
      expect(inner(spectrum, g)).toBeCloseTo(inner(x, back) - before, 9)
    }),
  )
})

it('⟨U⋆φ, g⟩ = ⟨U, averageAdjoint g⟩', () => {
  fc.assert(
    fc.property(size, size, size, fc.integer(), (n, h, w, seed) => {
      const [rows, columns] = [kernel(h, 2, Math.min(h, 3), seed + 2), kernel(w, 4, w, seed + 3)]
      const [U, g] = [noise([n, h, w], seed), noise([n, 2, 4], seed + 1)]
      const [S, back] = [zeros(g), zeros(U)]
      operations.average(reference, U, rows, columns, S)
      operations.averageAdjoint(reference, g, rows, columns, back)
      expect(inner(S, g)).toBeCloseTo(inner(U, back), 9)
    }),
  )
})

it('waveletModulusAdjoint is the gradient of waveletModulus by central differences', () => {
  fc.assert(
    fc.property(size, size, fc.constantFrom(1, 2, 3), fc.integer(), (h, w, factor, seed) => {
      const [H, W] = [h * factor, w * factor]
      const psi = { values: noise([Math.min(H, 3), W], seed), row: -2, column: -1 }
      const [xhat, direction] = [1, 2].map((s) => noise([2, H, Math.floor(W / 2) + 1], seed + s, true))
      const g = noise([2, h, w], seed + 3)
      const at = (step: number): number => {
        const moved = tensor(
          xhat.toTypedArray().map((v, i) => v + step * direction.toTypedArray()[i]),
          xhat.shape,
          { dtype: 'complex128' },
        )
        const U = zeros(g)
        operations.waveletModulus(reference, moved, psi, factor, U)
        return inner(U, g)
      }
      const gradient = zeros(xhat)
      operations.waveletModulusAdjoint(reference, xhat, psi, factor, g as View, gradient)
      // the modulus bends at 0: the curvature, hence the error, grows where |z| is small
      expect(Math.abs((at(1e-6) - at(-1e-6)) / 2e-6 - inner(gradient, direction))).toBeLessThan(1e-4)
    }),
    { numRuns: 40, seed: 1 },
  )
})
