import { random, reference, tensor } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { type FeatureStream, streamedRidge } from './streamed-ridge.ts'

const [count, columns, classes] = [240, 12, 3]
const stream = random(1)
const labels = Array.from({ length: count }, (_, i) => (i < 100 ? 0 : i % classes))
/** Column j knows class j a little; sizes differ by powers of ten. */
const data = Float64Array.from(
  { length: count * columns },
  (_, at) => 10 ** (at % 4) * (stream.normal() + (at % columns === labels[Math.floor(at / columns)] ? 1 : 0) + 5),
)
const features: FeatureStream = {
  columns,
  dtype: 'float64',
  block: async (start, end) => tensor(data.slice(start * columns, end * columns), [end - start, columns]),
}

/** The classes by normal equations written out, of features standardised over all samples. */
function direct(penalty: number): Int32Array {
  const mean = Array.from({ length: columns }, (_, j) =>
    data.reduce((s, v, at) => s + (at % columns === j ? v / count : 0), 0),
  )
  const deviation = mean.map((m, j) =>
    Math.sqrt(data.reduce((s, v, at) => s + (at % columns === j ? (v - m) ** 2 / count : 0), 0)),
  )
  const typical = Math.sqrt(deviation.reduce((s, d) => s + d * d, 0) / columns)
  const x = data.map((v, at) => (v - mean[at % columns]) / Math.hypot(deviation[at % columns], 1e-3 * typical))
  const share = Array.from({ length: classes }, (_, k) => labels.filter((label) => label === k).length / count)
  // A w = b by Gauss–Jordan elimination
  const rows = Array.from({ length: columns }, (_, i) => [
    ...Array.from({ length: columns }, (_, j) => {
      let sum = i === j ? count * penalty : 0
      for (let n = 0; n < count; n++) sum += x[n * columns + i] * x[n * columns + j]
      return sum
    }),
    ...Array.from({ length: classes }, (_, k) => {
      let sum = 0
      for (let n = 0; n < count; n++) sum += x[n * columns + i] * ((labels[n] === k ? 1 : -1) - (2 * share[k] - 1))
      return sum
    }),
  ])
  for (let p = 0; p < columns; p++) {
    rows[p] = rows[p].map((value) => value / rows[p][p])
    for (let i = 0; i < columns; i++) {
      const factor = rows[i][p]
      if (i !== p) rows[i] = rows[i].map((value, at) => value - factor * rows[p][at])
    }
  }
  return Int32Array.from({ length: count }, (_, n) => {
    const scores = share.map((own, k) =>
      rows.reduce((s, row, j) => s + x[n * columns + j] * row[columns + k], 2 * own - 1),
    )
    return scores.indexOf(Math.max(...scores))
  })
}

const options = { backend: reference, count, labels, classes, held: 40 }

it.each([1e-6, 0.1, 3])('gives the classes of the normal equations at a penalty of %d', async (penalty) => {
  const fitted = await streamedRidge(features, { ...options, penalties: [penalty] })
  expect(fitted.validation).toEqual([])
  expect(await fitted.predict(features, 0, count)).toEqual(direct(penalty))
  expect(await fitted.predict(features, 7, 9)).toEqual(direct(penalty).subarray(7, 9))
})

it('takes the penalty of the fewest errors on what it holds out, and fits to all', async () => {
  const told: number[] = []
  const fitted = await streamedRidge(features, { ...options, penalties: [1e-3, 1e6], onBlock: (n) => told.push(n) })
  expect(fitted.validation.map(({ penalty }) => penalty)).toEqual([1e-3, 1e6])
  expect(fitted.validation[0].errors).toBeLessThan(fitted.validation[1].errors)
  expect(fitted.penalty).toBe(1e-3)
  expect(told.reduce((a, b) => a + b)).toBe(count)
})

it('compares penalties as if each had been fitted by itself', async () => {
  const penalties = [30, 1e-3, 1, 0.1]
  const { held } = options
  const known = count - held
  const { validation, penalty, predict } = await streamedRidge(features, { ...options, penalties })
  for (const own of validation) {
    const alone = await streamedRidge(features, { ...options, count: known, penalties: [own.penalty] })
    const predicted = await alone.predict(features, known, count)
    expect(own.errors).toBe(predicted.filter((label, i) => label !== labels[known + i]).length)
  }
  expect(new Set(validation.map(({ errors }) => errors)).size).toBeGreaterThan(2)
  const again = await streamedRidge(features, { ...options, penalties: [penalty] })
  expect(await predict(features, 0, count)).toEqual(await again.predict(features, 0, count))
})

it('passes over penalties that are too small for the precision', async () => {
  // two equal columns, and a shift that makes their products indefinite
  const twice: FeatureStream = {
    ...features,
    columns: 2,
    block: async (start, end) =>
      tensor(
        Float64Array.from({ length: 2 * (end - start) }, (_, at) => data[(start + (at >> 1)) * columns]),
        [end - start, 2],
      ),
  }
  const fitted = await streamedRidge(twice, { ...options, penalties: [-1e-3, 0.1] })
  expect(fitted.validation.map(({ penalty }) => penalty)).toEqual([0.1])
  await expect(streamedRidge(twice, { ...options, penalties: [-1e-3, -1e-2] })).rejects.toThrow('raise them')
})
