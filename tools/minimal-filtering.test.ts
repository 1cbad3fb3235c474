// Networks trained by minimal filtering and by the direct kernels, side by side. Steps of gradient descent spread every difference,
// so the bound is what the same steps make of a known one: weights that are off by ε = 2e-6, minimal filtering's error, at first.
// Minimal filtering errs by up to ε three times in a layer and step (the convolution and its two gradients). Errors of the first
// step count in full, and those of later ones spread less and are of either sign: three times the known distance is the bound.
import { type Network, trainingStep } from '@scatterlab/nn'
import { sgd } from '@scatterlab/optim'
import { random, scope } from '@scatterlab/tensor'
import type { ConvolutionAlgorithm } from '@scatterlab/tensor/operations'
import { createWasmBackend } from '@scatterlab/wasm'
import { expect, it } from 'vitest'
import { airbench94, allCnn, resNet20 } from './bench/networks.ts'

const STEPS = 20
const ERROR = 2e-6

interface Way {
  readonly before: readonly Float32Array[]
  readonly after: readonly Float32Array[]
  readonly losses: readonly number[]
}

/** Some steps on batches of noise, from weights that are off by `error`, relative to each. */
function trained(net: Network, batch: number, convolutions: ConvolutionAlgorithm, error = 0): Way {
  const backend = createWasmBackend({ threads: 1, convolutions })
  const weights = net.initialise(random('trajectory'), { backend })
  const arrays = Object.values(weights.parameters)
  for (const { buffer, size } of error > 0 ? arrays : []) {
    const noise = random('errors').fillNormal(new Float64Array(size))
    for (let i = 0; i < size; i++) buffer.data![i] *= 1 + error * noise[i]!
  }
  const all = (): Float32Array[] => arrays.map(({ buffer }) => Float32Array.from(buffer.data!))
  const before = all()
  const optimizer = sgd({ rate: 1e-4, momentum: 0.9, decay: 5e-4 })
  let state = optimizer.init(weights.parameters)
  const stream = random('trajectory images')
  const labels = Int32Array.from({ length: batch }, (_, i) => i % 10)
  const shape = [batch, ...net.input]
  const losses = Array.from({ length: STEPS }, () =>
    scope(() => {
      const data = stream.fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1)))
      const { loss, gradients } = trainingStep(net, weights, { images: { data, shape }, labels })
      state = optimizer.update(weights.parameters, gradients, state)
      return loss.item()
    }),
  )
  return { before, after: all(), losses }
}

/** How far the ways of two runs are apart at the end, as a share of the way. */
function apart(a: Way, b: Way): number {
  let [difference, way] = [0, 0]
  for (const [k, end] of a.after.entries()) {
    for (let i = 0; i < end.length; i++) {
      const own = end[i]! - a.before[k]![i]!
      difference += (own - (b.after[k]![i]! - b.before[k]![i]!)) ** 2
      way += own ** 2
    }
  }
  return Math.sqrt(difference / way)
}

it.each([
  ['ResNet-20', resNet20, 2],
  ['All-CNN-C', allCnn, 1],
  ['airbench94’s network', airbench94, 2],
] as const)('%s goes the same way in twenty steps', (_, net, batch) => {
  const direct = trained(net, batch, 'direct')
  const minimal = trained(net, batch, 'F(4,3)')
  const off = trained(net, batch, 'direct', ERROR)
  expect(minimal.losses).not.toEqual(direct.losses)
  expect(Math.abs(minimal.losses[0]! / direct.losses[0]! - 1)).toBeLessThan(1e-5)
  expect(apart(direct, minimal)).toBeLessThan(3 * apart(direct, off))
})
