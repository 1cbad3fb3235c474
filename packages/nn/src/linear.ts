// The layer of weighted sums over all inputs.
import { ShapeError, ValueError, add, formatShape, matmul } from '@scatterlab/tensor'
import { type Initialiser, constant, he } from './initialisers.ts'
import type { ArraySpec, Layer } from './layer.ts'

/** A layer of units. */
export interface LinearOptions {
  readonly units: number
  /** What the weights begin as (default `he()`). */
  readonly weight?: Initialiser
  /** What the biases begin as (default 0), or false: none. */
  readonly bias?: Initialiser | false
}

/** x·weightᵀ + bias of vectors; parameters `weight` [units, inputs] and `bias` [units]. */
export function linear({ units, weight = he(), bias = constant(0) }: LinearOptions): Layer {
  if (!Number.isInteger(units) || units < 1) throw new ValueError(`units ${units}: give a positive integer`)
  return {
    kind: 'linear',
    plan(input) {
      if (input.length !== 1)
        throw new ShapeError(`takes vectors, given ${formatShape(input)}: put flatten() or global pooling before it`)
      const fans = { fanIn: input[0], fanOut: units }
      const parameters: Record<string, ArraySpec> = {
        weight: { shape: [units, input[0]], initialise: weight, ...fans },
      }
      if (bias) parameters.bias = { shape: [units], initialise: bias, ...fans }
      return { output: [units], parameters, multiplications: input[0] * units }
    },
    forward(x, context) {
      const y = matmul(x, context.parameter('weight').transpose())
      return bias ? add(y, context.parameter('bias')) : y
    },
  }
}
