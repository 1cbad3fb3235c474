// Wrong values in the place of every argument and option: an error of this project each time, and never a result.
import { type Tensor, square, sum, tensor } from '@scatterlab/tensor'
import { type RightCall, functionsOf, wrongArguments } from '@scatterlab/testing'
import { expect, it } from 'vitest'
import * as optim from './index.ts'

const gradients = () => ({ w: tensor([1, 2, 3]) })
const groups = [{ match: /bias/, decay: 0 }]
const bowl = { valueAndGradient: (x: Tensor) => ({ value: sum(square(x)), gradient: x }) }

const calls: Readonly<Record<string, RightCall>> = {
  sgd: {
    args: () => [{ rate: 0.1, momentum: 0.9, decay: 0.1, nesterov: true, velocity: 'steps', groups }],
    takes: { rate: ['large'], decay: ['large'] },
  },
  adam: {
    args: () => [{ rate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, decay: 0.1, groups }],
    takes: { rate: ['large'], epsilon: ['large'], decay: ['large'] },
  },
  adamW: {
    args: () => [{ rate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, decay: 0.1, groups }],
    takes: { rate: ['large'], epsilon: ['large'], decay: ['large'] },
  },
  muon: {
    args: () => [
      { rate: 0.1, momentum: 0.9, nesterov: true, iterations: 3, decay: 0.1, normalise: true, scale: 'none', groups },
    ],
    takes: { rate: ['large'], decay: ['large'] },
  },
  orthogonalise: { args: () => [tensor([[1, 2]]), { iterations: 2 }] },
  mixed: { args: () => [[{ match: /a/, optimizer: optim.sgd({ rate: 0.1 }) }]], options: false },
  ema: { args: () => [{ decay: 0.9, every: 2 }], takes: { every: ['large'] } },
  lookahead: { args: () => [{ decay: 0.9, every: 2 }], takes: { every: ['large'] } },
  followWeights: {
    args: () => [gradients(), gradients(), optim.ema(), 3],
    options: false,
    takes: { 3: ['large'] },
  },
  triangular: {
    args: () => [{ steps: 4, rise: 2, from: 0, to: 0 }],
    takes: { steps: ['large'], from: ['large'], to: ['large'] },
  },
  oneCycle: {
    args: () => [{ steps: 4, rise: 2, from: 0, to: 0 }],
    takes: { steps: ['large'], from: ['large'], to: ['large'] },
  },
  constant: { args: () => [] },
  steps: { args: () => [{ at: [2, 4], factor: 0.1 }], takes: { factor: ['large'] } },
  cosine: { args: () => [{ steps: 10, floor: 0.1 }], takes: { steps: ['large'], floor: ['large'] } },
  warmUp: { args: () => [optim.constant(), { steps: 10, from: 0.1 }], takes: { steps: ['large'], from: ['large'] } },
  plateau: {
    args: () => [{ factor: 0.5, patience: 2, threshold: 0.1, mode: 'max', floor: 0.1 }],
    takes: { patience: ['large'], threshold: ['large'], floor: ['large'] },
  },
  descend: { args: () => [optim.adam({ rate: 0.1 }), { schedule: optim.constant() }] },
  clipByNorm: { args: () => [gradients(), 1], takes: { 1: ['large'] }, options: false },
  clipByValue: { args: () => [gradients(), 1], takes: { 1: ['large'] }, options: false },
  lbfgs: {
    args: () => [
      bowl,
      tensor(new Float64Array([1, 2])),
      { history: 3, parts: 1, iterations: 5, gradientTolerance: 1e-9, valueTolerance: 1e-9 },
    ],
    takes: { history: ['large'], iterations: ['large'], gradientTolerance: ['large'], valueTolerance: ['large'] },
  },
}

const functions = functionsOf(optim)

it('calls every function', () => {
  expect(functions.map(([name]) => name).toSorted()).toEqual(Object.keys(calls).toSorted())
})

it.each(functions)('%s refuses what is wrong', async (name, f) => {
  expect(await wrongArguments(f, calls[name])).toEqual([])
})
