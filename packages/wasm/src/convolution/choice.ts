// Which algorithm a convolution of 3×3 filters is computed by: minimal filtering where its multiplications and transforms take
// less time than the multiplications of the definition. `bench/convolution.ts` measures both.
import type { ConvolutionAlgorithm, ConvolutionShape } from '@scatterlab/tensor/operations'
import type { TileSide } from './axis-transforms.ts'
import { axisPoints, axisTiles } from './tiling.ts'

/** What the transforms of a point take for a channel, in multiply–adds; measured from 8 to 256 channels. */
const TRANSFORM = 12
/** What the transform of a filter takes at a point, likewise: once for a batch. */
const FILTER_TRANSFORM = 4
/** Minimal filtering must be this much better by that count to be taken. */
const MARGIN = 1.25
/** Multiply–adds by definition below which the calls take longer than the work. */
const LEAST_WORK = 4e6

/** Outputs to a side of the tiles, null for the direct kernels. `target` is the shape of what the windows give. */
export function tileSideFor(
  { items, groups, inChannels, outChannels, algorithm }: ConvolutionShape,
  target: readonly number[],
  byDefault: ConvolutionAlgorithm,
): TileSide | null {
  const wanted = algorithm ?? byDefault
  if (wanted === 'direct') return null
  if (wanted !== 'fastest') return wanted === 'F(2,3)' ? 2 : 4
  const [height, width] = target.slice(2) as [number, number]
  const [channels, filters] = [inChannels / groups, outChannels / groups]
  const direct = 9 * height * width * channels * filters
  if (items * groups * direct < LEAST_WORK) return null
  const points = axisPoints(axisTiles(height, 4)) * axisPoints(axisTiles(width, 4))
  const minimal =
    points * (channels * filters + TRANSFORM * (channels + filters)) +
    (36 * FILTER_TRANSFORM * channels * filters) / items
  return minimal * MARGIN < direct ? 4 : null
}
