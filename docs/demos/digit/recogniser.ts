// Φ of digits, and a linear classifier fitted to it in the page.
import { toFloat32 } from '@scatterlab/datasets'
import { mnistSample } from '@scatterlab/datasets/mnist-sample'
import { type LinearClassifier, errorCount, ridge } from '@scatterlab/learn'
import { type Scattering2d, scattering2d } from '@scatterlab/scattering'
import type { Backend, ShapedArray } from '@scatterlab/tensor'

/** The side of what Φ takes: digits with a border of two pixels. */
export const SIDE = 32
export const ORIENTATIONS = 8
/** λ, chosen once on digits that were held out of the training ones (`ridgeSelect`, J = 3). */
const PENALTY = 2e-3

/** A classifier, and how it fared. */
export interface Recogniser {
  readonly classifier: LinearClassifier
  readonly errors: number
  readonly tested: number
}

/** Φ of digits that are [digits, 32, 32]. */
export function digitScattering(scales: number, backend: Backend): Scattering2d {
  return scattering2d({ shape: [SIDE, SIDE], scales, orientations: ORIENTATIONS, backend })
}

/** Fits Φ of 1,000 digits, and counts errors on 1,000 others. */
export async function recogniser(
  transform: Scattering2d,
  { signal, onStage = () => {} }: { readonly signal?: AbortSignal; readonly onStage?: (stage: string) => void } = {},
): Promise<Recogniser> {
  const { backend } = transform
  const run = { backend, ...(signal && { signal }) }
  const digits = await mnistSample()
  const features = (set: typeof digits.train): Promise<ShapedArray> =>
    transform.transformAsync(set.images, {
      prepare: (some) => toFloat32(some, { pad: [SIDE, SIDE] }),
      ...(signal && { signal }),
    })
  onStage('Φ of 1,000 digits')
  const train = await features(digits.train)
  onStage('fitting a linear classifier')
  const classifier = await ridge(train, digits.train.labels, { penalty: PENALTY, ...run })
  onStage('testing it on 1,000 others')
  const predicted = await classifier.predict(await features(digits.test), run)
  const { errors, count } = errorCount(predicted, digits.test.labels)
  return { classifier, errors, tested: count }
}
