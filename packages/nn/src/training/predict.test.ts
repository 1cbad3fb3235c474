import { type RealArray, random } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import {
  type Images,
  EmptyPassError,
  NonFiniteError,
  evaluate,
  flatten,
  linear,
  network,
  predict,
  sequential,
  relu,
} from '../index.ts'

const net = network(sequential({ flatten: flatten(), fc: linear({ units: 3 }) }), [1, 2, 2])
const weights = net.initialise(random(1))
const images = (seed: number, count = 5): Images => ({
  data: random(seed).fillNormal(new Float32Array(4 * count)),
  shape: [count, 1, 2, 2],
})
const pass = () => [{ images: images(1) }, { images: images(2, 3) }]

it('gives the outputs of all items, and the class of the largest', async () => {
  const seen: number[] = []
  const { outputs, shape, classes } = await predict(net, weights, pass(), { onProgress: (items) => seen.push(items) })
  expect(shape).toEqual([8, 3])
  expect(seen).toEqual([5, 8])
  const { predictions } = await evaluate(
    net,
    weights,
    pass().map((batch) => ({ ...batch, labels: new Uint8Array(batch.images.shape[0]) })),
  )
  expect(classes).toEqual(predictions)
  const W = weights.parameters['fc.weight'].toTypedArray()
  for (const [item, output] of outputs.entries()) {
    const [n, c] = [Math.floor(item / 3), item % 3]
    const own: ArrayLike<number> =
      n < 5 ? images(1).data.subarray(4 * n, 4 * n + 4) : images(2, 3).data.subarray(4 * (n - 5), 4 * (n - 5) + 4)
    const sum = Array.from(own).reduce((total, x, i) => total + x * W[4 * c + i], 0)
    expect(Math.abs(output - sum)).toBeLessThan(1e-5)
  }
})

it('averages the views of an item by their weights', async () => {
  const scaled = ({ data, shape }: Images, factor: number): Images => ({
    data: (data as RealArray).map((v) => factor * v),
    shape,
  })
  const views = (x: Images) => [
    { images: scaled(x, 2), weight: 0.75 },
    { images: scaled(x, -4), weight: 0.25 },
  ]
  const [plain, seen] = [await predict(net, weights, pass()), await predict(net, weights, pass(), { views })]
  // a linear network: 2·0.75 − 4·0.25
  seen.outputs.forEach((value, i) => expect(Math.abs(value - 0.5 * plain.outputs[i])).toBeLessThan(1e-6))
})

it('refuses what gives no classes, no items and no sense', async () => {
  await expect(predict(network(relu(), [1, 2, 2]), { parameters: {}, state: {} }, pass())).rejects.toThrow(
    'one number for each class',
  )
  await expect(predict(net, weights, [])).rejects.toThrow(EmptyPassError)
  const light = { views: (x: Images) => [{ images: x, weight: 0.5 }] }
  await expect(predict(net, weights, pass(), light)).rejects.toThrow('sum to 0.5')
  await expect(predict(net, weights, pass(), { views: () => [{ images: images(1, 2), weight: 1 }] })).rejects.toThrow(
    'another number of images',
  )
  await expect(predict(net, weights, pass(), { views: () => 3 as never })).rejects.toThrow(
    'a list of { images, weight }',
  )
  const broken = { data: new Float32Array(4).fill(NaN), shape: [1, 1, 2, 2] }
  await expect(predict(net, weights, [{ images: broken }])).rejects.toThrow(NonFiniteError)
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(predict(net, weights, pass(), { signal })).rejects.toThrow('enough')
})
