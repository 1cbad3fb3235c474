import { random } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { type Candidate, evaluate, randomSplits, spreadOf } from './protocol.ts'

const labels = Uint8Array.from({ length: 60 }, (_, i) => i % 3)
const options = { seed: 1 }

/** Rows about the middle of their class, for those rows that `knows`; noise elsewhere. */
function featureOf(name: string, knows: (row: number) => boolean): Candidate {
  const stream = random(name)
  const data = new Float32Array(60 * 20)
  for (let row = 0; row < 60; row++)
    for (let j = 0; j < 20; j++)
      data[row * 20 + j] = (knows(row) && j === labels[row] ? 5 : 0) + (j < 3 ? 1 : 0.2) * stream.normal()
  return { name, views: [{ data, shape: [60, 20] }] }
}

describe('splits', () => {
  it('have so many of each class to train on, and all others to test', () => {
    const splits = randomSplits(labels, 5, 3, 1)
    expect(splits).toHaveLength(3)
    for (const { training, test } of splits) {
      for (let k = 0; k < 3; k++) expect(training.filter((row) => labels[row] === k)).toHaveLength(5)
      expect([...training, ...test].sort((a, b) => a - b)).toEqual([...labels.keys()])
    }
    expect(splits[0].training).not.toEqual(splits[1].training)
    expect(randomSplits(labels, 5, 3, 1)[2].training).toEqual(splits[2].training)
  })
})

describe('evaluate', () => {
  it('chooses by the training pictures alone', async () => {
    const [split] = randomSplits(labels, 10, 1, 2)
    const isTraining = (row: number): boolean => split.training.includes(row)
    // one candidate would be right on the test pictures, if these were looked at
    const candidates = [
      featureOf('right in the test', (row) => !isTraining(row)),
      featureOf('right in training', isTraining),
    ]
    const { chosen, total, errors } = await evaluate({ name: 'x', candidates }, labels, split, options)
    expect(chosen).toBe('right in training')
    expect(total).toBe(30)
    expect(errors).toBeGreaterThan(5)
  })

  it('counts no error where the feature knows all', async () => {
    const [split] = randomSplits(labels, 10, 1, 3)
    const feature = { name: 'x', candidates: [featureOf('knows', () => true)] }
    expect(await evaluate(feature, labels, split, options)).toMatchObject({ errors: 0, total: 30 })
  })

  it('leaves directions to half the dimension where a class has more rows than there are columns', async () => {
    const [split] = randomSplits(labels, 10, 1, 3)
    const { data } = featureOf('knows', () => true).views[0]
    const few = {
      data: Float32Array.from({ length: 60 * 4 }, (_, i) => data[(i >> 2) * 20 + (i & 3)]),
      shape: [60, 4] as const,
    }
    const feature = { name: 'x', candidates: [{ name: 'half', views: [few], dimension: 0.5 }] }
    // what spans all four columns knows no class from another, and leaves 20 errors
    expect((await evaluate(feature, labels, split, options)).errors).toBeLessThan(10)
  })

  it('trains on all views and tests the first', async () => {
    const [split] = randomSplits(labels, 4, 1, 4)
    const knows = featureOf('knows', () => true)
    const views = [...knows.views, ...featureOf('knows as well', () => true).views]
    expect(await evaluate({ name: 'x', candidates: [{ name: 'two', views }] }, labels, split, options)).toMatchObject({
      errors: 0,
    })
  })
})

it('spread: mean and deviation of accuracies', () => {
  const outcomes = [10, 20, 30].map((errors) => ({ errors, total: 100, chosen: '' }))
  expect(spreadOf(outcomes)).toEqual({ mean: 80, deviation: 10 })
})
