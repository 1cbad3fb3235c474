// The layer of weighted sums over all inputs.
import { ShapeError, ValueError, add, formatShape, matmul } from '@scatterlab/tensor'
import { type AffineOptions, affineArrays } from './affine.ts'
import type { Layer } from './layer.ts'

/** A layer of units. */
export interface LinearOptions extends AffineOptions {
  readonly units: number
}

/** x·weightᵀ + bias of vectors; parameters `weight` [units, inputs] and `bias` [units]. Throws `ValueError`. */
export function linear(options: LinearOptions): Layer {
  const { units, bias } = options
  if (!Number.isInteger(units) || units < 1) throw new ValueError(`units ${units}: give a positive integer`)
  return {
    kind: 'linear',
    plan(input) {
      if (input.length !== 1)
        throw new ShapeError(`takes vectors, given ${formatShape(input)}: put flatten() or global pooling before it`)
      const [inputs] = input
      return {
        output: [units],
        parameters: affineArrays(options, units, { shape: [units, inputs], fanIn: inputs, fanOut: units }),
        multiplications: inputs * units,
      }
    },
    forward(x, { parameter }) {
      const y = matmul(x, parameter('weight').transpose())
      return bias === false ? y : add(y, parameter('bias'))
    },
  }
}
