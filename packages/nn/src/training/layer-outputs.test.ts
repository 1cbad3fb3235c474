import { random, tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { type Batch, dropout, layerOutputs, linear, network, relu, sequential } from '../index.ts'

const net = network(
  sequential({ fc1: linear({ units: 5 }), rho: relu(), drop: dropout(), block: sequential([linear({ units: 3 })]) }),
  [4],
)
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

describe('layerOutputs', () => {
  it('gives what the layers give, however the items are cut', async () => {
    for (const sizes of [[10], [7, 3], [1, 8, 1]]) {
      const { rho, 'block.0': last } = await layerOutputs(net, weights, cut(sizes), { layers: ['rho', 'block.0'] })
      expect(rho.shape).toEqual([10, 5])
      expect(last.shape).toEqual([10, 3])
      const whole = net.forward(weights, tensor(data, [10, 4])).toTypedArray()
      last.data.forEach((value, k) => expect(value).toBeCloseTo(whole[k], 14))
      const [w, b] = ['fc1.weight', 'fc1.bias'].map((name) => weights.parameters[name].toTypedArray())
      rho.data.forEach((value, k) => {
        const [n, unit] = [Math.floor(k / 5), k % 5]
        const score = b[unit] + [0, 1, 2, 3].reduce((sum, i) => sum + w[4 * unit + i] * data[4 * n + i], 0)
        expect(value).toBeCloseTo(Math.max(0, score), 14)
      })
    }
  })

  it('names the layers that there are, for one that there is not', async () => {
    await expect(layerOutputs(net, weights, cut([10]), { layers: ['fc3'] })).rejects.toThrow(
      "no layer 'fc3': give some of fc1, rho, drop, block.0",
    )
  })

  it('ends when it is told to', async () => {
    const signal = AbortSignal.abort('enough')
    await expect(layerOutputs(net, weights, cut([5, 5]), { layers: ['rho'], signal })).rejects.toBe('enough')
    await expect(layerOutputs(net, weights, [], { layers: ['rho'] })).rejects.toMatchObject({ code: 'EMPTY' })
  })
})
