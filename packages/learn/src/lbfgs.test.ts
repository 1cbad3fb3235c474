import { expect, test } from 'vitest'
import { type Evaluation, lbfgs } from './lbfgs.ts'

const options = {
  gradientNorm: 1e-9,
  maxIterations: 200,
  rounding: 1e-15,
  precondition: async (gradient: Float64Array) => gradient.slice(),
  onIteration: async () => {},
}

/** Σ c_i (x_i - 1)²/2. */
const quadratic =
  (curvatures: number[]) =>
  async (x: Float64Array): Promise<Evaluation> => ({
    value: x.reduce((sum, value, i) => sum + (curvatures[i] * (value - 1) ** 2) / 2, 0),
    gradient: x.map((value, i) => curvatures[i] * (value - 1)),
  })

test('finds the minimum of Rosenbrock’s valley', async () => {
  const rosenbrock = async ([x, y]: Float64Array): Promise<Evaluation> => ({
    value: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
    gradient: Float64Array.of(-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
  })
  const { point, iterations } = await lbfgs(rosenbrock, Float64Array.of(-1.2, 1), options)
  expect(point[0]).toBeCloseTo(1, 8)
  expect(point[1]).toBeCloseTo(1, 8)
  expect(iterations).toBeLessThan(60)
})

test('the Hessian’s inverse up to a factor needs a few steps, where the identity needs many', async () => {
  const curvatures = Array.from({ length: 60 }, (_, i) => 10 ** (i / 20))
  const evaluate = quadratic(curvatures)
  const plain = await lbfgs(evaluate, new Float64Array(60), { ...options, gradientNorm: 1e-3 })
  const precondition = async (gradient: Float64Array) => gradient.map((value, i) => (7 * value) / curvatures[i])
  const informed = await lbfgs(evaluate, new Float64Array(60), { ...options, gradientNorm: 1e-3, precondition })
  expect(informed.iterations).toBeLessThan(5)
  expect(plain.iterations).toBeGreaterThan(20)
})

test('ends at once where the gradient is small, and says where it got when it may not go on', async () => {
  const start = Float64Array.of(1, 1)
  expect(await lbfgs(quadratic([1, 9]), start, options)).toMatchObject({ iterations: 0, evaluations: 1, value: 0 })
  await expect(lbfgs(quadratic([1, 9]), new Float64Array(2), { ...options, maxIterations: 1 })).rejects.toMatchObject({
    code: 'CONVERGENCE',
    message: expect.stringContaining('after 1 iterations'),
  })
})
