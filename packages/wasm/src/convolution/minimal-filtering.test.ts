import { type View, type Backend, random, reference } from '@scatterlab/tensor'
import {
  type BiasedConvolutionOptions,
  type ConvolutionAlgorithm,
  conv2d,
  conv2dInputGradient,
  conv2dWeightsGradient,
  windowCount,
  windowsOf,
} from '@scatterlab/tensor/operations'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { type WasmBackend, createWasmBackend } from '../backend.ts'

const maximumPages = 4096
const backends: readonly (readonly [string, WasmBackend])[] = [
  ['relaxed, one thread', createWasmBackend({ threads: 1, maximumPages })],
  ['plain, three threads', createWasmBackend({ threads: 3, maximumPages, deterministic: true })],
]
afterAll(() => {
  for (const [, backend] of backends) backend.close()
})

interface Case {
  readonly x: readonly number[]
  readonly weights: readonly number[]
  readonly out: readonly number[]
  readonly options: BiasedConvolutionOptions
}

const caseOf = (
  items: number,
  channels: number,
  filters: number,
  image: readonly [number, number],
  padding: readonly [number, number],
  groups = 1,
  size = 3,
): Case => {
  const sides = image.map((length, axis) => windowCount(length, windowsOf(size, { padding }), axis as 0 | 1))
  return {
    x: [items, groups * channels, ...image],
    weights: [groups * filters, channels, size, size],
    out: [items, groups * filters, ...sides],
    options: { padding, groups },
  }
}

const padding = fc.integer({ min: 0, max: 2 })
const anyCase = (size: number): fc.Arbitrary<Case> => {
  const side = fc.integer({ min: size, max: 21 })
  return fc
    .record({
      items: fc.constantFrom(1, 2, 3, 7),
      channels: fc.constantFrom(1, 2, 3, 4, 5, 8, 13, 33),
      filters: fc.constantFrom(1, 3, 4, 7, 8, 12, 20),
      image: fc.tuple(side, side),
      padding: fc.tuple(padding, padding),
      groups: fc.constantFrom(1, 1, 1, 2, 3),
    })
    .map((of) => caseOf(of.items, of.channels, of.filters, of.image, of.padding, of.groups, size))
}

/** Normal numbers of single precision, with an image's channels outermost or innermost. */
function numbers(shape: readonly number[], seed: number, order: readonly number[] = shape.map((_, i) => i)): View {
  const strides = shape.map(() => 0)
  let length = 1
  for (const axis of order.toReversed()) {
    strides[axis] = length
    length *= shape[axis]!
  }
  const data = random(seed).fillNormal(new Float32Array(length)) as Float32Array
  return { buffer: reference.adopt(data), dtype: 'float32', shape, strides, offset: 0, imagStride: 0 }
}

/** The three results of a case on a back end: forward with a bias, both gradients. */
function results(backend: Backend, of: Case, inputs: Inputs, algorithm: ConvolutionAlgorithm): Float32Array[] {
  const own = (view: View): View => ({ ...view, buffer: backend.adopt(view.buffer.data!.slice()) })
  const [x, weights, gradOut, bias, biasX] = inputs.map(own) as unknown as Inputs
  const [out, gradX, gradWeights] = [inputs[2], inputs[0], inputs[1]].map(own) as [View, View, View]
  conv2d(backend, x, weights, out, { ...of.options, algorithm, bias })
  conv2dInputGradient(backend, gradOut, weights, gradX, { ...of.options, algorithm, bias: biasX })
  conv2dWeightsGradient(backend, x, gradOut, gradWeights, { ...of.options, algorithm })
  const data = [out, gradX, gradWeights].map(({ buffer }) => buffer.data!.slice() as Float32Array)
  for (const { buffer } of [x, weights, gradOut, bias, biasX, out, gradX, gradWeights]) backend.release(buffer)
  return data
}

type Inputs = readonly [x: View, weights: View, gradOut: View, bias: View, biasX: View]

const inputsOf = ({ x, weights, out }: Case, seed: number, order?: readonly number[]): Inputs => [
  numbers(x, seed, order),
  numbers(weights, seed + 1),
  numbers(out, seed + 2, order),
  numbers([out[1]!], seed + 3),
  numbers([x[1]!], seed + 4),
]

/** ‖actual − expected‖ / ‖expected‖ */
function relativeError(actual: Float32Array, expected: Float32Array): number {
  let [difference, size] = [0, 0]
  for (const [i, value] of expected.entries()) {
    difference += (actual[i]! - value) ** 2
    size += value ** 2
  }
  return Math.sqrt(difference / size)
}

/** Compares every back end's results of a case with the reference's; the error of few numbers, relative to their own size, spreads more. */
function expectReferences(of: Case, inputs: Inputs, algorithm: ConvolutionAlgorithm, most: number): void {
  const expected = results(reference, of, inputs, 'direct')
  for (const [name, backend] of backends)
    for (const [i, actual] of results(backend, of, inputs, algorithm).entries())
      expect(relativeError(actual, expected[i]!), name).toBeLessThan(most * (1 + 5 / Math.sqrt(actual.length)))
}

describe('minimal filtering', () => {
  // the fewest channels with the largest errors: numbers of the facts, with room for small samples
  it.each([
    ['F(2,3)', 3, 1e-6],
    ['F(4,3)', 3, 2e-6],
    ['F(2,5)', 5, 2.5e-6],
  ] as const)('%s gives the reference’s sums for any shapes, groups, padding and layout', (algorithm, size, most) => {
    const orders = fc.constantFrom([0, 1, 2, 3], [0, 2, 3, 1], [1, 2, 3, 0])
    fc.assert(
      fc.property(anyCase(size), fc.nat(1000), orders, (of, seed, order) => {
        expectReferences(of, inputsOf(of, seed, order), algorithm, most)
      }),
      { numRuns: 40 },
    )
  })

  it.each([
    ['bands of one image', caseOf(1, 20, 24, [70, 50], [1, 1])],
    ['several chunks and a rest', caseOf(23, 40, 24, [15, 7], [1, 1])],
    ['several slices of sums', caseOf(37, 9, 9, [6, 6], [0, 2])],
    ['maps of 3×3', caseOf(5, 32, 64, [3, 3], [1, 1])],
  ])('does %s', (_name, of) => expectReferences(of, inputsOf(of, 5), 'F(4,3)', 2e-6))

  it.each([
    ['F(2,3)', 3, 1.2e-6],
    ['F(4,3)', 3, 2e-6],
    ['F(2,5)', 5, 2.5e-6],
  ] as const)('%s keeps its bound at 256 channels', (algorithm, size, most) => {
    const of = caseOf(2, 256, 256, [8, 7], [1, 1], 1, size)
    expectReferences(of, inputsOf(of, 9), algorithm, most)
  })
})

describe.each(backends)('minimal filtering, %s', (_, backend) => {
  it.each([NaN, Infinity, -Infinity, 2e38])('%d reaches as far as with the direct kernels', (value) => {
    const of = caseOf(3, 16, 16, [9, 9], [1, 1])
    for (const at of [0, 1, 2]) {
      const inputs = inputsOf(of, 3)
      inputs[at]!.buffer.data![at === 1 ? 40 : 2000] = value
      const direct = results(backend, of, inputs, 'direct')
      const minimal = results(backend, of, inputs, 'F(4,3)')
      for (const [i, expected] of direct.entries()) {
        const special = (data: Float32Array): string => Array.from(data, (v) => (Number.isFinite(v) ? 0 : v)).join()
        expect(special(minimal[i]!)).toBe(special(expected))
      }
    }
  })

  it('takes the direct way where it is asked to, and where no tile fits', () => {
    const of = caseOf(4, 32, 32, [16, 16], [1, 1])
    const inputs = inputsOf(of, 1)
    const [direct, fastest, forced] = (['direct', 'fastest', 'F(4,3)'] as const).map((algorithm) =>
      results(backend, of, inputs, algorithm),
    )
    expect(fastest).toEqual(forced)
    expect(fastest).not.toEqual(direct)
  })

  it('gives its work space back', () => {
    const before = backend.memory().liveBytes
    const of = caseOf(4, 32, 32, [16, 16], [1, 1])
    results(backend, of, inputsOf(of, 1), 'F(4,3)')
    expect(backend.memory().liveBytes).toBe(before)
  })
})

it('is the same to the bit on any number of threads, in the plain form', () => {
  const of = caseOf(41, 24, 40, [14, 15], [1, 1])
  const inputs = inputsOf(of, 11)
  const [one, three] = [1, 3].map((threads) => {
    const backend = createWasmBackend({ threads, maximumPages, deterministic: true })
    const found = results(backend, of, inputs, 'F(4,3)')
    backend.close()
    return found
  })
  expect(three).toEqual(one)
})

it('is direct everywhere on a back end made so', () => {
  const of = caseOf(4, 32, 32, [16, 16], [1, 1])
  const inputs = inputsOf(of, 1)
  const exact = createWasmBackend({ threads: 1, maximumPages, convolutions: 'direct' })
  const { algorithm: _, ...options } = { ...of.options, algorithm: 'direct' as const }
  const own = (view: View): View => ({ ...view, buffer: exact.adopt(view.buffer.data!.slice()) })
  const [x, weights, out] = [own(inputs[0]), own(inputs[1]), own(inputs[2])]
  conv2d(exact, x, weights, out, { ...options, bias: own(inputs[3]) })
  expect(out.buffer.data).toEqual(results(backends[0]![1], of, inputs, 'direct')[0])
})
