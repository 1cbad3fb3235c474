import type { Optimizer } from '@scatterlab/optim'
import { sgdUpdate } from '@scatterlab/tensor/operations'
import { readFileSync } from 'node:fs'
import { type Tensor, tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import {
  batchNorm,
  conv2d,
  fit,
  flatten,
  linear,
  maxPool,
  network,
  relu,
  responseNorm,
  sequential,
  trainingStep,
} from '../index.ts'

// by trajectory.test.py: Python's doubles and loops
const golden = JSON.parse(readFileSync(new URL('trajectory.test.json', import.meta.url), 'utf8')) as {
  losses: number[]
  gradients: Record<string, number[]>
  running_mean: number[]
  running_var: number[]
  'head.weight': number[]
}

const net = network(
  sequential({
    conv1: conv2d({ channels: 4, size: 5, stride: 2, padding: 2 }),
    relu: relu(),
    pool: maxPool({ size: 3, stride: 2 }),
    conv2: conv2d({ channels: 6, size: 3, padding: 1, groups: 2 }),
    bn: batchNorm(),
    norm: responseNorm({ size: 5, alpha: 0.3, beta: 0.75, k: 2, convention: 'paper' }),
    flatten: flatten(),
    head: linear({ units: 3 }),
  }),
  [2, 9, 9],
)

/** Exact binary fractions, the same in the script. */
const numbers = (count: number, start: number, scale: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => (((((i + start) * 7919 + 4093) % 509) - 254) / 256) * scale)

const batch = { images: { data: numbers(4 * 2 * 81, 0, 1), shape: [4, 2, 9, 9] }, labels: [0, 2, 1, 2] }

function firstWeights() {
  let start = 1000
  const parameters = Object.fromEntries(
    Object.entries(net.parameters).map(([name, { shape }]) => {
      const count = shape.reduce((a, b) => a * b, 1)
      const scale = name.endsWith('bias') && name !== 'bn.bias' ? 0.25 : 0.5
      const values = numbers(count, start, scale)
      start += count
      return [name, tensor(name === 'bn.weight' ? values.map((v) => v + 1) : values, shape)]
    }),
  )
  const state = { 'bn.running_mean': new Float64Array(6), 'bn.running_var': new Float64Array(6).fill(1) }
  return {
    parameters,
    state: Object.fromEntries(Object.entries(state).map(([name, data]) => [name, tensor(data, [6])])),
  }
}

/** The lecture's rule. */
const sgd: Optimizer = {
  rate: 0.05,
  init: (parameters) => ({
    step: 0,
    tensors: Object.fromEntries(
      Object.entries(parameters).map(([name, w]) => [name, tensor(new Float64Array(w.size), w.shape)]),
    ),
  }),
  update(parameters, gradients, state) {
    for (const [name, w] of Object.entries(parameters)) {
      const options = { rate: 0.05, momentum: 0.9, decay: 0.0005 }
      sgdUpdate(w.backend, w, state.tensors[name], gradients[name], options)
    }
    return { ...state, step: state.step + 1 }
  },
}

/** The largest difference, against the largest number. */
function difference(x: Tensor, expected: readonly number[]): number {
  const data = x.toTypedArray()
  expect(data.length).toBe(expected.length)
  const worst = Math.max(...expected.map((value, i) => Math.abs(data[i] - value)))
  return worst / Math.max(...expected.map(Math.abs))
}

// sums of up to 400 terms in another order, each rounded at 1e-16
const TOLERANCE = 1e-12

describe('a small network against an independent computation in double precision', () => {
  it('has its gradients', () => {
    const { loss, gradients } = trainingStep(net, firstWeights(), batch)
    expect(Math.abs(loss.item() / golden.losses[0] - 1)).toBeLessThan(TOLERANCE)
    expect(Object.keys(gradients).sort()).toEqual(Object.keys(golden.gradients).sort())
    for (const [name, g] of Object.entries(gradients)) {
      // batch normalisation takes the bias before it out again: its gradient is rounding
      if (name === 'conv2.bias') expect(Math.max(...g.toTypedArray().map(Math.abs))).toBeLessThan(1e-14)
      else expect(difference(g, golden.gradients[name]), name).toBeLessThan(TOLERANCE)
    }
  })

  it('goes the same way for ten steps of the lecture’s rule', async () => {
    const losses: number[] = []
    const { weights } = await fit(net, {
      weights: firstWeights(),
      batches: () => [batch],
      optimizer: sgd,
      epochs: 10,
      onProgress: (event) => void (event.kind === 'step' && losses.push(event.loss)),
    })
    losses.forEach((loss, step) => expect(Math.abs(loss / golden.losses[step] - 1)).toBeLessThan(TOLERANCE))
    expect(losses.length).toBe(10)
    expect(losses[9]).toBeLessThan(losses[0] / 5)
    expect(difference(weights.parameters['head.weight'], golden['head.weight'])).toBeLessThan(TOLERANCE)
    expect(difference(weights.state['bn.running_mean'], golden.running_mean)).toBeLessThan(TOLERANCE)
    expect(difference(weights.state['bn.running_var'], golden.running_var)).toBeLessThan(TOLERANCE)
  })
})
