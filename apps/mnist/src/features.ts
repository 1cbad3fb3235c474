// What becomes of scattering coefficients before they are classified.
import { type FeatureMatrix, type Pca, type RunOptions, pca, unitRows } from '@scatterlab/learn'

/** Every coefficient by its square root, every digit brought to norm 1, in place: what is large no longer drowns what is small. */
export function rooted(features: FeatureMatrix): FeatureMatrix {
  const { data } = features
  // averages of moduli are positive but for the rounding of a cut low-pass
  for (let i = 0; i < data.length; i++) data[i] = Math.sqrt(Math.max(data[i], 0))
  return unitRows.apply(features, { inPlace: true })
}

/** A digit's coefficients, and their whitened principal components. */
export interface Digits {
  readonly coefficients: FeatureMatrix
  readonly whitened: FeatureMatrix
}

/**
 * The 400 leading principal components, each divided by √(its variance + half a per cent of the largest one), measured on the given
 * digits, at most 10,000: directions in which digits vary little count almost as much as the others. Labels are not used.
 */
export function whitening(digits: FeatureMatrix, options: RunOptions & { readonly rows?: Int32Array }): Promise<Pca> {
  const rows = (options.rows ?? Int32Array.from({ length: digits.shape[0] }, (_, i) => i)).subarray(0, 10_000)
  return pca(digits, { ...options, components: Math.min(400, rows.length - 1), whiten: true, floor: 0.005, rows })
}
