import { random } from '@scatterlab/tensor'
import { describe, expect, test } from 'vitest'
import type { FeatureMatrix } from './features.ts'
import { pcaAffine, pcaAffineSelect } from './pca-affine.ts'
import { clouds, countingBackend, largestDifference, rowsOf } from './samples.test.data.ts'
import { holdOut, kFold } from './splits.ts'

/** Samples near affine spaces of 3 dimensions that all pass through the origin, so that no mean tells the classes. */
function affineSpaces(count: number, columns: number, classes: number, single: boolean) {
  const stream = random('spaces')
  const bases = Array.from({ length: classes }, () => stream.fillNormal(new Float64Array(3 * columns)))
  const labels = Uint8Array.from({ length: count }, (_, i) => i % classes)
  const data = single ? new Float32Array(count * columns) : new Float64Array(count * columns)
  labels.forEach((label, i) => {
    const at = [stream.normal(), stream.normal(), stream.normal()]
    for (let j = 0; j < columns; j++) {
      const inside = at.reduce((sum, a, v) => sum + a * bases[label][v * columns + j], 0)
      data[i * columns + j] = inside + 0.02 * stream.normal()
    }
  })
  const features: FeatureMatrix = { data, shape: [count, columns] }
  return { features, labels }
}

describe.each([
  ['more samples a class than features', 240, 12],
  ['fewer', 60, 30],
])('%s', (_, count, columns) => {
  test.each([false, true])(
    'affine spaces are told apart, and their dimension is found (single: %s)',
    async (single) => {
      const { features, labels } = affineSpaces(count, columns, 4, single)
      const test_ = Int32Array.from({ length: 20 }, (_, i) => i)
      const rows = Int32Array.from({ length: count - 20 }, (_, i) => i + 20)
      const { classifier, dimension, validation } = await pcaAffineSelect(features, labels, { maxDimension: 8, rows })
      expect(dimension).toBeGreaterThanOrEqual(3)
      expect(dimension).toBeLessThanOrEqual(4) // the fourth axis of few samples is noise that no held-out error tells
      expect(validation.separation[3]).toBeGreaterThan(20 * validation.separation[2])
      expect(validation.errors[3]).toBe(0)
      expect(validation.errors[0]).toBeGreaterThan(validation.count / 3)
      expect(Array.from(await classifier.predict(features, { rows: test_ }))).toEqual(
        Array.from(labels.subarray(0, 20)),
      )
    },
  )

  test.each([false, true])('scores are the negative squared distances to the spaces (single: %s)', async (single) => {
    const { features, labels } = clouds(count, columns, 3, { distance: 0.5, single })
    const classifier = await pcaAffine(features, labels, { dimension: 4 })
    const { data, shape } = await classifier.scores(features)
    expect(shape).toEqual([count, 3])
    rowsOf(features).forEach((x, i) => {
      classifier.spaces.forEach(({ mean, axes }, k) => {
        const rest = x.map((value, j) => value - mean[j])
        for (let v = 0; v < 4; v++) {
          const axis = Array.from(axes.subarray(v * columns, (v + 1) * columns))
          const along = axis.reduce((sum, value, j) => sum + value * (x[j] - mean[j]), 0)
          axis.forEach((value, j) => {
            rest[j] -= along * value
          })
        }
        const square = rest.reduce((sum, value) => sum + value * value, 0)
        // rounding of the terms of the expanded square
        expect(Math.abs(data[i * 3 + k] + square)).toBeLessThan((single ? 2e-5 : 1e-12) * 20)
      })
    })
  })

  test('one pass gives the errors that each dimension makes alone', async () => {
    const { features, labels } = clouds(count, columns, 3, { distance: 0.1 })
    const { training, validation } = holdOut(labels, { fraction: 0.4 })
    const whole = await pcaAffine(features, labels, { dimension: 6, rows: training })
    const curve = await whole.byDimension(features, labels, { rows: validation })
    expect(curve.count).toBe(validation.length)
    for (let dimension = 0; dimension <= 6; dimension++) {
      const one = await pcaAffine(features, labels, { dimension, rows: training })
      const { data } = await one.scores(features, { rows: validation })
      const predicted = await one.predict(features, { rows: validation })
      const wrong = [...predicted].filter((label, i) => label !== labels[validation[i]]).length
      expect(curve.errors[dimension]).toBe(wrong)
      let [own, other] = [0, 0]
      validation.forEach((row, i) => {
        own -= data[i * 3 + labels[row]]
        other += Math.min(...[0, 1, 2].filter((k) => k !== labels[row]).map((k) => -data[i * 3 + k]))
      })
      expect(curve.separation[dimension]).toBeCloseTo(other / own, 9)
    }
    expect(Math.max(...curve.errors)).toBeGreaterThan(0)
  })
})

test('dimension 0 is the classifier by the nearest mean', async () => {
  const { features, labels } = clouds(90, 5, 3, { distance: 0.5 })
  const predicted = await (await pcaAffine(features, labels, { dimension: 0 })).predict(features)
  const rows = rowsOf(features)
  const means = [0, 1, 2].map((k) => {
    const own = rows.filter((_, i) => labels[i] === k)
    return own[0].map((_, j) => own.reduce((sum, x) => sum + x[j], 0) / own.length)
  })
  const expected = rows.map((x) => {
    const distances = means.map((mean) => Math.hypot(...x.map((value, j) => value - mean[j])))
    return distances.indexOf(Math.min(...distances))
  })
  expect(Array.from(predicted)).toEqual(expected)
})

test('what is selected is what a fit to all samples gives', async () => {
  const { features, labels } = clouds(120, 10, 3, { distance: 0.4 })
  const { classifier, dimension } = await pcaAffineSelect(features, labels, { maxDimension: 6, seed: 5 })
  const direct = await pcaAffine(features, labels, { dimension })
  const [a, b] = [await classifier.scores(features), await direct.scores(features)]
  expect(largestDifference(a.data, b.data)).toBeLessThan(1e-10)
})

test('with folds every sample is held out once, and the errors of all parts decide', async () => {
  const { features, labels } = clouds(60, 10, 3, { distance: 0.4 })
  const options = { maxDimension: 6, folds: 4, seed: 5 }
  const { classifier, dimension, validation } = await pcaAffineSelect(features, labels, options)
  expect(validation.count).toBe(60)
  const expected = new Int32Array(validation.errors.length)
  for (const { training, validation: held } of kFold(labels, { folds: 4, seed: 5 })) {
    const part = await pcaAffine(features, labels, { dimension: 6, rows: training })
    const { errors } = await part.byDimension(features, labels, { rows: held })
    expected.forEach((_, d) => (expected[d] += errors[d]))
  }
  expect(validation.errors).toEqual(expected)
  expect(expected[dimension]).toBe(Math.min(...expected))
  const direct = await pcaAffine(features, labels, { dimension })
  const [a, b] = [await classifier.scores(features), await direct.scores(features)]
  expect(largestDifference(a.data, b.data)).toBeLessThan(1e-10)
  await expect(pcaAffineSelect(features, labels, { folds: 4, fraction: 0.2 })).rejects.toThrow('not both')
})

test('a class of one sample has a space of no dimension, and no class may be empty', async () => {
  const features = { data: Float64Array.of(0, 0, 1, 0, 2, 0, 5, 5), shape: [4, 2] }
  const { spaces, predict } = await pcaAffine(features, [0, 0, 0, 1], { dimension: 1 })
  expect(spaces.map(({ variances }) => variances.length)).toEqual([1, 0])
  expect(Array.from(await predict(features))).toEqual([0, 0, 0, 1])
  await expect(pcaAffine(features, [0, 0, 2, 2], { dimension: 1 })).rejects.toThrow('class 1 has no sample')
  await expect(pcaAffine(features, [0, 0, 1, 1], { dimension: 3 })).rejects.toThrow('dimension 3 for 2 features')
  await expect(pcaAffineSelect(features, [0, 0, 1, 1], { maxDimension: 3 })).rejects.toThrow('maxDimension 3')
  await expect(predict({ data: new Float64Array(3), shape: [1, 3] })).rejects.toThrow('fit to 2 features')
})

test('gives its memory back, and stops when asked', async () => {
  const { features, labels } = clouds(60, 30, 3)
  const { backend, live } = countingBackend()
  const { classifier } = await pcaAffineSelect(features, labels, { maxDimension: 4, backend })
  await classifier.predict(features)
  expect(live()).toBe(0)
  const stop = new AbortController()
  const stages: string[] = []
  const stopped = pcaAffineSelect(features, labels, {
    maxDimension: 4,
    backend,
    signal: stop.signal,
    onProgress: ({ stage, done }) => {
      stages.push(`${stage} ${done}`)
      if (done >= 40) stop.abort(new Error('enough'))
    },
  })
  await expect(stopped).rejects.toThrow('enough')
  expect(stages).toEqual(['classes 20', 'classes 40'])
  expect(live()).toBe(0)
})
