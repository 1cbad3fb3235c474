// Every export is called with wrong values, argument by argument and option by option. Whatever goes wrong must be an error of this
// project, and what can never be right must not go well.
import { sgd } from '@scatterlab/optim'
import { type Random, ScatterlabError, random, reference, tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import * as nn from './index.ts'

const WRONG: Readonly<Record<string, unknown>> = {
  undefined,
  null: null,
  zero: 0,
  negative: -1,
  fraction: 0.5,
  NaN,
  infinite: Infinity,
  bigint: 1n,
  text: 'sideways',
  empty: '',
  true: true,
  symbol: Symbol('x'),
  object: {},
  foreign: { nonsense: 1 },
  list: [],
  holes: [undefined],
  texts: ['a'],
  date: new Date(0),
  numbers: new Float32Array(3),
  bytes: new Uint8Array(3),
  map: new Map([[1, 2]]),
  function: () => undefined,
}
/** Right nowhere, but for what `takes` names. */
const NEVER = ['NaN', 'symbol', 'foreign', 'text', 'holes', 'date', 'bigint']

interface Call {
  /** Fresh arguments that are right; the last one, if it is `options`, with every option there is. */
  readonly args: () => readonly unknown[]
  /** Which values of NEVER are right after all, by argument (`0`) or option (`seed`). */
  readonly takes?: Readonly<Record<string, readonly string[]>>
  /** Options, where the last argument is not a record of them. */
  readonly options?: false
}

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

const calls: Readonly<Record<string, Call>> = {
  averagePool: { args: () => [{ ...windows, countPadding: true }] },
  batchNorm: { args: () => [{ epsilon: 1e-5, momentum: 0.1, weight: nn.constant(1), bias: nn.constant(0) }] },
  binaryCrossEntropy: { args: () => [logits(), logits()], options: false },
  combined: { args: () => [[plan([3])]], options: false },
  constant: { args: () => [1] },
  conv2d: { args: () => [{ channels: 2, size: 3, ...steps, ...affine }] },
  crossEntropy: { args: () => [logits(), [0, 1]], options: false },
  decodeSafetensors: { args: () => [emptyFile(), { file: 'a' }], takes: { file: ['text'] } },
  describe: { args: () => [net()], options: false },
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
          checkpoint,
          weights: weights(),
        },
      ]
    },
    takes: { seed: ['text'] },
  },
  flatten: { args: () => [] },
  forwardWithin: { args: () => ['a', nn.relu(), image(), layerContext], options: false, takes: { 0: NEVER } },
  globalAveragePool: { args: () => [] },
  glorot: { args: () => [new Float32Array(4), { fanIn: 2, fanOut: 2 }, random(1)], options: false },
  he: { args: () => [{ fan: 'in', slope: 0 }] },
  imageShape: { args: () => [[1, 2, 3]], options: false },
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
  planWithin: { args: () => ['a', nn.relu(), [3]], options: false, takes: { 0: NEVER } },
  relu: { args: () => [] },
  residual: { args: () => [{ body: nn.relu(), shortcut: nn.relu(), after: nn.relu() }] },
  responseNorm: { args: () => [{ size: 5, alpha: 1, beta: 1, k: 1, convention: 'paper' }] },
  saveWeights: { args: () => [weights(), { note: 'x' }], options: false },
  sequential: { args: () => [{ a: nn.relu() }] },
  sigmoid: { args: () => [] },
  subsampleAndPad: { args: () => [{ channels: 4, stride: 2 }] },
  tanh: { args: () => [] },
  trainingSpeed: { args: () => [net(), { ...training(), steps: 1 }], takes: { seed: ['text'] } },
  trainingStep: { args: () => [net(), weights(), batch(), { loss: nn.crossEntropy, random: random(1) }] },
  transposedConv2d: { args: () => [{ channels: 2, size: 3, outputPadding: 0, ...steps, ...affine }] },
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
const exports: Record<string, unknown> = {
  ...nn,
  ...Object.fromEntries(Object.entries(nn.operations).map(([name, f]) => [`operations.${name}`, f])),
  'network.forward': one.forward,
  'network.initialise': one.initialise,
}
type Run = (...args: readonly unknown[]) => unknown

const isError = (value: unknown): boolean => typeof value === 'function' && value.prototype instanceof ScatterlabError
const functions = Object.entries(exports).filter(([, value]) => typeof value === 'function' && !isError(value))

/** `typed`, `fine`, or the error that is not of this project. */
async function outcome(run: () => unknown): Promise<string> {
  try {
    await run()
    return 'fine'
  } catch (error) {
    if (error instanceof ScatterlabError) return error.message === '' ? 'an error without a message' : 'typed'
    return `untyped: ${String(error)}`
  }
}

describe('a wrong argument', () => {
  it('is tried on every function there is', () => {
    expect(Object.keys(calls).sort()).toEqual(functions.map(([name]) => name).sort())
  })

  it.each(functions)('of %s gives an error of this project', async (name, f) => {
    const { args, takes = {}, options } = calls[name]
    const call = f as Run
    expect(await outcome(() => call(...args())), 'with right arguments').toBe('fine')
    const faults: string[] = []
    const attempt = async (
      what: string,
      key: string,
      changed: (fresh: readonly unknown[]) => unknown[],
    ): Promise<void> => {
      const [label] = what.split(' ')
      const found = await outcome(() => call(...changed(args())))
      const wrong = NEVER.includes(label) && !(takes[key] ?? []).includes(label)
      if (found !== 'typed' && (found !== 'fine' || wrong)) faults.push(`${key} = ${label}: ${found}`)
    }
    const count = args().length
    for (const label of Object.keys(WRONG)) {
      for (let at = 0; at < count; at++) await attempt(label, String(at), (fresh) => fresh.with(at, WRONG[label]))
      const last = args().at(-1)
      if (options === false || typeof last !== 'object' || Object.getPrototypeOf(last) !== Object.prototype) continue
      for (const key of Object.keys(last as object)) {
        await attempt(label, key, (fresh) =>
          fresh.with(count - 1, { ...(fresh[count - 1] as object), [key]: WRONG[label] }),
        )
      }
    }
    expect(faults).toEqual([])
  })
})
