// The protocol: random splits with so many training pictures a class, one classifier for every feature, and choices that are made by
// cross-validation inside the training pictures of each split alone.
import { type FeatureMatrix, type RunOptions, kFold, pcaAffine } from '@scatterlab/learn'
import { random } from '@scatterlab/tensor'

/** Numbers of pictures. */
export interface Split {
  readonly training: Int32Array
  readonly test: Int32Array
}

/** One way to compute a feature. */
export interface Candidate {
  readonly name: string
  /** Of all pictures; the first is tested, and all of them are trained on: a picture seen from several distances. */
  readonly views: readonly FeatureMatrix[]
  /** Dimension of the affine spaces over the most that the training rows of a class span; default 1, as ScatNet's. */
  readonly dimension?: number
}

/** A feature with the ways to compute it, between which the training pictures choose. */
export interface Feature {
  readonly name: string
  readonly candidates: readonly Candidate[]
}

/** What a feature did on one split. */
export interface Outcome {
  readonly errors: number
  readonly total: number
  /** Name of the candidate that was chosen. */
  readonly chosen: string
}

/** `count` splits with `perClass` training pictures of each class, drawn by the seed; the others are tested. */
export function randomSplits(labels: Uint8Array, perClass: number, count: number, seed: number): Split[] {
  const classes = Math.max(...labels) + 1
  return Array.from({ length: count }, (_, split) => {
    const stream = random(`textures ${seed}, split ${split}`)
    const training = new Set<number>()
    for (let k = 0; k < classes; k++) {
      const own = Array.from(labels.keys()).filter((i) => labels[i] === k)
      for (const at of stream.permutation(own.length).subarray(0, perClass)) training.add(own[at])
    }
    const rows = Int32Array.from(labels.keys())
    return { training: rows.filter((row) => training.has(row)), test: rows.filter((row) => !training.has(row)) }
  })
}

/** Chooses a candidate by five-fold errors on the training pictures, of equal ones the first; fits it to all of them, and tests once. */
export async function evaluate(
  { candidates }: Feature,
  labels: Uint8Array,
  { training, test }: Split,
  options: RunOptions & { readonly seed: number },
): Promise<Outcome> {
  let best = candidates[0]
  if (candidates.length > 1) {
    const { seed, ...run } = options
    const own = labels.filter((_, i) => training.includes(i))
    const folds = kFold(own, { folds: 5, seed }).map((fold) => ({
      training: fold.training.map((at) => training[at]),
      test: fold.validation.map((at) => training[at]),
    }))
    let least = Infinity
    for (const candidate of candidates) {
      let errors = 0
      for (const fold of folds) errors += await errorsOf(candidate, labels, fold, run)
      if (errors < least) [best, least] = [candidate, errors]
    }
  }
  const { seed: _, ...run } = options
  return { errors: await errorsOf(best, labels, { training, test }, run), total: test.length, chosen: best.name }
}

async function errorsOf(
  { views, dimension = 1 }: Candidate,
  labels: Uint8Array,
  { training, test }: Split,
  run: RunOptions,
): Promise<number> {
  const rows = views.flatMap((view) => Array.from(training, (row) => rowOf(view, row)))
  const own = views.flatMap(() => Array.from(training, (row) => labels[row]))
  const columns = views[0].shape[1]
  const perClass = own.length / (Math.max(...own) + 1)
  const classifier = await pcaAffine(matrixOf(rows), own, {
    dimension: Math.round(dimension * Math.min(columns, perClass)),
    ...run,
  })
  const predicted = await classifier.predict(matrixOf(Array.from(test, (row) => rowOf(views[0], row))), run)
  return predicted.reduce((errors, label, i) => errors + (label === labels[test[i]] ? 0 : 1), 0)
}

const rowOf = ({ data, shape: [, columns] }: FeatureMatrix, row: number) =>
  data.subarray(row * columns, (row + 1) * columns)

function matrixOf(rows: readonly FeatureMatrix['data'][]): FeatureMatrix {
  const columns = rows[0].length
  const data = new Float32Array(rows.length * columns)
  for (const [i, row] of rows.entries()) data.set(row, i * columns)
  return { data, shape: [rows.length, columns] }
}

/** Mean and standard deviation of the accuracies of splits, per cent. */
export function spreadOf(outcomes: readonly Outcome[]): { readonly mean: number; readonly deviation: number } {
  const accuracies = outcomes.map(({ errors, total }) => 100 * (1 - errors / total))
  const mean = accuracies.reduce((a, b) => a + b, 0) / accuracies.length
  const squares = accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: Math.sqrt(squares / Math.max(1, accuracies.length - 1)) }
}
