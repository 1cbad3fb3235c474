import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  aBackend,
  aFunction,
  aRandom,
  aSignal,
  aText,
  anything,
  checkOptions,
  didYouMean,
  finite,
  having,
  numberFrom,
  oneOf,
  positive,
  shown,
  slips,
  trueOrFalse,
  wholeNumber,
  wholeNumbers,
} from './check-options.ts'
import { ValueError } from './errors.ts'
import { reference } from './backend/reference.ts'
import { random } from './random/random.ts'

interface Options {
  readonly shape: readonly number[]
  readonly scales: number
  readonly padding?: 'reflect' | 'zero'
  readonly orientations?: number
}

describe('checkOptions', () => {
  const check = (options?: unknown): Options =>
    checkOptions(
      'scatter',
      options as Options,
      {
        shape: wholeNumbers(2, 1),
        scales: wholeNumber(1),
        padding: oneOf('reflect', 'zero'),
        orientations: wholeNumber(1, 64),
      },
      ['shape', 'scales'],
    )
  const good = { shape: [4, 4], scales: 2 }

  test('gives good options back, without those that are undefined', () => {
    expect(check({ ...good, padding: 'zero' })).toEqual({ ...good, padding: 'zero' })
    expect(Object.keys(check({ ...good, padding: undefined }))).toEqual(['shape', 'scales'])
  })

  test.each([
    [{ ...good, orientation: 4 }, /^scatter has no option orientation\. Did you mean orientations\? It takes shape, /],
    [{ ...good, zebra: 4 }, /^scatter has no option zebra\. It takes shape, scales, padding, orientations$/],
    [{ ...good, toString: 1 }, /^scatter has no option toString\./],
    [{ ...good, padding: 'mirror' }, /^scatter: padding is 'mirror': it must be one of 'reflect', 'zero'$/],
    [{ ...good, orientations: 1e6 }, /^scatter: orientations is 1000000: it must be a whole number, 1 to 64$/],
    [{ ...good, scales: null }, /^scatter: scales is null: it must be a whole number, 1 or more$/],
    [{ ...good, shape: 32 }, /^scatter: shape is 32: it must be a list of 2 whole numbers, each 1 or more$/],
    [{ scales: 2 }, /^scatter needs shape: a list of 2 whole numbers, each 1 or more$/],
    [{ ...good, scales: undefined }, /^scatter needs scales: a whole number, 1 or more$/],
    [undefined, /^scatter needs shape/],
    ['wasm', /^scatter takes its options by name, \{ shape, scales, padding, orientations \}, not 'wasm'$/],
    [null, /not null$/],
    [[2, 3], /not \[2, 3\]$/],
    [new Map(), /not a Map$/],
    [new Date(0), /not a Date$/],
  ])('refuses %o', (options, message) => {
    expect(() => check(options)).toThrow(ValueError)
    expect(() => check(options)).toThrow(message)
  })

  test('asks for the types to name every option', () => {
    // @ts-expect-error: scales has no rule
    expect(() => checkOptions<{ shape?: 1; scales?: 2 }>('f', { scales: 2 }, { shape: anything })).toThrow('scales')
  })
})

describe('rules', () => {
  test.each([
    ['wholeNumber', wholeNumber(1, 3), [1, 2, 3], [0, 4, 1.5, NaN, '2', null, undefined, 2n]],
    ['wholeNumber without end', wholeNumber(0), [0, 1e12], [Infinity, -1]],
    ['numberFrom', numberFrom(0, 1), [0, 0.5, 1], [-1e-9, 1.1, NaN, '0', true]],
    ['numberFrom without end', numberFrom(0), [Infinity], [-1]],
    ['finite', finite, [0, -1e300], [NaN, Infinity, '0', null]],
    ['aText', aText, ['', 'a'], [1, null, undefined]],
    ['aSignal', aSignal, [new AbortController().signal], [{}, null, 'stop']],
    ['aRandom', aRandom, [random(1)], [{}, null, 1]],
    ['positive', positive, [1e-300, 1e300], [0, -1, NaN, Infinity, '1', null]],
    ['oneOf', oneOf('a', 'b'), ['a', 'b'], ['c', 'A', null]],
    ['trueOrFalse', trueOrFalse, [true, false], ['no', 0, 1, null]],
    ['aFunction', aFunction, [() => 1], [{}, 'f']],
    ['wholeNumbers', wholeNumbers(2, 1), [[1, 2]], [[1], [1, 2, 3], [0, 1], [1.5, 2], '12', null]],
    ['having', having('a list', 'map'), [[]], [{}, 'map', null, undefined]],
    ['aBackend', aBackend, [reference], ['wasm', true, 1, {}, null]],
    ['anything', anything, [undefined, null, 1], []],
  ])('%s', (_, rule, good, bad) => {
    expect(good.map(rule)).toEqual(good.map(() => undefined))
    for (const value of bad) expect(rule(value)).toEqual(expect.any(String))
  })
})

test('shown: values in a line', () => {
  const values = ['a', 1, null, undefined, NaN, true, [1, ['b']], {}, new Float32Array(2), () => 1, Array(9).fill(0)]
  expect(values.map(shown).join(' ')).toBe(
    "'a' 1 null undefined NaN true [1, ['b']] an object a Float32Array a function [0, 0, 0, 0, 0, 0, 0, 0, …]",
  )
})

describe('didYouMean', () => {
  test.each([
    ['mnsit', 'mnist'],
    ['MNIST', 'mnist'],
    ['texture', 'textures'],
    ['cifar', 'cifar10'],
    ['reconstuction', 'reconstruction'],
  ])('%s means %s', (word, meant) => {
    const known = ['mnist', 'textures', 'texture-synthesis', 'cifar10', 'reconstruction']
    expect(didYouMean(word, known)).toBe(` Did you mean ${meant}?`)
  })

  test('is nothing when nothing is near', () => {
    expect(didYouMean('zebra', ['mnist', 'textures'])).toBe('')
    expect(didYouMean('zebra', [])).toBe('')
  })
})

describe('slips', () => {
  const word = fc.string({ maxLength: 12 })

  test('is 0 for equal words only, and the same both ways', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(slips(a, b)).toBe(slips(b, a))
        expect(slips(a, b) === 0).toBe(a === b)
      }),
    )
  })

  test('counts one for a letter too many, too few, wrong, or two swapped', () => {
    expect(['scaattering', 'scatering', 'scattaring', 'scatteirng'].map((slip) => slips('scattering', slip))).toEqual([
      1, 1, 1, 1,
    ])
    expect(slips('kitten', 'sitting')).toBe(3)
  })
})
