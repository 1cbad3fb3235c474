// How far the moments of pictures are from those of a texture.
import type { Moments2d } from '@scatterlab/scattering'
import type { ArrayInput, ShapedArray } from '@scatterlab/tensor'

/** A moment counts as no smaller than this share of the largest: in a pattern that repeats, whole bands are empty. */
const EMPTY = 1e-5

/** Root mean square of the moments' relative errors, mean over pictures, and their sparsity, mean over bands. */
export async function relativeErrors(
  moments: Moments2d,
  target: ShapedArray,
  pictures: readonly ArrayInput[],
): Promise<{ all: number; sparsity: number }> {
  const { paths } = moments
  // the mean of a standardised texture is 0
  const own = paths.slice(1)
  const most = Math.max(...own.map(({ index }) => target.data[index]))
  const sizes = target.data.map((v) => Math.max(v, EMPTY * most))
  const powers = paths.filter(({ kind }) => kind === 'power')
  const bands = paths
    .filter(({ kind, order }) => kind === 'mean' && order === 1)
    .flatMap(({ index }, i) =>
      target.data[powers[i].index] > EMPTY * most ? [{ mean: index, power: powers[i].index }] : [],
    )
  const found = []
  for (const picture of pictures) {
    const { data } = await moments.transform(picture)
    const errors = own.map(({ index }) => (data[index] - target.data[index]) / sizes[index])
    found.push({
      all: Math.sqrt(mean(errors.map((v) => v * v))),
      sparsity: mean(bands.map(({ mean, power }) => data[mean] ** 2 / data[power])),
    })
  }
  return { all: mean(found.map((one) => one.all)), sparsity: mean(found.map(({ sparsity }) => sparsity)) }
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, v) => sum + v, 0) / numbers.length
