// The non-linearities, element by element. None has parameters.
import {
  type Tensor,
  abs,
  checkOptions,
  gelu as gaussianLinear,
  sigmoid as logistic,
  tanh as hyperbolicTangent,
  finite,
} from '@scatterlab/tensor'
import type { Layer } from './layer.ts'
import { relu as rectify } from '../operations/activations.ts'

/** max(x, 0). */
export const relu = (): Layer => elementwise('relu', (x) => rectify(x))

/** x where x > 0, else slope·x (default 0.2, DCGAN's). Throws `ValueError` unless the slope is finite. */
export function leakyRelu(
  options: {
    /** Factor of negative numbers. */
    readonly slope?: number
  } = {},
): Layer {
  const { slope = 0.2 } = checkOptions<{ readonly slope?: number }>('leakyRelu', options, { slope: finite })
  return elementwise('leakyRelu', (x) => rectify(x, slope))
}

/** tanh x. */
export const tanh = (): Layer => elementwise('tanh', hyperbolicTangent)

/** 1 / (1 + e⁻ˣ). */
export const sigmoid = (): Layer => elementwise('sigmoid', logistic)

/** x·Φ(x), exact. Hendrycks & Gimpel (2016). */
export const gelu = (): Layer => elementwise('gelu', gaussianLinear)

/** |x|, the ρ of scattering; its derivative at 0 is 0. */
export const modulus = (): Layer => elementwise('modulus', abs)

function elementwise(kind: string, f: (x: Tensor) => Tensor): Layer {
  return { kind, plan: (input) => ({ output: input }), forward: (x) => f(x) }
}
