import { type Tensor, mean, random, square, sub, tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { type Batch, DivergedError, NonFiniteError, dropout, evaluate, linear, network, sequential } from '../index.ts'

const net = network(sequential({ head: linear({ units: 3 }), drop: dropout() }), [4])
const weights = net.initialise(random(1), { dtype: 'float64' })
const data = random(2).fillNormal(new Float64Array(10 * 4))
const labels = Array.from({ length: 10 }, (_, i) => i % 3)

const cut = (sizes: readonly number[]): Batch[] => {
  let at = 0
  return sizes.map((size) => {
    const [from, to] = [at, (at += size)]
    return { images: { data: data.slice(4 * from, 4 * to), shape: [size, 4] }, labels: labels.slice(from, to) }
  })
}

/** Scores by plain loops. */
const scores = labels.map((_, n) => {
  const [w, b] = ['head.weight', 'head.bias'].map((name) => weights.parameters[name].toTypedArray())
  return [0, 1, 2].map((k) => b[k] + [0, 1, 2, 3].reduce((sum, i) => sum + w[4 * k + i] * data[4 * n + i], 0))
})

describe('evaluate', () => {
  it('gives the mean loss, the errors and the predictions over all items, however they are cut', async () => {
    const predictions = scores.map((row) => row.indexOf(Math.max(...row)))
    const errors = predictions.filter((prediction, n) => prediction !== labels[n]).length
    const losses = scores.map((row, n) => Math.log(row.reduce((sum, s) => sum + Math.exp(s), 0)) - row[labels[n]])
    const loss = losses.reduce((sum, l) => sum + l) / 10
    expect(errors).toBeGreaterThan(0)
    for (const sizes of [[10], [7, 3], [1, 8, 1]]) {
      const found = await evaluate(net, weights, cut(sizes))
      expect(found).toMatchObject({ errors, total: 10, errorRate: errors / 10 })
      expect([...found.predictions]).toEqual(predictions)
      // sums of four terms in another order
      expect(Math.abs(found.loss / loss - 1)).toBeLessThan(1e-14)
    }
  })

  it('counts what it is told to, and nothing for losses without classes', async () => {
    const loss = (y: Tensor, target: Tensor): Tensor => mean(square(sub(y, target)))
    const batch = { images: tensor(data, [10, 4]), labels: tensor(new Float64Array(30), [10, 3]) }
    expect(await evaluate(net, weights, [batch], { loss })).toMatchObject({ errors: NaN, errorRate: NaN, total: 10 })
    const counted = await evaluate(net, weights, cut([4, 6]), { countErrors: ({ length }) => length - 1 })
    expect(counted.errors).toBe(8)
  })

  it('tells how far it is, and ends when it is told to', async () => {
    const controller = new AbortController()
    const seen: number[] = []
    const onProgress = (items: number): void => {
      seen.push(items)
      if (items === 7) controller.abort('enough')
    }
    const options = { signal: controller.signal, onProgress }
    await expect(evaluate(net, weights, cut([4, 3, 3]), options)).rejects.toBe('enough')
    expect(seen).toEqual([4, 7])
  })

  it('says which numbers are not finite, and in which batch', async () => {
    const batches = cut([4, 3, 3])
    const broken = { ...batches[2], images: { data: Float64Array.from({ length: 12 }, () => NaN), shape: [3, 4] } }
    const error: unknown = await evaluate(net, weights, [...batches.slice(0, 2), broken]).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(NonFiniteError)
    expect(error).not.toBeInstanceOf(DivergedError)
    expect(error).toMatchObject({ code: 'NON_FINITE', layer: '', quantity: 'images' })
    expect((error as Error).message).toBe(
      'batch 2: the first number that is not finite belongs to the images: look at the data',
    )
    const loud = {
      ...weights,
      parameters: { ...weights.parameters, 'head.bias': tensor(Float64Array.of(0, Infinity, 0)) },
    }
    await expect(evaluate(net, loud, batches)).rejects.toMatchObject({ layer: 'head', quantity: 'output' })
  })
})
