// What follows Φ: three classifiers, each with its one hyper-parameter chosen by validation inside the training set.
import {
  type FeatureMatrix,
  type Labels,
  type LinearSelection,
  type RunOptions,
  logisticSelect,
  pcaAffineSelect,
  ridgeSelect,
} from '@scatterlab/learn'

/** A fitted classifier and what was chosen for it. */
export interface Fitted {
  predict(features: FeatureMatrix, options: RunOptions): Promise<Int32Array>
  /** The hyper-parameter, as a result's settings state it. */
  readonly chosen: Readonly<Record<string, number>>
  /** In words, for a log line. */
  readonly validation: string
}

/** Fits to training features; `seed` draws the held-out part. */
export type Method = (
  features: FeatureMatrix,
  labels: Labels,
  options: RunOptions & { readonly seed: number },
) => Promise<Fitted>

const perCent = (errors: number, count: number): string =>
  `${((100 * errors) / count).toFixed(2)} % of ${count} held out`

/** argmin_k ‖P_{V_k^⊥}(S − μ_k)‖: the nearest of the affine spaces of the classes; the dimension is chosen. */
const pcaAffine: Method = async (features, labels, options) => {
  const { classifier, dimension, validation } = await pcaAffineSelect(features, labels, {
    // 60,000 images bear more dimensions than 5,000, whose error in cross-validation is least about 80
    maxDimension: features.shape[0] > 10_000 ? 250 : 120,
    ...options,
  })
  return {
    predict: (x, run) => classifier.predict(x, run),
    chosen: { dimension },
    validation: `dimension ${dimension}, ${perCent(validation.errors[dimension], validation.count)}`,
  }
}

/** Least squares to ±1 with a penalty λ‖W‖². */
const ridge: Method = async (features, labels, options) => linear(await ridgeSelect(features, labels, options))

/** Multinomial logistic regression with a penalty λ‖W‖²/2, and a small one on the squares of the scores. */
const logistic: Method = async (features, labels, options) =>
  linear(await logisticSelect(features, labels, { ...options, scorePenalty: 1e-3 }))

function linear({ classifier, penalty, validation }: LinearSelection): Fitted {
  const chosen = validation.results.find((result) => result.penalty === penalty)
  return {
    predict: (x, run) => classifier.predict(x, run),
    chosen: { penalty: Number(penalty.toPrecision(3)) },
    validation: `penalty ${penalty.toPrecision(3)}, ${perCent(chosen?.errors ?? 0, validation.count)}`,
  }
}

/** The methods, by the names that results give them. */
export const methods: Readonly<Record<string, Method>> = { 'PCA-affine': pcaAffine, ridge, logistic }
