import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DTypeError, ShapeError } from '../errors.ts'
import { elementAt, elements, indicesOf, noise, shapes, views } from '../fourier/naive.test.oracle.ts'
import { grad } from '../gradient/grad.ts'
import { argmax, max, mean, min, norm, sum, variance } from './reduction.ts'
import { type Tensor, tensor } from './tensor.ts'

const mathMean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length
const oracles: Record<string, [typeof sum, (list: readonly number[]) => number]> = {
  sum: [sum, (list) => list.reduce((a, b) => a + b, 0)],
  max: [max, (list) => [...list].sort((a, b) => b - a)[0]],
  min: [min, (list) => [...list].sort((a, b) => a - b)[0]],
  mean: [mean, mathMean],
  variance: [variance, (list) => mathMean(list.map((v) => v * v)) - mathMean(list) ** 2],
  norm: [norm, (list) => Math.hypot(...list)],
}

const reductions = shapes()
  .filter((shape) => !shape.includes(0))
  .chain((shape) => fc.tuple(views(shape), fc.option(fc.subarray(shape.map((_, axis) => axis))), fc.boolean()))

/** The elements that come together in each element of the result, in the result's order. */
function groups(x: Tensor, axes: readonly number[]): number[][] {
  const kept = x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n))
  const reduced = x.shape.map((n, axis) => (axes.includes(axis) ? n : 1))
  return indicesOf(kept).map((k) =>
    indicesOf(reduced).map((r) =>
      elementAt(
        x,
        k.map((i, axis) => i + r[axis]),
      ),
    ),
  )
}

describe('reductions', () => {
  it.each(Object.entries(oracles))('%s over any axes of any view', (_, [reduce, oracle]) => {
    fc.assert(
      fc.property(reductions, ([x, some, keep]) => {
        const axes = some ?? x.shape.map((_, axis) => axis)
        const y = reduce(x, { keep, ...(some && { axes: some.map((axis, i) => (i % 2 ? axis - x.rank : axis)) }) })
        const kept = x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n))
        expect(y.shape).toEqual(keep ? kept : kept.filter((_, axis) => !axes.includes(axis)))
        expect(y.dtype).toBe(x.dtype)
        const expected = groups(x, axes).map(oracle)
        elements(y).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 11))
      }),
    )
  })

  it('take complex arrays where that has a meaning', () => {
    const z = noise([3, 4], 1, 'complex128')
    const over = { axes: [0] }
    expect(elements(sum(z, over).real)).toEqual(elements(sum(z.real, over)))
    expect(elements(sum(z, over).imag)).toEqual(elements(sum(z.imag, over)))
    expect(elements(mean(z).imag)[0]).toBeCloseTo(mean(z.imag).item(), 14)
    expect(norm(z).item()).toBeCloseTo(Math.hypot(...elements(z)), 12)
    for (const reduce of [max, min, variance]) expect(() => reduce(z)).toThrow(DTypeError)
    expect(() => argmax(z)).toThrow('argmax takes real arrays')
  })

  it('norms of every magnitude, and their slopes', () => {
    for (const size of [1e19, 1e-23, 1e-30, 1e30, 1]) {
      const x = tensor(Float32Array.of(3 * size, -4 * size))
      expect(norm(x).item() / size).toBeCloseTo(5, 5)
      const slopes = elements(grad((a: Tensor) => norm(a))(x))
      expect(slopes[0]).toBeCloseTo(0.6, 5)
      expect(slopes[1]).toBeCloseTo(-0.8, 5)
    }
    expect(norm(tensor(Float64Array.of(3e200, 4e200))).item() / 1e200).toBeCloseTo(5, 12)
    expect(norm(tensor(Float32Array.of(3e30, 4e30), [1], { dtype: 'complex64' })).item() / 1e30).toBeCloseTo(5, 5)
    const special = tensor([
      [0, 0],
      [Infinity, 1],
      [NaN, 1],
      [1e-45, 0],
    ])
    expect(elements(norm(special, { axes: [1] }))).toEqual([0, Infinity, NaN, Math.fround(1e-45)])
    expect(elements(norm(tensor(new Float32Array(0), [0, 2]), { axes: [0] }))).toEqual([0, 0])
    expect(elements(grad((a: Tensor) => norm(a))(tensor([0, 0])))).toEqual([0, 0])
  })

  it('add up in double precision', () => {
    const x = tensor(new Float32Array([2 ** 24, ...Array.from({ length: 64 }, () => 1)]))
    expect(sum(x).item()).toBe(2 ** 24 + 64)
    expect(sum(x).dtype).toBe('float32')
  })

  it('of nothing: a sum is 0, the rest says so', () => {
    const x = noise([0, 3], 1)
    expect(sum(x).item()).toBe(0)
    expect(elements(sum(x, { axes: [0] }))).toEqual([0, 0, 0])
    expect(sum(x, { axes: [1] }).shape).toEqual([0])
    expect(max(x, { axes: [1] }).shape).toEqual([0])
    for (const reduce of [max, min, mean, variance]) {
      expect(() => reduce(x)).toThrow(/of no elements: shape 0×3 over axes \[0, 1\]/)
    }
    expect(() => argmax(x, 0)).toThrow('argmax of no elements: shape 0×3')
    expect(argmax(x, 1)).toEqual(new Int32Array(0))
  })

  it('over no axes change nothing', () => {
    const x = noise([2, 3], 1)
    expect(elements(sum(x, { axes: [] }))).toEqual(elements(x))
    expect(sum(tensor(3)).item()).toBe(3)
  })

  it('refuse axes that are not there or named twice', () => {
    const x = noise([2, 3], 1)
    expect(() => sum(x, { axes: [2] })).toThrow('axis 2 is outside an array of 2 axes')
    expect(() => sum(x, { axes: [0, -2] })).toThrow('axes [0, -2] name an axis twice')
    expect(() => mean(x, { axes: [1, 1] })).toThrow(ShapeError)
  })

  it('let NaN through', () => {
    const x = tensor([
      [1, NaN],
      [3, 2],
    ])
    expect(max(x, { axes: [1] }).toNested()).toEqual([NaN, 3])
    expect(min(x, { axes: [0] }).toNested()).toEqual([1, NaN])
    expect(argmax(x)).toEqual(new Int32Array([1, 0]))
  })
})

describe('argmax', () => {
  it('is where the largest element lies, the first of equals', () => {
    fc.assert(
      fc.property(
        reductions.filter(([x]) => x.rank > 0),
        fc.nat(3),
        ([x], n) => {
          const axis = n % x.rank
          const expected = groups(x, [axis]).map((list) => list.indexOf(Math.max(...list)))
          expect(Array.from(argmax(x, axis))).toEqual(expected)
          expect(argmax(x, axis - x.rank)).toEqual(argmax(x, axis))
        },
      ),
    )
  })
})
