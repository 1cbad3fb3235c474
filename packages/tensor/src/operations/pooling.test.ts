import { averagePool, averagePoolGradient, maxPool, maxPoolGradient } from './pooling.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { View } from '../backend/backend.ts'
import { ShapeError, ValueError } from '../errors.ts'
import { random } from '../random/random.ts'
import { reference } from '../backend/reference.ts'
import { at, differences, elements, indices, inner, put, randomView, stream } from './direct-loops.test.oracle.ts'

interface Case {
  readonly x: number[]
  readonly out: number[]
  readonly options: { readonly size: [number, number]; stride: [number, number]; padding: [number, number] }
}

/** Along one axis: a window, and as many of them as hold a pixel, or fewer. */
const axis = fc
  .record({
    length: fc.integer({ min: 1, max: 7 }),
    size: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 4 }),
    padding: fc.nat(3),
    fewer: fc.nat(2),
  })
  .map(({ length, size, stride, padding: wanted, fewer }) => {
    const padding = Math.min(wanted, size - 1)
    const most = Math.ceil((length + padding) / stride)
    return { length, size, stride, padding, count: Math.max(1, most - fewer) }
  })

const pooling: fc.Arbitrary<Case> = fc
  .record({ items: fc.integer({ min: 1, max: 2 }), channels: fc.integer({ min: 1, max: 3 }), y: axis, x: axis })
  .map(({ items, channels, y, x }) => ({
    x: [items, channels, y.length, x.length],
    out: [items, channels, y.count, x.count],
    options: { size: [y.size, x.size], stride: [y.stride, x.stride], padding: [y.padding, x.padding] },
  }))

/** The pixels of a window that lie in the image, in reading order. */
function pixels({ x, options: { size, stride, padding } }: Case, y: number, u: number): [number, number][] {
  return [...indices(size)]
    .map(([i, j]): [number, number] => [y * stride[0] - padding[0] + i, u * stride[1] - padding[1] + j])
    .filter(([row, column]) => row >= 0 && row < x[2] && column >= 0 && column < x[3])
}

/** Small integers, so that windows hold ties. */
function tie(view: View): View {
  for (const index of indices(view.shape)) put(view, Math.round(at(view, ...index)), ...index)
  return view
}

describe('maxPool', () => {
  it('takes the largest pixel, and sends its gradient to the first of equals', () => {
    fc.assert(
      fc.property(pooling, stream, (of, numbers) => {
        const x = tie(randomView(numbers, of.x))
        const [out, gradOut, gradX] = [of.out, of.out, of.x].map((shape) => randomView(numbers, shape))
        maxPool(reference, x, out, of.options)
        maxPoolGradient(reference, x, out, gradOut, gradX, of.options)
        const expected = new Map<string, number>()
        for (const [n, c, y, u] of indices(of.out)) {
          const window = pixels(of, y, u).map(([row, column]) => ({ row, column, value: at(x, n, c, row, column) }))
          const largest = Math.max(...window.map(({ value }) => value))
          expect(at(out, n, c, y, u)).toBe(largest)
          const { row, column } = window.find(({ value }) => value === largest)!
          const key = [n, c, row, column].join()
          expected.set(key, (expected.get(key) ?? 0) + at(gradOut, n, c, y, u))
        }
        for (const index of indices(of.x)) expect(at(gradX, ...index)).toBeCloseTo(expected.get(index.join()) ?? 0, 12)
      }),
    )
  })

  it('gives NaN for a window that holds one', () => {
    const x = randomView(random(1), [1, 1, 2, 4], false)
    put(x, NaN, 0, 0, 1, 0)
    const out = randomView(random(2), [1, 1, 1, 2], false)
    maxPool(reference, x, out, { size: 2 })
    expect(elements(out).map(Number.isNaN)).toEqual([true, false])
  })
})

describe('averagePool', () => {
  it.each([true, false])('is the mean of each window, counting the padding: %s', (countPadding) => {
    fc.assert(
      fc.property(pooling, stream, (of, numbers) => {
        const [x, out] = [of.x, of.out].map((shape) => randomView(numbers, shape))
        averagePool(reference, x, out, { ...of.options, countPadding })
        const { size, stride, padding } = of.options
        for (const [n, c, y, u] of indices(of.out)) {
          const window = pixels(of, y, u)
          const padded = [...indices(size)].filter(
            ([i, j]) => y * stride[0] + i < of.x[2] + 2 * padding[0] && u * stride[1] + j < of.x[3] + 2 * padding[1],
          )
          const sum = window.reduce((total, [row, column]) => total + at(x, n, c, row, column), 0)
          const expected = sum / (countPadding ? padded.length : window.length)
          expect(at(out, n, c, y, u)).toBeCloseTo(expected, 12)
        }
      }),
    )
  })

  it('has its adjoint as gradient', () => {
    fc.assert(
      fc.property(pooling, stream, fc.boolean(), (of, numbers, countPadding) => {
        const [x, gradX] = [of.x, of.x].map((shape) => randomView(numbers, shape))
        const [out, gradOut] = [of.out, of.out].map((shape) => randomView(numbers, shape))
        const options = { ...of.options, countPadding }
        averagePool(reference, x, out, options)
        averagePoolGradient(reference, gradOut, gradX, options)
        expect(Math.abs(inner(out, gradOut) - inner(x, gradX))).toBeLessThan(1e-12 * (1 + elements(x).length) * 10)
      }),
    )
  })
})

describe('both poolings', () => {
  it('have the gradient that finite differences find', () => {
    const numbers = random(3)
    const options = { size: 3, stride: 2, padding: 1 }
    const [x, gradX] = [0, 1].map(() => randomView(numbers, [2, 2, 6, 5]))
    const [out, gradOut] = [0, 1].map(() => randomView(numbers, [2, 2, 3, 3]))
    const close = (expected: number[]): void =>
      elements(gradX).forEach((value, k) => expect(value).toBeCloseTo(expected[k], 8))
    averagePoolGradient(reference, gradOut, gradX, options)
    close(differences(x, out, gradOut, () => averagePool(reference, x, out, options)))
    maxPool(reference, x, out, options)
    maxPoolGradient(reference, x, out, gradOut, gradX, options)
    close(differences(x, out, gradOut, () => maxPool(reference, x, out, options)))
  })

  it('refuse windows without a pixel and paddings as large as a window', () => {
    const view = (...shape: number[]): View => randomView(random(4), shape)
    expect(() => maxPool(reference, view(1, 1, 4, 4), view(1, 1, 3, 2), { size: 2 })).toThrow(ShapeError)
    expect(() => averagePool(reference, view(1, 1, 4, 4), view(1, 1, 2, 2), { size: 2, padding: 2 })).toThrow(
      ValueError,
    )
    expect(() => maxPool(reference, view(1, 2, 4, 4), view(1, 1, 2, 2), { size: 2 })).toThrow('1×2×any×any')
  })
})
