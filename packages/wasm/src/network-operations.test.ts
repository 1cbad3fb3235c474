import * as operations from '@scatterlab/tensor/operations'
import {
  type BiasedConvolutionOptions,
  channelMoments,
  conv2d,
  conv2dInputGradient,
  conv2dWeightsGradient,
  convolutionShape,
  maxPool,
  maxPoolGradient,
  softmaxCrossEntropy,
  windowCount,
  windowsOf,
} from '@scatterlab/tensor/operations'
import { type Backend, type View, ShapeError, ValueError, random, reference } from '@scatterlab/tensor'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { type WasmBackend, createWasmBackend } from './backend.ts'
import { Convolution } from './convolution/convolution.ts'
import { Heap, OutOfMemoryError } from './memory/heap.ts'
import { single } from './assembler/precision.ts'
import { candidateTiles } from './matmul/tuning.ts'

const maximumPages = 4096
const backends: readonly (readonly [string, WasmBackend])[] = [
  ['relaxed, one thread', createWasmBackend({ threads: 1, maximumPages })],
  ['plain, one thread', createWasmBackend({ threads: 1, maximumPages, deterministic: true })],
  ['plain, three threads', createWasmBackend({ threads: 3, maximumPages, deterministic: true })],
]
afterAll(() => {
  for (const [, backend] of backends) backend.close()
})

/** How an image lies in memory: axes from the outermost to the innermost. */
const layouts = { planes: [0, 1, 2, 3], channelsInnermost: [0, 2, 3, 1], imagesInnermost: [1, 2, 3, 0] } as const
type Layout = keyof typeof layouts
const layout = fc.constantFrom<Layout>('planes', 'planes', 'channelsInnermost', 'imagesInnermost')

/** A view of numbers of a seed, a quarter apart so that some are equal; of a negative seed: 77, to be overwritten. */
function view(shape: readonly number[], seed: number, of: Layout = 'planes'): View {
  const order = shape.length === 4 ? layouts[of] : shape.map((_, axis) => axis)
  const strides = shape.map(() => 0)
  let length = 1
  for (const axis of order.toReversed()) {
    strides[axis] = length
    length *= shape[axis]!
  }
  const stream = random(seed)
  const data = Float32Array.from({ length }, () => (seed < 0 ? 77 : stream.integer(-8, 9) / 4))
  return { buffer: reference.adopt(data), dtype: 'float32', shape, strides, offset: 0, imagStride: 0 }
}

/** Runs an operation on the reference and on a back end, which must not decline it, and compares what is in `outs`. */
function checkAgainstReference(
  backend: WasmBackend,
  views: Readonly<Record<string, View>>,
  outs: readonly string[],
  run: (on: typeof reference, views: Record<string, View>) => void,
  tolerance = 1e-5,
): void {
  const declined = [...backend.declined.values()].reduce((a, b) => a + b, 0)
  const own = Object.fromEntries(
    Object.entries(views).map(([name, of]) => [name, { ...of, buffer: backend.adopt(of.buffer.data!) }]),
  )
  run(reference, views as Record<string, View>)
  run(backend, own)
  expect([...backend.declined.values()].reduce((a, b) => a + b, 0)).toBe(declined)
  for (const [name, { buffer }] of Object.entries(own)) {
    const [actual, expected] = [buffer.data!, views[name]!.buffer.data!]
    const largest = Float64Array.from(expected, Math.abs).reduce((a, b) => Math.max(a, b), 0)
    const allowed = outs.includes(name) ? tolerance * (1 + largest) : 0
    for (let i = 0; i < actual.length; i++)
      if (!(Math.abs(actual[i]! - expected[i]!) <= allowed))
        expect.fail(`${name}[${i}]: ${actual[i]} where ${expected[i]} is expected`)
    backend.release(buffer)
  }
}

const both = (min: number, max: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }))

interface Shapes {
  readonly x: readonly number[]
  readonly weights: readonly number[]
  readonly out: readonly number[]
  readonly options: BiasedConvolutionOptions
}

const convolution: fc.Arbitrary<Shapes> = fc
  .record({
    items: fc.integer({ min: 1, max: 9 }),
    groups: fc.constantFrom(1, 1, 1, 2, 3),
    channels: fc.tuple(fc.constantFrom(1, 2, 3, 4, 5, 8, 13), fc.constantFrom(1, 2, 3, 4, 7, 8, 9, 20)),
    image: both(1, 15),
    window: both(1, 5),
    stride: both(1, 3),
    padding: both(0, 3),
    dilation: fc.tuple(fc.constantFrom(1, 1, 2), fc.constantFrom(1, 1, 2)),
    more: both(0, 1),
  })
  .map(({ items, groups, channels, image, window, stride, padding, dilation, more }) => {
    const options = { groups, stride, padding, dilation }
    const windows = windowsOf(window, options)
    const pixels = ([0, 1] as const).map((axis) => Math.max(1, windowCount(image[axis], windows, axis) + more[axis]))
    return {
      x: [items, groups * channels[0], ...image],
      weights: [groups * channels[1], channels[0], ...window],
      out: [items, groups * channels[1], ...pixels],
      options,
    }
  })

function checkConvolution(
  backend: WasmBackend,
  { x, weights, out, options }: Shapes,
  of: readonly Layout[],
  seed: number,
): void {
  const images = { x: view(x, seed, of[0]), out: view(out, -1, of[1]) }
  const [w, bias, biasX] = [view(weights, seed + 1, of[2]), view([out[1]!], seed + 2), view([x[1]!], seed + 3)]
  checkAgainstReference(backend, { ...images, w, bias }, ['out'], (on, v) =>
    operations.conv2d(on, v['x']!, v['w']!, v['out']!, { ...options, bias: v['bias']! }),
  )
  const gradOut = view(out, seed + 4, of[1])
  const gradX = view(x, -1, of[0])
  checkAgainstReference(backend, { gradOut, w, gradX, biasX }, ['gradX'], (on, v) =>
    operations.conv2dInputGradient(on, v['gradOut']!, v['w']!, v['gradX']!, { ...options, bias: v['biasX']! }),
  )
  checkAgainstReference(backend, { x: images.x, gradOut, gradW: view(weights, -1, of[2]) }, ['gradW'], (on, v) =>
    operations.conv2dWeightsGradient(on, v['x']!, v['gradOut']!, v['gradW']!, options),
  )
}

describe.each(backends)('convolution, %s', (_, backend) => {
  it('gives the numbers of the reference for any sizes and layouts', () => {
    fc.assert(
      fc.property(convolution, fc.tuple(layout, layout, layout), fc.nat(1000), (shapes, of, seed) =>
        checkConvolution(backend, shapes, of, seed),
      ),
      { numRuns: 60 },
    )
  })

  it.each([
    ['images of several chunks', [21, 6, 24, 24], [24, 6, 5, 5], { padding: 2 }],
    ['images cut into bands', [2, 8, 70, 60], [16, 8, 3, 3], { padding: 1 }],
    ['bands of a strided window', [1, 3, 150, 131], [32, 3, 11, 11], { stride: 4, padding: 2 }],
    ['bands of a transposed one', [1, 24, 62, 66], [8, 24, 4, 4], { stride: 2, padding: 1 }],
    ['more sums than slices', [33, 2, 6, 6], [5, 2, 3, 3], {}],
    ['a window larger than its stride needs', [3, 4, 9, 9], [4, 4, 2, 2], { stride: 3 }],
  ] as const)('does %s', (_name, x, weights, options) => {
    const windows = windowsOf([weights[2], weights[3]], options)
    const out = [x[0], weights[0], windowCount(x[2], windows, 0), windowCount(x[3], windows, 1)]
    checkConvolution(backend, { x, weights, out, options }, ['planes', 'planes', 'planes'], 7)
  })

  it('gives its work space back', () => {
    const before = backend.memory().liveBytes
    checkConvolution(
      backend,
      { x: [4, 3, 12, 12], weights: [8, 3, 5, 5], out: [4, 8, 12, 12], options: { padding: 2 } },
      ['planes', 'planes', 'planes'],
      3,
    )
    expect(backend.memory().liveBytes).toBeLessThanOrEqual(before)
  })
})

describe('convolution', () => {
  it('is the same to the bit for every tile and any number of threads, in the plain form', () => {
    const [x, w, gradOut] = [
      [19, 5, 14, 14],
      [20, 5, 5, 5],
      [19, 20, 14, 14],
    ].map((shape) => {
      const of = view(shape, 0)
      random(shape[0]!).fillNormal(of.buffer.data!)
      return of
    }) as [View, View, View]
    const results: Float32Array[][] = []
    for (const [name, backend] of backends) {
      if (name.startsWith('relaxed')) continue
      const own = ({ buffer, ...rest }: View): View => ({ ...rest, buffer: backend.adopt(buffer.data!) })
      const [out, gradX, gradW] = [
        own(view([19, 20, 14, 14], -1)),
        own(view([19, 5, 14, 14], -1)),
        own(view([20, 5, 5, 5], -1)),
      ]
      conv2d(backend, own(x), own(w), out, { padding: 2 })
      conv2dInputGradient(backend, own(gradOut), own(w), gradX, { padding: 2 })
      conv2dWeightsGradient(backend, own(x), own(gradOut), gradW, { padding: 2 })
      results.push([out, gradX, gradW].map(({ buffer }) => Float32Array.from(buffer.data!)))
    }
    const heap = new Heap({ maximumPages })
    for (const tile of [...candidateTiles(single, false), { precision: single, rows: 6, vectors: 1, relaxed: false }]) {
      const convolutions = new Convolution(heap, tile)
      const place = ({ buffer, shape, strides }: View) => {
        const address = heap.allocate(4 * buffer.length)
        heap.float32(address, buffer.length).set(buffer.data!)
        return {
          address,
          shape,
          strides: strides.map((stride) => 4 * stride),
          numbers: () => heap.float32(address, buffer.length).slice(),
        }
      }
      const [out, gradX, gradW] = [
        place(view([19, 20, 14, 14], -1)),
        place(view([19, 5, 14, 14], -1)),
        place(view([20, 5, 5, 5], -1)),
      ]
      const shape = convolutionShape(x, w, gradOut, { padding: 2 })
      convolutions.forward(shape, place(x), place(w), out)
      convolutions.inputGradient(shape, place(gradOut), place(w), gradX)
      convolutions.weightsGradient(shape, place(x), place(gradOut), gradW)
      results.push([out, gradX, gradW].map(({ numbers }) => numbers()))
    }
    for (const result of results) expect(result).toEqual(results[0])
  })

  it('leaves everything as it was when its work space does not fit', () => {
    const small = createWasmBackend({ threads: 1, initialPages: 8, maximumPages: 96 })
    const own = (shape: readonly number[]): View => ({
      ...view(shape, 1),
      buffer: small.adopt(view(shape, 1).buffer.data!),
    })
    const [x, w, out] = [own([1, 32, 64, 64]), own([64, 32, 3, 3]), own([1, 64, 64, 64])]
    const room = small.allocate('float32', (96 * 65536 - small.memory().liveBytes) / 4 - 40_000)
    const before = out.buffer.data!.slice()
    expect(() => operations.conv2d(small, x, w, out, { padding: 1 })).toThrow(OutOfMemoryError)
    expect(() => operations.conv2dWeightsGradient(small, x, out, w, { padding: 1 })).toThrow(OutOfMemoryError)
    expect(out.buffer.data).toEqual(before)
    small.release(room)
    operations.conv2d(small, x, w, out, { padding: 1 })
    expect(out.buffer.data).not.toEqual(before)
  })

  it('refuses what the reference refuses, and leaves double precision to it', () => {
    const [, backend] = backends[0]!
    const own = (shape: readonly number[]): View => ({
      ...view(shape, 1),
      buffer: backend.adopt(view(shape, 1).buffer.data!),
    })
    expect(() => conv2d(backend, own([1, 4, 5, 5]), own([2, 3, 3, 3]), own([1, 2, 3, 3]))).toThrow(ValueError)
    expect(() => maxPool(backend, own([1, 4, 5, 5]), own([1, 4, 4, 2]), { size: 2 })).toThrow(ShapeError)
    const before = backend.declined.get('relu') ?? 0
    const buffer = backend.adopt(Float64Array.of(-1, 2))
    const doubles: View = {
      buffer,
      dtype: 'float64',
      shape: [1, 2, 1, 1],
      strides: [2, 1, 1, 1],
      offset: 0,
      imagStride: 0,
    }
    maxPool(backend, doubles, { ...doubles, buffer: backend.adopt(new Float64Array(2)) }, { size: 1 })
    expect(backend.declined.get('maxPool')).toBe(1)
    expect(backend.declined.get('relu') ?? 0).toBe(before)
  })
})

const pooled: fc.Arbitrary<{
  x: number[]
  out: number[]
  options: { size: [number, number]; stride: [number, number]; padding: [number, number] }
}> = fc
  .record({
    items: fc.integer({ min: 1, max: 4 }),
    channels: fc.integer({ min: 1, max: 5 }),
    image: both(1, 24),
    size: both(1, 4),
    stride: both(1, 3),
    padding: both(0, 3),
  })
  .map(({ items, channels, image, size, stride, padding: asked }) => {
    const padding: [number, number] = [Math.min(asked[0], size[0] - 1), Math.min(asked[1], size[1] - 1)]
    const count = (axis: 0 | 1): number => Math.floor((image[axis] - 1 + padding[axis]) / stride[axis]) + 1
    return {
      x: [items, channels, ...image],
      out: [items, channels, count(0), count(1)],
      options: { size, stride, padding },
    }
  })

function checkPooling(
  backend: WasmBackend,
  {
    x,
    out,
    options,
  }: {
    readonly x: readonly number[]
    readonly out: readonly number[]
    readonly options: operations.PoolingOptions
  },
  of: readonly Layout[],
  seed: number,
): void {
  const [image, result, gradOut, gradX] = [
    view(x, seed, of[0]),
    view(out, -1, of[1]),
    view(out, seed + 1, of[1]),
    view(x, -1, of[0]),
  ]
  checkAgainstReference(
    backend,
    { x: image, out: result },
    ['out'],
    (on, v) => operations.maxPool(on, v['x']!, v['out']!, options),
    0,
  )
  checkAgainstReference(backend, { x: image, out: result, gradOut, gradX }, ['gradX'], (on, v) =>
    operations.maxPoolGradient(on, v['x']!, v['out']!, v['gradOut']!, v['gradX']!, options),
  )
  for (const countPadding of [true, false]) {
    checkAgainstReference(backend, { x: image, out: result }, ['out'], (on, v) =>
      operations.averagePool(on, v['x']!, v['out']!, { ...options, countPadding }),
    )
    checkAgainstReference(backend, { gradOut, gradX }, ['gradX'], (on, v) =>
      operations.averagePoolGradient(on, v['gradOut']!, v['gradX']!, { ...options, countPadding }),
    )
  }
}

describe.each(backends)('pooling, %s', (_, backend) => {
  it('gives the numbers of the reference for any windows and layouts', () => {
    fc.assert(
      fc.property(pooled, fc.tuple(layout, layout), fc.nat(1000), (shapes, of, seed) =>
        checkPooling(backend, shapes, of, seed),
      ),
      { numRuns: 60 },
    )
  })

  it.each([
    [[11, 16, 28, 28], [11, 16, 14, 14], 2, 2],
    [[3, 5, 14, 26], [3, 5, 7, 13], 2, 2],
    [[2, 3, 14, 9], [2, 3, 7, 4], 2, 2],
    [[2, 3, 9, 14], [2, 3, 4, 7], 2, 2],
    [[2, 3, 15, 17], [2, 3, 7, 8], 3, 2],
    [[2, 8, 6, 6], [2, 8, 1, 1], 6, 6],
  ])('does %j to %j, size %i and stride %i', (x, out, size, stride) =>
    checkPooling(backend, { x, out, options: { size, stride } }, ['planes', 'planes'], 5),
  )

  it('keeps NaN, and gives the gradient of a window with it to one pixel', () => {
    const x = view([1, 1, 2, 8], 3)
    x.buffer.data![3] = NaN
    const own = (of: View): View => ({ ...of, buffer: backend.adopt(of.buffer.data!) })
    const [image, out, gradOut, gradX] = [
      own(x),
      own(view([1, 1, 1, 4], -1)),
      own(view([1, 1, 1, 4], 1)),
      own(view([1, 1, 2, 8], -1)),
    ]
    maxPool(backend, image, out, { size: 2 })
    expect([...out.buffer.data!].map(Number.isNaN)).toEqual([false, true, false, false])
    gradOut.buffer.data!.fill(1)
    maxPoolGradient(backend, image, out, gradOut, gradX, { size: 2 })
    expect([...gradX.buffer.data!].reduce((a, b) => a + b)).toBe(4)
  })
})

describe.each(backends)('softmaxCrossEntropy, %s', (_, backend) => {
  it.each([1, 2, 3, 4, 10, 17, 1000])('gives the numbers of the reference for %i classes', (classes) => {
    const items = 9
    const stream = random(classes)
    const labels = Int32Array.from({ length: items }, () => stream.integer(0, classes))
    const views = { logits: view([items, classes], 5), losses: view([items], -1), gradient: view([items, classes], -1) }
    checkAgainstReference(backend, views, ['losses', 'gradient'], (on, v) =>
      operations.softmaxCrossEntropy(on, v['logits']!, labels, v['losses']!, v['gradient']!),
    )
    checkAgainstReference(backend, views, ['losses'], (on, v) =>
      operations.softmaxCrossEntropy(on, v['logits']!, labels, v['losses']!),
    )
  })

  it('overflows for no logits, and refuses a label that is no class', () => {
    const views = { logits: view([1, 3], 0), losses: view([1], -1), gradient: view([1, 3], -1) }
    views.logits.buffer.data!.set([1e4, -1e4, 0])
    checkAgainstReference(backend, views, ['losses', 'gradient'], (on, v) =>
      operations.softmaxCrossEntropy(on, v['logits']!, Int32Array.of(1), v['losses']!, v['gradient']!),
    )
    expect(views.losses.buffer.data![0]).toBe(2e4)
    expect(() => softmaxCrossEntropy(backend, views.logits, Int32Array.of(3), views.losses)).toThrow(ValueError)
  })
})

describe.each(backends)('normalisation, %s', (_, backend) => {
  it.each([
    [[6, 4, 9, 7], 'planes'],
    [[6, 4, 9, 7], 'channelsInnermost'],
    [[5, 3, 4, 5], 'imagesInnermost'],
    [[24, 16, 20, 20], 'planes'],
    [[7, 5], 'planes'],
  ] as const)('gives the numbers of the reference: %j, %s', (shape, of) => {
    const [x, gradOut] = [view(shape, 1, of), view(shape, 2, of)]
    const result = (): View => view(shape, -1, of)
    const vector = (seed: number): View => view([shape[1]], seed)
    const moments = { mean: vector(-1), variance: vector(-1) }
    checkAgainstReference(backend, { x, ...moments }, ['mean', 'variance'], (on, v) =>
      operations.channelMoments(on, v['x']!, v['mean']!, v['variance']!),
    )
    channelMoments(reference, x, moments.mean, moments.variance)
    for (const [scale, shift] of [[vector(3), vector(4)], []]) {
      const constants = scale === undefined ? {} : { scale, shift: shift! }
      checkAgainstReference(backend, { x, ...moments, ...constants, out: result() }, ['out'], (on, v) =>
        operations.normalise(
          on,
          v['x']!,
          v['mean']!,
          v['variance']!,
          v['out']!,
          scale && { scale: v['scale']!, shift: v['shift']!, epsilon: 0.01 },
        ),
      )
    }
    for (const frozen of [true, false]) {
      const views = {
        x,
        ...moments,
        scale: vector(3),
        gradOut,
        gradX: result(),
        gradScale: vector(-1),
        gradShift: vector(-1),
      }
      checkAgainstReference(backend, views, ['gradX', 'gradScale', 'gradShift'], (on, v) =>
        operations.normaliseGradient(on, v['x']!, v['mean']!, v['variance']!, v['gradOut']!, {
          frozen,
          scale: v['scale']!,
          gradX: v['gradX']!,
          gradScale: v['gradScale']!,
          gradShift: v['gradShift']!,
        }),
      )
    }
    checkAgainstReference(backend, { x, ...moments, gradOut, gradShift: vector(-1) }, ['gradShift'], (on, v) =>
      operations.normaliseGradient(on, v['x']!, v['mean']!, v['variance']!, v['gradOut']!, {
        gradShift: v['gradShift']!,
      }),
    )
    for (const options of [
      { size: 3, alpha: 0.2, beta: 0.75 },
      { size: 5, alpha: 0.5, beta: 0.6, k: 1.5, convention: 'caffe' },
    ] as const) {
      checkAgainstReference(backend, { x, out: result() }, ['out'], (on, v) =>
        operations.responseNorm(on, v['x']!, v['out']!, options),
      )
      checkAgainstReference(backend, { x, gradOut, gradX: result() }, ['gradX'], (on, v) =>
        operations.responseNormGradient(on, v['x']!, v['gradOut']!, v['gradX']!, options),
      )
    }
  })

  it('finds the variance of numbers far from 0', () => {
    const x = view([4, 2, 8, 8], 1)
    for (const [i, value] of x.buffer.data!.entries()) x.buffer.data![i] = 4096 + value / 8
    const [mean, variance] = [view([2], -1), view([2], -1)]
    checkAgainstReference(
      backend,
      { x, mean, variance },
      ['mean', 'variance'],
      (on, v) => operations.channelMoments(on, v['x']!, v['mean']!, v['variance']!),
      1e-6,
    )
    expect(variance.buffer.data![0]).toBeLessThan(0.1)
  })

  it.each([3e4, -1e12, Infinity, NaN])('finds the moments of a channel that begins with %d', (first) => {
    const x = view([4, 1, 8, 8], 1)
    x.buffer.data![0] = first
    const moments = (on: Backend): number[] => {
      const [own, mean, variance] = [x, view([1], -1), view([1], -1)].map((of) => ({
        ...of,
        buffer: on.adopt(of.buffer.data!.slice()),
      })) as [View, View, View]
      operations.channelMoments(on, own, mean, variance)
      return [mean.buffer.data![0]!, variance.buffer.data![0]!]
    }
    for (const [i, value] of moments(backend).entries()) {
      const expected = moments(reference)[i]!
      if (Number.isFinite(expected)) expect(value / expected).toBeCloseTo(1, 6)
      else expect(value).toBe(expected)
    }
  })
})
