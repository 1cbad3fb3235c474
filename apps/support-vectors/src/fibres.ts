// Φ of digits as fibres: at each position all orders, scales and angles side by side, projected and standardised; and their sparse codes.
import { type GreyShape, type LabelledImages, toFloat32 } from '@scatterlab/datasets'
import { type FeatureMatrix, type Pca, type RunOptions, sparseCodes } from '@scatterlab/learn'
import { scattering2d } from '@scatterlab/scattering'
import type { Backend, ShapedArray } from '@scatterlab/tensor'

/** Side of the frame of a digit, and of the grid of positions in it. */
export const SIDE = 32
export const GRID = 4
/** Positions of a digit: each has a fibre. */
export const POSITIONS: number = GRID * GRID

/** Scattering with J = 3, L = 8, order 2 of digits: fibres [digits·16, paths], position by position. */
export async function fibresOf(
  { images }: LabelledImages<GreyShape>,
  { backend, signal }: { readonly backend: Backend; readonly signal: AbortSignal },
): Promise<FeatureMatrix> {
  const transform = scattering2d({ shape: [SIDE, SIDE], scales: 3, orientations: 8, backend })
  const found = await transform.transformAsync(images, {
    prepare: (some) => toFloat32(some, { pad: [SIDE, SIDE] }),
    signal,
  })
  transform.dispose()
  return alongFibres(found)
}

/** Coefficients [digits, paths, rows, columns] as [digits·positions, paths]. */
export function alongFibres({ data, shape: [digits, paths] }: ShapedArray): FeatureMatrix {
  const positions = data.length / (digits * paths)
  const out = new Float32Array(data.length)
  for (let digit = 0; digit < digits; digit++) {
    for (let path = 0; path < paths; path++) {
      const from = (digit * paths + path) * positions
      for (let u = 0; u < positions; u++) out[(digit * positions + u) * paths + path] = data[from + u]
    }
  }
  return { data: out, shape: [digits * positions, paths] }
}

/** Rows of fibres as one row a digit. */
export const byDigit = ({ data, shape: [rows, columns] }: FeatureMatrix): FeatureMatrix => ({
  data,
  shape: [rows / POSITIONS, POSITIONS * columns],
})

/** Projected fibres, each direction of deviation 1. */
export const projected = (fibres: FeatureMatrix, projection: Pca, run: RunOptions): Promise<FeatureMatrix> =>
  projection.apply(fibres, run)

/** Codes z ≥ 0 of fibres, by homotopy: [fibres, atoms]. */
export const codesOf = (
  fibres: FeatureMatrix,
  dictionary: FeatureMatrix,
  penalty: number,
  run: RunOptions,
): Promise<FeatureMatrix> => sparseCodes(fibres, dictionary, { ...run, penalty, nonNegative: true, method: 'homotopy' })

/** λ: a share of the largest correlation max_k ⟨x, d_k⟩ of a fibre, in the median over fibres. */
export function penaltyFor(fibres: FeatureMatrix, dictionary: FeatureMatrix, share: number): number {
  const [rows, columns] = fibres.shape
  const largest = Array.from({ length: Math.min(rows, 1000) }, (_, i) => {
    // spread over all fibres
    const from = Math.floor((i * rows) / Math.min(rows, 1000)) * columns
    let most = 0
    for (let k = 0; k < dictionary.shape[0]; k++) {
      let product = 0
      for (let c = 0; c < columns; c++) product += fibres.data[from + c] * dictionary.data[k * columns + c]
      most = Math.max(most, product)
    }
    return most
  })
  return share * largest.toSorted((a, b) => a - b)[largest.length >> 1]
}
