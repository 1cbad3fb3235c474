// Rotated MNIST, made from the real digits as others rebuilt it (the first copy's files are gone): all digits shuffled, each turned once by
// an angle of the whole turn, 12,000 to train and choose with, 50,000 to test.
import type { ByteImages, GreyShape, LabelledImages, TrainTest } from '@scatterlab/datasets'
import { rotate } from '@scatterlab/symmetry'
import { random } from '@scatterlab/tensor'

/** The sizes of its parts; choices are made by the last `validation` of the training digits. */
export interface Parts {
  readonly train: number
  readonly validation: number
  readonly test: number
}

/**
 * The digits `order[0]`, `order[1]`, … of a set and its test set together, turned about their centre by linear interpolation, zero beyond
 * the frame, rounded to bytes. The same digits and angles for the same seed, however few are asked for.
 */
export function rotatedDigits(
  digits: TrainTest<GreyShape>,
  { train, test }: Parts,
  seed: number,
): TrainTest<GreyShape> {
  const all = [digits.train, digits.test]
  const total = all.reduce((sum, { labels }) => sum + labels.length, 0)
  const order = random(`rotated digits ${seed}: order`).permutation(total)
  const angles = random(`rotated digits ${seed}: angles`).fillUniform(new Float64Array(total), 0, 2 * Math.PI)
  const part = (start: number, count: number): LabelledImages<GreyShape> =>
    turned(all, order.subarray(start, start + count), angles.subarray(start, start + count))
  return {
    train: part(0, train),
    test: part(total - test, test),
    source: `${train} + ${test} digits of ${digits.source}, shuffled and rotated by the seed ${seed}`,
  }
}

function turned(
  sets: readonly LabelledImages<GreyShape>[],
  indices: Int32Array,
  angles: Float64Array,
): LabelledImages<GreyShape> {
  const [, height, width] = sets[0].images.shape
  const pixels = height * width
  const upright = new Float32Array(indices.length * pixels)
  const labels = new Uint8Array(indices.length)
  indices.forEach((index, i) => {
    const first = sets[0].labels.length
    const [set, at] = index < first ? [sets[0], index] : [sets[1], index - first]
    upright.set(set.images.data.subarray(at * pixels, (at + 1) * pixels), i * pixels)
    labels[i] = set.labels[at]
  })
  const { data } = rotate({ data: upright, shape: [indices.length, height, width] }, angles, {
    interpolation: 'linear',
    border: 'zero',
  })
  return { images: bytes(data, [indices.length, height, width]), labels }
}

const bytes = (data: ArrayLike<number>, shape: GreyShape): ByteImages<GreyShape> => ({
  data: Uint8Array.from(data, (value) => Math.round(value)),
  shape,
})
