// Which algorithm a convolution is computed by: minimal filtering where its multiplications and transforms take less time than
// the multiplications of the definition. `bench/convolution.ts` measures both.
import type { ConvolutionAlgorithm, ConvolutionShape } from '@scatterlab/tensor/operations'
import { type Scheme, pointsOf, schemes } from './axis-transforms.ts'
import { axisPoints, axisTiles } from './tiling.ts'

/** What the transforms of a point take for a channel, in multiply–adds; measured from 8 to 256 channels. */
const TRANSFORM = 12
/** What the transform of a filter takes at a point, likewise: once for a batch. */
const FILTER_TRANSFORM = 4
/**
 * Minimal filtering must be this much better by that count to be taken. How much faster forward and both gradients were (by the
 * count), 3×3, channels to filters on a map: 8→8, 32²: 1.05 (1.00); 8→64, 16²: 1.6 (1.5); 12→12, 32²: 1.6 (1.3); 64→64, 2²: 0.97 (1.03);
 * 256→256, 2²: 0.94 (1.2); 16→16, 5²: 1.0 (0.9); 16→16, 6²: 1.6 (1.3); 64→64, 3²: 1.5 (2.3). 5×5: 8→16, 14²: 1.1 (0.85); 32→64, 7²: 1.5 (1.5).
 */
const MARGIN = 1.25
/** Multiply–adds by definition below which the calls take longer than the work. */
const LEAST_WORK = 4e6

/**
 * The scheme of minimal filtering for square filters of `taps` neighbours and steps of one, null for the direct kernels. `target` is the
 * shape of what the windows give.
 */
export function schemeFor(
  { items, groups, inChannels, outChannels, algorithm }: ConvolutionShape,
  taps: number,
  target: readonly number[],
  byDefault: ConvolutionAlgorithm,
): Scheme | null {
  const wanted = algorithm ?? byDefault
  if (wanted === 'direct') return null
  const fit = (scheme: Scheme): Scheme | null => (scheme.taps === taps ? scheme : null)
  if (wanted !== 'fastest') return fit(schemes[wanted])
  const scheme = fit(schemes['F(4,3)']) ?? fit(schemes['F(2,5)'])
  if (scheme === null) return null
  const [height, width] = target.slice(2) as [number, number]
  const [channels, filters] = [inChannels / groups, outChannels / groups]
  const direct = taps ** 2 * height * width * channels * filters
  if (items * groups * direct < LEAST_WORK) return null
  const points = axisPoints(axisTiles(height, scheme)) * axisPoints(axisTiles(width, scheme))
  const minimal =
    points * (channels * filters + TRANSFORM * (channels + filters)) +
    (pointsOf(scheme) ** 2 * FILTER_TRANSFORM * channels * filters) / items
  return minimal * MARGIN < direct ? scheme : null
}
