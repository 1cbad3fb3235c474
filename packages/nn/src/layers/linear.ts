// The layer of weighted sums over all inputs.
import { ShapeError, add, checkOptions, formatShape, matmul, wholeNumber } from '@scatterlab/tensor'
import { type AffineOptions, affineArrays, affineRules } from './affine.ts'
import type { Layer } from './layer.ts'

/** A layer of units. */
export interface LinearOptions extends AffineOptions {
  /** How many numbers come out, 1 or more. */
  readonly units: number
}

/** x·weightᵀ + bias of vectors; parameters `weight` [units, inputs] and `bias` [units]. Throws `ValueError`. */
export function linear(options: LinearOptions): Layer {
  const given = checkOptions<LinearOptions>('linear', options, { units: wholeNumber(1), ...affineRules }, ['units'])
  const { units, bias } = given
  return {
    kind: 'linear',
    plan(input) {
      if (input.length !== 1)
        throw new ShapeError(`takes vectors, given ${formatShape(input)}: put flatten() or global pooling before it`)
      const [inputs] = input
      return {
        output: [units],
        parameters: affineArrays(given, units, { shape: [units, inputs], fanIn: inputs, fanOut: units }),
        multiplications: inputs * units,
      }
    },
    forward(x, { parameter }) {
      const y = matmul(x, parameter('weight').transpose())
      return bias === false ? y : add(y, parameter('bias'))
    },
  }
}
