// Gradients against central differences along random directions, in double precision.
import { type Tensor, grad, isComplex, mul, stopGradient, sum, tensor } from '@scatterlab/tensor'

/** How a gradient is checked. */
export interface GradientCheckOptions {
  /** Step h of the difference (f(x + h·d) − f(x − h·d)) / 2h (default 1e-5). */
  readonly step?: number
  /** Random directions (default 3), each with a random weighting of the result. */
  readonly directions?: number
  /** Allowed difference, relative to the larger slope or 1 (default 1e-6: curvature h², rounding 1e-16 / h). */
  readonly tolerance?: number
  /** Of directions and weightings (default 1). */
  readonly seed?: number
}

/**
 * Checks that `grad` agrees with finite differences of `f` at `inputs`, for any real or complex result: L = Re
 * ⟨weights, f(x)⟩ is differentiated along random directions of all inputs together. Throws an error with both slopes.
 * Inputs should be in double precision, away from where `f` bends.
 */
export function gradientCheck(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  { step = 1e-5, directions = 3, tolerance = 1e-6, seed = 1 }: GradientCheckOptions = {},
): void {
  const parts = partsOf(f(...inputs))
  // an array that is given twice counts as two
  const variables = inputs.map(stopGradient)
  for (let k = 0; k < directions; k++) {
    const weights = noiseLike(parts, seed + 1000 * k)
    const along = inputs.map((x, i) => noiseLike(partsOf(x), seed + 1000 * k + i + 1))
    const at = (h: number): number => dot(weights, f(...inputs.map((x, i) => moved(x, along[i], h))))
    const measured = (at(step) - at(-step)) / (2 * step)
    const gradient = grad((x: readonly Tensor[]) => sum(mul(partsOf(f(...x)), weights)))(variables)
    const predicted = gradient.reduce((total, g, i) => total + dot(along[i], g), 0)
    const allowed = tolerance * Math.max(1, Math.abs(measured), Math.abs(predicted))
    if (!(Math.abs(measured - predicted) <= allowed)) {
      throw new Error(
        `direction ${k}: the gradient gives a slope of ${predicted}, finite differences give ${measured}; ` +
          `apart by ${Math.abs(measured - predicted)} where ${allowed} is allowed`,
      )
    }
  }
}

const partsOf = (x: Tensor): Tensor => (isComplex(x.dtype) ? x.asReal() : x)

function dot(a: Tensor, b: Tensor): number {
  const [left, right] = [a.asTypedArray(), partsOf(b).asTypedArray()]
  let total = 0
  for (let i = 0; i < left.length; i++) total += left[i] * right[i]
  return total
}

function moved(x: Tensor, direction: Tensor, h: number): Tensor {
  const along = direction.asTypedArray()
  return tensor(
    x.asTypedArray().map((value, i) => value + h * along[i]),
    x.shape,
    { dtype: x.dtype },
  )
}

/** Numbers in [-1, 1) without structure. */
function noiseLike(x: Tensor, seed: number): Tensor {
  const data = new Float64Array(x.size)
  for (let i = 0; i < data.length; i++) {
    let h = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
    h = Math.imul(h ^ (h >>> 12), 0x297a2d39)
    data[i] = (h ^ (h >>> 15)) / 2 ** 31
  }
  return tensor(data, x.shape, { dtype: 'float64' })
}
