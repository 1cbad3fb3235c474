import { expect, test } from 'vitest'
import { type Evaluation, newton } from './newton.ts'

interface Point extends Evaluation {
  readonly x: Float64Array
}

/** Σ c_i·log cosh(x_i - 1) + 1, whose curvature falls to nothing away from 1; and a rough estimate of H⁻¹. */
const valley = (curvatures: readonly number[]) => ({
  evaluate: async (x: Float64Array): Promise<Point> => ({
    x,
    value: x.reduce((sum, value, i) => sum + curvatures[i] * Math.log(Math.cosh(value - 1)), 1),
    gradient: x.map((value, i) => curvatures[i] * Math.tanh(value - 1)),
  }),
  hessianTimes: async ({ x }: Point, v: Float64Array) =>
    v.map((value, i) => (curvatures[i] * value) / Math.cosh(x[i] - 1) ** 2),
  precondition: async (_: Point, v: Float64Array) => v.map((value, i) => value / (1 + curvatures[i])),
})
const options = { tolerance: 1e-12, maxIterations: 50, rounding: 1e-15, onIteration: async () => {} }

test('finds the minimum of a valley that is steep in one direction and flat in another', async () => {
  const curvatures = Array.from({ length: 30 }, (_, i) => 10 ** (i / 5 - 3))
  const found = await newton(valley(curvatures), new Float64Array(30), options)
  expect(found.converged).toBe(true)
  expect(found.value).toBeCloseTo(1, 11)
  expect(found.suboptimality).toBeLessThanOrEqual(1e-12)
  expect(found.iterations).toBeLessThan(40)
})

test('halves a step that overshoots', async () => {
  // at 2.5 the full step of log cosh leads beyond -30
  const found = await newton(valley([1]), Float64Array.of(3.5), options)
  expect(found.point[0]).toBeCloseTo(1, 6)
})

test('says that the bound of steps ended it, and by about how much too early', async () => {
  const found = await newton(valley([1, 100]), Float64Array.of(2, 2), { ...options, maxIterations: 1 })
  expect(found).toMatchObject({ converged: false, iterations: 1 })
  // ½∇ᵀH⁻¹∇ at the start: ½·101·tanh²(1)·cosh²(1)
  expect(found.suboptimality).toBeCloseTo(50.5 * Math.sinh(1) ** 2, 6)
})

test('ends at once at a minimum', async () => {
  const found = await newton(valley([1, 2]), Float64Array.of(1, 1), options)
  expect(found).toMatchObject({ converged: true, suboptimality: 0, value: 1 })
})
