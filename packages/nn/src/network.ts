// A layer fixed to the shape of its input: its table, its first numbers, and its forward pass. Training is in fit.ts.
import {
  type Backend,
  type Random,
  type RealDType,
  type Shape,
  type Tensor,
  ShapeError,
  ValueError,
  formatShape,
  realArray,
  sizeOf,
  tensor,
} from '@scatterlab/tensor'
import { type ArraySpec, type Layer, type LayerContext, type LayerSummary, joined, planWithin } from './layer.ts'

/** Arrays by dotted name. */
export type Named = Readonly<Record<string, Tensor>>

/** The numbers of a network. */
export interface Weights {
  /** What is learned: `conv1.weight`. */
  readonly parameters: Named
  /** What training changes beside: `bn1.running_mean`. */
  readonly state: Named
}

/** How a forward pass runs. */
export interface ForwardOptions {
  /** Batch statistics and dropout on (default false). */
  readonly training?: boolean
  /** What dropout draws from. */
  readonly random?: Random
}

/** A network for items of one shape. It holds no numbers. */
export interface Network {
  /** Shape of one item. */
  readonly input: Shape
  readonly output: Shape
  /** The layers that compute, in order, with their shapes and counts. */
  readonly layers: readonly LayerSummary[]
  readonly parameterCount: number
  /** Multiplications of one item's forward pass. */
  readonly multiplications: number
  /** What is learned, by name. */
  readonly parameters: Readonly<Record<string, ArraySpec>>
  /** What training changes beside, by name. */
  readonly state: Readonly<Record<string, ArraySpec>>
  /** The first numbers, drawn array by array from `random` (default dtype float32, on the reference). */
  initialise(random: Random, options?: { readonly dtype?: RealDType; readonly backend?: Backend }): Weights
  /** x: [items, …input]. Throws `ShapeError` for other shapes, `ValueError` for weights that lack an array. */
  forward(weights: Weights, x: Tensor, options?: ForwardOptions): Tensor
}

/**
 * Plans `layer` for items of shape `input`: every shape and every parameter is known, and every mismatch found, before
 * anything is allocated. Throws `LayerError` with the name of the layer that does not fit.
 *
 * @example
 * const lenet = network(sequential({ conv1: conv2d({ channels: 20, size: 5 }), relu1: relu(), flatten: flatten() }), [1, 28, 28])
 * lenet.parameterCount // 520
 */
export function network(layer: Layer, input: Shape): Network {
  const { output, parameters = {}, state = {}, layers = [] } = planWithin('', layer, input)
  const total = (count: (layer: LayerSummary) => number): number => layers.reduce((sum, l) => sum + count(l), 0)
  return {
    input,
    output,
    layers,
    parameters,
    state,
    parameterCount: Object.values(parameters).reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    multiplications: total((l) => l.multiplications),
    initialise(random, { dtype = 'float32', backend } = {}) {
      const first = ({ shape, initialise, ...fans }: ArraySpec): Tensor => {
        const data = realArray(dtype, sizeOf(shape))
        initialise(data, fans, random)
        return tensor(data, shape, backend ? { backend } : {})
      }
      return { parameters: mapped(parameters, first), state: mapped(state, first) }
    },
    forward(weights, x, { training = false, random } = {}) {
      if (x.rank !== input.length + 1 || input.some((length, axis) => x.shape[axis + 1] !== length)) {
        throw new ShapeError(`the network takes [items, ${input.join(', ')}], given ${formatShape(x.shape)}`)
      }
      return layer.forward(x, contextOf('', weights, training, random))
    },
  }
}

function contextOf(prefix: string, weights: Weights, training: boolean, random: Random | undefined): LayerContext {
  const array = (arrays: Named, name: string): Tensor => {
    const whole = joined(prefix, name)
    const found = arrays[whole]
    if (found === undefined) throw new ValueError(`the weights lack '${whole}': load a checkpoint of this network`)
    return found
  }
  return {
    training,
    random: () => {
      if (random) return random
      throw new ValueError(`layer '${prefix}' draws random numbers in training: give forward the option random`)
    },
    parameter: (name) => array(weights.parameters, name),
    state: (name) => array(weights.state, name),
    within: (name) => contextOf(joined(prefix, name), weights, training, random),
  }
}

function mapped<A, B>(record: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]))
}
