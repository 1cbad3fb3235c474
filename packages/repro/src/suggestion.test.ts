import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { didYouMean, slips, suggestion } from './suggestion.ts'

describe('suggestion', () => {
  test.each([
    ['mnsit', 'mnist'],
    ['MNIST', 'mnist'],
    ['texture', 'textures'],
    ['cifar', 'cifar10'],
    ['reconstuction', 'reconstruction'],
  ])('%s means %s', (word, meant) => {
    expect(suggestion(word, ['mnist', 'textures', 'texture-synthesis', 'cifar10', 'reconstruction'])).toBe(meant)
  })

  test('is nothing when nothing is near', () => {
    expect(suggestion('zebra', ['mnist', 'textures'])).toBeUndefined()
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
