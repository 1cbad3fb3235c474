// What becomes of scattering coefficients before they are classified: roots, logarithms, and order 2 relative to order 1.
import type { FeatureMatrix } from '@scatterlab/learn'
import type { Coefficients } from './features.ts'

/** The ways, by the names that results give them. */
export type Normalisation = 'plain' | 'roots' | 'logarithms' | 'logarithms of ratios'

/** Coefficients are about 1e-3 to 1; what lies far below is rounding. */
const FLOOR = 1e-6

/**
 * S, √S, log S, or log S1 with log(S2/S1): how much of the modulus at λ1 varies at λ2, which neither the contrast of a picture nor its
 * spectrum changes (Andén and Mallat 2014 for sounds).
 */
export function normalise(S: Coefficients, how: Normalisation): FeatureMatrix {
  const { data, shape, paths } = S
  if (how === 'plain') return { data, shape }
  const out = Float32Array.from(data, (value) =>
    how === 'roots' ? Math.sqrt(Math.max(value, 0)) : Math.log(Math.max(value, FLOOR)),
  )
  if (how === 'logarithms of ratios') {
    const parent = parents(S)
    const columns = paths.length
    for (let row = 0; row < shape[0]; row++) {
      // order 1 comes first, and stays
      for (let column = columns - 1; column >= 0; column--) {
        if (parent[column] >= 0) out[row * columns + column] -= out[row * columns + parent[column]]
      }
    }
  }
  return { data: out, shape }
}

/** log x of a spectrum, which spans many powers of ten. */
export const logarithms = ({ data, shape }: FeatureMatrix): FeatureMatrix => ({
  data: Float32Array.from(data, (value) => Math.log(Math.max(value, 1e-9))),
  shape,
})

/** The columns of order 1 alone. */
export function firstOrder({ data, shape, paths }: Coefficients): Coefficients {
  const kept = paths.filter(({ order }) => order === 1)
  const out = new Float32Array(shape[0] * kept.length)
  for (let row = 0; row < shape[0]; row++)
    for (let column = 0; column < kept.length; column++)
      out[row * kept.length + column] = data[row * paths.length + column]
  return { data: out, shape: [shape[0], kept.length], paths: kept }
}

/** For each path of order 2 the column of |x ⋆ ψ_λ1| that it goes on from; −1 for order 1. */
function parents({ paths }: Coefficients): Int32Array {
  const key = (scale: number, orientation: number): string => `${scale},${orientation}`
  const columns = new Map(
    paths.flatMap(({ order, scales, orientations }, i) => (order === 1 ? [[key(scales[0], orientations[0]), i]] : [])),
  )
  return Int32Array.from(paths, ({ order, scales, orientations }) =>
    order === 2 ? columns.get(key(scales[0], orientations[0]))! : -1,
  )
}
