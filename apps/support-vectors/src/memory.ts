// Which training images the rows of a dictionary remember: of each atom the fibre that points most nearly its way.
import type { FeatureMatrix } from '@scatterlab/learn'
import { POSITIONS } from './fibres.ts'

/** What an atom remembers. */
export interface Memory {
  readonly atom: number
  /** The training digit, and the position in it, of the fibre with the largest cosine. */
  readonly digit: number
  readonly position: number
  readonly cosine: number
}

/** The nearest fibre by cosine of each unit atom. */
export function memories(
  { data: x, shape: [rows, columns] }: FeatureMatrix,
  { data: d, shape: [atoms] }: FeatureMatrix,
): Memory[] {
  const best = new Float64Array(atoms).fill(-Infinity)
  const at = new Int32Array(atoms)
  for (let i = 0; i < rows; i++) {
    let square = 0
    for (let c = 0; c < columns; c++) square += x[i * columns + c] ** 2
    if (square === 0) continue
    const scale = 1 / Math.sqrt(square)
    for (let k = 0; k < atoms; k++) {
      let product = 0
      for (let c = 0; c < columns; c++) product += x[i * columns + c] * d[k * columns + c]
      if (product * scale > best[k]) {
        best[k] = product * scale
        at[k] = i
      }
    }
  }
  return Array.from(best, (cosine, atom) => ({
    atom,
    digit: Math.floor(at[atom] / POSITIONS),
    position: at[atom] % POSITIONS,
    cosine,
  }))
}
