// What a pass allocates is given back when it ends; the back end spoils what it gets back, so that numbers which were
// needed still would show.
import {
  type Named,
  type Backend,
  type Tensor,
  mul,
  random,
  reference,
  scope,
  sub,
  tensor,
  valueAndGrad,
} from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { countingBackend } from '../counting.test.backend.ts'
import {
  type Weights,
  averagePool,
  batchNorm,
  conv2d,
  crossEntropy,
  dropout,
  flatten,
  linear,
  maxPool,
  network,
  relu,
  residual,
  responseNorm,
  sequential,
  subsampleAndPad,
  tanh,
} from '../index.ts'

const net = network(
  sequential({
    conv1: conv2d({ channels: 4, size: 3, padding: 1 }),
    bn1: batchNorm(),
    relu1: relu(),
    norm1: responseNorm(),
    pool1: maxPool({ size: 3, stride: 2, ceil: true }),
    block: residual({
      body: sequential([conv2d({ channels: 6, size: 3, stride: 2, padding: 1, bias: false }), batchNorm(), tanh()]),
      shortcut: subsampleAndPad({ channels: 6, stride: 2 }),
      after: relu(),
    }),
    pool2: averagePool({ size: 2 }),
    flatten: flatten(),
    drop: dropout(),
    fc: linear({ units: 3 }),
  }),
  [1, 12, 12],
)

interface Training {
  readonly losses: number[]
  /** Numbers of arrays in use after every step. */
  readonly live: number[]
  readonly weights: Weights
}

/** Training steps, each in a scope; the parameters of the step before are released by hand. */
function train(backend: Backend, live: () => number = () => 0): Training {
  const first = net.initialise(random(1), { backend })
  const { state } = first
  let { parameters } = first
  const x = tensor(random(2).fillNormal(new Float32Array(8 * 144)), [8, 1, 12, 12], { backend })
  const stream = random(3)
  const result: Training = { losses: [], live: [], weights: { parameters, state } }
  const lossOf = (p: Named): Tensor =>
    crossEntropy(net.forward({ parameters: p, state }, x, { training: true, random: stream }), [0, 1, 2, 0, 1, 2, 0, 1])
  for (let step = 0; step < 30; step++) {
    const before = parameters
    parameters = scope(() => {
      const { value, gradient } = valueAndGrad(lossOf)(before)
      result.losses.push(value.item())
      return Object.fromEntries(Object.entries(before).map(([name, w]) => [name, sub(w, mul(gradient[name], 0.05))]))
    })
    for (const { buffer } of Object.values(before)) backend.release(buffer)
    result.live.push(live())
  }
  return { ...result, weights: { parameters, state } }
}

it('is flat over training steps, and nothing is given back that is needed', () => {
  const backend = countingBackend()
  const { losses, live, weights } = train(backend, () => backend.live.size)
  const kept = Object.keys(weights.parameters).length + Object.keys(weights.state).length
  // and the images
  expect(new Set(live)).toEqual(new Set([kept + 1]))
  const { losses: unspoilt } = train(reference)
  expect(losses).toEqual(unspoilt)
  expect(losses.every(Number.isFinite)).toBe(true)
})

describe('of inference', () => {
  const images = random(2).fillNormal(new Float32Array(144))

  it('is its result alone', () => {
    const backend = countingBackend()
    const weights = net.initialise(random(1), { backend })
    const before = backend.live.size
    const y = net.forward(weights, tensor(images, [1, 1, 12, 12], { backend }))
    expect(backend.live.size).toBe(before + 2)
    expect(y.toTypedArray()).toEqual(
      net.forward(net.initialise(random(1)), tensor(images, [1, 1, 12, 12])).toTypedArray(),
    )
  })

  it('is its result alone where one layer is the network', () => {
    const backend = countingBackend()
    const single = network(linear({ units: 2 }), [144])
    const weights = single.initialise(random(1), { backend })
    const x = tensor(images, [1, 144], { backend })
    const before = backend.live.size
    single.forward(weights, x)
    expect(backend.live.size).toBe(before + 1)
  })

  it('does not grow with depth', () => {
    const inUse = (depth: number): { most: number; after: number } => {
      const backend = countingBackend()
      const body = sequential([conv2d({ channels: 1, size: 3, padding: 1 }), batchNorm()])
      const block = residual({ body, after: relu() })
      const deep = network(sequential(Array.from({ length: depth }, () => block)), [1, 12, 12])
      const weights = deep.initialise(random(1), { backend })
      const x = tensor(images, [1, 1, 12, 12], { backend })
      const before = backend.live.size
      const seen = { most: 0, after: 0 }
      const observe = (name: string): void => {
        const arrays = backend.live.size - before
        seen.most = Math.max(seen.most, arrays)
        if (name.endsWith('after')) seen.after = Math.max(seen.after, arrays)
      }
      deep.forward(weights, x, { observe })
      return seen
    }
    expect(inUse(12)).toEqual(inUse(3))
    // what the block is given, its sum, and what follows that
    expect(inUse(3).after).toBe(3)
  })
})
