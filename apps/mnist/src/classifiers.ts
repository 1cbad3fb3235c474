// What follows Φ: four classifiers, their hyper-parameters chosen by validation inside the training set.
import {
  type Labels,
  type LinearSelection,
  type RunOptions,
  kFold,
  logisticSelect,
  pcaAffine,
  pcaAffineSelect,
  ridgeSelect,
  svmSelect,
} from '@scatterlab/learn'
import { type Digits, whitening } from './features.ts'

/** A fitted classifier and what was chosen for it. */
export interface Fitted {
  predict(digits: Digits, options: RunOptions): Promise<Int32Array>
  /** The hyper-parameters, as a result's settings state them. */
  readonly chosen: Readonly<Record<string, number | string>>
  /** In words, for a log line. */
  readonly validation: string
}

/** Run options, and what draws the held-out parts. */
type Options = RunOptions & { readonly seed: number }

/** Fits to training digits. */
export type Method = (digits: Digits, labels: Labels, options: Options) => Promise<Fitted>

const perCent = (errors: number, count: number): string =>
  `${((100 * errors) / count).toFixed(2)} % of ${count} held out`

/** Parts of a cross-validation, and up to how many digits it takes the place of one held-out part. */
const [FOLDS, FEW] = [5, 2_000]
/** So few digits are told apart better along whitened components; more of them are not. */
const VERY_FEW = 1_000

/**
 * argmin_k ‖P_{V_k^⊥}(S − μ_k)‖: the nearest of the affine spaces of the classes; the dimension is chosen. Of very few digits S may be
 * the whitened components in place of the coefficients, whichever errs less.
 */
const affineSpaces: Method = async (digits, labels, options) => {
  const count = labels.length
  const { classifier, dimension, validation } = await pcaAffineSelect(digits.coefficients, labels, {
    // 60,000 images bear more dimensions than 5,000, whose error in cross-validation is least about 80
    maxDimension: count > 10_000 ? 250 : 120,
    ...(count <= FEW && { folds: FOLDS }),
    ...options,
  })
  const errors = validation.errors[dimension]
  const whitened = count <= VERY_FEW ? await whitenedErrors(digits, labels, options) : []
  const fewest = Math.min(...whitened)
  if (!(fewest < errors)) {
    return {
      predict: ({ coefficients }, run) => classifier.predict(coefficients, run),
      chosen: { dimension },
      validation: `dimension ${dimension}, ${perCent(errors, validation.count)}`,
    }
  }
  const d = whitened.indexOf(fewest)
  const { seed: _, ...run } = options
  const ofComponents = await pcaAffine(digits.whitened, labels, { dimension: d, ...run })
  return {
    predict: (unseen, asking) => ofComponents.predict(unseen.whitened, asking),
    chosen: { dimension: d, features: 'whitened' },
    validation: `dimension ${d} of whitened components, ${perCent(fewest, count)}`,
  }
}

/** Errors by dimension on parts that are held out in turn, from the whitening on. */
async function whitenedErrors({ coefficients }: Digits, labels: Labels, options: Options): Promise<number[]> {
  const { seed, ...run } = options
  const sums: number[] = []
  for (const { training, validation } of kFold(labels, { folds: FOLDS, seed })) {
    const components = await whitening(coefficients, { rows: training, ...run })
    const features = await components.apply(coefficients, run)
    const part = await pcaAffine(features, labels, { dimension: 20, rows: training, ...run })
    const { errors } = await part.byDimension(features, labels, { rows: validation, ...run })
    errors.forEach((own, d) => (sums[d] = (sums[d] ?? 0) + own))
  }
  return sums
}

/** Least squares to ±1 with a penalty λ‖W‖². */
const ridge: Method = async ({ coefficients }, labels, options) =>
  linear(await ridgeSelect(coefficients, labels, options))

/** Multinomial logistic regression with a penalty λ‖W‖²/2, and a small one on the squares of the scores. */
const logistic: Method = async ({ coefficients }, labels, options) =>
  linear(await logisticSelect(coefficients, labels, { ...options, scorePenalty: 1e-3 }))

function linear({ classifier, penalty, validation }: LinearSelection): Fitted {
  const chosen = validation.results.find((result) => result.penalty === penalty)
  return {
    predict: ({ coefficients }, run) => classifier.predict(coefficients, run),
    chosen: { penalty: Number(penalty.toPrecision(3)) },
    validation: `penalty ${penalty.toPrecision(3)}, ${perCent(chosen?.errors ?? 0, validation.count)}`,
  }
}

/** A support vector machine with a Gaussian kernel on the whitened components, the classes in pairs. */
const supportVectors: Method = async ({ whitened }, labels, options) => {
  const variance = meanSquare(whitened)
  const { classifier, cost, gamma, validation } = await svmSelect(whitened, labels, {
    costs: [10],
    gammas: [0.4, 0.8].map((factor) => factor / variance),
    ...options,
  })
  const chosen = validation.results.find((result) => result.gamma === gamma)
  const width = Number((gamma * variance).toPrecision(2))
  return {
    predict: (unseen, run) => classifier.predict(unseen.whitened, run),
    chosen: { cost, gamma: `${width}/variance`, supportVectors: classifier.supportRows.length },
    validation: `C ${cost}, γ ${width}/variance, ${perCent(chosen?.errors ?? 0, validation.count)}`,
  }
}

/** Mean of ‖x‖²: the components are centred. */
function meanSquare({ data, shape: [count] }: Digits['whitened']): number {
  let sum = 0
  for (const value of data) sum += value * value
  return sum / count
}

/** The methods, by the names that results give them. */
export const methods: Readonly<Record<string, Method>> = {
  'PCA-affine': affineSpaces,
  ridge,
  logistic,
  SVM: supportVectors,
}
