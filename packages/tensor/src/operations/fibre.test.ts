// Steps along a fibre against sums written out, and their gradients against central differences and inner products.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import * as operations from './index.ts'
import { type Tensor, empty, tensor } from '../array/tensor.ts'
import { reference } from '../backend/reference.ts'
import { random } from '../random/random.ts'

const noise = (shape: readonly number[], seed: number, complex = false): Tensor => {
  const length = shape.reduce((a, b) => a * b, complex ? 2 : 1)
  const dtype = complex ? ('complex128' as const) : ('float64' as const)
  return tensor(random(seed).fillNormal(new Float64Array(length)), shape, { dtype })
}
const inner = (a: Tensor, b: Tensor): number => {
  const [p, q] = [a.toTypedArray(), b.toTypedArray()]
  return Array.from(p).reduce((sum, v, i) => sum + v * q[i], 0)
}
const moved = (x: Tensor, direction: Tensor, step: number): Tensor => {
  const along = direction.toTypedArray()
  return tensor(
    x.toTypedArray().map((v, i) => v + step * along[i]),
    x.shape,
    { dtype: x.dtype },
  )
}
const few = fc.integer({ min: 1, max: 3 })
const fibres = (K: number, Q: number, L: number, seed: number) => ({
  filters: noise([K, 2 * L], seed),
  windows: noise([Q, 2 * L], seed + 1),
})

it('fibreModulus is the sum over a whole turn of moduli of a cyclic convolution', () => {
  fc.assert(
    fc.property(
      few,
      fc.integer({ min: 1, max: 6 }),
      few,
      few,
      few,
      fc.boolean(),
      fc.integer(),
      (n, L, p, K, Q, isComplex, seed) => {
        const z = noise([n, L, p], seed, isComplex)
        const fibre = fibres(K, Q, L, seed + 1)
        const out = empty([n, K * Q, p], { dtype: 'float64' })
        operations.fibreModulus(reference, z, fibre, out)
        const [values, psi, w] = [z.toTypedArray(), fibre.filters.toTypedArray(), fibre.windows.toTypedArray()]
        const [i, point, k, q] = [n - 1, p - 1, K - 1, Q - 1]
        const at = (t: number): [number, number] => {
          const place = (i * L + (t % L)) * p + point
          return isComplex
            ? [values[2 * place], t < L ? values[2 * place + 1] : -values[2 * place + 1]]
            : [values[place], 0]
        }
        let sum = 0
        for (let theta = 0; theta < 2 * L; theta++) {
          let [re, im] = [0, 0]
          for (let m = 0; m < 2 * L; m++) {
            for (let t = 0; t < 2 * L; t++) {
              const [c, s] = [Math.cos((Math.PI * m * (theta - t)) / L), Math.sin((Math.PI * m * (theta - t)) / L)]
              re += (psi[k * 2 * L + m] * (c * at(t)[0] - s * at(t)[1])) / (2 * L)
              im += (psi[k * 2 * L + m] * (s * at(t)[0] + c * at(t)[1])) / (2 * L)
            }
          }
          sum += w[q * 2 * L + theta] * Math.hypot(re, im)
        }
        expect(out.toTypedArray()[(i * K * Q + k * Q + q) * p + point]).toBeCloseTo(sum, 9)
      },
    ),
  )
})

it('fibreModulusAdjoint is its gradient by central differences, and adds', () => {
  fc.assert(
    fc.property(few, fc.integer({ min: 1, max: 5 }), few, fc.boolean(), fc.integer(), (n, L, p, isComplex, seed) => {
      const [z, direction, before] = [0, 1, 2].map((s) => noise([n, L, p], seed + s, isComplex))
      const fibre = fibres(2, 2, L, seed + 3)
      const g = noise([n, 4, p], seed + 5)
      const at = (step: number): number => {
        const out = empty(g.shape, { dtype: 'float64' })
        operations.fibreModulus(reference, moved(z, direction, step), fibre, out)
        return inner(out, g)
      }
      const gradient = moved(before, before, 0)
      operations.fibreModulusAdjoint(reference, z, fibre, g, gradient, true)
      const slope = (at(1e-6) - at(-1e-6)) / 2e-6
      const found = inner(gradient, direction) - inner(before, direction)
      expect(Math.abs(found - slope)).toBeLessThan(1e-5 * Math.max(1, Math.abs(slope)))
    }),
  )
})

it('the gradient is 0 where moduli are', () => {
  const z = empty([1, 4, 2], { dtype: 'complex128' })
  const out = noise([1, 4, 2], 1, true)
  operations.fibreModulusAdjoint(reference, z, fibres(2, 1, 4, 2), noise([1, 2, 2], 3), out)
  expect([...out.toTypedArray()].every((v) => v === 0)).toBe(true)
})

it('waveletField has the moduli of waveletModulus', () => {
  const xhat = empty([2, 12, 7], { dtype: 'complex128' })
  operations.spectrum(reference, noise([2, 12, 12], 1), xhat)
  const psi = { values: noise([5, 7], 2), row: -2, column: 3 }
  const field = empty([2, 6, 4], { dtype: 'complex128' })
  const U = empty([2, 6, 4], { dtype: 'float64' })
  operations.waveletField(reference, xhat, psi, [2, 3], field)
  operations.waveletModulus(reference, xhat, psi, [2, 3], U)
  const z = field.toTypedArray()
  U.toTypedArray().forEach((modulus, i) => expect(Math.hypot(z[2 * i], z[2 * i + 1])).toBeCloseTo(modulus, 12))
})

it('Re ⟨waveletField x̂, g⟩ = Re ⟨x̂, waveletFieldAdjoint g⟩, and what was there stays', () => {
  fc.assert(
    fc.property(few, few, fc.constantFrom(1, 2, 3), fc.integer(), (h, w, factor, seed) => {
      const [H, W] = [h * factor, w * factor]
      const psi = { values: noise([Math.min(H, 3), W], seed), row: -2, column: -1 }
      const [xhat, back] = [1, 2].map((s) => noise([2, H, Math.floor(W / 2) + 1], seed + s, true))
      const [g, field] = [3, 4].map((s) => noise([2, h, w], seed + s, true))
      const before = inner(xhat, back)
      operations.waveletField(reference, xhat, psi, factor, field)
      operations.waveletFieldAdjoint(reference, g, psi, factor, back, true)
      expect(inner(field, g)).toBeCloseTo(inner(xhat, back) - before, 9)
    }),
  )
})

it('refuses shapes that do not fit', () => {
  const fibre = fibres(2, 1, 4, 1)
  const z = noise([1, 4, 3], 2, true)
  expect(() => operations.fibreModulus(reference, noise([1, 5, 3], 2), fibre, noise([1, 2, 3], 3))).toThrow('10')
  expect(() => operations.fibreModulus(reference, z, fibre, noise([1, 3, 3], 3))).toThrow('1×3×3')
  expect(() => operations.fibreModulus(reference, z, fibre, noise([1, 2, 3], 3, true))).toThrow('are real')
  expect(() => operations.fibreModulusAdjoint(reference, z, fibre, noise([1, 2, 3], 3), noise([1, 4, 3], 3))).toThrow(
    'of that type',
  )
})
