// From coefficients back to an image or a signal: descent on the distance of the coefficients from a random start. What minimises comes
// from outside, so that this package knows no optimizer.
import {
  type ArrayInput,
  type Backend,
  type Rule,
  type Rules,
  type ShapedArray,
  ShapeError,
  Tensor,
  ValueError,
  aFunction,
  aSeed,
  aSignal,
  anything,
  asTensor,
  checkArgument,
  checkOptions,
  formatShape,
  having,
  mul,
  notNegative,
  onBackend,
  pointwise,
  realOf,
  sameShape,
  sum,
  tensor,
  wholeNumber,
} from '@scatterlab/tensor'
import { approach } from './approach.ts'
import { type Bounds, boundedBy } from './bounds.ts'
import { randomStart } from './random-start.ts'

/** What is inverted: any transform of this package. */
export interface Invertible<Path> {
  /** Who computes. */
  readonly backend: Backend
  /** Shape of one image or signal. */
  readonly inputShape: readonly number[]
  /** Shape of its coefficients, paths first. */
  readonly outputShape: readonly number[]
  /** What each coefficient is, in their order. */
  readonly paths: readonly Path[]
  /** The coefficients of images or signals, [..., …inputShape] → [..., …outputShape], differentiable. */
  apply(x: Tensor): Tensor
}

/**
 * What `optim`'s `lbfgs` is: minimises a differentiable function of an array from a start. The function gives one number, or, of `parts`
 * problems, one for each, whose sum is minimised.
 */
export type Minimise = (
  objective: (x: Tensor) => Tensor,
  start: Tensor,
  options: {
    /** At most so many. */
    readonly iterations: number
    /** Ends where ‖∇‖ is no larger. */
    readonly gradientTolerance: number
    /** Ends where an iteration changes the value by a smaller fraction. */
    readonly valueTolerance: number
    /** How many problems lie side by side along the first axis, each with a curvature of its own. Left out where it is one. */
    readonly parts?: number
    /** How many steps are worth remembering, for a rule that remembers some. */
    readonly history?: number
    /** Ends the run: the promise rejects with the signal's reason. */
    readonly signal?: AbortSignal
    /** Called after each iteration, counted from 1, with the value there; `x` gives the array. */
    readonly onIteration: (iteration: { readonly iteration: number; readonly value: number; x(): Tensor }) => void
    /** Asked after each iteration whether to end there. */
    readonly until?: (iteration: { readonly value: number; x(): Tensor }) => Promise<boolean>
  },
) => Promise<{
  /** Where the function is least. */
  readonly x: Tensor
  /** The value there. */
  readonly value: number
  /** Iterations that were done. */
  readonly iterations: number
  /** Times that the function and its gradient were computed. */
  readonly evaluations: number
  /** Why it ended, in one word; `gradient` where the gradient vanished. */
  readonly reason: string
}>

/** One iteration, for progress and curves. */
export interface InvertIteration {
  /** From 1. */
  readonly iteration: number
  /** ‖S x − target‖ / ‖target‖, weighted. */
  readonly error: number
  /** The array now, from which another call can go on by `start`. */
  x(): ShapedArray
}

/** How `invert` runs. */
export interface InvertOptions<Path> {
  /** What minimises, for example `lbfgs` of `@scatterlab/optim`. */
  readonly minimise: Minimise
  /** Most iterations (default 100). */
  readonly iterations?: number
  /** Ends where an iteration changes the squared error by a smaller fraction (default 0: never). */
  readonly valueTolerance?: number
  /** Where to begin (default: white noise of the mean and the energy that the coefficients tell of). */
  readonly start?: ArrayInput
  /** Of that noise (default 0). */
  readonly seed?: number
  /** How much each path counts, 0 or more: a path of weight 0 is left out (default: all count 1). */
  readonly weights?: (path: Path) => number
  /** Numbers that the result stays between: one or both ends. */
  readonly bounds?: Bounds
  /** Ends the run: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Called after each iteration. */
  readonly onIteration?: (iteration: InvertIteration) => void
}

/** Where `invert` ended. */
export interface Inversion {
  /** What has the coefficients, in the shape and precision of what the transform takes. */
  readonly x: ShapedArray
  /** ‖S x − target‖ / ‖target‖, weighted; ‖S x‖ where the target is 0. */
  readonly error: number
  /** Iterations that were done. */
  readonly iterations: number
  /** Times that the transform and its gradient were computed. */
  readonly evaluations: number
  /** Why the run ended, as `minimise` says it. */
  readonly reason: string
  /** The error after each iteration. */
  readonly history: readonly number[]
}

const rules: Rules<InvertOptions<never>> = {
  minimise: aFunction,
  iterations: wholeNumber(0),
  valueTolerance: notNegative,
  start: anything,
  seed: aSeed,
  weights: aFunction,
  bounds: anything,
  signal: aSignal,
  onIteration: aFunction,
}

const aTransform: Rule = having('a transform, for example scattering2d({ … })', 'apply')

const weightedDistance = pointwise('weightedDistance', (S, target, w) => S.minus(target).times(w).square())

/**
 * An array whose coefficients are near `target` [..., paths, kept samples], such as `transform(x)` gives them: a minimum of
 * ½ Σ_p w_p ‖S[p]x − target[p]‖² / Σ_p w_p ‖target[p]‖² (Bruna & Mallat 2013, section 5; Mallat 2016). Coefficients that are averaged
 * over the whole image tell it up to a translation. A batch is minimised as one. Throws `ShapeError` for a target that is not of the
 * transform's shape, `ValueError` for one that is not finite, for weights that leave nothing, and for a start whose gradient is 0 though
 * its coefficients are not the target's.
 *
 * @example const { x } = await invert(S.transform(image), S, { minimise: lbfgs, iterations: 50 })
 */
export async function invert<
  Path extends {
    /** How many moduli a path has. */
    readonly order: number
  },
>(target: ArrayInput, transform: Invertible<Path>, options: InvertOptions<Path>): Promise<Inversion> {
  checkArgument('invert: the transform', transform, aTransform)
  const checked = checkOptions('invert', options, rules as Rules<InvertOptions<Path>>, ['minimise'])
  const { minimise, iterations = 100, valueTolerance = 0, seed = 0, signal, onIteration } = checked
  const { backend, inputShape, outputShape, paths } = transform
  const given = asTensor(target, 'the target')
  const batch = given.shape.slice(0, -outputShape.length)
  if (given.rank < outputShape.length || !sameShape(given.shape, [...batch, ...outputShape])) {
    throw new ShapeError(
      `the target has shape ${formatShape(given.shape)}, the coefficients of this transform [..., ${outputShape.join(', ')}]`,
    )
  }
  const dtype = realOf(given.dtype)
  const values = Float64Array.from(await given.read())
  if (!values.every(Number.isFinite))
    throw new ValueError('the target is not finite everywhere: transform finite numbers')
  const own = outputShape.reduce((product, n) => product * n, 1) / paths.length
  const weights = paths.map((path) => weightOf(checked.weights, path))
  const energy = values.reduce((total, v, i) => total + weights[Math.floor(i / own) % paths.length] * v * v, 0)
  if (weights.every((w) => w === 0)) throw new ValueError('weights leaves no path: give a weight above 0 to some')

  const shape = [...batch, ...inputShape]
  const bounded = boundedBy(checked.bounds)
  const start =
    checked.start !== undefined
      ? startOf(checked.start, shape)
      : randomStart(values, { paths, own, inputShape, batch, seed })
  const scale = energy > 0 ? 1 / Math.sqrt(energy) : 1
  const resident = (data: Float64Array, of: readonly number[]): Tensor =>
    onBackend(tensor(dtype === 'float32' ? Float32Array.from(data) : data, of), backend)
  const scaled = Float64Array.from(weights, (w) => Math.sqrt(w) * scale)
  const w = resident(scaled, [paths.length, ...outputShape.slice(1).map(() => 1)])
  const wanted = resident(values, given.shape)
  return approach({
    minimise,
    apply: transform.apply,
    loss: (S) => mul(sum(weightedDistance(S, wanted, w)), 0.5),
    first: resident(start.map(bounded.to), shape),
    from: bounded.from,
    iterations,
    valueTolerance,
    signal,
    onIteration,
  })
}

function weightOf<Path>(weights: ((path: Path) => number) | undefined, path: Path): number {
  const weight = weights ? weights(path) : 1
  if (!Number.isFinite(weight) || weight < 0)
    throw new ValueError(`weights gives ${weight} for a path: give a finite number, 0 or more`)
  return weight
}

function startOf(given: ArrayInput, shape: readonly number[]): Float64Array {
  const start = asTensor(given, 'start')
  if (!sameShape(start.shape, shape))
    throw new ShapeError(`start has shape ${formatShape(start.shape)}: give ${formatShape(shape)}`)
  return Float64Array.from(start.toTypedArray())
}
