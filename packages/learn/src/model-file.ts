// Fitted models as files: every number that a model is made of, and its kind, in one safetensors file; the same bits come back.
import { type Backend, ValueError, checkOptions, reference, aBackend } from '@scatterlab/tensor'
import type { Classifier } from './classifier.ts'
import { DataError } from './errors.ts'
import { kernelRidgeFrom } from './kernel-ridge.ts'
import { linearFrom } from './linear.ts'
import { linearSvmFrom } from './linear-svm.ts'
import { logisticFrom } from './logistic.ts'
import { kNearestNeighbours } from './nearest-neighbours.ts'
import { pathNormalisationFrom } from './normalise-paths.ts'
import { nystroemFrom } from './nystroem.ts'
import { pcaAffineFrom } from './pca-affine.ts'
import { pcaFrom } from './pca.ts'
import { fittedPipeline } from './pipeline.ts'
import { type StoredArray, decodeArrays, encodeArrays } from './safetensors.ts'
import { type FeatureSelection, featureSelectionFrom } from './select-features.ts'
import { savedForm } from './saved-kinds.ts'
import { standardisationFrom } from './standardise.ts'
import { svmFrom } from './svm.ts'
import { withSigmoids } from './svm-probability.ts'
import type { FeatureTransform } from './transforms.ts'
import { unitRows } from './unit-rows.ts'
import { whiteningFrom } from './whiten.ts'
import type { LinearTransform } from './pca.ts'

const [FORMAT, VERSION] = ['scatterlab-learn', '1']

/** A fitted classifier, transform or pipeline. */
export type Model = Classifier | FeatureTransform | LinearTransform | FeatureSelection

/** How each kind is made again of its numbers. */
const makers: Readonly<Record<string, (numbers: never, backend: Backend) => object>> = {
  linear: linearFrom,
  logistic: logisticFrom,
  pcaAffine: pcaAffineFrom,
  kernelRidge: kernelRidgeFrom,
  svm: svmFrom,
  svmProbability: ({ machine, sigmoids }: { machine: never; sigmoids: never }) => withSigmoids(machine, sigmoids),
  linearSvm: linearSvmFrom,
  kNearestNeighbours: ({ features, labels, k }: { features: never; labels: never; k: number }, backend) =>
    kNearestNeighbours(features, labels, { k, backend }),
  standardise: standardisationFrom,
  normalisePaths: pathNormalisationFrom,
  unitRows: () => unitRows,
  pca: (numbers: never, backend) => pcaFrom(numbers, { backend }),
  whiten: (numbers: never, backend) => whiteningFrom(numbers, { backend }),
  selectFeatures: featureSelectionFrom,
  nystroem: (numbers: never, backend) => nystroemFrom(numbers, { backend }),
  pipeline: fittedPipeline,
}

/**
 * The file of a model that this package fitted, in the safetensors format with its kind and settings in the header. Throws `ValueError`
 * for anything else.
 */
export function saveModel(model: Model): Uint8Array<ArrayBuffer> {
  const arrays = new Map<string, StoredArray>()
  const description = described(model, '', arrays)
  if (!isRecord(description) || !('$model' in description)) {
    throw new ValueError('saveModel takes a classifier, a transform or a pipeline that this package fitted')
  }
  return encodeArrays(arrays, { format: FORMAT, version: VERSION, model: JSON.stringify(description) })
}

/** Options of `loadModel`. */
export interface LoadModelOptions {
  /** Who computes; default the reference. */
  readonly backend?: Backend
}

/**
 * The model of a file that `saveModel` made: it gives the same bits on the same back end. Its type is a classifier's unless another is
 * named, `loadModel<Pca>(bytes)`. Throws `DataError` for a file that is none,
 * is damaged, or is of another version.
 */
export function loadModel<M extends Model = Classifier>(bytes: Uint8Array, options?: LoadModelOptions): M {
  const { backend = reference } = checkOptions('loadModel', options, { backend: aBackend })
  const { arrays, metadata } = decodeArrays(bytes)
  const { format, version, model } = metadata
  if (format !== FORMAT) throw new DataError(`a file of format ${String(format)}: models are of format ${FORMAT}`)
  if (version !== VERSION) {
    throw new DataError(`a model of version ${String(version)}, this package reads version ${VERSION}: save it anew`)
  }
  let description: unknown
  try {
    description = JSON.parse(String(model))
  } catch {
    throw new DataError('a damaged file of a model: its description is no JSON')
  }
  return restored(description, arrays, backend) as M
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** A value as JSON holds it; arrays go to the file by their place. */
function described(value: unknown, path: string, arrays: Map<string, StoredArray>): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) }
  if (!isRecord(value)) return value
  if (ArrayBuffer.isView(value)) {
    arrays.set(path, value as unknown as StoredArray)
    return { $array: path }
  }
  if (Array.isArray(value)) return value.map((item, i) => described(item, `${path}.${i}`, arrays))
  const form = savedForm(value)
  const record = form?.numbers ?? value
  const entries = Object.entries(record)
    .filter(([, own]) => typeof own !== 'function' && own !== undefined)
    .map(([key, own]) => [key, described(own, path === '' ? key : `${path}.${key}`, arrays)])
  return form ? { $model: form.kind, numbers: Object.fromEntries(entries) } : Object.fromEntries(entries)
}

function restored(value: unknown, arrays: ReadonlyMap<string, StoredArray>, backend: Backend): unknown {
  if (!isRecord(value)) return value
  if (Array.isArray(value)) return value.map((item) => restored(item, arrays, backend))
  if ('$number' in value) return Number(value.$number)
  if ('$array' in value) {
    const array = arrays.get(String(value.$array))
    if (array === undefined) throw new DataError(`a damaged file of a model: it lacks array '${String(value.$array)}'`)
    return array
  }
  if ('$model' in value) {
    const kind = String(value.$model)
    if (!Object.hasOwn(makers, kind)) throw new DataError(`a file with a model of kind ${kind}: this package has none`)
    return makers[kind](restored(value.numbers, arrays, backend) as never, backend)
  }
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, restored(own, arrays, backend)]))
}
