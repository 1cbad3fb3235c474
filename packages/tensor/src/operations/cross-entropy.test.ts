import { softmaxCrossEntropy } from './cross-entropy.ts'
import { describe, expect, it } from 'vitest'
import { ShapeError, ValueError } from '../errors.ts'
import { random } from '../random/random.ts'
import { reference } from '../backend/reference.ts'
import { at, differences, elements, indices, put, randomView } from './direct-loops.test.oracle.ts'

describe('softmaxCrossEntropy', () => {
  it('is −log of the softmax at the label, with the gradient that finite differences find', () => {
    const numbers = random(1)
    const [logits, gradient] = [0, 1].map(() => randomView(numbers, [5, 4]))
    const [losses, ones] = [0, 1].map(() => randomView(numbers, [5]))
    const labels = Int32Array.of(3, 0, 1, 1, 2)
    softmaxCrossEntropy(reference, logits, labels, losses, gradient)
    for (let n = 0; n < 5; n++) {
      const powers = [0, 1, 2, 3].map((c) => Math.exp(at(logits, n, c)))
      const total = powers.reduce((a, b) => a + b)
      expect(at(losses, n)).toBeCloseTo(-Math.log(powers[labels[n]] / total), 13)
    }
    for (const index of indices([5])) put(ones, 1, ...index)
    const expected = differences(logits, losses, ones, () => softmaxCrossEntropy(reference, logits, labels, losses))
    elements(gradient).forEach((value, k) => expect(value).toBeCloseTo(expected[k], 8))
  })

  it('overflows for no logits', () => {
    const [logits, gradient] = [0, 1].map(() => randomView(random(2), [1, 3]))
    const losses = randomView(random(3), [1])
    ;[1e4, -1e4, 0].forEach((value, c) => put(logits, value, 0, c))
    softmaxCrossEntropy(reference, logits, Int32Array.of(1), losses, gradient)
    expect(at(losses, 0)).toBe(2e4)
    expect(elements(gradient)).toEqual([1, -1, 0])
  })

  it('refuses a label that is no class, naming its item, and lists of another length', () => {
    const [logits, losses] = [randomView(random(4), [2, 3]), randomView(random(5), [2])]
    expect(() => softmaxCrossEntropy(reference, logits, Int32Array.of(0, 3), losses)).toThrow(ValueError)
    expect(() => softmaxCrossEntropy(reference, logits, Int32Array.of(-1, 0), losses)).toThrow('label -1 of item 0')
    expect(() => softmaxCrossEntropy(reference, logits, Int32Array.of(0), losses)).toThrow(ShapeError)
  })
})
