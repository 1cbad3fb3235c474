// What a row of outputs speaks for.
import type { RealArray } from '@scatterlab/tensor'

/** Where the largest number of each row is; of equals the first, of none but NaN 0. */
export function largest(outputs: RealArray, rows: number): Int32Array {
  const length = outputs.length / rows
  return Int32Array.from({ length: rows }, (_, row) => {
    let best = 0
    for (let i = 1; i < length; i++) if (outputs[row * length + i] > outputs[row * length + best]) best = i
    return best
  })
}
