// Three training steps of a small ConvNet, as a user writes them (layers, differentiation, loss, update), in a page on both modes of the
// GPU back end: losses and parameters beside the reference's.
import { createGpuBackend } from '@scatterlab/gpu'
import {
  batchNorm,
  conv2d,
  flatten,
  linear,
  maxPool,
  network,
  relu,
  residual,
  responseNorm,
  sequential,
  trainingStep,
} from '@scatterlab/nn'
import { sgd } from '@scatterlab/optim'
import { type Backend, type RealArray, random, reference, scope } from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'

const net = network(
  sequential({
    conv1: conv2d({ channels: 4, size: 5, padding: 2 }),
    relu1: relu(),
    norm1: responseNorm({ alpha: 0.1 }),
    pool1: maxPool({ size: 3, stride: 2, ceil: true }),
    layer1: residual({
      body: sequential({ conv: conv2d({ channels: 4, size: 3, padding: 1, bias: false }), bn: batchNorm() }),
      after: relu(),
    }),
    pool2: maxPool({ size: 2 }),
    flatten: flatten(),
    fc: linear({ units: 3 }),
  }),
  [1, 12, 12],
)
const items = 6
const images = { data: random(2).fillNormal(new Float32Array(items * 144)), shape: [items, 1, 12, 12] }
const labels = Array.from({ length: items }, (_, i) => i % 3)

/** Losses of the steps, then every parameter and running moment. */
async function trained(backend: Backend): Promise<Record<string, RealArray>> {
  const weights = net.initialise(random(1), { backend })
  const optimizer = sgd({ rate: 0.05, momentum: 0.9, decay: 0.0005 })
  let state = optimizer.init(weights.parameters)
  const losses: Promise<RealArray>[] = []
  for (let step = 0; step < 3; step++) {
    state = scope(() => {
      const { loss, gradients } = trainingStep(net, weights, { images, labels })
      losses.push(loss.read())
      return optimizer.update(weights.parameters, gradients, state)
    })
  }
  const arrays = Object.entries({ ...weights.parameters, ...weights.state })
  const numbers = arrays.map(async ([name, array]) => [name, await array.read()] as const)
  const found = (await Promise.all(losses)).map(([loss]) => loss)
  return { losses: Float32Array.from(found), ...Object.fromEntries(await Promise.all(numbers)) }
}

describe.each(['webgl2', 'webgpu'] as const)('a network on %s', (mode) => {
  it('is trained as on the reference', async () => {
    const backend = await createGpuBackend({ mode })
    const [ours, theirs] = [await trained(backend), await trained(reference)]
    // single precision against double sums, in three steps of nine layers
    for (const [name, numbers] of Object.entries(theirs)) expectClose(ours[name], numbers, { absolute: 2e-5 })
    expect([...backend.declined]).toEqual([])
    await backend.close()
  })
})
