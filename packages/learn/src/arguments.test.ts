// What every function of this package makes of the forms in which features come, and of arguments that are none.
import { type Tensor, ScatterlabError, tensor } from '@scatterlab/tensor'
import { describe, expect, test } from 'vitest'
import * as learn from './index.ts'
import { clouds, largestDifference, rowsOf } from './samples.test.data.ts'

const { features, labels } = clouds(30, 4, 3)
type Call = (x: learn.Features, y?: learn.Labels, options?: object) => Promise<ArrayLike<number>> | ArrayLike<number>

/** Every function that takes features, down to some numbers that hang on them; `options` are added to what it needs. */
const calls: Record<string, Call> = {
  standardise: (x, _, o) => learn.standardise(x, o).apply(x).data,
  normalisePaths: (x, _, o) => learn.normalisePaths(x, { paths: 2, ...o }).apply(x).data,
  unitRows: (x, _, o) => learn.unitRows.apply(x, o).data,
  principalComponents: async (x, _, o) => (await learn.principalComponents(x, { count: 2, ...o })).variances,
  pcaAffine: async (x, y = labels, o) => (await (await learn.pcaAffine(x, y, { dimension: 1, ...o })).scores(x)).data,
  byDimension: async (x, y = labels, o) =>
    (await (await learn.pcaAffine(features, labels, { dimension: 2 })).byDimension(x, y, o)).separation,
  pcaAffineSelect: async (x, y = labels, o) => (await learn.pcaAffineSelect(x, y, o)).classifier.spaces[0].mean,
  ridge: async (x, y = labels, o) => (await learn.ridge(x, y, { penalty: 1, ...o })).weights,
  ridgeSelect: async (x, y = labels, o) => (await learn.ridgeSelect(x, y, o)).classifier.weights,
  logistic: async (x, y = labels, o) => (await learn.logistic(x, y, { penalty: 1, ...o })).weights,
  logisticSelect: async (x, y = labels, o) => (await learn.logisticSelect(x, y, o)).classifier.weights,
  svm: async (x, y = labels, o) => (await learn.svm(x, y, o)).coefficients,
  svmSelect: async (x, y = labels, o) =>
    (await learn.svmSelect(x, y, { costs: [1], gammas: [1], ...o })).classifier.coefficients,
  svmProbability: async (x, y = labels, o) =>
    (await (await learn.svmProbability(x, y, { folds: 2, ...o })).probabilities(x)).data,
  kernelRidge: async (x, y = labels, o) => (await learn.kernelRidge(x, y, { penalty: 1, ...o })).coefficients,
  nystroem: async (x, _, o) => (await (await learn.nystroem(x, { components: 3, ...o })).apply(x)).data,
  pipeline: async (x, y = labels, o) =>
    (await (await learn.pipeline(learn.standardise, learn.svm).fit(x, y, o)).scores(x)).data,
  gridSearch: async (x, y = labels, o) =>
    (await (await learn.gridSearch(learn.pipeline(learn.svm), x, y, { grid: {}, folds: 2, ...o })).classifier.scores(x))
      .data,
  selectFeatures: async (x, y = labels, o) => (await learn.selectFeatures(x, y, { perClass: 2, ...o })).residuals[0],
  sparseCodes: async (x, _, o) =>
    (
      await learn.sparseCodes(
        x,
        [
          [1, 0, 0, 0],
          [0, 1, 1, 0],
        ],
        { penalty: 0.1, ...o },
      )
    ).data,
  linearSvm: async (x, y = labels, o) => (await learn.linearSvm(x, y, o)).weights,
  pca: async (x, _, o) => (await (await learn.pca(x, { components: 2, whiten: true, ...o })).apply(x)).data,
  whiten: async (x, _, o) => (await (await learn.whiten(x, o)).apply(x)).data,
  kMeans: async (x, _, o) => (await learn.kMeans(x, { clusters: 3, ...o })).centres.data,
  decisions: async (x, _, o) => (await (await learn.svm(features, labels)).decisions(x, o)).data,
  kNearestNeighbours: async (x, y = labels, o) => (await learn.kNearestNeighbours(x, y, o).neighbours(x)).distances,
  predict: async (x, _, o) => (await learn.ridge(features, labels, { penalty: 1 })).predict(x, o),
  scores: async (x, _, o) => (await (await learn.ridge(features, labels, { penalty: 1 })).scores(x, o)).data,
  crossValidate: async (x, y = labels, o) =>
    (await learn.crossValidate(x, y, (rows) => learn.ridge(x, y, { penalty: 1, rows }), o)).predicted,
}
const call = async (name: string, ...args: Parameters<Call>): Promise<ArrayLike<number>> => calls[name](...args)

describe.each(Object.keys(calls))('%s', (name) => {
  const single = { data: Float32Array.from(features.data), shape: features.shape }

  test('takes every form of array alike', async () => {
    const expected = await call(name, single)
    const columns: Tensor = tensor(single.data, [30, 4]).transpose().clone().transpose()
    const forms: learn.Features[] = [
      tensor(single.data, [30, 4]),
      columns,
      rowsOf(single),
      { ...single, stride: [4, 1], offset: 0 },
    ]
    for (const form of forms) expect(largestDifference(await call(name, form), expected)).toBe(0)
  })

  test('refuses what is no array by a typed error', async () => {
    const wrong = [
      undefined,
      null,
      3,
      'x',
      {},
      [],
      [1, 2],
      [[1], [2, 3]],
      { data: [1, 2], shape: [1, 2] },
      features.data,
    ]
    for (const x of wrong) await expect(call(name, x as never)).rejects.toBeInstanceOf(ScatterlabError)
  })

  test('refuses options that it does not have, and says which is near', async () => {
    await expect(call(name, features, labels, { rowz: [1] })).rejects.toThrow(/has no option rowz/)
  })
})

const supervised = Object.keys(calls).filter((name) => calls[name].toString().includes('y = labels'))
test.each(supervised)('%s refuses labels that are none by a typed error', async (name) => {
  for (const y of [
    null,
    3,
    [],
    [0, 1],
    [...labels.subarray(1), 0.5],
    [...labels.subarray(1), -1],
    [...labels.subarray(1), 3e6],
  ])
    await expect(call(name, features, y as never)).rejects.toBeInstanceOf(ScatterlabError)
})

test('needed options, and wrong values of options, are named', async () => {
  await expect(learn.ridge(features, labels, undefined as never)).rejects.toThrow('ridge needs penalty')
  await expect(learn.ridge(features, labels, { penaltie: 1 } as never)).rejects.toThrow('Did you mean penalty?')
  await expect(learn.logistic(features, labels, { penalty: 1, backend: 'wasm' as never })).rejects.toThrow('a back end')
  await expect(learn.pcaAffine(features, labels, {} as never)).rejects.toThrow('pcaAffine needs dimension')
  await expect(learn.crossValidate(features, labels, 3 as never)).rejects.toMatchObject({ code: 'VALUE' })
  expect(() => learn.holdOut(undefined as never)).toThrow(expect.objectContaining({ code: 'VALUE' }))
  expect(() => learn.kFold([0, 1], { fold: 2 } as never)).toThrow('Did you mean folds?')
})

describe('order and size', () => {
  const order = Int32Array.from({ length: 30 }, (_, i) => (i * 7) % 30)
  const shuffled = { data: Float64Array.from(order, () => 0), shape: features.shape, labels: labels.slice() }
  shuffled.data = Float64Array.from({ length: 120 }, (_, i) => features.data[order[Math.floor(i / 4)] * 4 + (i % 4)])
  shuffled.labels = order.map((row) => labels[row])
  const query = clouds(50, 4, 3, { seed: 2 }).features

  const fits: Record<string, (x: learn.Features, y: learn.Labels, unit: number) => Promise<learn.Classifier>> = {
    pcaAffine: (x, y) => learn.pcaAffine(x, y, { dimension: 2 }),
    ridge: (x, y, unit) => learn.ridge(x, y, { penalty: unit ** 2, tolerance: 1e-12 }),
    logistic: (x, y, unit) => learn.logistic(x, y, { penalty: 0.01 * unit ** 2, scorePenalty: 0.01, tolerance: 1e-12 }),
    kernelRidge: (x, y) => learn.kernelRidge(x, y, { penalty: 1, tolerance: 1e-10 }),
    svm: (x, y) => learn.svm(x, y, { tolerance: 1e-8 }),
    linearSvm: (x, y, unit) =>
      learn.linearSvm(x, y, { cost: unit ** -2, interceptScale: unit, tolerance: 1e-13, maxIterations: 1e5 }),
    kNearestNeighbours: async (x, y) => learn.kNearestNeighbours(x, y, { k: 3 }),
  }

  test.each(Object.keys(fits))('%s does not hang on the order of the samples', async (name) => {
    const [a, b] = [await fits[name](features, labels, 1), await fits[name](shuffled, shuffled.labels, 1)]
    expect(largestDifference((await a.scores(query)).data, (await b.scores(query)).data)).toBeLessThan(1e-6)
  })

  test.each(Object.keys(fits))('%s gives the same labels in another unit', async (name) => {
    const expected = await (await fits[name](features, labels, 1)).predict(query)
    for (const unit of [1e-6, 1e6]) {
      const scaled = ({ data, shape }: learn.FeatureMatrix) => ({ data: data.map((value) => value * unit), shape })
      const found = await (await fits[name](scaled(features), labels, unit)).predict(scaled(query))
      expect(Array.from(found)).toEqual(Array.from(expected))
    }
  })

  test.each(Object.keys(fits))('%s learns from one sample a class, of more features than samples', async (name) => {
    const few = { data: Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0), shape: [3, 4] }
    const classifier =
      name === 'kNearestNeighbours' ? learn.kNearestNeighbours(few, [2, 0, 1]) : await fits[name](few, [2, 0, 1], 1)
    expect(Array.from(await classifier.predict(few))).toEqual([2, 0, 1])
  })
})
