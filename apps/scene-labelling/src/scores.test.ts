import fc from 'fast-check'
import { expect, it } from 'vitest'
import { comparedRuns, interval } from './rows.ts'
import { count, noPixels, scoresOf } from './scores.ts'
import { likeliest, oracle, voted } from './voted.ts'

const labelsOf = (length: number, most: number) =>
  fc
    .array(fc.integer({ min: 0, max: most }), { minLength: length, maxLength: length })
    .map((own) => Uint8Array.from(own))

it('counts by hand: six pixels, one of them without a class', () => {
  const confusion = noPixels(3)
  count(confusion, Uint8Array.of(0, 0, 0, 1, 1, 3), Uint8Array.of(0, 0, 1, 1, 0, 2))
  const { right, pixels, pixelAccuracy, classAccuracy, meanIoU, byClass } = scoresOf(confusion)
  expect([right, pixels, pixelAccuracy]).toEqual([3, 5, 60])
  // class 2 does not occur: (2/3 + 1/2)/2, and (2/4 + 1/3)/2
  expect(classAccuracy).toBeCloseTo(100 * (7 / 12), 10)
  expect(meanIoU).toBeCloseTo(100 * (5 / 12), 10)
  expect(byClass[2]).toBeNaN()
  expect(() => count(confusion, Uint8Array.of(0), Uint8Array.of(3))).toThrow(RangeError)
})

it('no labels that are alike within superpixels are better than the oracle’s; pure ones reach all pixels', () => {
  fc.assert(
    fc.property(
      labelsOf(24, 3),
      labelsOf(24, 2),
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 24, maxLength: 24 }),
      (truth, guess, cut) => {
        const pieces = { segments: Int32Array.from(cut), count: 5 }
        const right = (labels: Uint8Array) =>
          truth.reduce((sum, own, i) => sum + Number(own < 3 && own === labels[i]), 0)
        const probabilities = new Float32Array(3 * 24)
        guess.forEach((own, i) => (probabilities[own * 24 + i] = 1))
        const best = oracle(truth, pieces, 3)
        expect(right(voted(probabilities, pieces))).toBeLessThanOrEqual(right(best))
        const pure = { segments: Int32Array.from(truth), count: 4 }
        expect(right(oracle(truth, pure, 3))).toBe(truth.filter((own) => own < 3).length)
      },
    ),
  )
})

it('the vote is right wherever the mean is, and that of single pixels is the likeliest class', () => {
  const probabilities = Float32Array.of(0.6, 0.6, 0.1, 0.9, /* other class */ 0.4, 0.4, 0.9, 0.1)
  expect([...likeliest(probabilities, 4)]).toEqual([0, 0, 1, 0])
  expect([...voted(probabilities, { segments: Int32Array.of(0, 1, 2, 3), count: 4 })]).toEqual([0, 0, 1, 0])
  // 0.6 + 0.6 + 0.1 = 1.3 against 1.7
  expect([...voted(probabilities, { segments: Int32Array.of(0, 0, 0, 1), count: 2 })]).toEqual([1, 1, 1, 0])
})

it('intervals by Student’s t: 1, 2, 3 are 2 ± 4.303/√3', () => {
  const { mean, half } = interval([1, 2, 3])
  expect([mean, half]).toEqual([2, expect.closeTo(2.4843, 4)])
  expect(interval([5]).half).toBeNull()
})

it('gains are differences training by training, so that what trainings share goes out', () => {
  const scores = (values: number[]) =>
    values.map((v) => ({ pixelAccuracy: v, classAccuracy: v / 2 }) as ReturnType<typeof scoresOf>)
  const rows = comparedRuns(
    new Map([
      ['1 scale', scores([70, 60, 80])],
      ['3 scales', scores([75, 65, 85])],
    ]),
    3,
  )
  const of = (measure: string) =>
    rows.find((row) => row.measure === measure && row.method === '3 scales over 1 scale')!.value
  expect([of('gain in pixels'), of('gain in pixels, half of the 95 % interval'), of('gain in by class')]).toEqual([
    5, 0, 2.5,
  ])
  expect(comparedRuns(new Map(), 1)).toEqual([])
})
