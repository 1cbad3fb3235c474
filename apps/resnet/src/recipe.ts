// How ResNet-20 is trained: the published recipe and the short one as data, and what `fit` is told by them.
import type { EpochRecord, FitOptions } from '@scatterlab/nn'
import { type Schedule, cosine, sgd, steps, warmUp } from '@scatterlab/optim'
import { grouped } from '@scatterlab/repro'
import { type Images, plainBatches, trainingPasses } from './images.ts'

/** All that decides how the training goes. */
export interface Recipe {
  /** Layers of the network: 6n + 2. */
  readonly depth: number
  /** The first so many training images, and how many of the last ones are held out. */
  readonly training: number
  readonly held: number
  /** The first so many test images. */
  readonly testing: number
  /** Images between two looks at the held-out ones. */
  readonly perPass: number
  readonly batch: number
  readonly steps: number
  readonly rate: number
  readonly momentum: number
  readonly nesterov: boolean
  readonly decay: number
  /** Whether images are mirrored by a coin at each pass, or in every second one. */
  readonly mirrored: 'at random' | 'by turns'
  /** Where the rate is divided by ten; or over how many steps it rises before it falls as a cosine. */
  readonly schedule: { readonly dividedAt: readonly number[] } | { readonly warmUp: number }
}

/** He et al. (2016), section 4.2: 64,000 steps of 128 images. 1,000 training images are held out to watch it. */
export const publishedRecipe: Recipe = {
  depth: 20,
  training: 49_000,
  held: 1_000,
  testing: 10_000,
  perPass: 49_000,
  batch: 128,
  steps: 64_000,
  rate: 0.1,
  momentum: 0.9,
  nesterov: false,
  decay: 1e-4,
  mirrored: 'at random',
  schedule: { dividedAt: [32_000, 48_000] },
}

/** Steps of 128 images in a pass over 49,000, the rest being left out. */
const PER_PASS = 382

/**
 * Sixty passes in the place of 167: Nesterov's momentum, the decay of wider networks, a rate that rises over three passes and falls as a
 * cosine, images mirrored by turns. Rate, decay and schedule are those that are usual for these networks; nothing was chosen by test images.
 */
export const sixtyPasses: Recipe = {
  ...publishedRecipe,
  steps: 60 * PER_PASS,
  nesterov: true,
  decay: 5e-4,
  mirrored: 'by turns',
  schedule: { warmUp: 3 * PER_PASS },
}

/** The same for a deeper network, for some passes only. */
export const deeper = (depth: number, passes: number): Recipe => ({
  ...sixtyPasses,
  depth,
  steps: passes * PER_PASS,
  schedule: { warmUp: PER_PASS },
})

/** One pass over the training images in small batches; batch and rate were chosen by the error on the images held out. */
export const shortRecipe: Recipe = {
  ...publishedRecipe,
  perPass: 4_900,
  batch: 32,
  steps: 1_530,
  rate: 0.05,
  schedule: { warmUp: 100 },
}

function scheduleOf({ schedule, steps: total }: Recipe): Schedule<null> {
  if ('dividedAt' in schedule) return steps({ at: schedule.dividedAt })
  return warmUp(cosine({ steps: total }), { steps: schedule.warmUp })
}

/** The recipe in words. */
export function inWords(recipe: Recipe): string {
  const { depth, training, held, batch, steps: total, rate, momentum, nesterov, decay, mirrored, schedule } = recipe
  const falls =
    'dividedAt' in schedule
      ? `÷10 at ${schedule.dividedAt.map(grouped).join(' and ')}`
      : `rising over ${schedule.warmUp} steps, then falling as a cosine`
  return (
    `ResNet-${depth}: ${grouped(total)} steps of ${batch} out of the first ${grouped(training)} training images (the last ${grouped(held)} held out), ` +
    `each cropped from a frame of 4 pixels and mirrored ${mirrored}, the mean image subtracted; ${nesterov ? 'Nesterov ' : ''}momentum ` +
    `${momentum}, weight decay ` +
    `${decay}, rate ${rate} ${falls}`
  )
}

/** How the network is trained by a recipe. */
export function trainingBy(
  recipe: Recipe,
  images: Images,
  seed: number,
): Pick<FitOptions, 'batches' | 'validation' | 'optimizer' | 'schedule' | 'steps'> {
  const { rate, momentum, nesterov, decay } = recipe
  return {
    batches: trainingPasses(images, recipe, seed),
    validation: () => plainBatches(images.held, images.mean),
    optimizer: sgd({ rate, momentum, decay, nesterov }),
    schedule: scheduleOf(recipe),
    steps: recipe.steps,
  }
}

/** Training images seen by the end of an epoch of `fit`. */
export const imagesSeen = ({ step }: EpochRecord, { batch }: Recipe): number => step * batch
