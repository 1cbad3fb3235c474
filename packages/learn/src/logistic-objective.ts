// The objective of multinomial logistic regression, its gradient and the products with its Hessian, each in one pass over
// the rows.
import { type RealArray, dtypeOf, matmul, realArray } from '@scatterlab/tensor'
import { compute, upload, uploadedRows } from './chunks.ts'
import type { TrainingSet } from './features.ts'
import type { Evaluation } from './newton.ts'
import type { Run } from './run.ts'

/** λ and γ. */
export interface LogisticPenalties {
  readonly penalty: number
  readonly scorePenalty: number
}

/** The objective at one point. */
export interface LogisticEvaluation extends Evaluation {
  /** p, the softmax of the scores: [rows, classes]. */
  readonly probabilities: Float64Array
  /** The mean over samples and classes of p(1 - p) + γ, the second derivative along a score; above 0. */
  readonly curvature: number
}

/** See `logisticObjective`. */
export interface LogisticObjective {
  evaluate(point: Float64Array, penalties: LogisticPenalties): Promise<LogisticEvaluation>
  /** H·v for the Hessian H at the point of these probabilities. */
  hessianTimes(probabilities: Float64Array, v: Float64Array, penalties: LogisticPenalties): Promise<Float64Array>
  release(): void
}

/**
 * F(W, b) = (1/n) Σ_i (-log p_i + (γ/2)‖(x_i - μ)·W‖²) + (λ/2)‖W‖², p_i the softmax of (x_i - μ)·W + b at the label of
 * sample i, μ the mean. A point is W [features, classes] in row-major order, then b.
 */
export function logisticObjective(
  run: Run,
  { matrix, labels, rows, classes }: TrainingSet,
  mean: Float64Array,
): LogisticObjective {
  const columns = matrix.shape[1]
  const size = columns * classes
  const samples = uploadedRows(run, matrix, rows)

  /** (1/n) Σ_i (x_i - μ, 1)ᵀ r_i + λ·(W, 0): `toResidual` makes r_i of the scores of sample i, in place. */
  async function sweep(
    point: Float64Array,
    penalty: number,
    toResidual: (scores: RealArray, i: number) => void,
  ): Promise<Float64Array> {
    const own = realArray(dtypeOf(matrix.data), size)
    own.set(point.subarray(0, size))
    const offset = point.slice(size)
    for (let j = 0, i = 0; j < columns; j++) for (let k = 0; k < classes; k++, i++) offset[k] -= mean[j] * point[i]
    const sum = new Float64Array(point.length)
    const bias = sum.subarray(size)
    const w = upload(run, own, columns, classes)
    try {
      await samples.forEach(async (x, start) => {
        const [count] = x.shape
        const scores = await compute(run, () => matmul(x, w))
        for (let i = 0; i < count; i++) {
          const row = scores.subarray(i * classes, (i + 1) * classes)
          for (let k = 0; k < classes; k++) row[k] += offset[k]
          toResidual(row, start + i)
          for (let k = 0; k < classes; k++) bias[k] += row[k]
        }
        const part = await compute(run, () => matmul(x.transpose(), upload(run, scores, count, classes)))
        for (let i = 0; i < size; i++) sum[i] += part[i]
        await run.breathe()
      })
    } finally {
      run.backend.release(w.buffer)
    }
    for (let j = 0, i = 0; j < columns; j++)
      for (let k = 0; k < classes; k++, i++) sum[i] = (sum[i] - mean[j] * bias[k]) / rows.length + penalty * point[i]
    for (let k = 0; k < classes; k++) bias[k] /= rows.length
    return sum
  }

  return {
    release: () => samples.release(),

    async evaluate(point, { penalty, scorePenalty }) {
      const probabilities = new Float64Array(rows.length * classes)
      let loss = 0
      const gradient = await sweep(point, penalty, (scores, i) => {
        const p = probabilities.subarray(i * classes, (i + 1) * classes)
        const label = labels[rows[i]]
        loss += softmaxLoss(scores, label, p)
        let wrong = 0
        for (let k = 0; k < classes; k++) {
          const linear = scores[k] - point[size + k]
          loss += (scorePenalty / 2) * linear * linear
          scores[k] = scorePenalty * linear
          if (k === label) continue
          scores[k] += p[k]
          wrong += p[k]
        }
        // p - 1, without the digits that 1 would cost it
        scores[label] -= wrong
      })
      let square = 0
      for (let i = 0; i < size; i++) square += point[i] * point[i]
      const value = loss / rows.length + (penalty / 2) * square
      const spread = probabilities.reduce((sum, p) => sum + p * (1 - p), 0)
      return { value, gradient, probabilities, curvature: spread / probabilities.length + scorePenalty + 1e-100 }
    },

    hessianTimes(probabilities, v, { penalty, scorePenalty }) {
      const change = new Float64Array(classes)
      return sweep(v, penalty, (scores, i) => {
        // (diag(p) - p pᵀ)·s does not hang on a constant added to s: measured from the label's, what is small stays exact
        const label = labels[rows[i]]
        let average = 0
        for (let k = 0; k < classes; k++) {
          change[k] = scores[k] - scores[label]
          average += probabilities[i * classes + k] * change[k]
        }
        let sum = 0
        for (let k = 0; k < classes; k++) {
          change[k] = probabilities[i * classes + k] * (change[k] - average)
          if (k !== label) sum += change[k]
        }
        change[label] = -sum
        for (let k = 0; k < classes; k++) scores[k] = change[k] + scorePenalty * (scores[k] - v[size + k])
      })
    },
  }
}

/** -log p at the label, p the softmax of the scores, which is written to `p`: to relative precision where it is small. */
export function softmaxLoss(scores: RealArray, label: number, p: Float64Array): number {
  let most = scores[0]
  for (let k = 1; k < scores.length; k++) most = Math.max(most, scores[k])
  let sum = 0
  let others = 0
  for (let k = 0; k < scores.length; k++) {
    p[k] = Math.exp(scores[k] - most)
    sum += p[k]
    if (k !== label) others += p[k]
  }
  const loss = scores[label] === most ? Math.log1p(others) : Math.log(sum) + most - scores[label]
  for (let k = 0; k < scores.length; k++) p[k] /= sum
  return loss
}
