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

/** Runs the text in single precision, but for divisions, which `divided` makes. */
function run(value: number, divisor: number, divided: (a: number, b: number) => number): number[] {
  const text = divide('q', 'r', 'value', divisor).replaceAll(
    /Math\.floor\((.*) \/ (\d+)\);/g,
    'Math.floor(divided($1, $2));',
  )
  const rounded = text
    .replaceAll(/(?<!>)= (.*?);/g, '= Math.fround($1);')
    .replaceAll(/(\w+ \* \d+)/g, 'Math.fround($1)')
  const statements = runInThisContext(`(value, divided) => { ${rounded}; return [q, r] }`) as (
    ...given: unknown[]
  ) => number[]
  return statements(value, divided)
}

describe('divide', () => {
  it('finds quotient and rest of whole numbers, though divisions are off by three units in the last place', () => {
    const whole = fc.integer({ min: 0, max: MOST_NUMBERS - 1 })
    const divisors = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: MOST_NUMBERS - 1 }))
    fc.assert(
      fc.property(whole, divisors, fc.integer({ min: -3, max: 3 }), (value, divisor, off) => {
        const rough = (a: number, b: number): number => {
          const exact = Math.fround(a / b)
          return exact + off * 2 ** (Math.floor(Math.log2(Math.max(Math.abs(exact), 2 ** -30))) - 23)
        }
        expect(run(value, divisor, rough)).toEqual([Math.floor(value / divisor), value % divisor])
      }),
      { numRuns: 2000 },
    )
  })

  it('takes numbers below zero to a rest that is not', () => {
    expect(run(-7, 5, (a, b) => a / b)).toEqual([-2, 3])
  })
})

it('wrap takes a whole number into a period', () => {
  const wrapped = runInThisContext(`(k) => { ${wrap('k', 7)}; return k }`) as (k: number) => number
  expect([-8, -7, -1, 0, 6, 7, 15].map((k) => wrapped(k))).toEqual([6, 0, 6, 0, 6, 0, 1])
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
