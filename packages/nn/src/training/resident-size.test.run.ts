// A thousand steps in a process of their own; prints by how many MB its heap and its arrays grew.
import { random } from '@scatterlab/tensor'
import { batchNorm, conv2d, dropout, fit, flatten, linear, maxPool, network, relu, sequential } from '../index.ts'

const net = network(
  sequential({
    conv: conv2d({ channels: 8, size: 3, padding: 1 }),
    bn: batchNorm(),
    relu: relu(),
    pool: maxPool({ size: 3, stride: 2 }),
    flatten: flatten(),
    drop: dropout(),
    head: linear({ units: 4 }),
  }),
  [1, 12, 12],
)

const weights = net.initialise(random(0))
const images = { data: random(0).fillNormal(new Float32Array(4 * 144)), shape: [4, 1, 12, 12] }
const batches = () => Array.from({ length: 100 }, () => ({ images, labels: [0, 1, 2, 3] }))

const train = (steps: number): Promise<unknown> =>
  fit(net, {
    weights,
    batches,
    optimizer: {
      rate: 0.01,
      init: () => ({ step: 0, tensors: {} }),
      update: (_parameters, _gradients, state) => ({ ...state, step: state.step + 1 }),
    },
    steps,
  })

/** What is in use after a collection, in MB. */
async function inUse(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc!()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 2 ** 20
}

await train(100)
const before = await inUse()
await train(1000)
console.log((await inUse()) - before)
