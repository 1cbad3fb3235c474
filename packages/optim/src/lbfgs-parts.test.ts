import { type Tensor, add, mul, square, sub, sum, tensor, zeros } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { lbfgs } from './lbfgs.ts'

describe('lbfgs of problems side by side', () => {
  const n = 12
  const scales = tensor(
    Float64Array.from({ length: 3 * n }, (_, i) => 10 ** (Math.floor(i / n) + (i % n) / 4)),
    [3, n],
  )
  /** One value a problem, no two alike and none a quadratic. */
  const valuesOf =
    (curvatures: Tensor) =>
    (x: Tensor): Tensor =>
      sum(mul(add(square(sub(x, 1)), square(square(sub(x, 1)))), curvatures), { axes: [1] })
  const options = { history: 30, gradientTolerance: 1e-7, iterations: 500 }
  const start = zeros([3, n], { dtype: 'float64' })

  it('gives each the steps that it takes alone, in as many computations as the longest needs', async () => {
    const values: number[] = []
    const both = await lbfgs(valuesOf(scales), start, {
      parts: 3,
      ...options,
      onIteration: ({ value }) => values.push(value),
    })
    const alone = []
    for (const part of [0, 1, 2])
      alone.push(await lbfgs(valuesOf(scales.slice([part, part + 1])), start.slice([part, part + 1]), options))
    expect(both.x.toTypedArray()).toEqual(Float64Array.from(alone.flatMap(({ x }) => [...x.toTypedArray()])))
    expect(both.iterations).toBe(Math.max(...alone.map(({ iterations }) => iterations)))
    expect(both.evaluations).toBe(Math.max(...alone.map(({ evaluations }) => evaluations)))
    expect(values).toHaveLength(both.iterations)
    values.slice(1).forEach((value, i) => expect(value).toBeLessThanOrEqual(values[i]))
  })

  it('refuses a function that gives one value for all', async () => {
    const whole = (x: Tensor): Tensor => sum(valuesOf(scales)(x))
    await expect(lbfgs(whole, start, { parts: 3 })).rejects.toThrow('parts is 3, the function gave 1 values')
  })

  it('hands on what the function throws', async () => {
    const broken = (x: Tensor): Tensor => {
      if (x.toTypedArray()[0] > 0.5) throw new Error('broken')
      return valuesOf(scales)(x)
    }
    await expect(lbfgs(broken, start, { parts: 3 })).rejects.toThrow('broken')
  })
})
