import { relu, reluGradient } from './relu.ts'
import { describe, expect, it } from 'vitest'
import { random } from '../random/random.ts'
import { reference } from '../backend/reference.ts'
import { at, differences, elements, indices, put, randomView } from './direct-loops.test.oracle.ts'

describe('relu', () => {
  it.each([0, 0.2, -0.5])('keeps what is positive and scales the rest, with its gradient: slope %f', (slope) => {
    const numbers = random(1)
    const [x, out, gradOut, gradX] = [0, 1, 2, 3].map(() => randomView(numbers, [3, 4, 5]))
    relu(reference, x, out, slope)
    for (const index of indices(x.shape)) {
      const value = at(x, ...index)
      expect(at(out, ...index)).toBeCloseTo(value > 0 ? value : slope * value, 15)
    }
    reluGradient(reference, x, gradOut, gradX, slope)
    const expected = differences(x, out, gradOut, () => relu(reference, x, out, slope))
    elements(gradX).forEach((value, k) => expect(value).toBeCloseTo(expected[k], 8))
    if (slope < 0) return
    relu(reference, x, out, slope)
    reluGradient(reference, out, gradOut, gradOut, slope)
    expect(elements(gradOut)).toEqual(elements(gradX))
  })

  it('maps −∞ to 0, NaN to NaN, and has no gradient at 0', () => {
    const [x, out] = [0, 1].map((seed) => randomView(random(seed), [4], false))
    ;[-Infinity, NaN, 0, -0].forEach((value, k) => put(x, value, k))
    relu(reference, x, out)
    expect(elements(out)).toEqual([0, NaN, 0, 0])
    reluGradient(reference, x, x, out)
    expect(elements(out)).toEqual([0, 0, 0, 0])
  })
})
