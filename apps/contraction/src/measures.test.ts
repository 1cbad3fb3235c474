import { random } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { type LayerMeasures, type Points, measure } from './measures.ts'
import { localSupportVectors } from './support.ts'

/** Three clouds that overlap. */
function clouds(seed: number, count: number, columns: number): Points {
  const stream = random(seed)
  const means = Array.from({ length: 3 }, () => stream.fillNormal(new Float64Array(columns)))
  const drawn = (n: number) => {
    const labels = Uint8Array.from({ length: n }, (_, i) => i % 3)
    const data = stream.fillNormal(new Float64Array(n * columns))
    labels.forEach((label, i) => means[label].forEach((value, c) => (data[i * columns + c] += value)))
    return { labels, features: { data, shape: [n, columns] } }
  }
  const [own, known] = [drawn(count), drawn(count)]
  return { points: own.features, labels: own.labels, known: known.features, knownLabels: known.labels }
}

/** x → factor·Qx + shift, Q a reflection at a plane that is drawn. */
function isometric(points: Points, seed: number, factor: number): Points {
  const columns = points.points.shape[1]
  const stream = random(seed)
  const normal = stream.fillNormal(new Float64Array(columns))
  const shift = stream.fillNormal(new Float64Array(columns), 0, 3)
  const square = normal.reduce((sum, value) => sum + value * value, 0)
  const moved = ({ data, shape }: Points['points']) => {
    const out = Float64Array.from(data)
    for (let at = 0; at < out.length; at += columns) {
      let along = 0
      for (let c = 0; c < columns; c++) along += data[at + c] * normal[c]
      for (let c = 0; c < columns; c++)
        out[at + c] = factor * (data[at + c] - (2 * along * normal[c]) / square) + shift[c]
    }
    return { data: out, shape }
  }
  return { ...points, points: moved(points.points), known: moved(points.known) }
}

const numbers = (found: LayerMeasures): number[] => [
  ...Object.values(found).filter((value): value is number => typeof value === 'number'),
  ...found.support,
  ...found.variance,
  ...Object.values(found.collapse),
]

it.each([
  [1, 2, 1],
  [2, 5, 0.01],
  [3, 12, 30],
])('an isometric layer, times a factor, changes no measure (%d)', async (seed, columns, factor) => {
  const points = clouds(seed, 60, columns)
  const [before, after] = [await measure(points), await measure(isometric(points, seed + 1, factor))]
  numbers(before).forEach((value, at) => expect(numbers(after)[at]).toBeCloseTo(value, 8))
})

it('a layer that draws points to their means does', async () => {
  const points = clouds(5, 60, 6)
  const before = await measure(points)
  const means = [0, 1, 2].map((label) => {
    const rows = [...points.labels.keys()].filter((i) => points.labels[i] === label)
    return Array.from(
      { length: 6 },
      (_, c) => rows.reduce((sum, i) => sum + points.points.data[i * 6 + c], 0) / rows.length,
    )
  })
  const data = points.points.data.map(
    (value, at) => 0.2 * value + 0.8 * means[points.labels[Math.floor(at / 6)]][at % 6],
  )
  const after = await measure({ ...points, points: { data, shape: [60, 6] } })
  expect(after.spread).toBeLessThan(0.5 * before.spread)
  expect(after.relativeMargin).toBeGreaterThan(2 * before.relativeMargin)
  expect(after.collapse.within).toBeCloseTo(0.04 * before.collapse.within, 10)
  expect(after.support[0]).toBe(0)
  expect(before.support[0]).toBeGreaterThan(0)
})

it('margins are those of all pairs, over the root of the mean square distance from the mean', async () => {
  const { points, labels, ...known } = clouds(9, 24, 3)
  const rows = Array.from({ length: 24 }, (_, i) => Array.from(points.data.subarray(3 * i, 3 * i + 3)))
  const mean = [0, 1, 2].map((c) => rows.reduce((sum, row) => sum + row[c], 0) / 24)
  const apart = (a: number[], b: number[]): number => Math.hypot(...a.map((value, c) => value - b[c]))
  const deviation = Math.sqrt(rows.reduce((sum, row) => sum + apart(row, mean) ** 2, 0) / 24)
  const pairs = rows.flatMap((a, i) =>
    rows.slice(0, i).map((b, j) => ({ isSame: labels[i] === labels[j], d: apart(a, b) })),
  )
  const found = await measure({ points, labels, ...known })
  expect(found.margin).toBeCloseTo(Math.min(...pairs.filter(({ isSame }) => !isSame).map(({ d }) => d)) / deviation, 12)
  const [own, others] = [true, false].map((wanted) => {
    const chosen = pairs.filter(({ isSame }) => isSame === wanted)
    return chosen.reduce((sum, { d }) => sum + d, 0) / chosen.length
  })
  expect(found.spread).toBeCloseTo(own / others, 9)
})

it('finds the local support vectors of a line by hand', async () => {
  // classes 0 0 0 1 0 | 1 1 1 at 0, 1, 2, 3, 4.1, 10, 11, 12.5
  const points = { data: Float64Array.of(0, 1, 2, 3, 4.1, 10, 11, 12.5), shape: [8, 1] }
  const labels = [0, 0, 0, 1, 0, 1, 1, 1]
  // k = 1: the lone 1 at 3 has a 0 beside it, and 4.1 has that 1; at k = 3 the 0 at 4.1 has two of its own
  expect(await localSupportVectors(points, labels, { most: 4 })).toEqual([2, 2, 1, 1])
  await expect(localSupportVectors(points, labels, { most: 8 })).rejects.toMatchObject({ code: 'VALUE' })
})

it('refuses one class, and features that are all alike', async () => {
  const points = clouds(1, 40, 3)
  await expect(measure({ ...points, labels: new Uint8Array(40) })).rejects.toMatchObject({ code: 'DATA' })
  const flat = { data: new Float64Array(120).fill(1), shape: [40, 3] }
  await expect(measure({ ...points, points: flat })).rejects.toThrow('the same numbers for all images')
})
