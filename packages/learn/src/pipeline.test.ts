import { describe, expect, test } from 'vitest'
import { errorCount } from './confusion.ts'
import { gridSearch } from './grid-search.ts'
import { pca } from './pca.ts'
import { pipeline } from './pipeline.ts'
import { ridge } from './ridge.ts'
import { clouds, countingBackend, largestDifference } from './samples.test.data.ts'
import { kFold } from './splits.ts'
import { standardise } from './standardise.ts'
import { svm } from './svm.ts'
import { unitRows } from './unit-rows.ts'

const { features, labels } = clouds(120, 6, 3, { distance: 0.5, seed: 4 })

test('a pipeline is its steps one after the other, fitted to the rows alone', async () => {
  const rows = Int32Array.from({ length: 80 }, (_, i) => i)
  const { backend, live } = countingBackend()
  const made = pipeline(standardise, [pca, { components: 3 }], [svm, { cost: 2 }])
  expect(made.names).toEqual(['standardise', 'pca', 'svm'])
  const fitted = await made.fit(features, labels, { rows, backend })
  const scaled = standardise(features, { rows }).apply(features)
  const components = await (await pca(scaled, { components: 3, rows })).apply(scaled)
  const machine = await svm(components, labels, { cost: 2, rows })
  const unseen = Int32Array.from({ length: 40 }, (_, i) => 119 - i)
  const [a, b] = [await fitted.scores(features, { rows: unseen }), await machine.scores(components, { rows: unseen })]
  expect(a.shape).toEqual([40, 3])
  expect(largestDifference(a.data, b.data)).toBeLessThan(1e-12)
  expect(await fitted.predict(features)).toEqual(await machine.predict(components))
  expect(fitted.transforms.map(({ name }) => name)).toEqual(['standardise', 'pca'])
  expect(live()).toBe(0)
})

test('pipelines that make no sense are refused', () => {
  expect(() => pipeline()).toThrow('one classifier last')
  expect(() => pipeline(svm, standardise)).toThrow('pipeline of svm, standardise: give transforms first')
  expect(() => pipeline(standardise, standardise, svm)).toThrow('each step once')
  expect(() => pipeline(Math.sin as never, svm)).toThrow('step 1 must be one of standardise')
  expect(() => pipeline(svm).with({ smv: {} })).toThrow('there is no step smv, only svm')
})

describe('gridSearch', () => {
  const made = pipeline(standardise, [pca, { components: 2 }], ridge)
  const grid = { pca: { components: [1, 3] }, ridge: { penalty: [0.1, 1000] } }

  test('every combination gets the errors of its own cross-validation, and the best is fitted to all', async () => {
    const { classifier, settings, validation } = await gridSearch(made, features, labels, { grid, folds: 3, seed: 7 })
    expect(validation.count).toBe(120)
    expect(validation.results.map(({ settings: s }) => [s.pca.components, s.ridge.penalty])).toEqual([
      [1, 0.1],
      [1, 1000],
      [3, 0.1],
      [3, 1000],
    ])
    for (const { settings: tried, errors } of validation.results) {
      let expected = 0
      for (const { training, validation: held } of kFold(labels, { folds: 3, seed: 7 })) {
        const fitted = await made.with(tried).fit(features, labels, { rows: training, seed: 7 })
        const own = Array.from(held, (row) => labels[row])
        expected += errorCount(await fitted.predict(features, { rows: held }), own).errors
      }
      expect(errors).toBe(expected)
    }
    const best = validation.results.find(({ settings: s }) => s === settings)!
    expect(best.errors).toBe(Math.min(...validation.results.map(({ errors }) => errors)))
    const direct = await made.with(settings).fit(features, labels, { seed: 7 })
    expect(await classifier.predict(features)).toEqual(await direct.predict(features))
  })

  test('one held-out part, progress, an end when asked, and its memory back', async () => {
    const { backend, live } = countingBackend()
    const seen: string[] = []
    const onProgress = ({ stage, done, total }: { stage: string; done: number; total: number }): void =>
      void seen.push(`${stage} ${done}/${total}`)
    const options = { grid: { ridge: { penalty: [1, 10] } }, fraction: 0.25, seed: 1, backend }
    const { validation } = await gridSearch(made, features, labels, { ...options, onProgress })
    expect(validation.count).toBe(30)
    expect(seen).toEqual(['fits 1/3', 'fits 2/3', 'fits 3/3'])
    expect(live()).toBe(0)
    const stop = new AbortController()
    const search = gridSearch(made, features, labels, {
      ...options,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    })
    await expect(search).rejects.toThrow('enough')
    expect(live()).toBe(0)
  })

  test('wrong names and grids are refused before any work', async () => {
    const search = (wrong: object): Promise<unknown> => gridSearch(made, features, labels, wrong as never)
    await expect(search({ grid: { svm: { cost: [1] } } })).rejects.toThrow('there is no step svm')
    await expect(search({ grid: { ridge: { penalty: 1 } } })).rejects.toThrow('lists of values by step and option')
    await expect(search({ grid: { ridge: { penalti: [1] } } })).rejects.toThrow('Did you mean penalty?')
    await expect(search({ grid, folds: 2, fraction: 0.5 })).rejects.toThrow('not both')
    await expect(gridSearch({} as never, features, labels, { grid })).rejects.toThrow('takes a pipeline')
  })

  test('a supervised selection sees the labels of the training rows', async () => {
    const { selectFeatures } = await import('./select-features.ts')
    const chosen = pipeline(standardise, [selectFeatures, { perClass: 1 }], svm)
    const options = { grid: { selectFeatures: { perClass: [1, 2] } }, folds: 3 }
    const { validation, classifier } = await gridSearch(chosen, features, labels, options)
    expect(validation.results.length).toBe(2)
    expect(classifier.transforms[1].name).toBe('selectFeatures')
  })

  test('a step without options, and rows that are chosen', async () => {
    const rows = Int32Array.from({ length: 60 }, (_, i) => 2 * i)
    const plain = pipeline(unitRows, svm)
    const { validation, settings } = await gridSearch(plain, features, labels, { grid: {}, rows, folds: 2 })
    expect(validation).toMatchObject({ count: 60, results: [{ settings: {} }] })
    expect(settings).toEqual({})
  })
})
