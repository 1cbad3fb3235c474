// What a layer is: a description that plans its shapes and parameters before any number exists, and computes on arrays
// that it is given. It holds no numbers of its own; `network` makes them and hands them in.
import {
  type Random,
  type Shape,
  type Tensor,
  ShapeError,
  ScatterlabError,
  ValueError,
  checkShape,
  formatShape,
  having,
  sizeOf,
  checkArgument,
} from '@scatterlab/tensor'
import { aLayer, aShape, checkTensor, isRecord } from '../arguments.ts'
import type { Fans, Initialiser } from './initialisers.ts'

/** An array that a layer owns: its shape and what it begins as. */
export interface ArraySpec extends Fans {
  /** Lengths of its axes; no batch axis. */
  readonly shape: Shape
  /** What its first numbers are drawn by. */
  readonly initialise: Initialiser
}

/** One layer in the table of a network. */
export interface LayerSummary {
  /** Dotted name: `layer1.0.conv1`. */
  readonly name: string
  /** The layer's own word for what it is, such as `conv2d`. */
  readonly kind: string
  /** Shape of one item's result. */
  readonly output: Shape
  /** How many numbers are learned. */
  readonly parameters: number
  /** Multiplications of one item's forward pass, where a layer is mainly these. */
  readonly multiplications: number
}

/** What a layer makes of items of one shape. */
export interface Plan {
  /** Shape of one item's result, without the batch axis. */
  readonly output: Shape
  /** What is learned, by name. */
  readonly parameters?: Readonly<Record<string, ArraySpec>>
  /** What training changes beside: running statistics, by name. */
  readonly state?: Readonly<Record<string, ArraySpec>>
  /** Multiplications of one item's forward pass; left out (0) where a layer is not mainly these. */
  readonly multiplications?: number
  /** The layers inside, in the order in which they compute; a layer that holds none leaves this out. */
  readonly layers?: readonly LayerSummary[]
}

/** What a layer computes with. */
export interface LayerContext {
  /** Whether statistics are those of the batch and units are dropped. */
  readonly training: boolean
  /** The stream that dropout draws from. Throws `ValueError` if the caller gave none. */
  random(): Random
  /** A learned array by the layer's own name for it. */
  parameter(name: string): Tensor
  /** A running statistic, which training overwrites in place. */
  state(name: string): Tensor
  /** The context of a layer inside this one. */
  within(name: string): LayerContext
  /** Told of the layer's result, where somebody watches; see `forwardWithin`. */
  observe?(output: Tensor): void
}

/** A layer of a network. Write your own by giving these three. */
export interface Layer {
  /** One word for tables and errors: `conv2d`. */
  readonly kind: string
  /** Throws `ShapeError` for items that the layer cannot take, `ValueError` for options that cannot be. */
  plan(input: Shape): Plan
  /** x: [items, …shape of one]. */
  forward(x: Tensor, context: LayerContext): Tensor
}

const MOST = 2 ** 30 // numbers of one array

function checkSize(shape: Shape): void {
  if (sizeOf(shape) > MOST)
    throw new ShapeError(`needs an array of ${formatShape(shape)}, more than 2^30 numbers: make it smaller`)
}

/** The plan of an inner layer under its name. Throws `LayerError` with that name where the layer does not fit. */
export function planWithin(name: string, layer: Layer, input: Shape): Required<Omit<Plan, 'multiplications'>> {
  checkArgument('planWithin: layer', layer, aLayer)
  checkArgument('planWithin: input', input, aShape)
  checkShape(input)
  try {
    const { output, parameters = {}, state = {}, multiplications = 0, layers } = layer.plan(input)
    for (const shape of [output, ...Object.values(parameters).map((array) => array.shape)]) checkSize(shape)
    const count = Object.values(parameters).reduce((sum, { shape }) => sum + sizeOf(shape), 0)
    const itself: LayerSummary = { name: '', kind: layer.kind, output, parameters: count, multiplications }
    return {
      output,
      parameters: renamed(parameters, (inner) => joined(name, inner)),
      state: renamed(state, (inner) => joined(name, inner)),
      layers: (layers ?? [itself]).map((inner) => ({ ...inner, name: joined(name, inner.name) })),
    }
  } catch (error) {
    if (error instanceof LayerError) throw new LayerError(joined(name, error.layer), error.problem, error.cause)
    if (!(error instanceof ScatterlabError)) throw error
    throw new LayerError(name, `(${layer.kind}, given ${formatShape(input)}): ${error.message}`, error)
  }
}

/**
 * What the plans of inner layers hold together, in the order in which they compute. Throws `ValueError` for a name that
 * two arrays have.
 */
export function combined(plans: readonly Plan[]): Required<Pick<Plan, 'parameters' | 'state' | 'layers'>> {
  const isList = Array.isArray(plans) && plans.every(isRecord)
  checkArgument('combined: plans', plans, () => (isList ? undefined : 'a list of plans'))
  return {
    parameters: union(plans.map(({ parameters = {} }) => parameters)),
    state: union(plans.map(({ state = {} }) => state)),
    layers: plans.flatMap(({ layers = [] }) => layers),
  }
}

/** The result of an inner layer, which whoever watches the network is told of. */
export function forwardWithin(name: string, layer: Layer, x: Tensor, context: LayerContext): Tensor {
  checkArgument('forwardWithin: layer', layer, aLayer)
  checkTensor('forwardWithin: x', x)
  checkArgument('forwardWithin: context', context, having('the context that forward is given', 'within', 'parameter'))
  const inner = context.within(name)
  const output = layer.forward(x, inner)
  inner.observe?.(output)
  return output
}

/** A layer does not fit where it stands; `cause` is what it said. `code` is `LAYER`. */
export class LayerError extends ScatterlabError {
  /** Its dotted name; empty for a network that is this layer alone. */
  readonly layer: string
  /** The message without the name. */
  readonly problem: string
  constructor(layer: string, problem: string, cause?: unknown) {
    super('LAYER', `${titled(layer)} ${problem}`, { cause })
    this.layer = layer
    this.problem = problem
  }
}

/** The lengths of images. Throws `ShapeError` for items of another rank. */
export function imageShape(input: Shape): readonly [channels: number, height: number, width: number] {
  checkArgument('imageShape: input', input, aShape)
  if (input.length === 3) return [input[0], input[1], input[2]]
  throw new ShapeError(`takes images of shape [channels, height, width], given ${formatShape(input)}`)
}

/** A layer in a message, by its dotted name. */
export const titled = (name: string): string => (name === '' ? 'the layer' : `layer '${name}'`)

/** `outer.inner`, or the one that is not empty. */
export const joined = (outer: string, inner: string): string =>
  outer === '' ? inner : inner === '' ? outer : `${outer}.${inner}`

function renamed<T>(record: Readonly<Record<string, T>>, rename: (name: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [rename(name), value]))
}

function union<T>(records: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  const names = records.flatMap((record) => Object.keys(record))
  const repeated = names.find((name, i) => names.indexOf(name) < i)
  if (repeated === undefined) return Object.fromEntries(records.flatMap((record) => Object.entries(record)))
  throw new ValueError(`two arrays are named '${repeated}': give one of their layers another name`)
}
