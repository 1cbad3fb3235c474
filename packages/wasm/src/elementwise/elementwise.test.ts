import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { binaryKernels, elementwiseModule, unaryKernels } from './elementwise.ts'
import { Heap } from '../memory/heap.ts'
import { double, single } from '../matmul/tile.ts'

const heap = new Heap({ maximumPages: 1024 })
type Kernel = (...parameters: number[]) => void
const kernelsOf = (precision: typeof single): Record<string, Kernel> =>
  new WebAssembly.Instance(new WebAssembly.Module(elementwiseModule(precision, heap.shared).bytes()), {
    env: { memory: heap.memory },
  }).exports as Record<string, Kernel>
const kernels = { float32: kernelsOf(single), float64: kernelsOf(double) }

const meaning: Record<string, (x: number) => number> = {
  neg: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  square: (x) => x * x,
  sqrt: Math.sqrt,
  reciprocal: (x) => 1 / x,
  relu: (x) => (x > 0 ? x : Number.isNaN(x) ? x : 0),
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
}
const meaning2: Record<string, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
}

/** Applies a single-precision kernel to contiguous numbers. */
function map(name: string, values: Float32Array): Float32Array {
  return heap.scope(() => {
    const [x, out] = [heap.allocate(4 * values.length), heap.allocate(4 * values.length)]
    heap.float32(x, values.length).set(values)
    kernels.float32[`map_${name}`]!(1, values.length, x, 0, 4, out, 0, 4)
    return heap.float32(out, values.length).slice()
  })
}

/** Bits of a single-precision number in an order that counts units in the last place. */
function rank(x: number): number {
  const bits = new Int32Array(new Float32Array([x]).buffer)[0]!
  return bits < 0 ? -(bits & 0x7fffffff) : bits
}

const special = [
  0,
  -0,
  1,
  -1,
  Infinity,
  -Infinity,
  NaN,
  1e-45,
  -1e-45,
  1e-38,
  3.4e38,
  -3.4e38,
  0.625,
  -0.625,
  88.7,
  88.8,
  -87.5,
  -103.9,
  -104.5,
]

/** Every binade, positive and negative, densely around the usual range. */
function samples(): Float32Array {
  const values: number[] = [...special]
  for (let e = -149; e < 128; e++) for (const m of [1, 1.2345, 1.5, 1.9999999]) values.push(m * 2 ** e, -m * 2 ** e)
  for (let i = -3000; i <= 3000; i++) values.push(i * 0.03473, i * 0.0010071, 1 + i * 1e-6)
  return new Float32Array(values)
}

describe('map', () => {
  const exact = ['neg', 'abs', 'sign', 'square', 'sqrt', 'reciprocal', 'relu']
  it('covers every kernel', () => {
    expect(Object.keys(unaryKernels(single)).toSorted()).toEqual(Object.keys(meaning).toSorted())
    expect(Object.keys(unaryKernels(double)).toSorted()).toEqual(exact.toSorted())
    expect(Object.keys(binaryKernels).toSorted()).toEqual(Object.keys(meaning2).toSorted())
  })

  it.each(exact)('%s is exactly rounded', (name) => {
    const values = samples()
    expect(map(name, values)).toEqual(values.map(meaning[name]!))
  })

  // Units in the last place, measured over all samples with room of half a unit.
  it.each([
    ['exp', 2],
    ['log', 2],
    ['tanh', 2],
    ['sigmoid', 3],
  ] as const)('%s is within %i units in the last place', (name, most) => {
    const values = samples()
    const results = map(name, values)
    let worst = 0
    for (const [i, x] of values.entries()) {
      const expected = Math.fround(meaning[name]!(x))
      const difference = Object.is(results[i], expected) ? 0 : Math.abs(rank(results[i]!) - rank(expected))
      worst = Math.max(worst, Number.isNaN(expected) && Number.isNaN(results[i]!) ? 0 : difference)
    }
    expect(worst).toBeLessThanOrEqual(most)
  })

  it('gives the special values that JavaScript gives', () => {
    const values = new Float32Array(special)
    for (const name of ['exp', 'log', 'tanh', 'sigmoid']) {
      const expected = values.map(meaning[name]!)
      const found = map(name, values)
      for (const [i, x] of expected.entries()) {
        const wild = !Number.isFinite(x) || x === 0
        expect(wild ? found[i] : 0, `${name}(${values[i]})`).toBe(wild ? x : 0)
      }
    }
  })
})

describe('rows of any strides', () => {
  const layout = fc.record({ step: fc.constantFrom(1, 1, 1, 2, 3, -1, 0), gap: fc.nat(3) })
  const place = (rows: number, n: number, { step, gap }: { step: number; gap: number }) => {
    const pitch = n * Math.max(1, Math.abs(step)) + gap
    return { step, pitch, start: step < 0 ? (n - 1) * -step : 0, length: rows * pitch + 8 }
  }

  it.each(['float32', 'float64'] as const)('map and zip touch their numbers and nothing else: %s', (dtype) => {
    const bytes = dtype === 'float32' ? 4 : 8
    fc.assert(
      fc.property(fc.nat(4), fc.nat(40), layout, layout, layout, (rows, n, la, lb, lo) => {
        heap.scope(() => {
          const array = (where: ReturnType<typeof place>, seed: number) => {
            const address = heap.allocate(bytes * where.length)
            const numbers =
              dtype === 'float32' ? heap.float32(address, where.length) : heap.float64(address, where.length)
            numbers.forEach((_, i) => (numbers[i] = ((seed * 31 + i * 17) % 41) / 4 - 5))
            return { ...where, address, numbers, first: address + bytes * where.start }
          }
          const a = array(place(rows, n, la), 1)
          const b = array(place(rows, n, lb), 2)
          const out = array(place(rows, n, { ...lo, step: lo.step || 1 }), 3)
          const strides = (x: typeof a): number[] => [x.first, x.pitch * bytes, x.step * bytes]
          const scratch = heap.allocate(128)
          const expected = out.numbers.slice()
          const each = (value: (i: number, j: number) => number): void => {
            for (let r = 0; r < rows; r++)
              for (let i = 0; i < n; i++)
                expected[out.start + r * out.pitch + i * out.step] = value(
                  a.start + r * a.pitch + i * a.step,
                  b.start + r * b.pitch + i * b.step,
                )
          }
          each((i, j) => a.numbers[i]! - b.numbers[j]!)
          kernels[dtype].zip_sub!(rows, n, ...strides(a), ...strides(b), ...strides(out), scratch)
          expect(out.numbers).toEqual(expected)
          each((i) => Math.abs(a.numbers[i]!))
          kernels[dtype].map_abs!(rows, n, ...strides(a), ...strides(out))
          expect(out.numbers).toEqual(expected)
        })
      }),
      { numRuns: 150 },
    )
  })

  it.each(Object.keys(meaning2))('zip_%s is exactly rounded, special values included', (name) => {
    const values = new Float32Array(special)
    const n = values.length
    heap.scope(() => {
      const [a, b, out, scratch] = [4 * n * n, 4 * n * n, 4 * n * n, 128].map((bytes) => heap.allocate(bytes))
      const left = heap.float32(a!, n * n).map((_, i) => values[Math.floor(i / n)]!)
      const right = heap.float32(b!, n * n).map((_, i) => values[i % n]!)
      heap.float32(a!, n * n).set(left)
      heap.float32(b!, n * n).set(right)
      kernels.float32[`zip_${name}`]!(1, n * n, a!, 0, 4, b!, 0, 4, out!, 0, 4, scratch!)
      expect([...heap.float32(out!, n * n)]).toEqual(
        [...left].map((x, i) => Math.fround(meaning2[name]!(x, right[i]!))),
      )
    })
  })

  it('may write over its own argument', () => {
    heap.scope(() => {
      const [a, scratch] = [heap.allocate(400), heap.allocate(128)]
      const numbers = heap.float32(a, 100)
      numbers.forEach((_, i) => (numbers[i] = i))
      kernels.float32.zip_add!(1, 100, a, 0, 4, a, 0, 4, a, 0, 4, scratch)
      kernels.float32.map_neg!(1, 100, a, 0, 4, a, 0, 4)
      expect([...numbers]).toEqual(Array.from({ length: 100 }, (_, i) => (i === 0 ? -0 : -2 * i)))
    })
  })
})
