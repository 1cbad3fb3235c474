import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sgd } from '@scatterlab/optim'
import { countingBackend } from '../counting.test.backend.ts'
import { type StepEvent, fit, linear, network, trainingSpeed } from '../index.ts'
import { startPace } from './pace.ts'

// a clock that goes on only where a test says so
let now = 0
beforeEach(() => {
  now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now)
})
afterEach(() => vi.restoreAllMocks())

const after = (seconds: number): void => void (now += 1000 * seconds)

const net = network(linear({ units: 2 }), [3])

/** Batches of so many items, each made in so many seconds. */
function* made(...batches: readonly (readonly [items: number, seconds: number])[]) {
  for (const [items, seconds] of batches) {
    after(seconds)
    yield { images: { data: new Float32Array(3 * items), shape: [items, 3] }, labels: Array<number>(items).fill(0) }
  }
}

describe('the pace of a run', () => {
  it('is the mean of the last 50 steps, without the first and without what is no step', () => {
    const pace = startPace()
    const step = (seconds: number, images: number) => {
      after(seconds)
      return pace.end(images)
    }
    expect(step(10, 8)).toEqual({ seconds: 10, imagesPerSecond: 0.8, secondsPerStep: 10 })
    expect(step(1, 8)).toEqual({ seconds: 1, imagesPerSecond: 8, secondsPerStep: 1 })
    after(1000)
    pace.begin()
    expect(step(2, 4)).toEqual({ seconds: 2, imagesPerSecond: 4, secondsPerStep: 1.5 })
    for (let i = 0; i < 49; i++) step(2, 4)
    // the second step has left the window
    expect(step(2, 4)).toEqual({ seconds: 2, imagesPerSecond: 2, secondsPerStep: 2 })
  })

  it('tells fit how long the rest takes, without validations', async () => {
    const steps: StepEvent[] = []
    await fit(net, {
      batches: () => made([4, 9], [4, 1], [2, 3]),
      validation: () => made([4, 500]),
      optimizer: sgd({ rate: 0.1 }),
      epochs: 3,
      onProgress: (event) => void (event.kind === 'step' && steps.push(event)),
    })
    expect(steps.map(({ seconds, items }) => [seconds, items]).slice(0, 4)).toEqual([
      [9, 4],
      [1, 4],
      [3, 2],
      [9, 4],
    ])
    expect(steps.map(({ imagesPerSecond }) => imagesPerSecond).slice(0, 4)).toEqual([4 / 9, 4, 6 / 4, 10 / 13])
    // nothing is known of the rest before a pass is over
    expect(steps[2]).toMatchObject({ totalSteps: null, secondsLeft: null })
    expect(steps[3].totalSteps).toBe(9)
    expect(steps[3].secondsLeft).toBeCloseTo((5 * 13) / 3, 12)
    expect(steps[8].secondsLeft).toBe(0)
  })
})

describe('trainingSpeed', () => {
  it('is the median over a few steps, after one that warms up', async () => {
    const backend = countingBackend()
    const seen: number[] = []
    const speed = await trainingSpeed(net, {
      batches: () => made([6, 100], [6, 2], [6, 50], [6, 3], [6, 1]),
      optimizer: sgd({ rate: 0.1 }),
      backend,
      onProgress: (event) => void (event.kind === 'step' && seen.push(event.step)),
    })
    // of 1, 2, 3 and 50 seconds, and of the speeds they make
    expect(speed).toEqual({ secondsPerStep: 3, imagesPerSecond: 3 })
    expect(seen).toEqual([1, 2, 3, 4, 5])
    expect(backend.live.size).toBe(0)
    const two = { batches: () => made([6, 100], [6, 2], [6, 4]), optimizer: sgd({ rate: 0.1 }), steps: 2 }
    expect((await trainingSpeed(net, two)).secondsPerStep).toBe(4)
  })
})
