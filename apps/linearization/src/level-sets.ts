// How nearly linear f is after Φ: what a linear function of Φ leaves unexplained, ε of the separation, and the angles between the
// spaces that level sets span.
import { principalComponents } from '@scatterlab/learn'
import { linearity, principalAngles, separation } from '@scatterlab/symmetry'
import type { ShapedArray } from '@scatterlab/tensor'

/** What is measured of Φ(x) and f(x). */
export interface Measures {
  /** 1 − R² of the nearest linear function of Φ. */
  readonly unexplained: number
  /** ε: the least ‖Φ(x) − Φ(x')‖/|f(x) − f(x')|, and its 1 % quantile. */
  readonly least: number
  readonly quantile: number
  /** Mean cosine of the principal angles between the spaces of two level sets, over all pairs: 1 where they are parallel. */
  readonly cosine: number
  /** ⟨Φ(x), w⟩ + b of each point. */
  readonly projections: Float64Array
}

/** The first principal directions of some rows, one a row. */
export async function spanOf(phi: ShapedArray, rows: readonly number[], dimensions: number): Promise<ShapedArray> {
  const { axes } = await principalComponents(phi, { count: dimensions, rows })
  const columns = phi.data.length / phi.shape[0]
  return { data: axes, shape: [axes.length / columns, columns] }
}

/** The measures of few points in few dimensions, each level set spanning at most `dimensions`. */
export async function measure(phi: ShapedArray, values: Float64Array, dimensions: number): Promise<Measures> {
  const { unexplained, projections } = linearity(phi, { data: values, shape: [values.length] })
  const { least, quantile } = separation(phi, { data: values, shape: [values.length] })
  const levels = [...new Set(values)].map((t) => [...values.keys()].filter((i) => values[i] === t))
  const spans: ShapedArray[] = []
  for (const rows of levels) spans.push(await spanOf(phi, rows, dimensions))
  return { unexplained, least, quantile, cosine: meanCosine(spans), projections }
}

/** Mean cosine of the principal angles over all pairs of spans, each a list of directions. */
export function meanCosine(spans: readonly ShapedArray[]): number {
  const cosines = spans.flatMap((a, i) => spans.slice(0, i).flatMap((b) => [...principalAngles(a, b)]))
  return cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length
}
