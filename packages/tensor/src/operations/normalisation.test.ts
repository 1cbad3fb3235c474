import { channelMoments, normalise, normaliseGradient } from './normalisation.ts'
import { responseNorm, responseNormGradient } from './response-norm.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { View } from '../backend/backend.ts'
import { ValueError } from '../errors.ts'
import { type Random, random } from '../random/random.ts'
import { reference } from '../backend/reference.ts'
import { at, differences, elements, indices, randomView, stream } from './direct-loops.test.oracle.ts'

const shape = fc.oneof(
  fc.tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 6 })),
  fc.tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 2, max: 4 }),
    fc.integer({ min: 1, max: 4 }),
  ),
)

const views = (numbers: Random, count: number, of: readonly number[]): View[] =>
  Array.from({ length: count }, () => randomView(numbers, of))

const close = (actual: View, expected: readonly number[], digits = 7): void =>
  elements(actual).forEach((value, k) => expect(value).toBeCloseTo(expected[k], digits))

describe('batch normalisation', () => {
  it('centres and scales each channel by its moments', () => {
    fc.assert(
      fc.property(shape, stream, (of, numbers) => {
        const [x, out] = views(numbers, 2, of)
        const [mean, variance, scale, shift] = views(numbers, 4, [of[1]])
        channelMoments(reference, x, mean, variance)
        normalise(reference, x, mean, variance, out, { scale, shift, epsilon: 0.01 })
        for (let c = 0; c < of[1]; c++) {
          const own = [...indices(of)].filter((index) => index[1] === c)
          const center = own.reduce((sum, index) => sum + at(x, ...index), 0) / own.length
          const spread = own.reduce((sum, index) => sum + (at(x, ...index) - center) ** 2, 0) / own.length
          expect(at(mean, c)).toBeCloseTo(center, 12)
          expect(at(variance, c)).toBeCloseTo(spread, 12)
          for (const index of own) {
            const expected = ((at(x, ...index) - center) / Math.sqrt(spread + 0.01)) * at(scale, c) + at(shift, c)
            expect(at(out, ...index)).toBeCloseTo(expected, 11)
          }
        }
      }),
    )
  })

  it('has the gradients that finite differences find, through the moments or past them', () => {
    fc.assert(
      fc.property(shape, stream, fc.boolean(), (of, numbers, frozen) => {
        const [x, out, gradOut, gradX] = views(numbers, 4, of)
        const [mean, variance, scale, shift, gradScale, gradShift] = views(numbers, 6, [of[1]])
        const epsilon = 0.1
        const forward = (): void => {
          if (!frozen) channelMoments(reference, x, mean, variance)
          normalise(reference, x, mean, variance, out, { scale, shift, epsilon })
        }
        channelMoments(reference, x, mean, variance)
        const options = { scale, epsilon, frozen, gradX, gradScale, gradShift }
        normaliseGradient(reference, x, mean, variance, gradOut, options)
        close(gradX, differences(x, out, gradOut, forward))
        close(gradScale, differences(scale, out, gradOut, forward))
        close(gradShift, differences(shift, out, gradOut, forward))
      }),
      { numRuns: 40 },
    )
  })

  it('has a scale of 1 and a shift of 0 unless they are given, and writes in place', () => {
    const [x, out, gradOut, gradX] = views(random(1), 4, [3, 2, 4, 4])
    const [mean, variance, one, zero] = views(random(2), 4, [2])
    channelMoments(reference, x, mean, variance)
    for (let c = 0; c < 2; c++)
      [one, zero].forEach((view, k) => (view.buffer.data![view.offset + c * view.strides[0]] = 1 - k))
    normalise(reference, x, mean, variance, out, { scale: one, shift: zero })
    const expected = elements(out)
    normaliseGradient(reference, x, mean, variance, gradOut, { scale: one, gradX })
    normaliseGradient(reference, x, mean, variance, gradOut, { gradX: gradOut })
    expect(elements(gradOut)).toEqual(elements(gradX))
    normalise(reference, x, mean, variance, x)
    expect(elements(x)).toEqual(expected)
  })
})

describe('responseNorm', () => {
  const half = fc.nat(3)

  it('is the formula of either convention', () => {
    fc.assert(
      fc.property(shape, half, stream, fc.constantFrom('paper', 'caffe'), (of, reach, numbers, convention) => {
        const [x, out] = views(numbers, 2, of)
        const options = { size: 2 * reach + 1, alpha: 0.3, beta: 0.75, convention } as const
        responseNorm(reference, x, out, options)
        for (const [n, c, ...pixel] of indices(of)) {
          let energy = 0
          for (let d = c - reach; d <= c + reach; d++) energy += at(x, n, d, ...pixel) ** 2
          const denominator = convention === 'paper' ? 2 + 0.3 * energy : 1 + (0.3 / (2 * reach + 1)) * energy
          expect(at(out, n, c, ...pixel)).toBeCloseTo(at(x, n, c, ...pixel) / denominator ** 0.75, 12)
        }
      }),
    )
  })

  it('has the gradient that finite differences find', () => {
    fc.assert(
      fc.property(shape, half, stream, (of, reach, numbers) => {
        const [x, out, gradOut, gradX] = views(numbers, 4, of)
        const options = { size: 2 * reach + 1, alpha: 0.5, beta: 0.6, k: 1.5 }
        responseNormGradient(reference, x, gradOut, gradX, options)
        close(
          gradX,
          differences(x, out, gradOut, () => responseNorm(reference, x, out, options)),
        )
      }),
      { numRuns: 40 },
    )
  })

  it('refuses even sizes and a k that is not positive', () => {
    const [x, out] = views(random(3), 2, [1, 4])
    expect(() => responseNorm(reference, x, out, { size: 4, alpha: 1, beta: 1 })).toThrow(ValueError)
    expect(() => responseNorm(reference, x, out, { size: 3, alpha: 1, beta: 1, k: 0 })).toThrow('k 0')
  })
})
