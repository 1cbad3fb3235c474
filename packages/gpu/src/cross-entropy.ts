// The loss of classification: softmax and cross-entropy in one, without overflow for any logits.
import { type View } from '@scatterlab/tensor'
import { combine } from './reduction.ts'
import type { Recorder } from './recorder.ts'

/** losses[n] ← −log softmax(logits[n, ·])[labels[n]]; gradLogits ← softmax − indicator of the label. */
export function softmaxCrossEntropy(
  record: Recorder,
  logits: View,
  labels: Int32Array,
  losses: View,
  gradLogits?: View,
): void {
  const { shape } = logits
  if (shape[0] === 0) return
  const [largest, sum] = [record.temporary([shape[0], 1]), record.temporary([shape[0], 1])]
  const axes = [1]
  combine(record, 'max', { shape, axes, inputs: { logits }, term: (read, index) => read.logits(index) }, largest)
  combine(
    record,
    'sum',
    {
      shape,
      axes,
      inputs: { logits, largest },
      term: (read, index) => `Math.exp(${read.logits(index)} - ${read.largest([index[0], '0'])})`,
    },
    sum,
  )
  const own = record.vector(labels)
  if (gradLogits !== undefined) {
    record.pass(
      gradLogits,
      { logits, largest, sum, own },
      (read, [n, c]) => `
        const probability = Math.exp(${read.logits([n, c])} - ${read.largest([n, '0'])}) / ${read.sum([n, '0'])};
        if (${read.own([n])} === ${c}) { return probability - 1; }
        return probability;`,
    )
  }
  record.pass(
    losses,
    { logits, largest, sum, own },
    (read, [n]) => `
      const label = ${read.own([n])};
      return Math.log(${read.sum([n, '0'])}) - (${read.logits([n, 'label'])} - ${read.largest([n, '0'])});`,
  )
}
