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
  const { data, shape, columns } = S
  if (how === 'plain') return { data, shape }
  const out = Float32Array.from(data, (value) =>
    how === 'roots' ? Math.sqrt(Math.max(value, 0)) : Math.log(Math.max(value, FLOOR)),
  )
  if (how === 'logarithms of ratios') {
    const width = columns.length
    for (let row = 0; row < shape[0]; row++) {
      // those of no parent stay as they are
      for (const [at, { parent }] of columns.entries())
        if (parent >= 0) out[row * width + at] -= out[row * width + parent]
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
export function firstOrder({ data, shape, columns }: Coefficients): Coefficients {
  const kept = columns.flatMap(({ order }, at) => (order === 1 ? [at] : []))
  const out = new Float32Array(shape[0] * kept.length)
  for (let row = 0; row < shape[0]; row++)
    for (const [to, at] of kept.entries()) out[row * kept.length + to] = data[row * columns.length + at]
  return { data: out, shape: [shape[0], kept.length], columns: kept.map((at) => columns[at]) }
}
