// Whether two sets of samples can be told apart: the set of each sample's nearest neighbour among all others.
import { ShapeError, checkOptions, realArray } from '@scatterlab/tensor'
import { DataError } from './errors.ts'
import { type Features, matrixOf } from './features.ts'
import { kNearestNeighbours } from './nearest-neighbours.ts'
import { type RunOptions, runRules } from './run.ts'

/** Shares from 0 to 1 of samples whose nearest neighbour is of their own set; ½ where both sets follow one law. */
export interface NearestNeighbourTest {
  /** Of all samples. */
  readonly accuracy: number
  /** Of the first set, such as real images. */
  readonly firstRecall: number
  /** Of the second set, such as generated ones. */
  readonly secondRecall: number
}

/**
 * Leave-one-out accuracy of the 1-nearest-neighbour classifier between two sets of as many samples, [n, d] each (Lopez-Paz & Oquab 2017; Xu et al.
 * 2018): 1 where they lie apart. A low recall of real samples beside a high one of generated ones tells of a generator that draws few kinds, both
 * below ½ of one that remembers. Of equal distances the first set wins. Throws `ShapeError` unless both are of one shape, `DataError` for
 * a NaN or fewer than two samples.
 */
export async function nearestNeighbourTest(
  first: Features,
  second: Features,
  options?: RunOptions,
): Promise<NearestNeighbourTest> {
  const checked = checkOptions('nearestNeighbourTest', options, runRules)
  const [a, b] = [matrixOf(first), matrixOf(second)]
  const [count, size] = a.shape
  if (b.shape[0] !== count || b.shape[1] !== size)
    throw new ShapeError(
      `sets of ${a.shape.join('×')} and ${b.shape.join('×')}: give as many samples of each, in the same features`,
    )
  if (count < 2) throw new DataError(`sets of ${count} samples: give two or more of each`)
  const isDouble = a.data instanceof Float64Array || b.data instanceof Float64Array
  const data = realArray(isDouble ? 'float64' : 'float32', 2 * count * size)
  data.set(a.data)
  data.set(b.data, count * size)
  const all = { data, shape: [2 * count, size] }
  const labels = Int32Array.from({ length: 2 * count }, (_, i) => (i < count ? 0 : 1))
  // each sample is among its own two nearest, unless two others equal it
  const { indices } = await kNearestNeighbours(all, labels, { ...checked, k: 2 }).neighbours(all, checked)
  const own = [0, 0]
  labels.forEach((label, i) => {
    const nearest = indices[2 * i] === i ? indices[2 * i + 1] : indices[2 * i]
    if (labels[nearest] === label) own[label]++
  })
  return { accuracy: (own[0] + own[1]) / (2 * count), firstRecall: own[0] / count, secondRecall: own[1] / count }
}
