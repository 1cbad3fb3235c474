// What becomes of scattering coefficients before they are classified.
import { type FeatureMatrix, unitRows } from '@scatterlab/learn'

/** Every coefficient by its square root, every digit brought to norm 1, in place: what is large no longer drowns what is small. */
export function rooted(features: FeatureMatrix): FeatureMatrix {
  const { data } = features
  // averages of moduli are positive but for the rounding of a cut low-pass
  for (let i = 0; i < data.length; i++) data[i] = Math.sqrt(Math.max(data[i], 0))
  return unitRows.apply(features, { inPlace: true })
}
