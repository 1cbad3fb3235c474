// The objective of multinomial logistic regression and its gradient, in one pass over the rows.
import { dtypeOf, matmul, realArray } from '@scatterlab/tensor'
import { chunksOf, compute, upload } from './chunks.ts'
import type { TrainingSet } from './features.ts'
import type { Evaluation } from './lbfgs.ts'
import type { Run } from './run.ts'

/**
 * F(W, b) = -(1/n) Σ_i log p_i + (λ/2)‖W‖² and its gradient, p_i the softmax of (x_i - mean)·W + b at the label of
 * sample i. The point is W [features, classes] in row-major order, then b.
 */
export async function logisticObjective(
  run: Run,
  { matrix, labels, rows, classes }: TrainingSet,
  mean: Float64Array,
  penalty: number,
  point: Float64Array,
): Promise<Evaluation> {
  const columns = matrix.shape[1]
  const size = columns * classes
  const weights = point.subarray(0, size)
  const own = realArray(dtypeOf(matrix.data), size)
  own.set(weights)
  const offset = point.slice(size)
  for (let j = 0; j < columns; j++) for (let k = 0; k < classes; k++) offset[k] -= mean[j] * weights[j * classes + k]
  const gradient = new Float64Array(point.length)
  const bias = gradient.subarray(size)
  let loss = 0
  const w = upload(run, own, columns, classes)
  try {
    for (const { data, start, count } of chunksOf(matrix, rows, null)) {
      const x = upload(run, data, count, columns)
      try {
        const scores = await compute(run, () => matmul(x, w))
        for (let i = 0; i < count; i++) {
          const row = scores.subarray(i * classes, (i + 1) * classes)
          for (let k = 0; k < classes; k++) row[k] += offset[k]
          loss += softmaxLoss(row, labels[rows[start + i]])
          for (let k = 0; k < classes; k++) bias[k] += row[k]
        }
        const part = await compute(run, () => matmul(x.transpose(), upload(run, scores, count, classes)))
        for (let i = 0; i < size; i++) gradient[i] += part[i]
      } finally {
        run.backend.release(x.buffer)
      }
      await run.breathe()
    }
  } finally {
    run.backend.release(w.buffer)
  }
  let square = 0
  for (let j = 0, i = 0; j < columns; j++) {
    for (let k = 0; k < classes; k++, i++) {
      square += weights[i] * weights[i]
      gradient[i] = (gradient[i] - mean[j] * bias[k]) / rows.length + penalty * weights[i]
    }
  }
  for (let k = 0; k < classes; k++) bias[k] /= rows.length
  return { value: loss / rows.length + (penalty / 2) * square, gradient }
}

/** Replaces scores by softmax less the one-hot label, the derivative of the loss -log p, which is returned. */
export function softmaxLoss(row: Float32Array | Float64Array, label: number): number {
  let most = row[0]
  for (let k = 1; k < row.length; k++) most = Math.max(most, row[k])
  const own = row[label]
  let sum = 0
  for (let k = 0; k < row.length; k++) {
    row[k] = Math.exp(row[k] - most)
    sum += row[k]
  }
  for (let k = 0; k < row.length; k++) row[k] /= sum
  row[label] -= 1
  return Math.log(sum) + most - own
}
