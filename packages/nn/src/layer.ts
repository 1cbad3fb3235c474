// What a layer is: a description that plans its shapes and parameters before any number exists, and computes on arrays that
// it is given. It holds no numbers of its own; `network` makes them and hands them in.
import { type Random, type Shape, type Tensor, ShapeError, ScatterlabError, formatShape } from '@scatterlab/tensor'
import type { Initialiser } from './initialisers.ts'

/** An array that a layer owns: its shape and what it begins as. */
export interface ArraySpec {
  readonly shape: Shape
  readonly initialise: Initialiser
  /** How many inputs one output of the layer sums over. */
  readonly fanIn: number
  /** How many outputs one input of the layer goes to. */
  readonly fanOut: number
}

/** One layer in the table of a network. */
export interface LayerSummary {
  /** Dotted name: `layer1.0.conv1`. */
  readonly name: string
  readonly kind: string
  /** Shape of one item's result. */
  readonly output: Shape
  /** Learned numbers. */
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

/** The plan of an inner layer under its name, the name in front of any error. */
export function planWithin(name: string, layer: Layer, input: Shape): Plan {
  try {
    const { output, parameters = {}, state = {}, multiplications = 0, layers } = layer.plan(input)
    const count = Object.values(parameters).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)
    const own = { name, kind: layer.kind, output, parameters: count, multiplications }
    return {
      output,
      parameters: renamed(parameters, (inner) => joined(name, inner)),
      state: renamed(state, (inner) => joined(name, inner)),
      layers: layers?.map((inner) => ({ ...inner, name: joined(name, inner.name) })) ?? [own],
    }
  } catch (error) {
    if (!(error instanceof ScatterlabError) || error instanceof LayerError) throw prefixed(error, name)
    throw new LayerError(name, `layer '${name}' (${layer.kind}, given ${formatShape(input)}): ${error.message}`, error)
  }
}

/** A layer cannot be built where it stands; `layer` is its dotted name. `code` is `LAYER`. */
export class LayerError extends ScatterlabError {
  readonly layer: string
  constructor(layer: string, message: string, cause?: unknown) {
    super('LAYER', message, { cause })
    this.layer = layer
  }
}

function prefixed(error: unknown, name: string): unknown {
  if (!(error instanceof LayerError) || name === '') return error
  const whole = joined(name, error.layer)
  return new LayerError(whole, error.message.replace(`layer '${error.layer}'`, `layer '${whole}'`), error.cause)
}

/** Throws `ShapeError` unless items have this many axes. */
export function checkRank(input: Shape, rank: number, form: string): void {
  if (input.length !== rank) throw new ShapeError(`takes items of shape ${form}, given ${formatShape(input)}`)
}

/** `outer.inner`, or the one that is not empty. */
export const joined = (outer: string, inner: string): string =>
  outer === '' ? inner : inner === '' ? outer : `${outer}.${inner}`

function renamed<T>(record: Readonly<Record<string, T>>, rename: (name: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [rename(name), value]))
}
