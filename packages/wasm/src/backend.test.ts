import { type Reduction, adamUpdate, copy, matmul, pad, reduce, sgdUpdate } from '@scatterlab/tensor/operations'
import {
  type Backend,
  type RealDType,
  type View,
  abs,
  add,
  conj,
  cos,
  div,
  empty,
  exp,
  gelu,
  grad,
  log,
  maximum,
  minimum,
  mul,
  neg,
  pointwise,
  pow,
  reference,
  relu,
  scope,
  sigmoid,
  sign,
  sin,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  Tensor,
  tensor,
} from '@scatterlab/tensor'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { type WasmBackend, type WasmOptions, createWasmBackend } from './backend.ts'
import { NoSimdError } from './no-simd.ts'
import * as probing from './probe.ts'

const forms: [string, WasmOptions][] = [
  ['relaxed', { maximumPages: 4096 }],
  ['plain', { maximumPages: 4096, deterministic: true, shared: false }],
]

/** An array seen through a permutation of its axes, steps and a cut: what views of all kinds look like. */
interface Shape {
  readonly lengths: readonly number[]
  readonly order: readonly number[]
  readonly steps: readonly number[]
  readonly cuts: readonly number[]
}

const lengthOf = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 6 }) },
  { weight: 1, arbitrary: fc.nat(40) },
)
const lengths = fc.array(lengthOf, { maxLength: 4 })

function layoutOf(shape: readonly number[]): fc.Arbitrary<Shape> {
  const rank = shape.length
  const each = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(value, { minLength: rank, maxLength: rank })
  return fc.record({
    lengths: fc.constant(shape),
    order: fc.shuffledSubarray(
      shape.map((_, i) => i),
      { minLength: rank, maxLength: rank },
    ),
    steps: each(fc.constantFrom(1, 1, 1, 1, 2, -1)),
    cuts: each(fc.constantFrom(0, 0, 0, 1)),
  })
}

/** Views of one shape that lie in memory in ways of their own. */
const layouts = (count: number): fc.Arbitrary<Shape[]> =>
  lengths.chain((shape) => fc.tuple(...Array.from({ length: count }, () => layoutOf(shape))))

/** The array of a layout on a back end, filled by `value`. */
function build(
  backend: Backend,
  { lengths: shape, order, steps, cuts }: Shape,
  dtype: RealDType,
  value: (i: number) => number,
): Tensor {
  const stored = order.map((axis) => shape[axis]! * Math.abs(steps[axis]!) + cuts[axis]!)
  const size = stored.reduce((a, b) => a * b, 1)
  const data = dtype === 'float32' ? new Float32Array(size) : new Float64Array(size)
  for (let i = 0; i < size; i++) data[i] = value(i)
  const whole = tensor(data, stored, { backend, dtype })
  const cut = whole.slice(
    ...order.map((axis): [number, number | undefined, number] => {
      const [length, step] = [shape[axis]! * Math.abs(steps[axis]!), steps[axis]!]
      if (step > 0) return [cuts[axis]!, cuts[axis]! + length, step]
      return length === 0
        ? [0, 0, 1]
        : [cuts[axis]! + length - 1, cuts[axis]! === 0 ? undefined : cuts[axis]! - 1, step]
    }),
  )
  return cut.transpose(...order.map((_, axis) => order.indexOf(axis)))
}

const value =
  (seed: number) =>
  (i: number): number =>
    ((i * 37 + seed * 11) % 83) / 16 - 2.5

/** Runs an operation on both back ends over the same views, and compares everything that the output's buffer holds. */
function compare(
  wasm: Backend,
  layout: readonly Shape[],
  dtypes: readonly RealDType[],
  operate: (backend: Backend, views: Tensor[]) => void,
  tolerance = 0,
): void {
  scope(() => {
    const [expected, found] = [reference, wasm].map((backend) => {
      const views = layout.map((one, i) => build(backend, one, dtypes[i]!, value(i)))
      operate(backend, views)
      return views.map(({ buffer }) => buffer.data!.slice())
    })
    for (const [i, numbers] of expected!.entries()) {
      let worst = 0
      for (let k = 0; k < numbers.length; k++) {
        const difference = Math.abs(numbers[k]! - found![i]![k]!)
        // without a tolerance zeros agree in their signs too
        if (!Object.is(numbers[k], found![i]![k])) worst = Math.max(worst, tolerance === 0 ? Infinity : difference)
      }
      expect(worst).toBeLessThanOrEqual(tolerance)
    }
    return null
  })
}

const dtype = fc.constantFrom<RealDType>('float32', 'float32', 'float64')

const functions = {
  abs,
  add,
  conj,
  cos,
  div,
  exp,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  relu,
  sigmoid,
  sign,
  sin,
  square,
  sub,
  tanh,
}
const rectifier = pointwise('rectifier', (x, slope) => x.gt(0).select(x, x.times(slope)))
const rectifierSlope = pointwise('its slope', (x, g, slope) => x.gt(0).select(g, g.times(slope)))

describe.each(forms)('the back end, %s', (_, options) => {
  const wasm = createWasmBackend(options)
  const runs = { numRuns: 120 }

  it('copies between any views and precisions, and declines none', () => {
    fc.assert(
      fc.property(layouts(2), dtype, dtype, (layout, from, to) => {
        compare(wasm, layout, [from, to], (backend, [x, out]) => copy(backend, x!, out!))
      }),
      runs,
    )
    expect(wasm.declined.get('copy')).toBeUndefined()
  })

  it.each(['neg', 'abs', 'sign', 'square', 'relu', 'conj', 'sin', 'cos', 'exp', 'tanh', 'sigmoid'] as const)(
    'maps %s',
    (op) => {
      // Polynomials: two units in the last place of numbers up to e³.
      const tolerance = ['sin', 'exp', 'tanh', 'sigmoid'].includes(op) ? 8e-6 : 0
      fc.assert(
        fc.property(layouts(2), dtype, (layout, of) => {
          compare(wasm, layout, [of, of], (_, [x, out]) => functions[op].into(out!, x!), tolerance)
        }),
        runs,
      )
    },
  )

  it.each(['add', 'sub', 'mul', 'div', 'minimum', 'maximum', 'pow'] as const)('zips %s, with repeated axes', (op) => {
    const broadcast = fc.array(fc.constantFrom(0, 0, 1, 2), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(layouts(3), broadcast, dtype, (layout, repeated, of) => {
        compare(
          wasm,
          layout,
          [of, of, of],
          (backend, [a, b, out]) => {
            const repeat = (x: Tensor, mark: number): Tensor =>
              new Tensor(backend, {
                ...viewOf(x),
                strides: x.strides.map((step, axis) => (repeated[axis] === mark ? 0 : step)),
              })
            functions[op].into(out!, repeat(a!, 1), repeat(b!, 2))
          },
          op === 'pow' ? 1e-6 : 0,
        )
      }),
      runs,
    )
  })

  it('computes gradients of functions as the reference does, complex ones too, and declines none', () => {
    const before = wasm.declined.get('fused') ?? 0
    const values = Float32Array.from({ length: 40 }, (_, i) => 0.1 + ((i * 37) % 83) / 40)
    const on = (backend: Backend, complex: boolean): Tensor =>
      tensor(values, [complex ? 20 : 40], { backend, dtype: complex ? 'complex64' : 'float32' })
    const slopes = (backend: Backend, f: (x: Tensor) => Tensor, complex: boolean): number[] => {
      const g = grad((x: Tensor) => sum(abs(f(x))))(on(backend, complex))
      return [...(complex ? g.asReal() : g).toTypedArray()]
    }
    const real = [abs, cos, exp, gelu, log, neg, relu, sigmoid, sin, sqrt, square, tanh].map((f) => [f, false] as const)
    const powers = [0, 1, 2.5].map((power) => [(x: Tensor) => pow(x, power), false] as const)
    const complex = [abs, conj, neg, (z: Tensor) => mul(z, z), (z: Tensor) => div(conj(z), z)].map(
      (f) => [f, true] as const,
    )
    for (const [f, isComplex] of [...real, ...powers, ...complex]) {
      const [expected, found] = [reference, wasm].map((backend) => slopes(backend, f, isComplex))
      for (const [i, value] of expected!.entries()) expect(Math.abs(found![i]! - value)).toBeLessThan(2e-5)
    }
    expect(wasm.declined.get('fused') ?? 0).toBe(before)
    expect(grad((x: Tensor) => sum(pow(x, 0)))(tensor([0, 2], [2], { backend: wasm })).toNested()).toEqual([0, 0])
  })

  it.each(['sum', 'max', 'min'] as const)('reduces: %s over any axes', (op: Reduction) => {
    fc.assert(
      fc.property(
        lengths.chain((shape) =>
          fc
            .subarray(shape.map((_, i) => i))
            .chain((axes) =>
              fc.tuple(
                layoutOf(shape),
                layoutOf(shape.map((length, axis) => (axes.includes(axis) ? 1 : length))),
                fc.constant(axes),
              ),
            ),
        ),
        dtype,
        (layout, of) => {
          const [x, out, axes] = layout
          compare(wasm, [x, out], [of, of], (backend, [from, to]) => reduce(backend, op, from!, axes, to!))
        },
      ),
      runs,
    )
  })

  it('multiplies matrices of any strides, in batches that may be repeated', () => {
    const size = fc.integer({ min: 0, max: 12 })
    fc.assert(
      fc.property(
        fc
          .tuple(size, size, size, fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }))
          .chain(([m, n, k, batch]) =>
            fc.tuple(layoutOf([...batch, m, k]), layoutOf([...batch, k, n]), layoutOf([...batch, m, n])),
          ),
        dtype,
        fc.boolean(),
        (layout, of, accumulate) => {
          // Twelve products of numbers up to 2.6, in single precision.
          compare(wasm, layout, [of, of, of], (backend, [a, b, c]) => matmul(backend, a!, b!, c!, accumulate), 1e-5)
        },
      ),
      runs,
    )
    expect(wasm.declined.get('matmul')).toBeUndefined()
  })

  it('rectifies and updates', () => {
    const slope = fc.constantFrom(0, 0.25)
    fc.assert(
      fc.property(layouts(4), slope, fc.boolean(), fc.boolean(), (layout, leak, flag, same) => {
        const shared = layout.map(() => layout[0]!)
        const of: RealDType[] = ['float32', 'float32', 'float32', 'float32']
        const views = same ? shared : layout
        compare(wasm, views, of, (_, [x, out]) => rectifier.into(out!, x!, leak))
        compare(wasm, views, of, (_, [x, g, out]) => rectifierSlope.into(out!, x!, g!, leak))
        const sgd = { rate: 0.1, momentum: 0.9, decay: 0.01, nesterov: flag }
        compare(wasm, views, of, (backend, [w, v, g]) => sgdUpdate(backend, w!, v!, g!, sgd), 2e-6)
        const adam = { rate: 0.1, decay: 0.01, decoupled: flag, step: 3 }
        const positive = (x: Tensor): void => {
          abs.into(x, x)
          add.into(x, x, 0.5)
        }
        compare(
          wasm,
          views,
          of,
          (backend, [w, m, s, g]) => {
            positive(s!)
            adamUpdate(backend, w!, m!, s!, g!, adam)
          },
          2e-6,
        )
      }),
      runs,
    )
  })

  it('does complex copies, signs and sums as the reference', () => {
    const layout: Shape = { lengths: [3, 5, 2], order: [0, 1, 2], steps: [1, 1, 1], cuts: [0, 1, 0] }
    const complex = (x: Tensor): Tensor => x.asComplex().transpose(1, 0)
    const three = [layout, layout, layout]
    const of: RealDType[] = ['float32', 'float32', 'float32']
    const before = wasm.declined.get('fused') ?? 0
    compare(wasm, three, of, (backend, [x, out]) => copy(backend, complex(x!), complex(out!)))
    for (const op of ['neg', 'conj', 'abs'] as const)
      compare(
        wasm,
        three,
        of,
        (_, [x, out]) =>
          functions[op].into(op === 'abs' ? out!.slice(null, null, 0).transpose() : complex(out!), complex(x!)),
        1e-6,
      )
    for (const op of ['add', 'sub', 'mul', 'div'] as const)
      compare(
        wasm,
        three,
        of,
        (_, [a, b, out]) => functions[op].into(complex(out!), complex(a!), complex(b!)),
        op === 'div' ? 1e-5 : 1e-6,
      )
    expect(wasm.declined.get('fused') ?? 0).toBe(before)
    compare(wasm, three, of, (backend, [x, out]) =>
      reduce(backend, 'sum', complex(x!), [0], complex(out!).slice([0, 1])),
    )
  })
})

function viewOf({ buffer, dtype: type, shape, strides, offset, imagStride }: Tensor): View {
  return { buffer, dtype: type, shape, strides, offset, imagStride }
}

describe('the back end', () => {
  it('copies what it adopts, hands out zeros, and takes memory back once', async () => {
    const wasm = createWasmBackend({ maximumPages: 64 })
    const before = wasm.memory().liveBytes
    const data = new Float32Array([1, 2, 3])
    const adopted = wasm.adopt(data)
    data[0] = 9
    expect(await wasm.read(adopted)).toEqual(new Float32Array([1, 2, 3]))
    wasm.release(adopted)
    const zeros = wasm.allocate('float64', 5)
    expect([...zeros.data!]).toEqual([0, 0, 0, 0, 0])
    // The first buffer is gone: its place belongs to the second, which a second release must not touch.
    wasm.release(adopted)
    expect(wasm.memory().allocations).toBeGreaterThan(0)
    zeros.data![0] = 7
    expect(wasm.allocate('float64', 5).data![0]).toBe(0)
    wasm.release(zeros)
    expect(wasm.memory().liveBytes).toBe(before + 64)
  })

  it('reads before a release that follows at once', async () => {
    const wasm = createWasmBackend({ maximumPages: 64 })
    const buffer = wasm.adopt(new Float32Array([1, 2]))
    const read = wasm.read(buffer)
    wasm.release(buffer)
    wasm.adopt(new Float32Array([5, 6]))
    expect(await read).toEqual(new Float32Array([1, 2]))
  })

  it('keeps its arrays through growth of the memory', () => {
    for (const shared of [true, false]) {
      const wasm = createWasmBackend({ initialPages: 4, maximumPages: 2048, shared })
      const x = tensor(new Float32Array([1, 2, 3]), [3], { backend: wasm })
      const large = empty([4_000_000], { backend: wasm })
      expect([...x.toTypedArray()]).toEqual([1, 2, 3])
      neg.into(x, x)
      expect([...x.toTypedArray()]).toEqual([-1, -2, -3])
      wasm.release(large.buffer)
    }
  })

  it('counts what it declines', () => {
    const wasm = createWasmBackend({ maximumPages: 64 })
    const x = tensor(new Float64Array([1, 2, 3]), [3], { backend: wasm })
    sin.into(x, x)
    exp.into(x, x)
    neg.into(x, x)
    expect([...wasm.declined]).toEqual([['fused', 2]])
  })

  it('is the same to the bit on every machine when it is told to be', () => {
    const wasm = createWasmBackend({ maximumPages: 1024, deterministic: true })
    const n = 150
    const make = (seed: number): Tensor =>
      tensor(
        Float32Array.from({ length: n * n }, (_, i) => value(seed)(i)),
        [n, n],
        { backend: wasm },
      )
    const [a, b, c] = [make(1), make(2), empty([n, n], { backend: wasm })]
    tanh.into(a, a)
    matmul(wasm, a, b, c)
    sigmoid.into(c, c)
    // FNV-1a of the result's bits, as computed here first; any machine must give it.
    const bits = new Uint32Array(Float32Array.from(c.toTypedArray()).buffer)
    expect(bits.reduce((hash, word) => Math.imul(hash ^ word, 16777619), 2166136261) >>> 0).toBe(674649503)
  })

  it('says which form it runs, and refuses engines without vectors', () => {
    expect(createWasmBackend({ maximumPages: 64 }).description).toMatch(/^WebAssembly, /)
    const none = { simd: false, relaxedSimd: false, fused: false, sharedMemory: false }
    const spy = vi.spyOn(probing, 'probe')
    for (const [compiles, fix] of [
      [true, /newer engine/],
      [false, /wasm-unsafe-eval/],
    ] as const) {
      spy.mockReturnValue({ compiles, ...none })
      expect(() => createWasmBackend()).toThrow(NoSimdError)
      expect(() => createWasmBackend()).toThrow(fix)
    }
    vi.restoreAllMocks()
  })

  it('says how many threads there are, before and after they were started and ended', async () => {
    const wasm = createWasmBackend({ maximumPages: 512, threads: 3 })
    expect(wasm.description).toMatch(/, 3 threads$/)
    await wasm.start()
    expect(wasm.description).toMatch(/, 3 threads$/)
    wasm.close()
    expect(wasm.description).toMatch(/, one thread$/)
    await expect(wasm.start()).resolves.toBeUndefined()
    for (const threads of [0, -1, 1.5, NaN, 65])
      expect(() => createWasmBackend({ threads })).toThrow(/threads is .* 64/)
  })

  it('gives memory back that nobody holds any more', async () => {
    const wasm = createWasmBackend({ maximumPages: 64 })
    const before = wasm.memory().allocations
    for (let i = 0; i < 100; i++) wasm.allocate('float32', 100)
    expect(wasm.memory().allocations).toBe(before + 100)
    const { setFlagsFromString } = await import('node:v8')
    setFlagsFromString('--expose-gc')
    const { runInNewContext } = await import('node:vm')
    const collect = runInNewContext('gc') as () => void
    await vi.waitFor(() => {
      collect()
      expect(wasm.memory().allocations).toBeLessThan(before + 100)
    })
  })
})

describe('groups on two threads', () => {
  const view = (backend: WasmBackend, shape: readonly number[]): Tensor => empty(shape, { backend })
  /** Images side by side, as the groups of a transform have them. */
  const lanes = (backend: WasmBackend, side: number): View => {
    const buffer = backend.allocate('float32', 4 * side * side)
    const strides = [1, 4 * side, 4]
    return { buffer, dtype: 'float32', shape: [4, side, side], strides, offset: 0, imagStride: 0 }
  }
  const same = Int32Array.from({ length: 8 }, (_, i) => i)

  it('give back what a group held when its body throws', () => {
    const backend = createWasmBackend({ threads: 2 })
    const [x, out] = [view(backend, [8, 8, 8]), view(backend, [8, 64])]
    const live = (): number => backend.memory().liveBytes
    const before = live()
    const fail = (): void =>
      backend.forEachGroup(x, out, 4, (images) => {
        const field = lanes(backend, 8)
        pad(backend, images, same, same, field)
        backend.release(field.buffer)
        throw new Error('the body failed')
      })
    expect(fail).toThrow('the body failed')
    const afterOne = live()
    for (let i = 0; i < 5; i++) expect(fail).toThrow('the body failed')
    expect(live()).toBe(afterOne)
    expect(afterOne - before).toBeLessThan(2 ** 20) // kernels' own tables at most
    backend.close()
  })

  it('keep their order when a body has groups of its own', () => {
    const backend = createWasmBackend({ threads: 2 })
    const data = Float32Array.from({ length: 8 * 64 }, (_, i) => i)
    const x = tensor(data, [8, 8, 8], { backend })
    const [middle, out] = [view(backend, [8, 8, 8]), view(backend, [8, 64])]
    backend.forEachGroup(x, out, 4, (images, result) => {
      const field = lanes(backend, 8)
      pad(backend, images, same, same, field)
      backend.forEachGroup(x, middle, 4, () => {})
      copy(backend, { ...field, shape: [4, 64], strides: [1, 4] }, result)
      backend.release(field.buffer)
    })
    expect(out.toTypedArray()).toEqual(data)
    backend.close()
  })
})
