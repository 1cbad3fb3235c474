// Matrix products: one thread for each number of the product.
import type { View } from '@scatterlab/tensor'
import type { Recorder } from './recorder.ts'

/** out[m, n] ← Σ_k a[m, k]·b[k, n] (+ out if `accumulate`); leading axes are a batch. */
export function matmul(record: Recorder, a: View, b: View, out: View, accumulate: boolean): void {
  const depth = a.shape.at(-1)!
  record.pass(out, { a, b, before: accumulate ? out : undefined }, (read, index) => {
    const batch = index.slice(0, -2)
    const [m, n] = index.slice(-2)
    return `
      let sum = 0;
      for (let k = 0; k < ${depth}; k++) {
        sum = sum + ${read.a([...batch, m, 'k'])} * ${read.b([...batch, 'k', n])};
      }
      return sum${accumulate ? ` + ${read.before(index)}` : ''};`
  })
}
