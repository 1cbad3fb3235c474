// The solver of small problems against the best of all faces of the box, each solved exactly.
import { random } from '@scatterlab/tensor'
import fc from 'fast-check'
import { Matrix, SingularValueDecomposition } from 'ml-matrix'
import { expect, test } from 'vitest'
import { extremes, smo } from './smo.ts'

/** Least ½βᵀKβ − yᵀβ with Σβ = 0 in the box, by trying for every variable its lower bound, its upper bound and neither. */
function bruteForce(kernel: number[][], y: number[], lower: number[], upper: number[]): number {
  const n = y.length
  let best = Infinity
  for (let face = 0; face < 3 ** n; face++) {
    const state = y.map((_, i) => Math.floor(face / 3 ** i) % 3)
    const free = y.map((_, i) => i).filter((i) => state[i] === 2)
    const beta = y.map((_, i) => (state[i] === 0 ? lower[i] : state[i] === 1 ? upper[i] : 0))
    if (free.length > 0) {
      // the KKT system of the face: K_FF β_F + λ1 = y_F − K_FB β_B, Σβ = 0
      const rows = free.map((i) => [...free.map((j) => kernel[i][j]), 1])
      const right = free.map((i) => [y[i] - beta.reduce((sum, value, j) => sum + kernel[i][j] * value, 0)])
      const system = new Matrix([...rows, [...free.map(() => 1), 0]])
      const target = new Matrix([...right, [-beta.reduce((a, b) => a + b, 0)]])
      const solution = new SingularValueDecomposition(system, { autoTranspose: true }).solve(target)
      free.forEach((i, at) => {
        beta[i] = solution.get(at, 0)
      })
    }
    const feasible =
      Math.abs(beta.reduce((a, b) => a + b, 0)) < 1e-9 &&
      beta.every((value, i) => value >= lower[i] - 1e-9 && value <= upper[i] + 1e-9)
    if (feasible) best = Math.min(best, objective(kernel, y, beta))
  }
  return best
}

function objective(kernel: number[][], y: number[], beta: ArrayLike<number>): number {
  let value = 0
  for (let i = 0; i < y.length; i++) {
    value -= y[i] * beta[i]
    for (let j = 0; j < y.length; j++) value += (beta[i] * beta[j] * kernel[i][j]) / 2
  }
  return value
}

test('reaches the least of all faces of the box, and the conditions of Karush, Kuhn and Tucker', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 3 }), fc.constantFrom(0.1, 1, 30), (seed, rank, cost) => {
      const stream = random(seed)
      const n = 6
      const x = Array.from({ length: n }, () => Array.from({ length: rank }, () => stream.normal()))
      x[5] = [...x[4]] // two equal samples
      const kernel = x.map((a) => x.map((b) => a.reduce((sum, value, j) => sum + value * b[j], 0)))
      const y = x.map((_, i) => (i === 0 || (i > 1 && stream.uniform() < 0.5) ? 1 : -1))
      const [lower, upper] = [y.map((sign) => Math.min(0, sign * cost)), y.map((sign) => Math.max(0, sign * cost))]
      const variables = {
        beta: new Float64Array(n),
        lower: Float64Array.from(lower),
        upper: Float64Array.from(upper),
        gradient: Float64Array.from(y, (sign) => -sign),
      }
      smo(Float64Array.from(kernel.flat()), variables, 1e-9, 1e-13, 1e6)
      const { grows, shrinks } = extremes(variables)
      expect(shrinks - grows).toBeLessThanOrEqual(1e-9)
      expect(Math.abs(variables.beta.reduce((a, b) => a + b, 0))).toBeLessThan(1e-9 * cost)
      const found = objective(kernel, y, variables.beta)
      const best = bruteForce(kernel, y, lower, upper)
      expect(Math.abs(found - best)).toBeLessThan(1e-6 * Math.max(1, Math.abs(best)))
    }),
    { numRuns: 25 },
  )
})
