// Images that share the moments of a texture and nothing else: microcanonical descent from white noise (Bruna & Mallat 2018).
import {
  type ArrayInput,
  type Rule,
  type Rules,
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
  notNegative,
  random,
  sameShape,
  sizeOf,
  wholeNumber,
} from '@scatterlab/tensor'
import { type Inversion, type InvertOptions, invert } from './invert.ts'
import type { MomentPath, Moments2d } from './moments.ts'

/** How `synthesise` runs: like `invert`, but for the weights, which are set so that every moment counts by its error over its own size. */
export interface SynthesiseOptions extends Omit<InvertOptions<MomentPath>, 'weights'> {
  /** How many images, side by side, each from noise of its own: the result is [count, height, width] then. Default one, without that axis. */
  readonly count?: number
}

const rules: Rules<SynthesiseOptions> = {
  minimise: aFunction,
  iterations: wholeNumber(0),
  valueTolerance: notNegative,
  start: anything,
  seed: aSeed,
  count: wholeNumber(1, 4096),
  bounds: anything,
  signal: aSignal,
  onIteration: aFunction,
}

const someMoments: Rule = having('the moments, for example moments2d({ … })', 'apply')

/** Moments below this share of the largest count by that share. */
const FLOOR = 1e-5

/**
 * An image whose moments are `target` [moments], such as `moments.transform(texture)` gives them: a minimum of ½ Σ_p ((M_p x − t_p)/s_p)² / Σ_p (t_p/s_p)²
 * from Gaussian white noise of the mean and the variance that the moments tell of. s_p is |t_p|, so that `error` is the root mean square of
 * the relative errors; of a covariance, which may be 0, the deviations √(E|x ⋆ ψ1|² E|x ⋆ ψ2|²) of its first two bands. Throws
 * `ShapeError` for a target of another shape, `ValueError` for one of a constant image and for a constant start.
 *
 * @example const { x, error } = await synthesise(await moments.transform(texture), moments, { minimise: lbfgs, iterations: 300, seed: 1 })
 */
export async function synthesise(
  target: ArrayInput,
  moments: Moments2d,
  options: SynthesiseOptions,
): Promise<Inversion> {
  checkArgument('synthesise: the moments', moments, someMoments)
  const { seed = 0, start, count, ...checked } = checkOptions('synthesise', options, rules, ['minimise'])
  const given = asTensor(target, 'the target')
  const { paths, inputShape, outputShape } = moments
  if (!sameShape(given.shape, outputShape)) {
    throw new ShapeError(
      `the target has shape ${formatShape(given.shape)}, the moments of one image ${formatShape(outputShape)}`,
    )
  }
  const values = Float64Array.from(await given.read())
  const deviation = deviationOf(values, paths)
  if (!(deviation > 0)) {
    throw new ValueError(
      `the target has no energy beside its mean: its image is constant or not finite, give the moments of a texture`,
    )
  }
  const scaleOf = scalesOf(values, paths, deviation)
  const batch = count === undefined ? [] : [count]
  const noise = (): ArrayInput => {
    const shape = [...batch, ...inputShape]
    const data = random(seed).fillNormal(new Float64Array(sizeOf(shape))) as Float64Array
    return { data: data.map((v) => values[0] + deviation * v), shape }
  }
  if (start !== undefined) checkVaries(start, sizeOf(inputShape))
  const targets = batch.length === 0 ? given : given.expand(0).broadcastTo([...batch, ...outputShape])
  return invert<MomentPath>(targets, moments, {
    ...checked,
    start: start ?? noise(),
    weights: ({ index }) => scaleOf(index) ** -2,
  })
}

/** Throws `ValueError` for a constant image: its moduli are 0, where they have no gradient, so that it stays constant. */
function checkVaries(start: ArrayInput, pixels: number): void {
  const data = asTensor(start, 'start').toTypedArray()
  for (let from = 0; from < data.length; from += pixels) {
    if (data.subarray(from, from + pixels).every((v) => v === data[from]))
      throw new ValueError('start holds a constant image, which no gradient moves: give one that varies, or none')
  }
}

/** What an error of each moment is measured by: the moment itself, and for a covariance the powers of the fields that it is of. */
function scalesOf(values: Float64Array, paths: readonly MomentPath[], deviation: number): (index: number) => number {
  const isCovariance = ({ part }: MomentPath): boolean => part !== undefined
  const bandOf = ({ scales, orientations }: MomentPath, at: number): string => `${scales[at]} ${orientations[at]}`
  const powers = new Map(paths.flatMap((path, p) => (path.kind === 'power' ? [[bandOf(path, 0), values[p]]] : [])))
  const largest = values.reduce(
    (most, v, p) => (paths[p].order === 0 || isCovariance(paths[p]) ? most : Math.max(most, Math.abs(v))),
    0,
  )
  return (p) => {
    const path = paths[p]
    if (path.order === 0) return Math.max(Math.abs(values[p]), deviation)
    if (!isCovariance(path)) return Math.max(Math.abs(values[p]), FLOOR * largest)
    return Math.max(Math.sqrt(powers.get(bandOf(path, 0))! * powers.get(bandOf(path, 1))!), FLOOR * largest)
  }
}

/** The deviation of an image: of all bands together, by their powers, or, without them, as if it were Gaussian. */
function deviationOf(values: Float64Array, paths: readonly MomentPath[]): number {
  const powers = paths.flatMap(({ kind }, p) => (kind === 'power' ? [values[p]] : []))
  const means = paths.flatMap(({ order, kind }, p) => (order === 1 && kind === 'mean' ? [values[p]] : []))
  const variance =
    powers.length > 0 ? powers.reduce((sum, v) => sum + v, 0) : (4 / Math.PI) * means.reduce((sum, v) => sum + v * v, 0)
  return Math.sqrt(variance)
}
