import { ValueError, tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { adam, adamW } from './adam.ts'
import type { Optimizer } from './optimizer.ts'

const f64 = (...data: number[]) => tensor(new Float64Array(data), [data.length])

/** The weight after each of the gradients, which may depend on it. */
function trajectory(optimizer: Optimizer, start: number, gradients: ((w: number) => number)[]): number[] {
  const parameters = { w: f64(start) }
  let state = optimizer.init(parameters)
  return gradients.map((gradient) => {
    state = optimizer.update(parameters, { w: f64(gradient(parameters.w.item())) }, state)
    return parameters.w.item()
  })
}

describe('adam', () => {
  it('takes its first two steps as worked out by hand', () => {
    const [rate, beta1, beta2, epsilon] = [0.1, 0.8, 0.95, 1e-3]
    const [g1, g2] = [0.3, -0.5]
    const w1 = 1 - (rate * g1) / (Math.abs(g1) + epsilon)
    // the corrected means are weighted averages: (β·first + second) / (β + 1)
    const mean = (beta1 * g1 + g2) / (beta1 + 1)
    const square = (beta2 * g1 ** 2 + g2 ** 2) / (beta2 + 1)
    const w2 = w1 - (rate * mean) / (Math.sqrt(square) + epsilon)
    const found = trajectory(adam({ rate, beta1, beta2, epsilon }), 1, [() => g1, () => g2])
    expect(Math.abs(found[0] - w1)).toBeLessThan(1e-14)
    expect(Math.abs(found[1] - w2)).toBeLessThan(1e-14)
  })

  it('goes on by one and the same step where the gradient is constant', () => {
    const constant = Array.from({ length: 50 }, () => () => 3)
    trajectory(adam({ rate: 0.01 }), 1, constant).forEach((w, t) =>
      expect(Math.abs(w - (1 - ((t + 1) * 0.01 * 3) / (3 + 1e-8)))).toBeLessThan(1e-14),
    )
  })

  it('adds the decay to the gradient', () => {
    const slopes = [2, -1, 0.5, 4].map((slope) => (w: number) => slope * w)
    const byHand = slopes.map((slope) => (w: number) => slope(w) + 0.1 * w)
    expect(trajectory(adam({ rate: 0.1, decay: 0.1 }), 1, slopes)).toEqual(trajectory(adam({ rate: 0.1 }), 1, byHand))
  })
})

describe('adamW', () => {
  it('shrinks the weights by 1 − ε·decay, which no gradient rescales', () => {
    const none = Array.from({ length: 20 }, () => () => 0)
    trajectory(adamW({ rate: 0.1, decay: 0.3 }), 2, none).forEach((w, t) =>
      expect(Math.abs(w - 2 * 0.97 ** (t + 1))).toBeLessThan(1e-14),
    )
    // Adam's takes the whole rate off, however small the decay
    expect(trajectory(adam({ rate: 0.1, decay: 1e-4 }), 2, none)[0]).toBeCloseTo(1.9, 4)
  })

  it('decays by 0.01 unless told otherwise, and without decay is adam', () => {
    const slopes = [2, -1, 0.5].map((slope) => (w: number) => slope * w)
    expect(trajectory(adamW({ rate: 0.5 }), 1, slopes)).toEqual(
      trajectory(adamW({ rate: 0.5, decay: 0.01 }), 1, slopes),
    )
    expect(trajectory(adamW({ rate: 0.5, decay: 0 }), 1, slopes)).toEqual(trajectory(adam({ rate: 0.5 }), 1, slopes))
  })
})

describe('adam refuses', () => {
  it.each([
    [{ rate: -1 }, 'rate is -1'],
    [{ rate: 0.1, betas: [0.9, 0.99] }, 'has no option betas'],
    [{} as { rate: number }, 'needs rate'],
    [{ rate: 0.1, beta1: 1 }, 'beta1 is 1'],
    [{ rate: 0.1, beta2: -0.1 }, 'beta2 is -0.1'],
    [{ rate: 0.1, epsilon: 0 }, 'epsilon is 0'],
    [{ rate: 0.1, decay: NaN }, 'decay is NaN'],
    [
      { rate: 0.1, groups: [{ match: /w/, momentum: 0.5 }] },
      'groups[0] has no option momentum. It takes match, rate, decay',
    ],
  ])('%o', (recipe, message) => {
    for (const make of [adam, adamW]) {
      expect(() => make(recipe)).toThrow(ValueError)
      expect(() => make(recipe)).toThrow(message)
    }
  })
})
