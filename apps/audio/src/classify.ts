// What follows the features: kymatio's logistic regression, and a support vector machine whose C and γ are chosen on training
// recordings that are held out.
import { type RunOptions, errorCount, logisticSelect, standardise, svmSelect } from '@scatterlab/learn'
import type { Features } from './features.ts'

/** Features of recordings with their digits. */
export interface Known {
  readonly features: Features
  readonly labels: Uint8Array
}

/** What a classifier answers, and what was chosen for it. */
export interface Answer {
  readonly predicted: Int32Array
  readonly chosen: Readonly<Record<string, number>>
}

type Options = RunOptions & { readonly seed: number }

/** Fits to known recordings and answers for unseen ones. */
export type Method = (known: Known, unseen: Features, options: Options) => Promise<Answer>

/** Multinomial logistic regression on standardised features; the penalty is chosen. */
export const logisticRegression: Method = async ({ features, labels }, unseen, options) => {
  const scale = standardise(features)
  const { classifier, penalty } = await logisticSelect(scale.apply(features), labels, options)
  const { seed: _, ...run } = options
  return { predicted: await classifier.predict(scale.apply(unseen), run), chosen: { penalty } }
}

/** An SVM with a Gaussian kernel on standardised features; C and γ are chosen. */
export const vectorMachine: Method = async ({ features, labels }, unseen, options) => {
  const scale = standardise(features)
  const own = scale.apply(features)
  const perFeature = 1 / features.shape[1]
  const { classifier, cost, gamma } = await svmSelect(own, labels, {
    costs: [10],
    gammas: [0.5, 1, 2].map((factor) => factor * perFeature),
    ...options,
  })
  const { seed: _, ...run } = options
  return {
    predicted: await classifier.predict(scale.apply(unseen), run),
    chosen: { C: cost, gammaTimesFeatures: Math.round((100 * gamma) / perFeature) / 100 },
  }
}

/** Errors on each speaker's recordings by a method that was fitted to those of all others. */
export async function speakersLeftOut(
  method: Method,
  { features, labels }: Known,
  speakers: readonly string[],
  options: Options,
): Promise<{ readonly speaker: string; readonly errors: number; readonly count: number }[]> {
  const found: { speaker: string; errors: number; count: number }[] = []
  for (const speaker of new Set(speakers)) {
    const rows = (own: boolean): number[] => Array.from(labels.keys()).filter((i) => (speakers[i] === speaker) === own)
    const [others, left] = [rows(false), rows(true)].map((chosen) => ({
      features: rowsOf(features, chosen),
      labels: Uint8Array.from(chosen, (i) => labels[i]),
    }))
    const { predicted } = await method(others, left.features, options)
    found.push({ speaker, errors: errorCount(predicted, left.labels).errors, count: left.labels.length })
  }
  return found
}

function rowsOf({ data, shape: [, columns] }: Features, rows: readonly number[]): Features {
  const own = new Float32Array(rows.length * columns)
  rows.forEach((row, i) => own.set(data.subarray(row * columns, (row + 1) * columns), i * columns))
  return { data: own, shape: [rows.length, columns] }
}
