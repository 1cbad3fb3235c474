import { runInThisContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GpuBuffer } from './buffers.ts'
import { MOST_NUMBERS } from './device.ts'
import { divide, kernelText, wrap } from './kernel-text.ts'

const view = (length: number, shape: number[], strides: number[], offset = 0) => ({
  buffer: new GpuBuffer('float32', length, { kind: 'zero' }),
  dtype: 'float32' as const,
  shape,
  strides,
  offset,
  imagStride: 0,
})

describe('divide', () => {
  it('finds quotient and rest of whole numbers, though the division is off by three units in the last place', () => {
    const whole = fc.integer({ min: 0, max: MOST_NUMBERS - 1 })
    fc.assert(
      fc.property(
        whole,
        fc.integer({ min: 1, max: MOST_NUMBERS - 1 }),
        fc.integer({ min: -3, max: 3 }),
        (value, divisor, off) => {
          const text = divide('q', 'r', 'value', divisor)
            .replace('(value) / ', '1 * off(value, ')
            .replace(/(off\(value, \d+)/, '$1)')
          const run = runInThisContext(`(value, off) => { ${text}; return [q, r] }`) as (
            value: number,
            off: (a: number, b: number) => number,
          ) => number[]
          const rough = (a: number, b: number): number => {
            const exact = Math.fround(a / b)
            return exact + (off * 2 ** Math.floor(Math.log2(Math.max(exact, 2 ** -30)))) / 2 ** 23
          }
          expect(run(value, rough)).toEqual([Math.floor(value / divisor), value % divisor])
        },
      ),
    )
  })

  it('takes numbers below zero to a rest that is not', () => {
    const run = runInThisContext(`(value) => { ${divide('q', 'r', 'value', 5)}; return [q, r] }`) as (
      value: number,
    ) => number[]
    expect(run(-7)).toEqual([-2, 3])
  })
})

it('wrap takes a whole number into a period', () => {
  const run = runInThisContext(`(k) => { ${wrap('k', 7)}; return k }`) as (k: number) => number
  expect([-8, -7, -1, 0, 6, 7, 15].map(run)).toEqual([6, 0, 6, 0, 6, 0, 1])
})

describe('kernelText', () => {
  const copy = (out: ReturnType<typeof view>) =>
    kernelText(out, { x: view(6, [2, 3], [3, 1]) }, (read, index) => `return ${read.x(index)};`)

  it('is the same for views that differ in their places only', () => {
    const [a, b] = [copy(view(20, [2, 3], [3, 1], 2)), copy(view(20, [2, 3], [3, 1], 9))]
    expect(a?.source).toBe(b?.source)
    expect(a?.numbers).not.toEqual(b?.numbers)
  })

  it('keeps what lies beside the view, where there is any', () => {
    expect(copy(view(6, [2, 3], [3, 1]))?.keeps).toBe(false)
    expect(copy(view(7, [2, 3], [3, 1]))?.keeps).toBe(true)
    expect(copy(view(8, [2, 3], [4, 1]))?.source).toContain('old[this.thread.x]')
  })

  it('cannot tell elements that share a place or interlock', () => {
    expect(copy(view(6, [2, 3], [0, 1]))).toBeNull()
    expect(copy(view(8, [2, 3], [3, 2]))).toBeNull()
    expect(copy(view(5, [2, 3], [-1, 2], 1))).not.toBeNull()
  })
})
