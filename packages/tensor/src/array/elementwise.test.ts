import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { onBackend } from './create.ts'
import type { DType } from './dtype.ts'
import * as op from './elementwise.ts'
import { DTypeError, ShapeError } from '../errors.ts'
import { elementAt, elements, indicesOf, noise, shapes, views } from '../fourier/naive.test.oracle.ts'
import { reference } from '../backend/reference.ts'
import { grad } from '../gradient/grad.ts'
import { pointwise } from '../pointwise/pointwise.ts'
import { sum } from './reduction.ts'
import { type Tensor, tensor } from './tensor.ts'

const unary: Record<string, [(x: Tensor) => Tensor, (x: number) => number]> = {
  neg: [op.neg, (x) => 0 - x],
  abs: [op.abs, (x) => (x < 0 ? 0 - x : x)],
  sign: [op.sign, (x) => (x > 0 ? 1 : x < 0 ? -1 : 0)],
  square: [op.square, (x) => x ** 2],
  sqrt: [op.sqrt, (x) => x ** 0.5],
  reciprocal: [op.reciprocal, (x) => x ** -1],
  exp: [op.exp, (x) => Math.E ** x],
  log: [op.log, (x) => Math.log2(x) * Math.LN2],
  sin: [op.sin, (x) => Math.cos(x - Math.PI / 2)],
  cos: [op.cos, (x) => Math.sin(x + Math.PI / 2)],
  tanh: [op.tanh, (x) => 1 - 2 / (Math.E ** (2 * x) + 1)],
  sigmoid: [op.sigmoid, (x) => (1 + Math.tanh(x / 2)) / 2],
  relu: [op.relu, (x) => (x > 0 ? x : 0)],
  gelu: [op.gelu, (x) => x * normal(x)],
  conj: [op.conj, (x) => x],
}

/** The normal distribution, by Simpson's rule on 2000 intervals from 0. */
function normal(x: number): number {
  const density = (t: number): number => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI)
  const h = x / 2000
  let integral = density(0) + density(x)
  for (let i = 1; i < 2000; i++) integral += density(i * h) * (i % 2 === 0 ? 2 : 4)
  return 0.5 + (integral * h) / 3
}

const binary: Record<string, [typeof op.add, (a: number, b: number) => number]> = {
  add: [op.add, (a, b) => a + b],
  sub: [op.sub, (a, b) => a - b],
  mul: [op.mul, (a, b) => a * b],
  div: [op.div, (a, b) => a / b],
  minimum: [op.minimum, (a, b) => (a < b ? a : b)],
  maximum: [op.maximum, (a, b) => (a < b ? b : a)],
  pow: [op.pow, (a, b) => Math.exp(b * Math.log(Math.abs(a))) * (a < 0 ? (Number.isInteger(b) ? (-1) ** b : NaN) : 1)],
}

const agree = (actual: number, expected: number): void => {
  if (Object.is(actual, expected) || actual === expected) return
  // the oracles are other formulas of the same functions: a few roundings of the largest number in play
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(expected)))
}

describe('functions of one array', () => {
  it.each(Object.entries(unary))('%s of any view', (_, [apply, oracle]) => {
    fc.assert(
      fc.property(
        shapes().chain((shape) => views(shape)),
        (x) => {
          const y = apply(x)
          expect([y.shape, y.dtype, y.isContiguous]).toEqual([x.shape, x.dtype, true])
          for (const index of indicesOf(x.shape)) agree(elementAt(y, index), oracle(elementAt(x, index)))
        },
      ),
      { numRuns: 40 },
    )
  })

  it('keep float32', () => {
    const x = tensor([0.1, 2])
    for (const [apply, oracle] of Object.values(unary)) {
      const y = apply(x)
      expect(y.dtype).toBe('float32')
      agree(elementAt(y, [1]), Math.fround(oracle(2)))
    }
  })

  it('carry NaN and infinities through', () => {
    const x = tensor([NaN, Infinity, -Infinity])
    expect(op.relu(x).toNested()).toEqual([NaN, Infinity, 0])
    expect(op.abs(x).toNested()).toEqual([NaN, Infinity, Infinity])
    expect(op.sigmoid(x).toNested()).toEqual([NaN, 1, 0])
    expect(op.maximum(x, 0).toNested()).toEqual([NaN, Infinity, 0])
    expect(op.minimum(x, 0).toNested()).toEqual([NaN, 0, -Infinity])
  })
})

const shapePairs = shapes().chain((shape) =>
  fc.tuple(fc.nat(15), fc.nat(15), fc.nat(2), fc.nat(2)).map(([a, b, dropA, dropB]) => ({
    shape: dropA > 0 && dropB > 0 ? shape : shape,
    a: shape.map((n, axis) => ((a >> axis) & 1 ? 1 : n)).slice(dropA % (shape.length + 1)),
    b: shape.map((n, axis) => ((b >> axis) & 1 ? 1 : n)).slice(dropB % (shape.length + 1)),
  })),
)

/** NumPy's rule, read off index by index. */
const source = (index: readonly number[], shape: readonly number[]): number[] =>
  shape.map((n, axis) => (n === 1 ? 0 : index[index.length - shape.length + axis]))

describe('functions of two arrays', () => {
  it.each(Object.entries(binary))('%s with broadcasting', (_, [apply, oracle]) => {
    fc.assert(
      fc.property(
        shapePairs.chain(({ a, b }) => fc.tuple(views(a), views(b))),
        ([a, b]) => {
          const y = apply(a, b)
          expect(y.rank).toBe(Math.max(a.rank, b.rank))
          expect(y.isContiguous).toBe(true)
          for (const index of indicesOf(y.shape)) {
            agree(
              elementAt(y, index),
              oracle(elementAt(a, source(index, a.shape)), elementAt(b, source(index, b.shape))),
            )
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('take a number for an array of one element, in the array’s precision', () => {
    expect(op.sub(1, tensor([1, 2])).toNested()).toEqual([0, -1])
    expect(op.div(tensor([1, 2]), 2).toNested()).toEqual([0.5, 1])
    expect(op.add(tensor([1]), 0.1).dtype).toBe('float32')
    expect(op.add(tensor([1], [1], { dtype: 'float64' }), 0.1).item()).toBe(1.1)
    expect(op.add(1, 2).item()).toBe(3)
  })

  it('promote to the type that holds both', () => {
    const types: DType[] = ['float32', 'float64', 'complex64', 'complex128']
    const results = types.map((a) => types.map((b) => op.add(noise([2], 1, a), noise([2], 2, b)).dtype))
    expect(results).toEqual([
      ['float32', 'float64', 'complex64', 'complex128'],
      ['float64', 'float64', 'complex128', 'complex128'],
      ['complex64', 'complex128', 'complex64', 'complex128'],
      ['complex128', 'complex128', 'complex128', 'complex128'],
    ])
  })

  it('name both shapes when they do not broadcast', () => {
    expect(() => op.add(noise([2, 3], 1), noise([4], 1))).toThrow(
      'shapes 2×3 and 4 do not broadcast: 3 against 4 on axis 1',
    )
    expect(() => op.mul(noise([2, 3], 1), noise([3, 3], 1))).toThrow(ShapeError)
    expect(() => op.complex(noise([2], 1), noise([3], 1))).toThrow(ShapeError)
  })

  it('refuse arrays of two back ends', () => {
    const other = { ...reference, name: 'other' }
    const [a, b] = [tensor([1]), onBackend(tensor([1]), other)]
    for (const apply of [op.add, op.complex]) {
      expect(() => apply(a, b)).toThrow(
        'arrays of two back ends, reference and other: move one with onBackend(x, backend)',
      )
    }
    expect(op.add(b, 1).backend).toBe(other)
  })
})

describe('where', () => {
  it('takes one or the other, NaN and numbers too, with broadcasting', () => {
    const condition = tensor([1, 0, -0, NaN, -2])
    expect(op.where(condition, tensor([[1], [2]]), 7).toNested()).toEqual([
      [1, 7, 7, 1, 1],
      [2, 7, 7, 2, 2],
    ])
    // what is not taken does not show, and does not count
    const x = tensor([4, 0])
    const root = (a: Tensor): Tensor => op.where(op.sign(a), op.sqrt(a), a)
    expect(root(x).toNested()).toEqual([2, 0])
    expect(op.where(tensor([0, 1]), NaN, Infinity).toNested()).toEqual([Infinity, NaN])
    const [a, b] = grad((v: readonly [Tensor, Tensor]) => sum(op.where(tensor([1, 0, 1]), op.mul(v[0], 3), v[1])))([
      tensor([1, 2, 3]),
      tensor([5]),
    ] as const)
    expect([elements(a), elements(b)]).toEqual([[3, 0, 3], [1]])
  })

  it('takes complex numbers, but no complex condition', () => {
    const z = noise([2], 1, 'complex128')
    const chosen = op.where(tensor([0, 1]), z, 2)
    expect([chosen.dtype, elements(chosen.real)[0], elements(chosen.imag)[0]]).toEqual(['complex128', 2, 0])
    expect(elements(chosen.imag)[1]).toBe(elements(z.imag)[1])
    expect(() => op.where(z, 1, 2)).toThrow(DTypeError)
  })
})

describe('gradients', () => {
  it('x⁰ has no slope, at 0 neither', () => {
    const x = tensor([0, 2])
    expect(elements(grad((a: Tensor) => sum(op.pow(a, 0)))(x))).toEqual([0, 0])
    const [slope, inPower] = grad(([a, b]: readonly [Tensor, Tensor]) => sum(op.pow(a, b)))([
      x,
      tensor([0, 0]),
    ] as const)
    expect(elements(slope)).toEqual([0, 0])
    expect(elements(inPower)).toEqual([0, Math.fround(Math.LN2)])
  })

  it('go back through mixed precisions and broadcasting, in the type of each array', () => {
    const [a, b] = [tensor([1, 2]), noise([3, 1], 1)]
    const [ga, gb] = grad(([p, q]: readonly [Tensor, Tensor]) => sum(op.mul(p, op.exp(q))))([a, b] as const)
    expect([ga.dtype, ga.shape, gb.dtype, gb.shape]).toEqual(['float32', [2], 'float64', [3, 1]])
    const powers = elements(b).map(Math.exp)
    expect(elements(ga)[0]).toBeCloseTo(powers[0] + powers[1] + powers[2], 5)
    elements(gb).forEach((value, i) => expect(value).toBeCloseTo(3 * powers[i], 12))
  })
})

describe('functions of one’s own', () => {
  const softplus = pointwise('softplus', (x, sharpness) => x.times(sharpness).exp().plus(1).log().over(sharpness))

  it('broadcast, take numbers, and have gradients', () => {
    const x = noise([2, 3], 1)
    const y = softplus(x, 2)
    elements(y).forEach((value, i) => agree(value, Math.log(1 + Math.exp(2 * elements(x)[i])) / 2))
    const slope = elements(grad((a: Tensor) => sum(softplus(a, 2)))(x))
    slope.forEach((value, i) => agree(value, 1 / (1 + Math.exp(-2 * elements(x)[i]))))
    expect(softplus(x, noise([3], 2)).shape).toEqual([2, 3])
  })

  it('may have several results, each with its gradient', () => {
    const polar = pointwise('polar', (r, angle) => [r.times(angle.cos()), r.times(angle.sin())])
    const [r, angle] = [noise([4], 1), noise([4], 2)]
    const [x, y] = polar(r, angle)
    const squares = (a: Tensor): Tensor => {
      const [p, q] = polar(a, angle)
      return sum(op.add(op.square(p), op.square(q)))
    }
    elements(r).forEach((value, i) => {
      agree(elementAt(x, [i]), value * Math.cos(elements(angle)[i]))
      agree(elementAt(y, [i]), value * Math.sin(elements(angle)[i]))
      agree(elementAt(grad(squares)(r), [i]), 2 * value)
    })
  })

  it('may have a rule of their own, and write into arrays that are there', () => {
    const straight = pointwise(
      'straight through',
      (x) => x.gt(0),
      (g) => [g],
    )
    expect(elements(grad((a: Tensor) => sum(straight(a)))(tensor([-1, 2])))).toEqual([1, 1])
    const [x, out] = [tensor([1, 2]), tensor([0, 0])]
    op.mul.into(out, x, tensor([0.5], [1], { dtype: 'float64' }))
    expect(elements(out)).toEqual([0.5, 1])
    op.add.into(out, out, 1)
    expect(elements(out)).toEqual([1.5, 2])
    expect(() => op.add.into(out, noise([3], 1, 'float32'), 1)).toThrow(ShapeError)
  })
})

describe('complex arrays', () => {
  type Pair = readonly [re: number, im: number]
  const at = (z: Tensor, index: readonly number[]): Pair =>
    z.dtype.startsWith('complex') ? [elementAt(z, index), elementAt(z, index, true)] : [elementAt(z, index), 0]
  // the field's operations in polar form where ours are Cartesian
  const polar = ([a, b]: Pair, [c, d]: Pair, power: 1 | -1): Pair => {
    const r = Math.hypot(a, b) * Math.hypot(c, d) ** power
    const angle = Math.atan2(b, a) + power * Math.atan2(d, c)
    return [r * Math.cos(angle), r * Math.sin(angle)]
  }
  const oracles: Record<string, [typeof op.add, (a: Pair, b: Pair) => Pair]> = {
    add: [op.add, ([a, b], [c, d]) => [a + c, b + d]],
    sub: [op.sub, ([a, b], [c, d]) => [a - c, b - d]],
    mul: [op.mul, (a, b) => polar(a, b, 1)],
    div: [op.div, (a, b) => polar(a, b, -1)],
  }
  const kinds = fc.constantFrom<[DType, DType]>(
    ['complex128', 'complex128'],
    ['complex128', 'float64'],
    ['float64', 'complex128'],
  )

  it.each(Object.entries(oracles))('%s, also with real ones', (name, [apply, oracle]) => {
    fc.assert(
      fc.property(
        fc.tuple(shapePairs, kinds).chain(([{ a, b }, [p, q]]) => fc.tuple(views(a, p), views(b, q))),
        ([a, b]) => {
          const y = apply(a, b)
          expect(y.dtype).toBe('complex128')
          for (const index of indicesOf(y.shape)) {
            const [p, q] = [at(a, source(index, a.shape)), at(b, source(index, b.shape))]
            if (name === 'div' && Math.hypot(...q) === 0) continue
            const expected = oracle(p, q)
            at(y, index).forEach((part, i) => agree(part, expected[i]))
          }
        },
      ),
      { numRuns: 80 },
    )
  })

  it('take numbers', () => {
    const z = tensor(new Float32Array([1, 2]), [1], { dtype: 'complex64' })
    expect(op.mul(z, 2).toNested()).toEqual([[2, 4]])
    expect(op.mul(2, z).toNested()).toEqual([[2, 4]])
    expect(op.div(z, 2).toNested()).toEqual([[0.5, 1]])
    expect(op.sub(1, z).toNested()).toEqual([[0, -2]])
    expect(op.div(5, z).toNested()).toEqual([[1, -2]])
  })

  it('have a modulus, a conjugate and a negative', () => {
    fc.assert(
      fc.property(
        shapes().chain((shape) => views(shape, 'complex128')),
        (z) => {
          const [modulus, conjugate, negative] = [op.abs(z), op.conj(z), op.neg(z)]
          expect(modulus.dtype).toBe('float64')
          for (const index of indicesOf(z.shape)) {
            const [re, im] = at(z, index)
            agree(elementAt(modulus, index), Math.hypot(re, im))
            expect(at(conjugate, index)).toEqual([re, -im])
            expect(at(negative, index)).toEqual([-re, -im])
          }
        },
      ),
    )
    const z = noise([3], 1, 'complex64')
    expect([op.abs(z).dtype, op.conj(z).dtype]).toEqual(['float32', 'complex64'])
  })

  it('have moduli and quotients of every magnitude', () => {
    for (const size of [1e-40, 1e-30, 1, 1e30, 6e37]) {
      const z = tensor(Float32Array.of(3 * size, -4 * size), [1], { dtype: 'complex64' })
      expect(op.abs(z).item() / size).toBeCloseTo(5, 3)
      const slope = elements(grad((a: Tensor) => sum(op.abs(a)))(z).asReal())
      expect(slope[0]).toBeCloseTo(0.6, 3)
      expect(slope[1]).toBeCloseTo(-0.8, 3)
      const one = elements(op.div(z, z).asReal())
      expect(one[0]).toBeCloseTo(1, 5)
      expect(one[1]).toBeCloseTo(0, 5)
    }
    const wide = tensor(Float64Array.of(3e300, 4e300, 3e-300, 4e-300), [2], { dtype: 'complex128' })
    expect(elements(op.abs(wide)).map((r, i) => r / [1e300, 1e-300][i])).toEqual([
      expect.closeTo(5, 12),
      expect.closeTo(5, 12),
    ])
    const special = tensor(Float32Array.of(0, 0, Infinity, 1, Infinity, -Infinity, NaN, 1), [4], { dtype: 'complex64' })
    expect(elements(op.abs(special))).toEqual([0, Infinity, Infinity, NaN])
    const flat = grad((a: Tensor) => sum(op.abs(a)))(tensor(new Float32Array(2), [1], { dtype: 'complex64' }))
    expect(elements(flat.asReal())).toEqual([0, 0])
  })

  it('are made of real ones', () => {
    const [re, im] = [noise([2, 3], 1), noise([3], 2, 'float32')]
    const z = op.complex(re, im)
    expect([z.dtype, z.shape]).toEqual(['complex128', [2, 3]])
    expect(elements(z.real)).toEqual(elements(re))
    expect(elements(z.imag)).toEqual([...elements(im), ...elements(im)])
    expect(elements(op.complex(im).imag)).toEqual([0, 0, 0])
    expect(() => op.complex(z)).toThrow('complex(re, im) takes real arrays')
  })

  it('refuse functions that are not defined for them', () => {
    const z = noise([2], 1, 'complex64')
    for (const f of [op.exp, op.relu, op.sign, op.sqrt, op.square]) expect(() => f(z)).toThrow(DTypeError)
    for (const f of [op.minimum, op.maximum, op.pow])
      expect(() => f(z, 1)).toThrow('is not defined for complex64 arrays')
  })

  it('|z|² is z·conj z', () => {
    const z = noise([50], 3, 'complex128')
    const power = op.mul(z, op.conj(z))
    expect(sum(op.sub(op.square(op.abs(z)), power.real)).item()).toBeCloseTo(0, 12)
    expect(elements(power.imag).every((im) => im === 0)).toBe(true)
  })
})
