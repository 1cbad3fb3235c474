// The half that learns no filters, in two lines: wavelets, as the slide; and patches of the data, drawn and not trained. What is fitted
// are classifiers, in closed form. Their penalties are chosen on training images that are held out.
import type { ColourShape, TrainTest } from '@scatterlab/datasets'
import { take } from '@scatterlab/datasets'
import { type RunContext, type Phase, errorRow, grouped } from '@scatterlab/repro'

import { patchFeatures } from './patches.ts'
import { type FeatureStream, streamedRidge } from './streamed-ridge.ts'
import { gaussianKernel, linearStream, waveletFeatures } from './wavelets.ts'

/** How much of it is done. */
export interface FixedBudget {
  readonly training: number
  readonly testing: number
  /** Training images that penalties are chosen on, the last ones; they are fitted to afterwards. */
  readonly held: number
  /** J. */
  readonly scales: number
  /** Training images that the kernel is taken to (Nyström). */
  readonly landmarks: number
  /** Patches of the data. */
  readonly patches: number
  /** Whether the linear classifier of wavelets is fitted as well; default true. */
  readonly linear?: boolean
}

/** What is done, for the protocol. */
export const inWordsFixed = ({ training, testing, held, scales, landmarks, patches }: FixedBudget): string =>
  `without learning: the first ${grouped(training)} training images, the first ${grouped(testing)} test images; ` +
  `scattering J = ${scales}, L = 8, order 2, of Y, U and V, logarithms, standardised, one weight for each order and scale, mirror images taken together; Gaussian kernel to ` +
  `${grouped(landmarks)} training images; ${grouped(patches)} whitened patches of 6×6; least squares to ±1, the penalty by the last ` +
  `${grouped(held)} training images, held out`

/** γ of the kernel, in parts of the mean squared distance; chosen on held-out training images, as α and ε below (see README). */
const GAMMA = 0.5
const THRESHOLD = 0.25
const EPSILON = 0.1
/** Images that deviations of wavelet coefficients are measured on. */
const MEASURED = 5_000
const CLASSES = 10

/** Fits the classifiers and tests each once. */
export async function withoutLearning(
  { backend, seed, progress, log, output }: RunContext<unknown>,
  set: TrainTest<ColourShape>,
  budget: FixedBudget,
): Promise<void> {
  const train = take(set.train, Math.min(budget.training, set.train.labels.length))
  const test = take(set.test, Math.min(budget.testing, set.test.labels.length))
  const count = train.labels.length

  // wavelets: scattering, logarithms, one size for all coefficients
  const wavelets = await waveletFeatures(train.images, { scales: budget.scales, measured: MEASURED, backend })
  const kernel = await progress.during('wavelets: landmarks', () =>
    gaussianKernel(
      wavelets,
      train.images,
      Int32Array.from({ length: budget.landmarks }, (_, i) => i),
      GAMMA,
      backend,
    ),
  )
  await line(
    'wavelets, Gaussian kernel',
    kernel.stream(train.images),
    kernel.stream(test.images),
    ofKernel(budget.landmarks),
    20,
  )
  kernel.dispose()
  if (budget.linear ?? true) {
    const means = (images: typeof train.images): FeatureStream => linearStream(wavelets, images, backend)
    await line('wavelets, linear', means(train.images), means(test.images), [0.03, 0.1, 0.3, 1])
  }
  wavelets.dispose()

  // patches of the data: whitened, soft thresholds, means over quarters
  const patches = await patchFeatures(train.images, {
    filters: budget.patches,
    threshold: THRESHOLD,
    epsilon: EPSILON,
    seed,
    backend,
  })
  await line('patches, linear', patches.stream(train.images), patches.stream(test.images), [0.003, 0.01, 0.03])
  patches.dispose()

  async function line(
    method: string,
    own: FeatureStream,
    unseen: FeatureStream,
    penalties: readonly number[],
    slide: number | null = null,
  ): Promise<void> {
    const fit = (phase: Phase) =>
      streamedRidge(own, {
        backend,
        count,
        labels: train.labels,
        classes: CLASSES,
        penalties,
        held: Math.min(budget.held, count >> 1),
        onBlock: (samples) => phase.advance(samples),
      })
    const fitted = await progress.during(method, fit, count)
    for (const { penalty, errors } of fitted.validation)
      log(`${method}: penalty ${penalty.toPrecision(2)}, ${errors} of ${budget.held} held-out images wrong`)
    const predicted = await progress.during(`${method}: test`, () => fitted.predict(unseen, 0, test.labels.length))
    fitted.dispose()
    const errors = Array.from(predicted).filter((label, i) => label !== test.labels[i]).length
    log(`${method}, ${grouped(count)} images: ${errors} errors of ${test.labels.length}`)
    output.row(
      errorRow({
        method,
        settings: { trainingSize: count, features: own.columns, penalty: Number(fitted.penalty.toPrecision(2)) },
        count: errors,
        total: test.labels.length,
        slide: count === 50_000 ? slide : null,
      }),
    )
  }
}

/** Penalties for features of a kernel to so many landmarks. */
const ofKernel = (landmarks: number): number[] => [1e-11, 1e-10, 1e-9, 1e-8, 1e-7].map((share) => share * landmarks)
