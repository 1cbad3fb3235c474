// What follows Φ: paths divided by their largest norm, square roots, unit norm, then the affine spaces of the classes. Their dimension is
// chosen on training digits that are held out; quarter turns may stand beside the training digits.
import { type FeatureMatrix, errorCount, normalisePaths, pcaAffine, unitRows } from '@scatterlab/learn'
import { rotate } from '@scatterlab/symmetry'
import type { Backend, RealArray, ShapedArray } from '@scatterlab/tensor'

/** Coefficients [digits, paths, rows, columns] with the class of each digit. */
export interface Samples {
  readonly S: ShapedArray
  readonly labels: Uint8Array
}

/** What is fitted, and how. */
export interface Fit {
  readonly backend: Backend
  readonly signal: AbortSignal
  /** How many of the last training digits choose the dimension. */
  readonly validation: number
  /** The largest dimension that is tried. */
  readonly most: number
  /**
   * Whether the maps of each training digit are used in all four quarter turns. Of roto-translation scattering these are exactly the
   * coefficients of the digit turned, so that no digit is transformed again.
   */
  readonly quarterTurns: boolean
}

/** Predictions for test digits, and the dimension that was chosen. */
export interface Classified {
  readonly predicted: Int32Array
  readonly dimension: number
  /** Errors among the digits that were held out. */
  readonly heldOut: number
}

/** Chooses the dimension without the last training digits, fits with all of them, and predicts. */
export async function classify(train: Samples, test: ShapedArray, fit: Fit): Promise<Classified> {
  const { backend, signal, validation, most, quarterTurns } = fit
  const count = train.labels.length
  const paths = normalisePaths(train.S, { paths: train.S.shape[1] })
  // rows of numbers come out: they are maps still
  const scaled = { S: { data: paths.apply(train.S).data, shape: train.S.shape }, labels: train.labels }
  const fitted = async (samples: Samples, dimension: number) => {
    const all = quarterTurns ? inAllTurns(samples) : samples
    return pcaAffine(rooted(all.S), all.labels, { dimension, backend, signal })
  }
  const first = part(scaled, 0, count - validation)
  const held = part(scaled, count - validation, count)
  const smallest = Math.min(...classSizes(first.labels)) * (quarterTurns ? 4 : 1)
  const trial = await fitted(first, Math.min(most, smallest - 1))
  const { errors } = await trial.byDimension(rooted(held.S), held.labels, { backend, signal })
  const dimension = errors.reduce((best, errorsThere, d) => (errorsThere < errors[best] ? d : best), 0)
  const final = await fitted(scaled, dimension)
  const predicted = await final.predict(rooted(paths.apply(test)), { backend, signal })
  return { predicted, dimension, heldOut: errors[dimension] / validation }
}

/** Digits start … end − 1. */
function part({ S, labels }: Samples, start: number, end: number): Samples {
  const size = S.data.length / labels.length
  return {
    S: { data: S.data.slice(start * size, end * size), shape: [end - start, ...S.shape.slice(1)] },
    labels: labels.subarray(start, end),
  }
}

/** Every digit four times: its maps as they are, and turned by 90°, 180° and 270°. */
export function inAllTurns({ S, labels }: Samples): Samples {
  const data = new (S.data.constructor as new (length: number) => RealArray)(4 * S.data.length)
  const all = new Uint8Array(4 * labels.length)
  let turned: ShapedArray = S
  for (let turn = 0; turn < 4; turn++) {
    data.set(turned.data, turn * S.data.length)
    all.set(labels, turn * labels.length)
    if (turn < 3) turned = rotate(turned, Math.PI / 2)
  }
  return { S: { data, shape: [4 * S.shape[0], ...S.shape.slice(1)] }, labels: all }
}

/** Every coefficient by its square root, every digit brought to norm 1: what is large no longer drowns what is small. */
function rooted(S: ShapedArray): FeatureMatrix {
  const columns = S.data.length / S.shape[0]
  // averages of moduli are positive but for the rounding of a cut low-pass
  const data = S.data.map((value) => Math.sqrt(Math.max(value, 0)))
  return unitRows.apply({ data, shape: [S.shape[0], columns] }, { inPlace: true })
}

function classSizes(labels: Uint8Array): number[] {
  const sizes: number[] = []
  for (const label of labels) sizes[label] = (sizes[label] ?? 0) + 1
  return sizes.filter((size) => size > 0)
}

/** How many predictions are wrong. */
export const errorsOf = (predicted: Int32Array, labels: Uint8Array): number => errorCount(predicted, labels).errors
