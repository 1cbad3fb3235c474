// A layer fixed to the shape of its input: its table, its first numbers, and its forward pass. Training is in fit.ts.
import {
  type Named,
  type Backend,
  type Random,
  type RealDType,
  type Shape,
  type Tensor,
  DTypeError,
  ShapeError,
  ValueError,
  aBackend,
  aFunction,
  checkOptions,
  formatShape,
  oneOf,
  realArray,
  sameShape,
  scope,
  sizeOf,
  tensor,
  trueOrFalse,
  aRandom,
  checkArgument,
} from '@scatterlab/tensor'
import { aLayer, aShape, checkTensor, someWeights } from './arguments.ts'
import {
  type ArraySpec,
  type Layer,
  type LayerContext,
  type LayerSummary,
  forwardWithin,
  joined,
  planWithin,
  titled,
} from './layers/layer.ts'

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
  /**
   * Told of every layer's result by its dotted name, inner layers before those that hold them, the network itself ('')
   * last. In inference the result is given back soon after.
   */
  readonly observe?: (name: string, output: Tensor) => void
}

const forwardRules = { training: trueOrFalse, random: aRandom, observe: aFunction }

/** Of which type the first numbers are, and where. */
export interface InitialiseOptions {
  /** Default: float32. */
  readonly dtype?: RealDType
  /** Default: the reference. */
  readonly backend?: Backend
}

const initialiseRules = { dtype: oneOf('float32', 'float64'), backend: aBackend }

/** A network for items of one shape. It holds no numbers. */
export interface Network {
  /** Shape of one item. */
  readonly input: Shape
  /** Shape of one item's result. */
  readonly output: Shape
  /** The layers that compute, in order, with their shapes and counts. */
  readonly layers: readonly LayerSummary[]
  /** How many numbers are learned, in all layers. */
  readonly parameterCount: number
  /** Multiplications of one item's forward pass. */
  readonly multiplications: number
  /** What is learned, by name. */
  readonly parameters: Readonly<Record<string, ArraySpec>>
  /** What training changes beside, by name. */
  readonly state: Readonly<Record<string, ArraySpec>>
  /** The first numbers, drawn array by array from `random`. */
  initialise(random: Random, options?: InitialiseOptions): Weights
  /**
   * x: [items, …input]. All memory is given back but the result's. Throws `ShapeError` for other shapes, `ValueError`
   * for weights that lack an array, `DTypeError` for weights of another type or on another back end.
   */
  forward(weights: Weights, x: Tensor, options?: ForwardOptions): Tensor
}

/**
 * Plans `layer` for items of shape `input`: every shape and every parameter is known, and every mismatch found, before
 * anything is allocated. Throws `LayerError` with the name of the layer that does not fit.
 *
 * @example
 * const first = network(sequential({ conv1: conv2d({ channels: 20, size: 5 }), relu1: relu() }), [1, 28, 28])
 * first.parameterCount // 520
 */
export function network(layer: Layer, input: Shape): Network {
  checkArgument('network: layer', layer, aLayer)
  checkArgument('network: input', input, aShape)
  const { output, parameters, state, layers } = planWithin('', layer, input)
  return {
    input,
    output,
    layers,
    parameters,
    state,
    parameterCount: Object.values(parameters).reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    multiplications: layers.reduce((sum, { multiplications }) => sum + multiplications, 0),
    initialise(random, options) {
      checkArgument('initialise: random', random, aRandom)
      const { dtype = 'float32', backend } = checkOptions<InitialiseOptions>('initialise', options, initialiseRules)
      const first = ({ shape, initialise, fanIn, fanOut }: ArraySpec): Tensor => {
        const data = realArray(dtype, sizeOf(shape))
        initialise(data, { fanIn, fanOut }, random)
        return tensor(data, shape, backend ? { backend } : {})
      }
      return { parameters: mapped(parameters, first), state: mapped(state, first) }
    },
    forward(weights, x, given) {
      const options = checkOptions<ForwardOptions>('forward', given, forwardRules)
      checkTensor('forward: x', x)
      if (!sameShape(x.shape.slice(1), input)) {
        throw new ShapeError(`the network takes [${['items', ...input].join(', ')}], given ${formatShape(x.shape)}`)
      }
      checkWeights({ parameters, state }, weights)
      for (const name of Object.keys(parameters)) checkPlace([name, weights.parameters[name]], x)
      for (const name of Object.keys(state)) checkPlace([name, weights.state[name]], x)
      return scope(() => forwardWithin('', layer, x, contextOf('', weights, options)))
    },
  }
}

function contextOf(prefix: string, weights: Weights, options: ForwardOptions): LayerContext {
  const { training = false, random, observe } = options
  const own = (arrays: Named, name: string): Tensor => {
    const array = arrays[joined(prefix, name)]
    if (array) return array
    throw new ValueError(`${titled(prefix)} asks for '${name}', which its plan does not name`)
  }
  return {
    training,
    random: () => {
      if (random) return random
      throw new ValueError(`${titled(prefix)} draws random numbers in training: give forward the option random`)
    },
    parameter: (name) => own(weights.parameters, name),
    state: (name) => own(weights.state, name),
    within: (name) => contextOf(joined(prefix, name), weights, options),
    ...(observe && { observe: (output) => observe(prefix, output) }),
  }
}

/** Throws `ValueError` or `ShapeError` unless the weights are those of a network. */
export function checkWeights(network: Pick<Network, 'parameters' | 'state'>, weights: Weights): void {
  checkArgument('weights', weights, someWeights)
  for (const part of ['parameters', 'state'] as const) {
    for (const [name, { shape }] of Object.entries(network[part])) {
      if (!Object.hasOwn(weights[part], name))
        throw new ValueError(`the weights lack '${name}': initialise them, or load a checkpoint of this network`)
      const array = weights[part][name]
      checkTensor(`'${name}'`, array)
      if (!sameShape(array.shape, shape)) {
        const own = formatShape(shape)
        throw new ShapeError(`'${name}' has shape ${formatShape(array.shape)} where the network's is ${own}`)
      }
    }
  }
}

/** Throws unless an array has x's type and is beside x. */
function checkPlace([name, array]: readonly [string, Tensor], x: Tensor): void {
  if (array.dtype === x.dtype && array.backend === x.backend) return
  const [given, own] = [x, array].map(({ dtype, backend }) => `${dtype} on ${backend.name}`)
  throw new DTypeError(`the input is ${given}, '${name}' ${own}: x.clone(dtype) or onBackend(x, backend) changes one`)
}

function mapped<A, B>(record: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]))
}
