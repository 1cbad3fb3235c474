// The element-wise functions as their text says, rounded to single precision after every function call of a GPU only: close to
// JavaScript's own over wide ranges. How GPUs round inside is for the contract in browsers.
import { runInThisContext } from 'node:vm'
import { expectClose } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { BINARY, UNARY } from './functions.ts'

const special = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 2, -2, 3, 0.5, -0.5, 1e10]
const unary = (name: keyof typeof UNARY) =>
  runInThisContext(`(x, nan = NaN, infinity = Infinity) => { ${UNARY[name]} }`) as (x: number) => number
const binary = (name: keyof typeof BINARY) =>
  runInThisContext(`(a, b, nan = NaN, infinity = Infinity) => { ${BINARY[name]} }`) as (a: number, b: number) => number

describe.each(['sin', 'cos', 'tanh', 'log', 'exp'] as const)('%s', (name) => {
  const numbers = Array.from({ length: 4001 }, (_, i) => (i - 2000) / 200)
  it('is JavaScript’s', () => {
    const ours = unary(name)
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
    for (const b of special) expect(binary('pow')(a, b) + 0, `${a} to the power of ${b}`).toEqual(a ** b + 0)
  }
})

it.each(['min', 'max'] as const)('%s carries NaN', (name) => {
  for (const a of special) for (const b of special) expect(binary(name)(a, b) + 0).toEqual(Math[name](a, b) + 0)
})
