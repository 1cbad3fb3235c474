// Wrong values in the place of every argument and option: an error of this project each time, and never a result.
import { type RightCall, functionsOf, wrongArguments } from '@scatterlab/testing'
import { expect, it } from 'vitest'
import * as learn from './index.ts'

const rows = 12
const features = { data: Float64Array.from({ length: rows * 3 }, (_, i) => Math.sin(i * i)), shape: [rows, 3] }
const labels = Int32Array.from({ length: rows }, (_, i) => i % 3)
const method = (chosen: Int32Array) => learn.ridge(features, labels, { penalty: 1, rows: chosen })

/** A penalty may be as large as one likes, a tolerance and a bound of steps as loose. */
const loose = {
  penalty: ['large'],
  scorePenalty: ['large'],
  tolerance: ['large'],
  maxIterations: ['large'],
  seed: ['text', 'large'],
}
const fitted = (options: object): RightCall => ({ args: () => [features, labels, options], takes: loose })

const calls: Readonly<Record<string, RightCall>> = {
  classNeighbours: { args: () => [features, labels, {}] },
  confusion: { args: () => [labels, labels] },
  errorCount: { args: () => [labels, labels] },
  holdOut: { args: () => [labels, { fraction: 0.25, seed: 1 }], takes: loose },
  kFold: { args: () => [labels, { folds: 3, seed: 1 }], takes: loose },
  crossValidate: { args: () => [features, labels, method, { folds: 3, seed: 1 }], takes: loose },
  intrinsicDimension: { args: () => [{ data: Float64Array.of(1, 2, 3, 1, 3, 4), shape: [2, 3] }], options: false },
  frechetDistance: { args: () => [features, features], options: false },
  nearestNeighbourTest: { args: () => [features, features], options: false },
  kNearestNeighbours: { args: () => [features, labels, { k: 2 }] },
  leadingEigenpairs: {
    args: () => [{ data: Float64Array.of(2, 1, 1, 2), shape: [2, 2] }, 1, { tolerance: 1e-4, seed: 1 }],
    takes: loose,
  },
  logistic: fitted({ penalty: 0.1, scorePenalty: 0.1, tolerance: 1e-3, maxIterations: 20 }),
  logisticSelect: fitted({ penalties: [0.1, 1] }),
  normalisePaths: { args: () => [features, { paths: 3 }] },
  pcaAffine: fitted({ dimension: 1 }),
  pcaAffineSelect: { ...fitted({ maxDimension: 2, folds: 2 }), takes: { maxDimension: ['large'] } },
  principalComponents: { args: () => [features, { count: 2 }], takes: { count: ['large'] } },
  ridge: fitted({ penalty: 0.1, tolerance: 1e-6 }),
  ridgeSelect: fitted({ penalties: [0.1, 1] }),
  svm: {
    args: () => [
      features,
      labels,
      {
        kernel: 'polynomial',
        gamma: 1,
        degree: 2,
        offset: 1,
        cost: 1,
        decision: 'oneVsRest',
        tolerance: 1e-3,
        maxIterations: 100,
        cacheSize: 10,
      },
    ],
    takes: { ...loose, cost: ['large'], gamma: ['large'], offset: ['large'], cacheSize: ['large'] },
  },
  svmSelect: {
    args: () => [features, labels, { kernel: 'rbf', costs: [1, 2], gammas: [0.5], fraction: 0.25, seed: 1 }],
    takes: loose,
  },
  svmProbability: {
    args: () => [features, labels, { folds: 2, seed: 1, cost: 1 }],
    takes: { ...loose, cost: ['large'] },
  },
  kernelRidge: {
    args: () => [features, labels, { kernel: 'rbf', gamma: 1, degree: 2, offset: 1, penalty: 0.1, tolerance: 1e-3 }],
    takes: { ...loose, gamma: ['large'], offset: ['large'] },
  },
  nystroem: {
    args: () => [features, { kernel: 'rbf', gamma: 1, components: 3, seed: 1 }],
    takes: { ...loose, gamma: ['large'] },
  },
  pipeline: { args: () => [learn.standardise, [learn.svm, { cost: 1 }]] },
  gridSearch: {
    args: () => [
      learn.pipeline(learn.svm),
      features,
      labels,
      { grid: { svm: { cost: [1, 2] } }, fraction: 0.3, seed: 1 },
    ],
    takes: loose,
  },
  saveModel: { args: () => [learn.standardise(features)], options: false },
  loadModel: { args: () => [learn.saveModel(learn.standardise(features))] },
  selectFeatures: { args: () => [features, labels, { perClass: 1, rounds: 2 }] },
  sparseCodes: {
    args: () => [
      features,
      [[1, 0, 1]],
      { penalty: 0.1, method: 'fista', nonNegative: true, tolerance: 1e-2, maxIterations: 1000 },
    ],
    takes: loose,
  },
  linearSvm: {
    args: () => [
      features,
      labels,
      {
        cost: 1,
        loss: 'hinge',
        decision: 'oneVsOne',
        interceptScale: 1,
        tolerance: 1e-2,
        maxIterations: 10,
        seed: 1,
      },
    ],
    takes: { ...loose, cost: ['large'], interceptScale: ['large'] },
  },
  pca: {
    args: () => [features, { components: 2, whiten: true, epsilon: 0.1, floor: 0.1, tolerance: 1e-4, seed: 1 }],
    takes: { ...loose, epsilon: ['large'], floor: ['large'] },
  },
  whiten: {
    args: () => [features, { epsilon: 0.1, floor: 0.1, tolerance: 1e-4, seed: 1 }],
    takes: { ...loose, epsilon: ['large'], floor: ['large'] },
  },
  kMeans: { args: () => [features, { clusters: 2, maxIterations: 3, tolerance: 0, seed: 1 }], takes: loose },
  standardise: { args: () => [features], options: false },
}

const functions = functionsOf(learn)

it('calls every function', () => {
  expect(functions.map(([name]) => name).toSorted()).toEqual(Object.keys(calls).toSorted())
})

it.each(functions)('%s refuses what is wrong', async (name, f) => {
  expect(await wrongArguments(f, calls[name])).toEqual([])
})
