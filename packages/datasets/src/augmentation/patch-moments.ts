// The second moments of the patches of images: what a first layer that whitens them is made from.
import { ValueError, checkOptions, type Rules } from '@scatterlab/tensor'
import { aSide } from '../rules.ts'
import type { FloatImages } from '../sets/float-images.ts'
import { planesOf } from './planes.ts'

/** Which patches `patchMoments` takes. */
export interface PatchOptions {
  /** Side of the square patches. */
  readonly size: number
}

const RULES: Rules<PatchOptions> = { size: aSide }

/**
 * The mean of p·pᵀ over all patches p of size×size pixels of all images, not centred: a symmetric matrix [n, n] row by row, n =
 * channels·size², a patch being read channel by channel, row by row, as filters are. Throws ValueError for images smaller than a patch.
 */
export function patchMoments(
  images: FloatImages,
  options: PatchOptions,
): {
  /** The matrix row by row. */
  data: Float64Array
  /** [n, n], n = channels·size². */
  shape: [number, number]
} {
  const { count, channels, height, width } = planesOf(images)
  const { size } = checkOptions('patchMoments', options, RULES, ['size'])
  const [rows, columns] = [height - size + 1, width - size + 1]
  if (count * rows * columns <= 0 || rows < 1)
    throw new ValueError(`patchMoments: no patches of ${size}×${size} in ${count} images of ${height}×${width}`)
  const { data } = images
  const length = channels * size * size
  // where each number of a patch lies, from its corner
  const places = Int32Array.from({ length }, (_, i) => {
    const [channel, place] = [Math.floor(i / size ** 2), i % size ** 2]
    return (channel * height + Math.floor(place / size)) * width + (place % size)
  })
  const sums = new Float64Array(length * length)
  for (let image = 0; image < count; image++) {
    const first = image * channels * height * width
    for (let a = 0; a < length; a++) {
      for (let b = 0; b <= a; b++) {
        let sum = 0
        for (let y = 0; y < rows; y++) {
          const [p, q] = [first + places[a] + y * width, first + places[b] + y * width]
          for (let x = 0; x < columns; x++) sum += data[p + x] * data[q + x]
        }
        sums[a * length + b] += sum
      }
    }
  }
  const total = count * rows * columns
  for (let a = 0; a < length; a++) {
    for (let b = 0; b <= a; b++) sums[b * length + a] = sums[a * length + b] /= total
  }
  return { data: sums, shape: [length, length] }
}
