// Results are allocated without zeros: that every operation writes all of its result, on memory full of NaN.
import { type Backend, type Tensor, random, reference, tensor, valueAndGrad } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import {
  averagePool,
  batchNorm,
  conv2d,
  crossEntropy,
  globalAveragePool,
  leakyRelu,
  linear,
  maxPool,
  network,
  relu,
  residual,
  responseNorm,
  sequential,
  subsampleAndPad,
  transposedConv2d,
} from '../index.ts'

const net = network(
  sequential({
    conv1: conv2d({ channels: 4, size: 3, padding: 1 }),
    norm1: batchNorm(),
    relu1: relu(),
    pool1: maxPool({ size: 3, stride: 2, padding: 1 }),
    // a 1×1 filter of stride 2 reads no more than every fourth pixel: the gradient of the others is 0
    block: residual({
      body: sequential({ conv: conv2d({ channels: 6, size: 1, stride: 2 }), leaky: leakyRelu() }),
      shortcut: subsampleAndPad({ channels: 6, stride: 2 }),
      after: relu(),
    }),
    up: transposedConv2d({ channels: 4, size: 3, stride: 2 }),
    response: responseNorm({ size: 3, alpha: 0.1, beta: 0.75 }),
    pool2: averagePool({ size: 2 }),
    relu2: relu(),
    global: globalAveragePool(),
    fc: linear({ units: 3 }),
  }),
  [2, 16, 16],
)

async function step(backend: Backend): Promise<number[]> {
  const weights = net.initialise(random(1), { backend })
  const x = tensor(random(2).fillNormal(new Float32Array(4 * 2 * 16 * 16)), [4, 2, 16, 16], { backend })
  const lossOf = (parameters: Record<string, Tensor>): Tensor =>
    crossEntropy(net.forward({ parameters, state: weights.state }, x, { training: true }), [0, 1, 2, 0])
  const { value, gradient } = valueAndGrad(lossOf)(weights.parameters as Record<string, Tensor>)
  const arrays = [value, ...Object.values(gradient), ...Object.values(weights.state)]
  const numbers = await Promise.all(arrays.map((array) => array.read()))
  return numbers.flatMap((array) => [...array])
}

/** The reference, with NaN in all memory that need not be zero. */
const poisoned: Backend = {
  ...reference,
  allocate(dtype, length, content) {
    const buffer = reference.allocate(dtype, length)
    if (content === 'any') buffer.data!.fill(NaN)
    return buffer
  },
}

describe('a training step', () => {
  it('is the same on memory full of NaN', async () => {
    const expected = await step(reference)
    expect(expected.every(Number.isFinite)).toBe(true)
    expect(await step(poisoned)).toEqual(expected)
  })
})
