// Images and signals that share the moments of a texture and nothing else: microcanonical descent from noise (Bruna & Mallat 2018).
import {
  type ArrayInput,
  type Rule,
  type Rules,
  type Tensor,
  ShapeError,
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
  realOf,
  sameShape,
  scope,
  sizeOf,
  square,
  sub,
  sum,
  tensor,
  unrecorded,
  wholeNumber,
} from '@scatterlab/tensor'
import { approach } from './approach.ts'
import { boundedBy } from './bounds.ts'
import { decorrelate } from './decorrelate.ts'
import { colouredNoise, equalised } from './equalise.ts'
import type { Inversion, InvertIteration, InvertOptions } from './invert.ts'
import { type MomentTarget, momentTarget } from './moment-target.ts'
import type { Moment, Moments } from './moments-of.ts'

/** How `synthesise` runs: like `invert`, but without weights, as every moment counts by its error over its own size. */
export interface SynthesiseOptions extends Omit<InvertOptions<Moment>, 'weights' | 'onIteration'> {
  /** How many, side by side, each from noise of its own: the result is [count, ...] then. Default one, without that axis. */
  readonly count?: number
  /** Ends after an iteration where the `error` of all together is no larger (default 0: never). */
  readonly errorTolerance?: number
  /** Called after each iteration: `error` is what `history` of the result says. */
  readonly onIteration?: (iteration: InvertIteration) => void
}

/** What `synthesise` found. */
export interface Synthesis extends Inversion {
  /** Root mean square of the moments' relative errors; of covariances ‖M x − target‖ / ‖target‖, each number over what its error is measured by. */
  readonly error: number
  /**
   * After each iteration the root of what is minimised: it never rises under a line search. Of up to 400 moments it is about how far x is from an
   * array that has them, as a share of its size, strong frequencies counted less; of more it is `error`.
   */
  readonly history: readonly number[]
}

const rules: Rules<SynthesiseOptions> = {
  minimise: aFunction,
  iterations: wholeNumber(0),
  valueTolerance: notNegative,
  errorTolerance: notNegative,
  start: anything,
  seed: aSeed,
  count: wholeNumber(1, 4096),
  bounds: anything,
  signal: aSignal,
  onIteration: aFunction,
}

const someMoments: Rule = having('the moments, for example moments2d({ … })', 'apply', 'spectrum')

/** Moments below this share of the largest count by that share. */
const FLOOR = 1e-5
/** Steps that a minimiser is told to remember. */
const HISTORY = 40
/** Slopes are measured by steps of this share of the start's deviation. */
const STEP = 0.003
/** Errors are measured where they are foretold to be below this multiple of what is asked for. */
const NEAR = 1.5
/** More moments than these are not decorrelated: their slopes take long to measure, and of thousands combinations fit the start alone. */
const MOST = 400

/**
 * An image or a signal whose moments are `target` [moments], such as `moments.transform(texture)` gives them. It begins as Gaussian noise whose
 * bands have the powers that the moments tell of. Errors count relative to their moment, those of a covariance, which may be 0, relative to
 * √(E|x ⋆ ψ1|² E|x ⋆ ψ2|²) of its first two bands. What is minimised is the sum of their squares; of up to 400 moments, that of
 * combinations of the errors that change independently of each other near the start. Throws `ShapeError` for a target of another shape, `ValueError` for one of a constant image
 * and for a constant start.
 *
 * @example const { x, error } = await synthesise(await moments.transform(texture), moments, { minimise: lbfgs, iterations: 150, seed: 1 })
 */
export async function synthesise<Path extends Moment>(
  target: ArrayInput,
  moments: Moments<Path>,
  options: SynthesiseOptions,
): Promise<Synthesis> {
  checkArgument('synthesise: the moments', moments, someMoments)
  const checked = checkOptions('synthesise', options, rules, ['minimise'])
  const { minimise, iterations = 100, valueTolerance = 0, errorTolerance = 0, seed = 0, count, signal } = checked
  const { backend, inputShape, paths, outputShape } = moments
  const given = asTensor(target, 'the target')
  const told = await momentTarget(given, moments)
  const shape = [...(count === undefined ? [] : [count]), ...inputShape]
  const { data: amplitudes } = await moments.spectrum(given)
  const start =
    checked.start === undefined
      ? colouredNoise(amplitudes, inputShape, { mean: told.mean, count: count ?? 1, seed })
      : startOf(checked.start, shape, sizeOf(inputShape))

  const resident = (data: Float64Array, of: readonly number[]): Tensor =>
    onBackend(tensor(realOf(given.dtype) === 'float32' ? Float32Array.from(data) : data, of), backend)
  const [bounded, level] = [boundedBy(checked.bounds), equalised(amplitudes, inputShape)]
  const from = (z: Tensor): Tensor => bounded.from(level.from(z))
  const coordinates = level.to(start.map(bounded.to))
  const deviation = deviationOf(coordinates)
  const first = resident(coordinates, shape)
  const wanted = resident(told.values, outputShape)
  const scales = scalesOf(told, paths)
  const energy = told.values.reduce((all, v, p) => all + (v / scales[p]) ** 2, 0) * (count ?? 1)
  const inverse = resident(
    scales.map((scale) => 1 / scale),
    outputShape,
  )
  const errorsOf = (S: Tensor): Tensor => mul(sub(S.reshape(-1, paths.length), wanted), inverse)
  const isDecorrelated = iterations > 0 && paths.length <= MOST
  const sumOfSquares = isDecorrelated
    ? await decorrelate({
        numbersOf: (z) => errorsOf(moments.apply(from(z))),
        at: first.reshape(count ?? 1, ...inputShape),
        step: STEP * deviation,
        seed: `slopes ${seed}`,
        signal,
      })
    : (errors: Tensor) => sum(square(errors), { axes: [-1] })
  const errorAt = async (x: () => Tensor): Promise<number> => {
    const errors = await scope(() => unrecorded(() => errorsOf(moments.apply(x())).read()))
    return Math.sqrt(Float64Array.from(errors).reduce((all, v) => all + v * v, 0) / energy)
  }
  // what is minimised and the error fall together
  let ratio = 0
  const isMet = async (value: number, x: () => Tensor): Promise<boolean> => {
    if (ratio * value > NEAR * errorTolerance) return false
    const error = await errorAt(x)
    ratio = error / value
    return error <= errorTolerance
  }
  const size = isDecorrelated ? start.length * deviation ** 2 : energy
  const found = await approach({
    minimise,
    apply: moments.apply,
    loss: (S) => mul(sumOfSquares(errorsOf(S)), 0.5 / size),
    first,
    from,
    iterations,
    valueTolerance,
    history: HISTORY,
    ...(count !== undefined && { parts: count }),
    ...(errorTolerance > 0 && { until: isMet }),
    signal,
    onIteration: checked.onIteration,
  })
  const x = asTensor(found.x, 'x')
  return { ...found, error: await errorAt(() => x) }
}

/** Throws `ValueError` for a constant array: its moduli are 0, where they have no gradient, so that it stays constant. */
function startOf(given: ArrayInput, shape: readonly number[], size: number): Float64Array {
  const start = asTensor(given, 'start')
  if (!sameShape(start.shape, shape))
    throw new ShapeError(`start has shape ${formatShape(start.shape)}: give ${formatShape(shape)}`)
  const data = Float64Array.from(start.toTypedArray())
  for (let from = 0; from < data.length; from += size) {
    if (data.subarray(from, from + size).every((v) => v === data[from]))
      throw new ValueError('start holds a constant image, which no gradient moves: give one that varies, or none')
  }
  return data
}

/** What an error of each moment is measured by: the moment itself, and for a covariance the powers of the fields that it is of. */
function scalesOf({ values, deviation }: MomentTarget, paths: readonly Moment[]): Float64Array {
  const bandOf = ({ frequencies, angles = [] }: Moment, at: number): string => `${frequencies[at]} ${angles[at]}`
  const powers = new Map(paths.flatMap((path, p) => (path.kind === 'power' ? [[bandOf(path, 0), values[p]]] : [])))
  const largest = values.reduce(
    (most, v, p) => (paths[p].order === 0 || paths[p].part ? most : Math.max(most, Math.abs(v))),
    0,
  )
  return values.map((value, p) => {
    const path = paths[p]
    if (path.order === 0) return Math.max(Math.abs(value), deviation)
    const own = path.part ? Math.sqrt(powers.get(bandOf(path, 0))! * powers.get(bandOf(path, 1))!) : Math.abs(value)
    return Math.max(own, FLOOR * largest)
  })
}

function deviationOf(data: Float64Array): number {
  const mean = data.reduce((sum, v) => sum + v, 0) / data.length
  return Math.sqrt(data.reduce((sum, v) => sum + (v - mean) ** 2, 0) / data.length)
}
