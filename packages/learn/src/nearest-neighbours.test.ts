import { random } from '@scatterlab/tensor'
import { describe, expect, test } from 'vitest'
import { kNearestNeighbours } from './nearest-neighbours.ts'
import { clouds, countingBackend, rowsOf } from './samples.test.data.ts'

describe.each([false, true])('single precision: %s', (single) => {
  test('neighbours are those that direct distances give, also far from the origin', async () => {
    const { features, labels } = clouds(300, 7, 3, { single })
    features.data.forEach((value, i) => {
      features.data[i] = value + 1000 // so that ‖x‖² + ‖y‖² - 2x·y loses all digits of single precision
    })
    const queries = { data: features.data.subarray(0, 280 * 7).map((value) => value + 0.1), shape: [280, 7] as const }
    const { indices, distances, shape } = await kNearestNeighbours(features, labels, { k: 5 }).neighbours(queries)
    expect(shape).toEqual([280, 5])
    const training = rowsOf(features)
    rowsOf(queries).forEach((query, i) => {
      const direct = training
        .map((x, index) => ({
          index,
          distance: Math.sqrt(x.reduce((sum, value, j) => sum + (query[j] - value) ** 2, 0)),
        }))
        .sort((a, b) => a.distance - b.distance || a.index - b.index)
        .slice(0, 5)
      expect(Array.from(indices.subarray(5 * i, 5 * i + 5))).toEqual(direct.map(({ index }) => index))
      direct.forEach(({ distance }, v) => expect(distances[5 * i + v]).toBeCloseTo(distance, 10))
    })
  })
})

test('equal distances go by row, equal votes by the nearest neighbour among them', async () => {
  const training = { data: Float64Array.of(1, -1, 3, -3, 5), shape: [5, 1] }
  const labels = [1, 0, 0, 1, 2]
  const query = { data: Float64Array.of(0), shape: [1, 1] }
  const at = (k: number) => kNearestNeighbours(training, labels, { k })
  expect(Array.from((await at(4).neighbours(query)).indices)).toEqual([0, 1, 2, 3])
  expect(Array.from(await at(1).predict(query))).toEqual([1])
  expect(Array.from(await at(2).predict(query))).toEqual([1])
  expect(Array.from(await at(3).predict(query))).toEqual([0])
  expect(Array.from(await at(4).predict(query))).toEqual([1])
  expect(Array.from(await at(5).predict(query))).toEqual([1])
})

test('votes are counted as by hand', async () => {
  const { features, labels } = clouds(60, 2, 4, { distance: 0.5 })
  const classifier = kNearestNeighbours(features, labels, {
    k: 7,
    rows: Int32Array.from({ length: 50 }, (_, i) => 59 - i),
  })
  const queries = { data: random(9).fillNormal(new Float64Array(40)), shape: [20, 2] }
  const { indices } = await classifier.neighbours(queries)
  expect(Math.min(...indices)).toBeGreaterThanOrEqual(10)
  const predicted = await classifier.predict(queries)
  for (let i = 0; i < 20; i++) {
    const voters = Array.from(indices.subarray(7 * i, 7 * i + 7), (row) => labels[row])
    const votes = [0, 1, 2, 3].map((k) => voters.filter((label) => label === k).length)
    const leaders = votes.flatMap((count, k) => (count === Math.max(...votes) ? [k] : []))
    expect(predicted[i]).toBe(voters.find((label) => leaders.includes(label)))
  }
})

test('refuses a k outside 1 … n, gives its memory back, and stops when asked', async () => {
  const { features, labels } = clouds(10, 2, 2)
  expect(() => kNearestNeighbours(features, labels, { k: 11 })).toThrow('k 11 for 10 training samples')
  expect(() => kNearestNeighbours(features, labels, { k: 0 })).toThrow('k is 0')
  const { backend, live } = countingBackend()
  const classifier = kNearestNeighbours(features, labels, { backend })
  expect(Array.from(await classifier.predict(features))).toEqual(Array.from(labels))
  expect(live()).toBe(0)
  await expect(classifier.predict(features, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
    'enough',
  )
})
