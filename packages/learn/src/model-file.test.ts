import { describe, expect, test } from 'vitest'
import * as learn from './index.ts'
import { clouds } from './samples.test.data.ts'

const { features, labels } = clouds(40, 4, 3, { distance: 0.7 })
const single = { data: Float32Array.from(features.data), shape: features.shape }

/** A model of every kind. */
const models: Readonly<Record<string, (x: learn.Features) => Promise<learn.Model> | learn.Model>> = {
  standardise: (x) => learn.standardise(x),
  normalisePaths: (x) => learn.normalisePaths(x, { paths: 2 }),
  unitRows: () => learn.unitRows,
  pca: (x) => learn.pca(x, { components: 2, whiten: true }),
  whiten: (x) => learn.whiten(x),
  selectFeatures: (x) => learn.selectFeatures(x, labels, { perClass: 1 }),
  nystroem: (x) => learn.nystroem(x, { components: 7 }),
  pcaAffine: (x) => learn.pcaAffine(x, labels, { dimension: 2 }),
  ridge: (x) => learn.ridge(x, labels, { penalty: 1 }),
  kernelRidge: (x) => learn.kernelRidge(x, labels, { penalty: 1 }),
  logistic: (x) => learn.logistic(x, labels, { penalty: 0.1 }),
  svm: (x) => learn.svm(x, labels),
  'svm, linear': (x) => learn.svm(x, labels, { kernel: 'linear' }),
  'svm, polynomial': (x) => learn.svm(x, labels, { kernel: 'polynomial', offset: 1 }),
  svmProbability: (x) => learn.svmProbability(x, labels, { folds: 2 }),
  linearSvm: (x) => learn.linearSvm(x, labels),
  kNearestNeighbours: (x) => learn.kNearestNeighbours(x, labels, { k: 3 }),
  pipeline: (x) =>
    learn.pipeline(learn.standardise, learn.unitRows, [learn.pca, { components: 3 }], learn.svm).fit(x, labels),
}

/** The bits that a model gives for the features. */
async function bits(model: learn.Model, x: learn.Features): Promise<ArrayLike<number>> {
  if ('apply' in model) return (await model.apply(x)).data
  const { data } = await model.scores(x)
  return 'probabilities' in model
    ? [...data, ...(await (model as learn.SvmProbabilityClassifier).probabilities(x)).data]
    : data
}

describe.each(Object.keys(models))('%s', (name) => {
  test.each([
    ['double', features],
    ['single', single],
  ])('gives the same bits after its file, %s precision', async (_, x) => {
    const model = await models[name](x)
    const file = learn.saveModel(model)
    const again = learn.loadModel<learn.Model>(file)
    expect(await bits(again, x)).toEqual(await bits(model, x))
    // what it shows of itself, and the file of what was loaded
    expect(Object.keys(again)).toEqual(Object.keys(model))
    expect(learn.saveModel(again)).toEqual(file)
  })
})

test('other files, other versions and damaged files are refused by a clear word', async () => {
  const file = learn.saveModel(learn.standardise(features))
  const text = new TextDecoder('latin1').decode(file)
  const edited = (from: string, to: string): Uint8Array =>
    Uint8Array.from(text.replace(from, to), (letter) => letter.charCodeAt(0))
  expect(() => learn.loadModel(edited('"version":"1"', '"version":"9"'))).toThrow(
    'a model of version 9, this package reads version 1',
  )
  expect(() => learn.loadModel(edited('scatterlab-learn', 'scatterlab-burn!'))).toThrow(
    'models are of format scatterlab-learn',
  )
  expect(() => learn.loadModel(edited('standardise', 'standardize'))).toThrow('kind standardize')
  for (let end = 0; end < file.length; end += 13) {
    expect(() => learn.loadModel(file.slice(0, end))).toThrow(expect.objectContaining({ code: 'DATA' }))
  }
  expect(() => learn.loadModel('x' as never)).toThrow('the bytes of its file')
  expect(() => learn.saveModel({} as never)).toThrow('that this package fitted')
})
