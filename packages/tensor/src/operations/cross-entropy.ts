// The loss of classification: softmax and cross-entropy in one, without overflow for any logits.
import type { View } from '../backend/backend.ts'
import { checkClassification } from './classification.ts'
import { dataOf } from '../backend/host.ts'
import { type Operation, operation } from '../backend/operation.ts'

/**
 * losses[n] ← −log softmax(logits[n, ·])[labels[n]]; gradLogits[n, c] ← softmax(logits[n, ·])[c] − [c = labels[n]], the
 * gradient of Σ losses. logits [n, classes]. A label that is no class throws `ValueError`.
 */
export const softmaxCrossEntropy: Operation<
  [logits: View, labels: Int32Array, losses: View, gradLogits?: View],
  [logits: View, labels: Int32Array, losses: View, gradLogits: View | undefined]
> = operation('softmaxCrossEntropy', {
  prepare(logits, labels, losses, gradLogits) {
    checkClassification(logits, labels, losses, gradLogits)
    return [logits, labels, losses, gradLogits]
  },
  reference(logits, labels, losses, gradLogits) {
    const [items, classes] = logits.shape
    const from = dataOf(logits.buffer)
    const to = dataOf(losses.buffer)
    for (let n = 0; n < items; n++) {
      const row = logits.offset + n * logits.strides[0]
      let largest = -Infinity
      for (let c = 0; c < classes; c++) largest = Math.max(largest, from[row + c * logits.strides[1]])
      let sum = 0
      for (let c = 0; c < classes; c++) sum += Math.exp(from[row + c * logits.strides[1]] - largest)
      const own = from[row + labels[n] * logits.strides[1]] - largest
      if (gradLogits !== undefined) {
        const gradient = dataOf(gradLogits.buffer)
        for (let c = 0; c < classes; c++) {
          const probability = Math.exp(from[row + c * logits.strides[1]] - largest) / sum
          const at = gradLogits.offset + n * gradLogits.strides[0] + c * gradLogits.strides[1]
          gradient[at] = c === labels[n] ? probability - 1 : probability
        }
      }
      to[losses.offset + n * losses.strides[0]] = Math.log(sum) - own
    }
  },
})
