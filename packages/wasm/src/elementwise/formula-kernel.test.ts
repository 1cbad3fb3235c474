import { type Expression, type Formula, constant, formula } from '@scatterlab/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Heap } from '../memory/heap.ts'
import { double, single } from '../assembler/precision.ts'
import { type Layout, formulaModule, hasKernel } from './formula-kernel.ts'

const heap = new Heap({ maximumPages: 1024 })
type Kernel = (...parameters: number[]) => void
type DType = 'float32' | 'float64'
const precisionOf = (dtype: DType): typeof single => (dtype === 'float32' ? single : double)
const numbersAt = (dtype: DType, address: number, length: number): Float32Array | Float64Array =>
  dtype === 'float32' ? heap.float32(address, length) : heap.float64(address, length)

const compiled = new Map<string, Kernel>()
function kernelOf(f: Formula, dtype: DType, layouts: readonly Layout[]): Kernel {
  const key = [f.name, dtype, ...layouts].join()
  const known = compiled.get(key)
  if (known) return known
  const places = layouts.map((layout, v) => ({ layout, pointer: layout === 'other' ? v - 1 : v }))
  const bytes = formulaModule(f, precisionOf(dtype), places, heap.shared).bytes()
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory: heap.memory } })
  compiled.set(key, exports.run as Kernel)
  return exports.run as Kernel
}

/** Applies a formula of one output to contiguous numbers of single precision. */
function apply(f: Formula, inputs: readonly Float32Array[], parameters: readonly number[] = []): Float32Array {
  const n = inputs[0]!.length
  return heap.scope(() => {
    const addresses = [...inputs, inputs[0]!].map(() => heap.allocate(4 * n))
    for (const [i, values] of inputs.entries()) heap.float32(addresses[i]!, n).set(values)
    kernelOf(
      f,
      'float32',
      addresses.map(() => 'run'),
    )(1, n, ...addresses.flatMap((at) => [at, 0, 4]), ...parameters)
    return heap.float32(addresses.at(-1)!, n).slice()
  })
}

/** Bits of a single-precision number in an order that counts units in the last place. */
function rank(x: number): number {
  const bits = new Int32Array(new Float32Array([x]).buffer)[0]!
  return bits < 0 ? -(bits & 0x7fffffff) : bits
}

/** The largest difference from rounded `expected`, in units in the last place; NaN must meet NaN. */
function worst(found: Float32Array, expected: (i: number) => number): number {
  let most = 0
  for (const [i, y] of found.entries()) {
    const wanted = Math.fround(expected(i))
    if (Number.isNaN(wanted) && Number.isNaN(y)) continue
    const difference = Object.is(y, wanted) ? 0 : Math.abs(rank(y) - rank(wanted))
    most = Number.isNaN(difference) || Number.isNaN(wanted) !== Number.isNaN(y) ? Infinity : Math.max(most, difference)
  }
  return most
}

// prettier-ignore
const special = [
  0, -0, 1, -1, 2, -3, Infinity, -Infinity, NaN, 1e-45, -1e-45, 1e-38, 3.4e38, -3.4e38, 0.625, -0.625, 0.5, -2.5, 88.7, 88.8, -87.5,
  -103.9, -104.5,
]

/** Every binade, positive and negative, densely around the usual range. */
function samples(): Float32Array {
  const values: number[] = [...special]
  for (let e = -149; e < 128; e++) for (const m of [1, 1.2345, 1.5, 1.9999999]) values.push(m * 2 ** e, -m * 2 ** e)
  for (let i = -3000; i <= 3000; i++) values.push(i * 0.03473, i * 0.0010071, 1 + i * 1e-6)
  return new Float32Array(values)
}

/** erf by its series, whose terms are of one sign when e^(−x²) stands before it: Abramowitz & Stegun, 7.1.6. */
function erf(x: number): number {
  if (!(Math.abs(x) < 6)) return Math.sign(x)
  let [term, sum] = [x, x]
  for (let n = 1; n < 150; n++) sum += term *= (2 * x * x) / (2 * n + 1)
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

describe('functions of one number', () => {
  const exact: Record<string, [(x: Expression) => Expression, (x: number) => number]> = {
    neg: [(x) => x.neg(), (x) => -x],
    abs: [(x) => x.abs(), Math.abs],
    sign: [(x) => x.sign(), Math.sign],
    square: [(x) => x.square(), (x) => x * x],
    sqrt: [(x) => x.sqrt(), Math.sqrt],
    reciprocal: [(x) => constant(1).over(x), (x) => 1 / x],
    relu: [(x) => x.max(0), (x) => Math.max(x, 0)],
    'max 1': [(x) => x.max(1), (x) => Math.max(x, 1)],
    'min 0': [(x) => x.min(0), (x) => Math.min(x, 0)],
    leaky: [(x) => x.gt(0).select(x, x.times(0.25)), (x) => (x > 0 ? x : x * 0.25)],
    truth: [(x) => x.select(x.le(2), 3), (x) => (x === 0 ? 3 : Number(x <= 2))],
  }

  it.each(Object.entries(exact))('%s is exactly rounded', (name, [body, oracle]) => {
    const values = samples()
    expect(
      apply(
        formula(name, 1, 0, (x) => [body(x)]),
        [values],
      ),
    ).toEqual(values.map(oracle))
  })

  // Units in the last place, measured over all samples with room of half a unit.
  it.each([
    ['exp', (x: Expression) => x.exp(), Math.exp, 2],
    ['log', (x: Expression) => x.log(), Math.log, 2],
    ['sin', (x: Expression) => x.sin(), Math.sin, 1],
    ['cos', (x: Expression) => x.cos(), Math.cos, 1],
    ['tanh', (x: Expression) => x.tanh(), Math.tanh, 2],
    ['sigmoid', (x: Expression) => x.sigmoid(), (x: number) => 1 / (1 + Math.exp(-x)), 3],
    ['erf', (x: Expression) => x.erf(), erf, 3],
  ] as const)(
    '%s is within some units in the last place, special values as JavaScript has them',
    (name, body, oracle, most) => {
      const values = samples()
      const found = apply(
        formula(name, 1, 0, (x) => [body(x)]),
        [values],
      )
      expect(worst(found, (i) => oracle(values[i]!))).toBeLessThanOrEqual(most)
      for (const [i, x] of special.entries()) {
        const wanted = Math.fround(oracle(x))
        if (!Number.isFinite(wanted) || wanted === 0) expect(found[i], `${name}(${x})`).toBe(wanted)
      }
    },
  )

  it('there is none for some', () => {
    const exponential = formula('e', 1, 0, (x) => [x.exp()])
    expect([hasKernel(exponential, single), hasKernel(exponential, double)]).toEqual([true, false])
  })
})

describe('functions of two numbers', () => {
  const exact: Record<string, [(a: Expression, b: Expression) => Expression, (a: number, b: number) => number]> = {
    plus: [(a, b) => a.plus(b), (a, b) => a + b],
    minus: [(a, b) => a.minus(b), (a, b) => a - b],
    times: [(a, b) => a.times(b), (a, b) => a * b],
    over: [(a, b) => a.over(b), (a, b) => a / b],
    min: [(a, b) => a.min(b), Math.min],
    max: [(a, b) => a.max(b), Math.max],
    lt: [(a, b) => a.lt(b), (a, b) => Number(a < b)],
    le: [(a, b) => a.le(b), (a, b) => Number(a <= b)],
    eq: [(a, b) => a.eq(b), (a, b) => Number(a === b)],
    select: [(a, b) => a.select(b, a.plus(b)), (a, b) => (a === 0 ? a + b : b)],
  }
  const lefts = new Float32Array(special.flatMap((x) => special.map(() => x)))
  const rights = new Float32Array(special.flatMap(() => special))

  it.each(Object.entries(exact))('%s is exactly rounded, special values included', (name, [body, oracle]) => {
    const found = apply(
      formula(name, 2, 0, (a, b) => [body(a, b)]),
      [lefts, rights],
    )
    expect([...found]).toEqual([...lefts].map((a, i) => Math.fround(oracle(a, rights[i]!))))
  })

  it('pow is within a unit in the last place, special values as JavaScript has them', () => {
    const f = formula('pow', 2, 0, (a, b) => [a.pow(b)])
    const found = apply(f, [lefts, rights])
    expect(worst(found, (i) => lefts[i]! ** rights[i]!)).toBeLessThanOrEqual(1)
    const [a, b] = [1, 2].map((seed) => samples().map((_, i, all) => all[(i * (7919 * seed)) % all.length]!))
    expect(worst(apply(f, [a!, b!]), (i) => a![i]! ** b![i]!)).toBeLessThanOrEqual(1)
    const [base, power] = [1, 2].map((k) =>
      Float32Array.from({ length: 20000 }, (_, i) => Math.abs(Math.sin(i * k)) * 12 * k),
    )
    expect(worst(apply(f, [base!, power!]), (i) => base![i]! ** power![i]!)).toBeLessThanOrEqual(1)
  })

  it('takes parameters', () => {
    const f = formula('affine', 2, 2, (a, b, p, q) => [a.times(p).plus(b.times(q))])
    const values = new Float32Array([1, 2, 3, 4, 5])
    expect([...apply(f, [values, values], [2, 0.5])]).toEqual([2.5, 5, 7.5, 10, 12.5])
  })
})

describe('rows of any layout', () => {
  const f = formula('layouts', 4, 1, (a, b, c, d, p) => {
    const shared = a.times(b).plus(p)
    return [shared.minus(c), d.gt(shared).select(d, c.times(shared))]
  })
  const oracle = ([a, b, c, d]: readonly number[], p: number, round: (x: number) => number): [number, number] => {
    const shared = round(round(a! * b!) + p)
    return [round(shared - c!), d! > shared ? d! : round(c! * shared)]
  }
  const layout = fc.constantFrom<Layout>('run', 'run', 'one', 'steps')
  const outLayout = fc.constantFrom<Layout>('run', 'run', 'steps')
  const layouts = fc.oneof(
    fc.tuple(layout, layout, layout, layout, outLayout, outLayout),
    fc.constant<Layout[]>(['pair', 'other', 'pair', 'other', 'pair', 'other']),
    fc.constant<Layout[]>(['one', 'pair', 'other', 'one', 'run', 'steps']),
  )

  it.each(['float32', 'float64'] as const)('all numbers and nothing else are written: %s', (dtype) => {
    const bytes = dtype === 'float32' ? 4 : 8
    const round = dtype === 'float32' ? Math.fround : (x: number) => x
    fc.assert(
      fc.property(
        fc.nat(4),
        fc.nat(40),
        layouts,
        fc.constantFrom(2, 3, -1, -2),
        fc.nat(3),
        (rows, n, kinds, stride, gap) => {
          heap.scope(() => {
            const arrays: {
              numbers: Float32Array | Float64Array
              at: number
              row: number
              step: number
              first: number
            }[] = []
            for (const [v, kind] of kinds.entries()) {
              if (kind === 'other') {
                const before = arrays[v - 1]!
                arrays.push({ ...before, at: before.at + bytes, first: before.first + 1 })
                continue
              }
              const step = { run: 1, one: 0, steps: stride, pair: 2, other: 2 }[kind]
              const row = n * Math.max(1, Math.abs(step)) + gap
              const length = rows * row + 8
              const address = heap.allocate(bytes * length)
              const numbers = numbersAt(dtype, address, length)
              numbers.forEach((_, i) => (numbers[i] = round(Math.sin(v + 0.7 * i) * 3)))
              const first = step < 0 ? (n - 1) * -step : 0
              arrays.push({ numbers, at: address + bytes * first, row, step, first })
            }
            const expected = arrays.map(({ numbers }) => numbers.slice())
            for (let r = 0; r < rows; r++) {
              for (let i = 0; i < n; i++) {
                const place = (v: number): number => arrays[v]!.first + r * arrays[v]!.row + i * arrays[v]!.step
                const results = oracle(
                  [0, 1, 2, 3].map((v) => arrays[v]!.numbers[place(v)]!),
                  0.5,
                  round,
                )
                for (const k of [0, 1]) expected[kinds[4 + k] === 'other' ? 3 + k : 4 + k]![place(4 + k)] = results[k]!
              }
            }
            kernelOf(f, dtype, kinds)(
              rows,
              n,
              ...arrays
                .filter((_, v) => kinds[v] !== 'other')
                .flatMap(({ at, row, step }) => [at, row * bytes, step * bytes]),
              0.5,
            )
            for (const [v, { numbers }] of arrays.entries())
              if (kinds[v] !== 'other') expect(numbers).toEqual(expected[v])
          })
        },
      ),
      { numRuns: 150 },
    )
  })

  it('an output may be an input', () => {
    const step = formula('step', 2, 1, (w, v, p) => [w.plus(v.times(p)), v.times(p)])
    heap.scope(() => {
      const [w, v] = [heap.allocate(400), heap.allocate(400)]
      for (const at of [w, v]) heap.float32(at, 100).forEach((_, i, all) => (all[i] = i))
      kernelOf(step, 'float32', ['run', 'run', 'run', 'run'])(1, 100, ...[w, v, w, v].flatMap((at) => [at, 0, 4]), 2)
      expect([...heap.float32(w, 100)]).toEqual(Array.from({ length: 100 }, (_, i) => 3 * i))
      expect([...heap.float32(v, 100)]).toEqual(Array.from({ length: 100 }, (_, i) => 2 * i))
    })
  })
})
