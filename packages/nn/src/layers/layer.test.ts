import { type Tensor, ValueError, add, mul, random } from '@scatterlab/tensor'
import { type Pair } from '@scatterlab/tensor/operations'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Layer,
  LayerError,
  averagePool,
  batchNorm,
  combined,
  constant,
  conv2d,
  dropout,
  flatten,
  forwardWithin,
  globalAveragePool,
  imageShape,
  leakyRelu,
  linear,
  maxPool,
  modulus,
  network,
  planWithin,
  relu,
  residual,
  responseNorm,
  sequential,
  sigmoid,
  subsampleAndPad,
  tanh,
  transposedConv2d,
} from '../index.ts'
import { runLayer } from './run-layer.test.data.ts'

const pair = (low: number, high: number): fc.Arbitrary<Pair> =>
  fc.tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }))
const count = (low: number, high: number): fc.Arbitrary<number> => fc.integer({ min: low, max: high })

const filters = fc
  .record({
    groups: count(1, 2),
    each: count(1, 3),
    size: pair(1, 4),
    stride: pair(1, 3),
    padding: pair(0, 2),
    dilation: pair(1, 2),
    biased: fc.boolean(),
  })
  .map(({ groups, each, biased, ...steps }) => ({
    ...steps,
    groups,
    channels: groups * each,
    ...(!biased && { bias: false as const }),
  }))
const poolings = fc.record({ size: pair(2, 4), stride: pair(1, 4), padding: pair(0, 1), ceil: fc.boolean() })

const layers: fc.Arbitrary<Layer> = fc.oneof(
  filters.map(conv2d),
  filters.chain((options) =>
    fc
      .tuple(...options.stride.map((s) => count(0, s - 1)))
      .map(([y, x]) => transposedConv2d({ ...options, outputPadding: [y, x] })),
  ),
  poolings.map(maxPool),
  fc.tuple(poolings, fc.boolean()).map(([options, countPadding]) => averagePool({ ...options, countPadding })),
  fc
    .constantFrom(relu, leakyRelu, tanh, sigmoid, modulus, batchNorm, dropout, flatten, globalAveragePool)
    .map((f) => f()),
  fc.constantFrom('paper' as const, 'caffe' as const).map((convention) => responseNorm({ convention })),
  fc.record({ channels: count(4, 6), stride: count(1, 3) }).map(subsampleAndPad),
  count(1, 5).map((units) => sequential([flatten(), linear({ units })])),
  filters.map(({ size, stride, padding, dilation }) => {
    const steps = { size, stride, padding, dilation }
    return residual({
      body: sequential([conv2d({ ...steps, channels: 4 }), batchNorm(), relu()]),
      shortcut: conv2d({ ...steps, channels: 4 }),
      after: flatten(),
    })
  }),
)

describe('a plan', () => {
  it('says what forward gives, and which arrays it takes', () => {
    let fitted = 0
    fc.assert(
      fc.property(layers, pair(1, 9), fc.boolean(), (layer, sides, training) => {
        try {
          network(layer, [4, ...sides])
        } catch (error) {
          // filters and windows that do not fit the image
          if (error instanceof LayerError) return
          throw error
        }
        fitted++
        const { net, x, y } = runLayer(layer, [4, ...sides], { items: 2, training, random: random(1) })
        expect(y.shape).toEqual([2, ...net.output])
        expect(y.dtype).toBe(x.dtype)
        expect(net.layers.at(-1)!.output).toEqual(net.output)
        expect(net.layers.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(net.parameterCount)
      }),
      { numRuns: 400 },
    )
    expect(fitted).toBeGreaterThan(200)
  })

  it('is found before anything is computed', () => {
    const loud = { kind: 'loud', plan: () => ({ output: [1] }), forward: () => expect.fail('computed') } satisfies Layer
    expect(() => network(sequential([loud, conv2d({ channels: 1, size: 1 })]), [2])).toThrow(LayerError)
  })
})

describe('errors name the layer', () => {
  const caught = (layer: Layer, input: readonly number[]): LayerError => {
    try {
      network(layer, input)
    } catch (error) {
      return error as LayerError
    }
    return expect.fail('accepted')
  }

  it.each<[string, Layer, readonly number[], string]>([
    ['at depth', blocks(4), [3, 8, 8], "layer 'block1.0.conv2' (conv2d, given 8×4×4): groups 3 must divide 8"],
    ['in a body', residual({ body: blocks(4) }), [3, 8, 8], "layer 'block1.0.conv2' (conv2d, given 8×4×4)"],
    [
      'alone',
      conv2d({ channels: 1, size: 3 }),
      [1, 2, 2],
      'the layer (conv2d, given 1×2×2): filters of 3×3 do not fit',
    ],
    [
      'of vectors',
      linear({ units: 2 }),
      [1, 2, 2],
      'takes vectors, given 1×2×2: put flatten() or global pooling before',
    ],
    ['of images', maxPool({ size: 2 }), [9], 'takes images of shape [channels, height, width], given 9'],
    ['of padding', maxPool({ size: 2, padding: 2 }), [1, 9, 9], 'padding 2 must be less than the windows'],
    ['of numbers', batchNorm(), [], '(batchNorm, given scalar): takes items of shape [channels, …]'],
    ['of sizes that no array has', linear({ units: 1e9 }), [100], '1000000000×100, more than 2^30 numbers'],
    [
      'of padding that nobody means',
      conv2d({ channels: 1, size: 1, padding: 1e6 }),
      [1, 1, 1],
      'more than 2^30 numbers',
    ],
    ['of groups', transposedConv2d({ channels: 2, size: 1, groups: 2 }), [3, 2, 2], 'groups 2 must divide 3'],
    ['of output padding', transposedConv2d({ channels: 1, size: 1, outputPadding: 1 }), [1, 2, 2], 'below the stride'],
    [
      'of the way around',
      sequential({ block: residual({ body: conv2d({ channels: 2, size: 1 }) }) }),
      [1, 4, 4],
      "layer 'block' (residual, given 1×4×4): the body gives 2×4×4, the way around 1×4×4: give a shortcut",
    ],
    [
      'of the shortcut',
      residual({ body: relu(), shortcut: sequential([flatten(), maxPool({ size: 1 })]) }),
      [1, 4, 4],
      "layer 'downsample.1' (maxPool, given 16)",
    ],
    ['of fewer channels', subsampleAndPad({ channels: 1, stride: 1 }), [2, 4, 4], 'give at least the 2 of the input'],
  ])('%s', (_, layer, input, says) => {
    const error = caught(layer, input)
    expect(error).toBeInstanceOf(LayerError)
    expect(error.message).toContain(says)
    expect(error.code).toBe('LAYER')
  })

  it('with its name and its cause apart', () => {
    const error = caught(blocks(4), [3, 8, 8])
    expect(error.layer).toBe('block1.0.conv2')
    expect(error.cause).toBeInstanceOf(ValueError)
  })

  it('but not where something else went wrong', () => {
    const broken: Layer = { ...relu(), plan: () => expect.fail('broken') }
    expect(caught(broken, [1])).not.toBeInstanceOf(LayerError)
  })
})

function blocks(stride: number): Layer {
  const block = sequential({
    conv1: conv2d({ channels: 8, size: 2, stride: stride / 2 }),
    conv2: conv2d({ channels: 4, size: 1, groups: 3 }),
  })
  return sequential({ block1: sequential([block]) })
}

it('inner arrays that would have one name are refused', () => {
  const body = sequential({ downsample: sequential([conv2d({ channels: 1, size: 1 })]) })
  const twins = residual({ body, shortcut: sequential([conv2d({ channels: 1, size: 1 })]) })
  expect(() => network(twins, [1, 2, 2])).toThrow("two arrays are named 'downsample.0.weight'")
  const plan = planWithin('a', batchNorm(), [2])
  expect(() => combined([plan, plan])).toThrow(ValueError)
})

it('imageShape takes apart what is an image', () => {
  expect(imageShape([3, 4, 5])).toEqual([3, 4, 5])
  expect(() => imageShape([3, 4])).toThrow('given 3×4')
})

describe('a layer of your own', () => {
  /** α·x + inner(x): an array of its own, and a layer inside. */
  const blend = (inner: Layer): Layer => ({
    kind: 'blend',
    plan(input) {
      const { parameters, state, layers } = planWithin('inner', inner, input)
      const alpha = { shape: [], initialise: constant(0.5), fanIn: 1, fanOut: 1 }
      return { output: input, parameters: { alpha, ...parameters }, state, layers }
    },
    forward: (x, context) => add(mul(x, context.parameter('alpha')), forwardWithin('inner', inner, x, context)),
  })

  it('composes as the others do', () => {
    const seen: string[] = []
    const observe = (name: string): void => void seen.push(name)
    const { net, x, y } = runLayer(sequential({ own: blend(tanh()), last: blend(modulus()) }), [2], { observe })
    expect(Object.keys(net.parameters)).toEqual(['own.alpha', 'last.alpha'])
    expect(net.layers.map(({ name }) => name)).toEqual(['own.inner', 'last.inner'])
    expect(seen).toEqual(['own.inner', 'own', 'last.inner', 'last', ''])
    const [first] = x.toTypedArray()
    const once = first / 2 + Math.tanh(first)
    expect(y.slice(0, 0).item()).toBeCloseTo(once / 2 + Math.abs(once), 14)
  })

  it('may ask for the arrays of its plan only', () => {
    const greedy: Layer = { ...relu(), forward: (x, { parameter }): Tensor => add(x, parameter('beta')) }
    expect(() => runLayer(sequential({ greedy }), [2])).toThrow("layer 'greedy' asks for 'beta'")
  })
})
