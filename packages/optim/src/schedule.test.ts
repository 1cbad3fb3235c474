import { ValueError } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { plateau } from './plateau.ts'
import { type Schedule, constant, cosine, oneCycle, steps, triangular, warmUp } from './schedule.ts'

const table = <S>({ rate, initial }: Schedule<S>, base: number, at: number[]): number[] =>
  at.map((step) => rate(base, step, initial))
const expectRates = (found: number[], expected: number[]) => {
  expect(found).toHaveLength(expected.length)
  found.forEach((rate, i) => expect(rate).toBeCloseTo(expected[i], 14))
}

describe('schedules', () => {
  it('constant', () => expectRates(table(constant(), 0.1, [0, 1, 1e6]), [0.1, 0.1, 0.1]))

  it('steps: the ResNet recipe', () => {
    const schedule = steps({ at: [32_000, 48_000] })
    expectRates(table(schedule, 0.1, [0, 31_999, 32_000, 47_999, 48_000, 64_000]), [0.1, 0.1, 0.01, 0.01, 0.001, 0.001])
    expectRates(table(steps({ at: [1, 2, 3], factor: 0.5 }), 8, [0, 1, 2, 3]), [8, 4, 2, 1])
    expectRates(table(steps({ at: [] }), 8, [0, 100]), [8, 8])
  })

  it('cosine', () => {
    expectRates(table(cosine({ steps: 12 }), 2, [0, 4, 6, 8, 12, 50]), [2, 1.5, 1, 0.5, 0, 0])
    expectRates(table(cosine({ steps: 12, floor: 0.5 }), 2.5, [0, 4, 6, 8, 12, 50]), [2.5, 2, 1.5, 1, 0.5, 0.5])
    expectRates(table(cosine({ steps: 12, floor: 3 }), 2, [0, 6, 12]), [2, 2, 2])
  })

  it('triangular: a line up and a line down; the schedule of airbench94', () => {
    expectRates(table(triangular({ steps: 8, rise: 4 }), 2, [0, 1, 4, 6, 8, 9]), [0, 0.5, 2, 1, 0, 0])
    expectRates(table(triangular({ steps: 4, rise: 0 }), 2, [0, 1, 4, 9]), [2, 1.5, 0, 0])
    expectRates(table(triangular({ steps: 4, rise: 4, from: 0.5 }), 2, [0, 2, 4]), [1, 1.5, 0])
    const warmUpSteps = Math.trunc(0.23 * 476)
    const airbench = triangular({ steps: 476, rise: warmUpSteps, from: 0.2, to: 0.07 })
    const own = (step: number): number => {
      const [up, down] = [step / warmUpSteps, (step - warmUpSteps) / (476 - warmUpSteps)]
      return step < warmUpSteps ? 0.2 * (1 - up) + up : 1 - down + 0.07 * down
    }
    const all = Array.from({ length: 476 }, (_, step) => step)
    expectRates(table(airbench, 1, all), all.map(own))
  })

  it("one cycle: PyTorch's OneCycleLR", () => {
    // torch.optim.lr_scheduler.OneCycleLR(max_lr=1, total_steps=11, pct_start=.3): pct_start·total − 1 = 2.3 steps up; with 4 of 10
    // up and 6 down its formula is end + (start − end)/2·(1 + cos(π·share))
    const anneal = (start: number, end: number, share: number): number =>
      end + ((start - end) / 2) * (1 + Math.cos(Math.PI * share))
    const expected = Array.from({ length: 13 }, (_, step) =>
      step < 4 ? anneal(1 / 25, 1, step / 4) : anneal(1, 4e-6, Math.min(1, (step - 4) / 6)),
    )
    expectRates(table(oneCycle({ steps: 10, rise: 4 }), 1, Array.from(expected.keys())), expected)
    expectRates(table(oneCycle({ steps: 10, rise: 5, from: 0.2, to: 0.1 }), 2, [0, 5, 10]), [0.4, 2, 0.2])
  })

  it('warm-up: a line to where the other schedule is by then', () => {
    expectRates(table(warmUp(constant(), { steps: 4 }), 1, [0, 1, 2, 3, 4, 5]), [0, 0.25, 0.5, 0.75, 1, 1])
    expectRates(table(warmUp(constant(), { steps: 4, from: 0.2 }), 1, [0, 2, 4]), [0.2, 0.6, 1])
    expectRates(table(warmUp(cosine({ steps: 12 }), { steps: 6 }), 2, [0, 3, 6, 8]), [0, 0.5, 1, 0.5])
  })

  it('warm-up hands observations on', () => {
    const inner = plateau({ patience: 1 })
    const outer = warmUp(inner, { steps: 2 })
    const fallen = outer.observe!(1, outer.observe!(1, outer.initial, 0), 1)
    expectRates([outer.rate(1, 1, fallen), outer.rate(1, 5, fallen)], [0.05, 0.1])
    expect(warmUp(constant(), { steps: 2 }).observe).toBeUndefined()
  })

  it.each([
    [() => steps({ at: [5, 5] }), 'ascend'],
    [() => triangular({ steps: 4, rise: 5 }), 'rise is 5 of 4 steps'],
    [() => oneCycle({ steps: 4 } as never), 'oneCycle needs rise'],
    [() => triangular({ steps: 4, rise: 1, form: 0 } as never), 'Did you mean from?'],
    [() => steps({} as { at: [] }), 'steps needs at'],
    [() => cosine(undefined as never), 'cosine needs steps'],
    [() => warmUp(undefined as never, { steps: 1 }), 'the schedule is undefined'],
    [() => steps({ at: [0.5] }), 'at is [0.5]'],
    [() => steps({ at: [1], factor: 0 }), 'factor is 0'],
    [() => cosine({ steps: 0 }), 'steps is 0'],
    [() => cosine({ steps: 5, floor: -1 }), 'floor is -1'],
    [() => warmUp(constant(), { steps: 1.5 }), 'steps is 1.5'],
    [() => warmUp(constant(), { steps: 2, from: -1 }), 'from is -1'],
  ])('refuse %s', (make, message) => {
    expect(make).toThrow(ValueError)
    expect(make).toThrow(message)
  })
})

describe('plateau', () => {
  /** The rate after each epoch's metric. */
  const rates = (schedule: ReturnType<typeof plateau>, metrics: number[], base = 1): number[] => {
    let state = schedule.initial
    return metrics.map((metric, epoch) => {
      // as a checkpoint would hold it
      state = JSON.parse(JSON.stringify(schedule.observe!(metric, state, epoch))) as typeof state
      return schedule.rate(base, 0, state)
    })
  }

  it('divides by ten after `patience` epochs without improvement, again and again', () => {
    expectRates(
      rates(plateau({ patience: 2 }), [5, 4, 4, 4, 3, 3.5, 3, 3, 3]),
      [1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.001],
    )
  })

  it('starts to count again at an improvement', () => {
    expectRates(rates(plateau({ patience: 2, factor: 0.5 }), [5, 5, 4, 4, 3, 3, 3]), [1, 1, 1, 1, 1, 1, 0.5])
  })

  it('takes for an improvement what differs by more than the threshold, to either side', () => {
    expectRates(rates(plateau({ patience: 1, threshold: 0.1 }), [10, 9.05, 8.9]), [1, 0.1, 0.1])
    expectRates(
      rates(plateau({ patience: 1, threshold: 0.1, mode: 'max' }), [10, 10.9, 11.1, 11.2]),
      [1, 0.1, 0.1, 0.01],
    )
    // of a negative loss, too, the smaller is better
    expectRates(rates(plateau({ patience: 1, threshold: 0.1 }), [-10, -10.9, -11.1]), [1, 0.1, 0.1])
  })

  it('stays at the floor', () => {
    expectRates(rates(plateau({ patience: 1, floor: 0.05 }), [1, 1, 1, 1]), [1, 0.1, 0.05, 0.05])
  })

  it.each([
    [() => plateau({ factor: 1 }), 'factor is 1'],
    [() => plateau({ patience: 0 }), 'patience is 0'],
    [() => plateau({ threshold: -1 }), 'threshold is -1'],
    [() => plateau({ floor: NaN }), 'floor is NaN'],
    [() => plateau({ mode: 'least' as 'min' }), "mode is 'least'"],
    [() => plateau().observe!(NaN, plateau().initial, 7), 'the metric of epoch 7 is NaN'],
  ])('refuses %s', (make, message) => {
    expect(make).toThrow(ValueError)
    expect(make).toThrow(message)
  })
})
