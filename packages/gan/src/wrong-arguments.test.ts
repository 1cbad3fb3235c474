// Wrong values in the place of every argument and option: an error of this project each time, and never a result.
import { adam, cosine } from '@scatterlab/optim'
import { random, reference, tensor } from '@scatterlab/tensor'
import { type RightCall, functionsOf, wrongArguments } from '@scatterlab/testing'
import { expect, it } from 'vitest'
import * as package_ from './index.ts'

const gan = package_.dcgan({ side: 8, channels: 1, width: 1, latent: 2 })
const weights = {
  generator: gan.generator.initialise(random(1)),
  discriminator: gan.discriminator.initialise(random(2)),
}
const points = package_.latentPoints(gan, 2, 1)
const z = tensor(points.data, points.shape)
const images = { data: new Float32Array(128), shape: [2, 1, 8, 8] }
const real = tensor(images.data, images.shape)
const optimizers = { generator: adam({ rate: 1 }), discriminator: adam({ rate: 1 }) }

const codes = { bits: 4, count: 2, words: Uint32Array.of(3, 5) }
const coder = await package_.fitDuplicateCoder(
  { data: random(1).fillNormal(new Float32Array(8)), shape: [2, 4] },
  { bits: 2, batch: 2, epochs: 1 },
)

const calls: Readonly<Record<string, RightCall>> = {
  dcgan: { args: () => [{ side: 8, channels: 1, latent: 2, kernel: 4, width: 1, classes: 2 }] },
  digitMoments: { args: () => [{ data: new Float32Array(16), shape: [1, 1, 4, 4] }], options: false },
  discriminatorStep: { args: () => [gan, weights, real, z], options: false },
  drawn: { args: () => [gan, weights, z, { moments: 'running' }] },
  generatorStep: { args: () => [gan, weights, z], options: false },
  fitGan: {
    args: () => [
      gan,
      {
        batches: () => [{ images, labels: null }],
        epochs: 1,
        steps: 1,
        optimizers,
        schedule: cosine({ steps: 10 }),
        order: 'together',
        samples: 2,
        seed: 1,
        dtype: 'float32',
        backend: reference,
        signal: new AbortController().signal,
        onProgress: () => {},
        checkpoint: () => {},
      },
    ],
    takes: { epochs: ['large'], steps: ['large'], seed: ['large', 'text'] },
  },
  codeEntropy: { args: () => [codes], options: false },
  codeTable: { args: () => [4] },
  codesOf: {
    args: () => [
      coder,
      { data: new Float32Array(8), shape: [2, 4] },
      { threshold: 0.1, signal: new AbortController().signal },
    ],
    takes: { threshold: ['large'] },
  },
  firstNearCode: { args: () => [codes, 1], options: false },
  firstWithCode: { args: () => [codes], options: false },
  fitDuplicateCoder: {
    args: () => [
      { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] },
      {
        bits: 2,
        epochs: 1,
        batch: 2,
        rate: 0.1,
        noise: 0.1,
        dropout: 0.1,
        seed: 1,
        backend: reference,
        signal: new AbortController().signal,
        onEpoch: () => {},
      },
    ],
    takes: { rate: ['large'], noise: ['large'], seed: ['large', 'text'] },
  },
  latentNeighbours: {
    args: () => [package_.latentPoints(gan, 1), 3, { reach: 0.1, seed: 1 }],
    takes: { reach: ['large'], seed: ['large', 'text'] },
  },
  latentPath: { args: () => [points, { steps: 2, path: 'linear' }] },
  latentPoints: { args: () => [gan, 3, 1], options: false, takes: { 2: ['large', 'text'] } },
  slicedWasserstein: {
    args: () => [
      images,
      images,
      {
        patches: 1,
        size: 3,
        directions: 2,
        coarsest: 8,
        seed: 1,
        backend: reference,
        signal: new AbortController().signal,
      },
    ],
    takes: { seed: ['large', 'text'] },
  },
  withClasses: { args: () => [points, [0, 1], 2] },
  latentSum: { args: () => [points, [1, -1]] },
}

const functions = functionsOf(package_)

it('calls every function', () => {
  expect(functions.map(([name]) => name).toSorted()).toEqual(Object.keys(calls).toSorted())
})

it.each(functions)('%s refuses what is wrong', async (name, f) => {
  expect(await wrongArguments(f, calls[name])).toEqual([])
})
