import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { elementAt, indicesOf, shapes, views } from '../fourier/naive.test.oracle.ts'
import { Tensor, empty, tensor } from '../array/tensor.ts'
import { derived } from './derivative.ts'
import { erf } from './erf.ts'
import { evaluate } from './evaluate.ts'
import { type Expression, constant } from './expression.ts'
import { type Formula, formula } from './formula.ts'
import { gradientOf } from './gradient.ts'

const unary: Record<string, [(x: Expression) => Expression, (x: number) => number]> = {
  neg: [(x) => x.neg(), (x) => -x],
  abs: [(x) => x.abs(), Math.abs],
  sign: [(x) => x.sign(), Math.sign],
  square: [(x) => x.square(), (x) => x * x],
  sqrt: [(x) => x.sqrt(), Math.sqrt],
  reciprocal: [(x) => constant(1).over(x), (x) => 1 / x],
  exp: [(x) => x.exp(), Math.exp],
  log: [(x) => x.log(), Math.log],
  sin: [(x) => x.sin(), Math.sin],
  cos: [(x) => x.cos(), Math.cos],
  tanh: [(x) => x.tanh(), Math.tanh],
  sigmoid: [(x) => x.sigmoid(), (x) => 1 / (1 + Math.exp(-x))],
  relu: [(x) => x.max(0), (x) => Math.max(x, 0)],
  cube: [(x) => x.pow(3), (x) => x ** 3],
}

const binary: Record<string, [(a: Expression, b: Expression) => Expression, (a: number, b: number) => number]> = {
  plus: [(a, b) => a.plus(b), (a, b) => a + b],
  minus: [(a, b) => a.minus(b), (a, b) => a - b],
  times: [(a, b) => a.times(b), (a, b) => a * b],
  over: [(a, b) => a.over(b), (a, b) => a / b],
  min: [(a, b) => a.min(b), Math.min],
  max: [(a, b) => a.max(b), Math.max],
  pow: [(a, b) => a.pow(b), Math.pow],
  lt: [(a, b) => a.lt(b), (a, b) => Number(a < b)],
  le: [(a, b) => a.le(b), (a, b) => Number(a <= b)],
  gt: [(a, b) => a.gt(b), (a, b) => Number(a > b)],
  ge: [(a, b) => a.ge(b), (a, b) => Number(a >= b)],
  eq: [(a, b) => a.eq(b), (a, b) => Number(a === b)],
  select: [(a, b) => a.select(b, 7), (a, b) => (a === 0 ? 7 : b)],
}

const SPECIAL = [0, -0, 1, -1, 0.5, -2.5, 2, 3, Infinity, -Infinity, NaN, 1e-310, 1e300, -1e300]

/** Runs a formula on arrays of double precision. */
function run(f: Formula, inputs: readonly number[][], parameters: readonly number[] = []): number[][] {
  const n = inputs[0].length
  const out = f.outputs.map(() => empty([n], { dtype: 'float64' }))
  evaluate(
    f,
    inputs.map((x) => tensor(new Float64Array(x))),
    out,
    parameters,
  )
  return out.map((x) => [...x.toTypedArray()])
}

describe('operators', () => {
  it.each(Object.entries(unary))('%s gives what JavaScript gives', (name, [body, oracle]) => {
    expect(
      run(
        formula(name, 1, 0, (x) => [body(x)]),
        [SPECIAL],
      ),
    ).toEqual([SPECIAL.map(oracle)])
  })

  it.each(Object.entries(binary))('%s gives what JavaScript gives', (name, [body, oracle]) => {
    const a = SPECIAL.flatMap((x) => SPECIAL.map(() => x))
    const b = SPECIAL.flatMap(() => SPECIAL)
    const expected = [a.map((x, i) => oracle(x, b[i]))]
    expect(
      run(
        formula(name, 2, 0, (x, y) => [body(x, y)]),
        [a, b],
      ),
    ).toEqual(expected)
  })

  it('erf is the integral of 2/√π·e^(−t²)', () => {
    // Simpson's rule on 4000 intervals: its error is below 1e-13
    const integral = (x: number): number => {
      const h = x / 4000
      let sum = 1 + Math.exp(-x * x)
      for (let i = 1; i < 4000; i++) sum += Math.exp(-((i * h) ** 2)) * (i % 2 === 0 ? 2 : 4)
      return (sum * h * 2) / (3 * Math.sqrt(Math.PI))
    }
    for (let x = -5.9; x < 7; x += 0.0173) expect(Math.abs(erf(x) - integral(x))).toBeLessThan(2e-13)
    // Abramowitz & Stegun, table 7.1, and the first term of the series
    expect(erf(0.5)).toBeCloseTo(0.5204998778130465, 15)
    expect(erf(1e-10)).toBeCloseTo(1.1283791670955126e-10, 25)
    expect([0, -0, Infinity, -Infinity, NaN].map(erf)).toEqual([0, -0, 1, -1, NaN])
  })
})

describe('formulas', () => {
  const step = formula('step', 3, 2, (w, v, g, rate, momentum) => {
    const speed = v.times(momentum).minus(g.times(rate))
    return [w.plus(speed), speed]
  })

  it('hold each expression once and nothing that is not needed', () => {
    const f = formula('f', 2, 0, (x) => [x.exp().plus(x.exp()), x.exp().times(1).plus(0)])
    expect(f.nodes.map(({ op }) => op)).toEqual(['input', 'exp', 'add'])
    expect(f.outputs).toEqual([2, 1])
    expect(formula('g', 1, 0, (x) => [x.plus(0), x.plus(-0), x.times(0), x.pow(1)]).outputs).toEqual([0, 0, 1, 0])
  })

  it('take any views, broadcast ones too, in double precision rounded once', () => {
    fc.assert(
      fc.property(
        shapes().chain((shape) => fc.tuple(views(shape), views(shape.map(() => 1)), views(shape))),
        ([a, one, c]) => {
          const b = one.broadcastTo(a.shape)
          const out = empty(a.shape, { dtype: 'float32' })
          evaluate(
            formula('f', 3, 1, (x, y, z, p) => [x.times(y).plus(z.times(p))]),
            [a, b, c],
            [out],
            [0.1],
          )
          for (const at of indicesOf(a.shape)) {
            const exact = elementAt(a, at) * elementAt(b, at) + elementAt(c, at) * 0.1
            expect(elementAt(out, at)).toBe(Math.fround(exact))
          }
        },
      ),
    )
  })

  it('write over their inputs, several at a time', () => {
    const n = 1000
    const make = (seed: number): Tensor =>
      tensor(
        Float64Array.from({ length: 2 * n }, (_, i) => Math.sin(i + seed)),
        [n, 2],
      )
    const [w, v, g] = [make(1).slice(null, 1), make(2).slice(null, 0), make(3).slice(null, 0)]
    const [w0, v0, g0] = [w, v, g].map((x) => x.clone().toTypedArray())
    evaluate(step, [w, v, g], [w, v], [0.1, 0.9])
    for (let i = 0; i < n; i++) {
      expect(v.slice(i).item()).toBe(v0[i] * 0.9 - g0[i] * 0.1)
      expect(w.slice(i).item()).toBe(w0[i] + (v0[i] * 0.9 - g0[i] * 0.1))
    }
    evaluate(
      formula('swap', 2, 0, (a, b) => [b, a]),
      [w, v],
      [w, v],
      [],
    )
    expect(w.slice(7).item()).toBe(v0[7] * 0.9 - g0[7] * 0.1)
    expect(v.slice(7).item()).toBe(w0[7] + w.slice(7).item())
  })

  it('fill with what depends on no input, and leave empty arrays alone', () => {
    const f = formula('f', 0, 2, (p, q) => [p.times(q)])
    const out = empty([3, 700])
    evaluate(f, [], [out], [3, 4])
    expect(new Set(out.toTypedArray())).toEqual(new Set([12]))
    evaluate(f, [], [empty([0, 4])], [3, 4])
  })
})

describe('derivatives', () => {
  /** Central differences of Σⱼ gⱼ·fⱼ in input `of`. */
  function difference(
    f: Formula,
    x: readonly number[],
    g: readonly number[],
    of: number,
    p: readonly number[],
  ): number {
    const h = 1e-6
    const at = (by: number): number => {
      const moved = x.map((value, i) => [i === of ? value + by : value])
      return run(f, moved, p).reduce((sum, [y], j) => sum + g[j] * y, 0)
    }
    return (at(h) - at(-h)) / (2 * h)
  }

  function gradientBy(
    f: Formula,
    x: readonly number[],
    g: readonly number[],
    of: number,
    p: readonly number[] = [],
  ): number {
    const y = run(
      f,
      x.map((value) => [value]),
      p,
    ).map(([value]) => value)
    const { formula: d, reads } = gradientOf(
      f,
      [of],
      g.map((_, j) => j),
      derived.of(f),
    )
    const all = [...x, ...y, ...g]
    const inputs = reads.map((i) => [all[i]])
    return run(d, inputs.length === 0 ? [[0]] : inputs, p)[0][0]
  }

  const check = (f: Formula, x: readonly number[], g: readonly number[], p: readonly number[] = []): void => {
    for (let of = 0; of < f.inputs; of++) {
      const [found, wanted] = [gradientBy(f, x, g, of, p), difference(f, x, g, of, p)]
      // h²·f‴/6 and 1e-16·f/h: a few 1e-9 for functions of moderate size
      expect(Math.abs(found - wanted)).toBeLessThan(1e-7 * (1 + Math.abs(wanted)))
    }
  }

  it.each([...Object.entries(unary), ['erf', [(x: Expression) => x.erf()]] as const])('%s', (name, [body]) => {
    const f = formula(name, 1, 0, (x) => [body(x)])
    for (const x of [0.3, 0.7, 1.9]) check(f, [x], [0.8])
    if (name !== 'sqrt' && name !== 'log') check(f, [-1.3], [-0.6])
  })

  it.each(Object.entries(binary))('%s', (name, [body]) => {
    const f = formula(name, 2, 0, (x, y) => [body(x, y)])
    for (const [x, y] of [
      [0.3, 1.2],
      [2.1, 0.4],
      [1.1, -0.7],
    ])
      check(f, [x, y], [0.8])
  })

  it('several outputs, shared parts, parameters', () => {
    const f = formula('f', 3, 1, (x, y, z, p) => {
      const shared = x.times(y).plus(p).tanh()
      return [shared.times(z), shared.plus(x.exp()), x.gt(y).select(shared.square(), z.times(p))]
    })
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1.5, max: 1.5, noNaN: true }), { minLength: 6, maxLength: 6 }), (v) => {
        fc.pre(Math.abs(v[0] - v[1]) > 1e-3)
        check(f, v.slice(0, 3), v.slice(3), [0.4])
      }),
      { numRuns: 50 },
    )
  })

  it('equals share, kinks are flat, and x⁰ has no slope at 0', () => {
    const max = formula('max', 2, 0, (x, y) => [x.max(y)])
    expect([gradientBy(max, [2, 2], [1], 0), gradientBy(max, [2, 2], [1], 1)]).toEqual([0.5, 0.5])
    expect(
      gradientBy(
        formula('abs', 1, 0, (x) => [x.abs()]),
        [0],
        [3],
        0,
      ),
    ).toBe(0)
    const pow = formula('pow', 1, 1, (x, p) => [x.pow(p)])
    expect([0, 1, 2, 3].map((p) => gradientBy(pow, [0], [1], 0, [p]))).toEqual([0, 1, 0, 0])
    const power = formula('power', 2, 0, (x, y) => [x.pow(y)])
    expect([gradientBy(power, [0, 0], [1], 0), gradientBy(power, [0, 2], [1], 1)]).toEqual([0, 0])
  })

  it('use results that are there', () => {
    const of = (body: (x: Expression) => Expression): ReadonlySet<number> => {
      const f = formula('f', 1, 0, (x) => [body(x)])
      return new Set(gradientOf(f, [0], [0], derived.of(f)).reads)
    }
    // the inputs of the gradient: x is 0, y is 1, the gradient of y is 2
    expect(of((x) => x.sigmoid())).toEqual(new Set([1, 2]))
    expect(of((x) => x.exp())).toEqual(new Set([1, 2]))
    expect(of((x) => x.sin())).toEqual(new Set([0, 2]))
    expect(of((x) => x.plus(3))).toEqual(new Set([2]))
    expect(of((x) => x.sign())).toEqual(new Set([]))
  })
})
