// The element-wise functions as their text says, rounded to single precision after every function call of a GPU only: close to
// JavaScript's own over wide ranges. How GPUs round inside is for the contract in browsers.
import { runInThisContext } from 'node:vm'
import { expectClose } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { STATEMENTS } from './functions.ts'

const special = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 2, -2, 3, 0.5, -0.5, 1e10]
const scripted = (name: keyof typeof STATEMENTS) =>
  runInThisContext(
    `(a, b, nan = NaN, infinity = Infinity, zero = 0, one = 1) => { ${STATEMENTS[name]('y', 'a', 'b', 'a')} return y }`,
  ) as (a: number, b?: number) => number

describe.each(['sin', 'cos', 'tanh', 'log', 'exp'] as const)('%s', (name) => {
  const numbers = Array.from({ length: 4001 }, (_, i) => (i - 2000) / 200)
  it('is JavaScript’s', () => {
    const ours = scripted(name)
    const check = (given: number[]): void =>
      // the polynomials' own error: a number in single precision has 6e-8
      expectClose(
        given.map((x) => ours(x)),
        given.map((x) => Math[name](x)),
        { relative: 1.5e-7, absolute: 1e-7 },
      )
    check(numbers)
    check(special.slice(0, -1))
  })
})

it('powers are JavaScript’s for all signs and special values', () => {
  for (const a of special) {
    // 0 and −0 are one number here
    for (const b of special) expect(scripted('pow')(a, b) + 0, `${a} to the power of ${b}`).toEqual(a ** b + 0)
  }
})

it.each(['min', 'max'] as const)('%s carries NaN', (name) => {
  for (const a of special) for (const b of special) expect(scripted(name)(a, b) + 0).toEqual(Math[name](a, b) + 0)
})

it('erf is the integral of 2/√π·e^(−t²)', () => {
  for (let x = -5; x < 5; x += 0.037) {
    const h = x / 1000
    let sum = 1 + Math.exp(-x * x)
    for (let i = 1; i < 1000; i++) sum += Math.exp(-((i * h) ** 2)) * (i % 2 === 0 ? 2 : 4)
    // the polynomials' own error
    expect(Math.abs(scripted('erf')(x) - (sum * h * 2) / (3 * Math.sqrt(Math.PI)))).toBeLessThan(2e-7)
  }
  expect([Infinity, -Infinity, NaN].map((x) => Math.fround(scripted('erf')(x)))).toEqual([1, -1, NaN])
})
