// Whether a change of variable Φ separates and linearises a function f: ‖Φ(x) − Φ(x')‖ ≥ ε|f(x) − f(x')|, and ⟨Φ(x), w⟩ + b ≈ f(x).
import { type ArrayInput, type Rules, ShapeError, ValueError, checkOptions, numberFrom } from '@scatterlab/tensor'
import { distance, dot, pointsOf } from './points.ts'

/** How well Φ separates f. */
export interface Separation {
  /** ε: the least ‖Φ(x) − Φ(x')‖ / |f(x) − f(x')| over all pairs with f(x) ≠ f(x'). */
  readonly least: number
  /** The quantile of that ratio that was asked for, which noise moves less. */
  readonly quantile: number
}

/** Options of `separation`. */
export interface SeparationOptions {
  /** From 0 to 1. Default 0.01. */
  readonly quantile?: number
}

const rules: Rules<SeparationOptions> = { quantile: numberFrom(0, 1) }

/**
 * ε of features Φ [samples, ...] for values f [samples] or [samples, k], over all pairs (at most 4,000 samples). Throws `ValueError`
 * where f is the same everywhere.
 */
export function separation(features: ArrayInput, values: ArrayInput, options?: SeparationOptions): Separation {
  const { quantile = 0.01 } = checkOptions('separation', options, rules)
  const [phi, f] = together(features, values)
  if (phi.count > 4000) throw new ShapeError(`separation: ${phi.count} samples have too many pairs: give at most 4000`)
  const ratios: number[] = []
  for (let i = 0; i < phi.count; i++) {
    for (let j = 0; j < i; j++) {
      const apart = distance(f.row(i), f.row(j))
      if (apart > 0) ratios.push(distance(phi.row(i), phi.row(j)) / apart)
    }
  }
  if (ratios.length === 0)
    throw new ValueError('separation: the values are the same for all samples: give two that differ')
  const sorted = Float64Array.from(ratios).sort()
  return { least: sorted[0], quantile: sorted[Math.round(quantile * (sorted.length - 1))] }
}

/** The linear function of Φ nearest to f. */
export interface Linearity {
  /** 1 − R²: the share of f's variance that no linear function of Φ explains, on these samples. 0 where Φ makes f linear. */
  readonly unexplained: number
  /** w, [features]; 0 for features that depend on those before them. */
  readonly weights: Float64Array
  /** b: what the function gives where Φ is 0. */
  readonly intercept: number
  /** ⟨Φ(x), w⟩ + b of every sample: the one-dimensional projection. */
  readonly projections: Float64Array
}

/**
 * Least squares of values f [samples] on features Φ [samples, ...], by orthogonalisation of the features (twice, modified Gram–Schmidt).
 * With as many features as samples the fit is perfect and says nothing: fit on some samples, and look at others.
 */
export function linearity(features: ArrayInput, values: ArrayInput): Linearity {
  const [phi, f] = together(features, values)
  if (f.length !== 1) throw new ShapeError(`linearity: values of ${f.length} numbers each: give one number a sample`)
  const n = phi.count
  const column = (k: number): Float64Array => Float64Array.from({ length: n }, (_, i) => phi.data[i * phi.length + k])
  const columns = Array.from({ length: phi.length }, (_, k) => column(k))
  const means = columns.map(takeOffMean)
  const left = f.data.slice()
  const mean = takeOffMean(left)
  const variance = dot(left, left)
  // Φ = Q R by columns, those left out that depend on others
  const kept: { k: number; unit: Float64Array; along: number; above: number[] }[] = []
  columns.forEach((own, k) => {
    const before = Math.sqrt(dot(own, own))
    const above = kept.map(() => 0)
    for (let pass = 0; pass < 2; pass++) {
      kept.forEach(({ unit }, i) => {
        const along = dot(own, unit)
        above[i] += along
        for (let j = 0; j < n; j++) own[j] -= along * unit[j]
      })
    }
    const norm = Math.sqrt(dot(own, own))
    if (!(norm > 1e-10 * before) || kept.length >= n - 1) return
    const unit = own.map((value) => value / norm)
    const along = dot(left, unit)
    for (let j = 0; j < n; j++) left[j] -= along * unit[j]
    kept.push({ k, unit, along, above: [...above, norm] })
  })
  const weights = new Float64Array(phi.length)
  for (let i = kept.length - 1; i >= 0; i--) {
    let sum = kept[i].along
    for (let j = i + 1; j < kept.length; j++) sum -= kept[j].above[i] * weights[kept[j].k]
    weights[kept[i].k] = sum / kept[i].above[i]
  }
  const intercept = mean - weights.reduce((sum, w, k) => sum + w * means[k], 0)
  return {
    unexplained: variance === 0 ? 0 : dot(left, left) / variance,
    weights,
    intercept,
    projections: Float64Array.from({ length: n }, (_, i) => dot(phi.row(i), weights) + intercept),
  }
}

function takeOffMean(x: Float64Array): number {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length
  for (let i = 0; i < x.length; i++) x[i] -= mean
  return mean
}

function together(features: ArrayInput, values: ArrayInput) {
  const [phi, f] = [pointsOf('features', features, 2), pointsOf('values', values, 2)]
  if (phi.count !== f.count)
    throw new ShapeError(`features of ${phi.count} samples and values of ${f.count}: give as many`)
  return [phi, f] as const
}
