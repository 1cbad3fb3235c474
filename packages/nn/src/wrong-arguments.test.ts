// A right call of every export, from which wrong ones are made.
import { sgd } from '@scatterlab/optim'
import { type Random, random, reference, tensor } from '@scatterlab/tensor'
import { type RightCall, functionsOf, wrongArguments } from '@scatterlab/testing'
import { expect, it } from 'vitest'
import * as nn from './index.ts'

/** The name of an inner layer is the caller's own affair. */
const anything = ['NaN', 'symbol', 'foreign', 'text', 'holes', 'date', 'bigint']

const net = (): nn.Network => nn.network(nn.sequential({ bn: nn.batchNorm(), fc: nn.linear({ units: 2 }) }), [3])
const weights = (): nn.Weights => net().initialise(random(1))
const batch = (): nn.Batch => ({ images: { data: new Float32Array(6).fill(0.5), shape: [2, 3] }, labels: [0, 1] })
const image = () => tensor(random(1).fillNormal(new Float32Array(36)), [1, 4, 3, 3])
/** `{}` */
const emptyFile = () => Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 123, 125)
const filters = () => tensor(random(2).fillNormal(new Float32Array(64)), [4, 4, 2, 2])
const four = () => tensor(new Float32Array([1, 2, 3, 4]), [4])
const logits = () => tensor(new Float32Array([1, 2, 3, 4]), [2, 2])
const affine = { weight: nn.he(), bias: nn.constant(0) }
const steps = { stride: 1, padding: 0, dilation: 1, groups: 1 }
const windows = { size: 2, stride: 2, padding: 0, ceil: false }
const plan = (input: readonly number[]): nn.Plan => ({ output: input })

const context = { training: false, random: (): Random => random(1), parameter: image, state: image }
const layerContext: nn.LayerContext = { ...context, within: () => layerContext }

const training = () => ({
  batches: () => [batch()],
  optimizer: sgd({ rate: 0.1 }),
  schedule: { initial: null, rate: (base: number) => base },
  loss: nn.crossEntropy,
  countErrors: () => 0,
  clip: () => {},
  seed: 1,
  backend: reference,
  dtype: 'float32',
  signal: new AbortController().signal,
  onProgress: () => {},
})

const calls: Readonly<Record<string, RightCall>> = {
  averagePool: { args: () => [{ ...windows, countPadding: true }] },
  batchNorm: { args: () => [{ epsilon: 1e-5, momentum: 0.1, weight: nn.constant(1), bias: nn.constant(0) }] },
  binaryCrossEntropy: { args: () => [logits(), logits()], options: false },
  combined: { args: () => [[plan([3])]], options: false },
  constant: { args: () => [1] },
  conv2d: { args: () => [{ channels: 2, size: 3, ...steps, ...affine }] },
  crossEntropy: { args: () => [logits(), [0, 1], { smoothing: 0.1 }] },
  decodeSafetensors: { args: () => [emptyFile(), { file: 'a' }], takes: { file: ['text'] } },
  describe: { args: () => [net()], options: false },
  dirac: { args: () => [nn.he()], options: false },
  dropout: { args: () => [{ rate: 0.5, scale: 'training' }] },
  encodeSafetensors: { args: () => [{ a: four() }, { note: 'x' }, { checksum: true }] },
  evaluate: {
    args: () => {
      const { loss, countErrors, signal, onProgress } = training()
      return [net(), weights(), [batch()], { loss, countErrors, signal, onProgress }]
    },
  },
  fit: {
    args: () => {
      const validation = () => [batch()]
      const checkpoint = { every: 'epoch', save: () => {} }
      return [
        net(),
        {
          ...training(),
          epochs: 1,
          steps: 1,
          validation,
          metric: () => 1,
          patience: 1,
          smoothing: 0.1,
          atOnce: 2,
          averaging: { every: 1, decay: () => 0.5, returns: false },
          checkpoint,
          weights: weights(),
        },
      ]
    },
    takes: { seed: ['text'] },
  },
  flatten: { args: () => [] },
  forwardWithin: { args: () => ['a', nn.relu(), image(), layerContext], options: false, takes: { 0: anything } },
  globalAveragePool: { args: () => [] },
  given: { args: () => [[1, 2]], options: false },
  glorot: { args: () => [new Float32Array(4), { fanIn: 2, fanOut: 2 }, random(1)], options: false },
  he: { args: () => [{ fan: 'in', slope: 0, distribution: 'uniform' }] },
  imageShape: { args: () => [[1, 2, 3]], options: false },
  layerOutputs: {
    args: () => {
      const { signal, onProgress } = training()
      return [net(), weights(), [batch()], { layers: [net().layers[0].name], signal, onProgress }]
    },
  },
  leakyRelu: { args: () => [{ slope: 0.1 }] },
  linear: { args: () => [{ units: 2, ...affine }] },
  loadWeights: {
    args: () => [
      nn.network(nn.relu(), [1]),
      emptyFile(),
      { backend: reference, dtype: 'float32', strict: true, file: 'a' },
    ],
    takes: { file: ['text'] },
  },
  maxPool: { args: () => [windows] },
  meanSquare: { args: () => [logits(), logits()], options: false },
  misclassified: { args: () => [Int32Array.of(0, 1), [0, 1]], options: false },
  modulus: { args: () => [] },
  network: { args: () => [nn.relu(), [3]], options: false },
  normal: { args: () => [0.1, 0] },
  planWithin: { args: () => ['a', nn.relu(), [3]], options: false, takes: { 0: anything } },
  predict: {
    args: () => {
      const { signal, onProgress } = training()
      return [
        net(),
        weights(),
        [batch()],
        { views: (images: nn.Images) => [{ images, weight: 1 }], signal, onProgress },
      ]
    },
  },
  relu: { args: () => [] },
  residual: { args: () => [{ body: nn.relu(), shortcut: nn.relu(), after: nn.relu() }] },
  responseNorm: { args: () => [{ size: 5, alpha: 1, beta: 1, k: 1, convention: 'paper' }] },
  saveWeights: { args: () => [weights(), { note: 'x' }], options: false },
  sequential: { args: () => [{ a: nn.relu() }] },
  sigmoid: { args: () => [] },
  gelu: { args: () => [] },
  subsampleAndPad: { args: () => [{ channels: 4, stride: 2 }] },
  tanh: { args: () => [] },
  trainingSpeed: { args: () => [net(), { ...training(), steps: 1 }], takes: { seed: ['text'] } },
  trainingStep: {
    args: () => [
      net(),
      weights(),
      batch(),
      { loss: nn.crossEntropy, random: random(1), smoothing: 0.1, atOnce: 2, trained: () => true },
    ],
  },
  transposedConv2d: { args: () => [{ channels: 2, size: 3, outputPadding: 0, ...steps, ...affine }] },
  whiteningFilters: {
    args: () => [
      { values: [1, 2], vectors: [1, 0, 0, 1] },
      { epsilon: 0.1, negatives: true },
    ],
  },
  uniform: { args: () => [0, 1] },
  'network.forward': {
    args: () => [
      weights(),
      tensor(new Float32Array(6), [2, 3]),
      { training: true, random: random(1), observe: () => {} },
    ],
  },
  'network.initialise': { args: () => [random(1), { dtype: 'float32', backend: reference }] },
  'operations.averagePool2d': { args: () => [image(), { ...windows, countPadding: true }] },
  'operations.batchNorm': {
    args: () => {
      const moments = { mean: four(), variance: four() }
      return [image(), { scale: four(), shift: four(), epsilon: 1, moments, frozen: true }]
    },
  },
  'operations.channelMoments': { args: () => [image()], options: false },
  'operations.conv2d': { args: () => [image(), filters(), { ...steps, bias: four() }] },
  'operations.globalAveragePool': { args: () => [image()], options: false },
  'operations.maxPool2d': { args: () => [image(), windows] },
  'operations.relu': { args: () => [image(), 0.1] },
  'operations.responseNorm': { args: () => [image(), { size: 5, alpha: 1, beta: 1, k: 1, convention: 'paper' }] },
  'operations.transposedConv2d': { args: () => [image(), filters(), { ...steps, outputPadding: 0, bias: four() }] },
}

const one = net()
const exports = {
  ...nn,
  ...Object.fromEntries(Object.entries(nn.operations).map(([name, f]) => [`operations.${name}`, f])),
  'network.forward': one.forward,
  'network.initialise': one.initialise,
}
const functions = functionsOf(exports)

it('is tried on every function there is', () => {
  expect(Object.keys(calls).sort()).toEqual(functions.map(([name]) => name).sort())
})

it.each(functions)('of %s gives an error of this project', async (name, f) => {
  // a plan may be of any size, and a number as large; what a network can hold is bound when it is planned
  expect(await wrongArguments(f, calls[name], ['large'])).toEqual([])
})
