import { type Tensor, ValueError, log, mul, square, sub, sum, tensor, zeros } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { NonFiniteError, adam, cosine, descend, sgd } from './index.ts'

const target = tensor([1, -2, 3])
const bowl = (x: Tensor): Tensor => sum(square(sub(x, target)))

describe('descend', () => {
  it('takes the steps of gradient descent: x ← x − 2ε(x − target)', async () => {
    const values: number[] = []
    const { x, value, iterations, evaluations, reason } = await descend(sgd({ rate: 0.25 }))(bowl, zeros([3]), {
      iterations: 5,
      onIteration: (step) => values.push(step.value),
    })
    // each step halves the distance
    expect([iterations, evaluations, reason]).toEqual([5, 6, 'iterations'])
    values.forEach((v, i) => expect(v).toBeCloseTo(14 / 4 ** (i + 1), 10))
    expect(value).toBeCloseTo(14 / 4 ** 5, 10)
    expect(Array.from(x.toTypedArray(), (v) => Math.round(32 * v))).toEqual([31, -62, 93])
  })

  it('gives the best point, where steps go up again', async () => {
    const values: number[] = []
    // each step is 1.4 times as far from the target as the one before
    const { x, value, iterations } = await descend(sgd({ rate: 1.2 }))(bowl, zeros([3]), {
      iterations: 3,
      onIteration: (step) => values.push(step.value),
    })
    expect([value, iterations]).toEqual([14, 3])
    expect(Array.from(x.toTypedArray())).toEqual([0, 0, 0])
    values.forEach((v, i) => expect(v).toBeCloseTo(14 * 1.96 ** (i + 1), 3))
  })

  it('finds the minimum by Adam with a falling rate, in arrays by name, and leaves the start', async () => {
    const start = { a: zeros([3]), b: tensor([5]) }
    const loss = ({ a, b }: typeof start): Tensor => sum(square(sub(mul(a, b), target)))
    const { x, value } = await descend(adam({ rate: 0.3 }), { schedule: cosine({ steps: 150 }) })(loss, start, {
      iterations: 150,
    })
    expect(value).toBeLessThan(1e-6)
    expect(mul(x.a, x.b).toTypedArray()[2]).toBeCloseTo(3, 3)
    expect(start.b.item()).toBe(5)
  })

  it('ends by its tolerances, and where it is told to', async () => {
    const minimise = descend(sgd({ rate: 0.25 }))
    expect((await minimise(bowl, target)).reason).toBe('gradient')
    const { reason, iterations } = await minimise(bowl, zeros([3]), { valueTolerance: 0.9, gradientTolerance: 0 })
    expect([reason, iterations]).toEqual(['value', 1])
    const signal = AbortSignal.abort(new Error('stop'))
    await expect(minimise(bowl, zeros([3]), { signal })).rejects.toThrow('stop')
  })

  it('refuses what is no optimizer, and numbers that are not finite', async () => {
    expect(() => descend({ rate: 1 } as never)).toThrow(ValueError)
    const run = descend(sgd({ rate: 1 }))((x) => sum(log(x)), tensor([-1]))
    await expect(run).rejects.toThrow(NonFiniteError)
  })
})
