// What the networks are trained with, as numbers to read: the recipe of the slide, the published one of its CIFAR relative, and a
// short one for the latter. What is done with them stands in imagenet.ts and cifar.ts.
import { type Optimizer, type PlateauState, type Schedule, cosine, plateau, sgd, steps } from '@scatterlab/optim'
import type { Deviations } from './relative.ts'

/** How AlexNet is trained on a folder of images. */
export interface FolderRecipe {
  readonly batch: number
  readonly epochs: number
  /** Ends it after so many steps. */
  readonly steps?: number
  /** Images of the validation folder that are tested; all by default. */
  readonly tested?: number
  readonly rate: number
  readonly momentum: number
  readonly decay: number
  /** By what the rate falls after how many epochs without a better validation, and how far. */
  readonly plateau: { readonly factor: number; readonly patience: number; readonly floor: number }
  /** Shorter side that images are brought to, and side of the crops taken from the middle square. */
  readonly side: number
  readonly crop: number
  /** Deviation of the α_i in the colour noise Σ α_i λ_i p_i. */
  readonly colourDeviation: number
  /** Training images that the mean image and the colours are taken from. */
  readonly statistics: number
}

/**
 * Krizhevsky, Sutskever & Hinton (2012), sections 4 and 5. The rate falls three times to 10⁻⁵; that five epochs without improvement
 * count as a plateau is ours, they judged by eye.
 */
export const slideRecipe: FolderRecipe = {
  batch: 128,
  epochs: 90,
  rate: 0.01,
  momentum: 0.9,
  decay: 0.0005,
  plateau: { factor: 0.1, patience: 5, floor: 1e-5 },
  side: 256,
  crop: 224,
  colourDeviation: 0.1,
  statistics: 2_000,
}

/** v ← 0.9 v − 0.0005·ε·w − ε·⟨∂L/∂w⟩, w ← w + v, for weights and biases alike. */
export const slideRule = ({ rate, momentum, decay }: FolderRecipe): Optimizer => sgd({ rate, momentum, decay })

/** ε divided by ten whenever the validation error stops falling. */
export const slideSchedule = (recipe: FolderRecipe): Schedule<PlateauState> => plateau(recipe.plateau)

/** How the relative is trained on CIFAR-10. */
export interface RelativeRecipe {
  /** The first so many training images. */
  readonly training: number
  readonly batch: number
  readonly epochs: number
  /** What a byte is multiplied by after the mean image is subtracted. */
  readonly pixelScale: number
  readonly deviations: Deviations
  readonly rate: number
  /** Factor on the rate for biases. */
  readonly biasRate: number
  readonly momentum: number
  /** Weight decay of the convolutions and of the fully connected layer; biases have none. */
  readonly decay: { readonly filters: number; readonly classifier: number }
  /** The epochs after which the rate is divided by ten, or a cosine from the first rate to zero. */
  readonly schedule: { readonly dividedAfter: readonly number[] } | 'cosine'
  /** Whether half of the images are mirrored. */
  readonly mirrored: boolean
}

/** cuda-convnet's `layers-18pct` with its `layer-params-18pct`: 120 epochs, then 10 more at a tenth, and 10 at a hundredth. */
export const publishedRecipe: RelativeRecipe = {
  training: 50_000,
  batch: 128,
  epochs: 140,
  pixelScale: 1,
  deviations: { conv1: 1e-4, conv2: 0.01, conv3: 0.01, fc10: 0.01 },
  rate: 0.001,
  biasRate: 2,
  momentum: 0.9,
  decay: { filters: 0.004, classifier: 1 },
  schedule: { dividedAfter: [120, 130] },
  mirrored: false,
}

/**
 * The same network in two passes: pixels of about unit deviation, larger weights in the place of those that take epochs to leave zero,
 * but small ones in the first layer, where what is learned should be seen; a larger rate. Chosen by 5,000 training images held out.
 */
export const shortRecipe: RelativeRecipe = {
  training: 50_000,
  batch: 64,
  epochs: 2,
  pixelScale: 1 / 64,
  deviations: { conv1: 0.02, conv2: 0.1, conv3: 0.05, fc10: 0.03 },
  rate: 0.03,
  biasRate: 1,
  momentum: 0.9,
  decay: { filters: 0.0005, classifier: 0.0005 },
  schedule: 'cosine',
  mirrored: true,
}

/** The rule with a rate and a decay for each kind of parameter. */
export const relativeRule = ({ rate, biasRate, momentum, decay }: RelativeRecipe): Optimizer =>
  sgd({
    rate,
    momentum,
    groups: [
      { match: /bias$/, rate: biasRate, decay: 0 },
      { match: /^conv/, decay: decay.filters },
      { match: /^fc/, decay: decay.classifier },
    ],
  })

/** The rate by steps. */
export function relativeSchedule({ schedule, training, batch, epochs }: RelativeRecipe): Schedule<null> {
  const perEpoch = Math.ceil(training / batch)
  if (schedule === 'cosine') return cosine({ steps: epochs * perEpoch })
  return steps({ at: schedule.dividedAfter.map((epoch) => epoch * perEpoch) })
}

/** The recipe in words. */
export function inWords(recipe: RelativeRecipe): string {
  const { training, batch, epochs, pixelScale, deviations, rate, momentum, decay, schedule, mirrored } = recipe
  const falls = schedule === 'cosine' ? 'as a cosine to 0' : `÷10 after ${schedule.dividedAfter.join(' and ')} epochs`
  return (
    `${epochs} epochs of ${training.toLocaleString('en')} training images in batches of ${batch}, the mean image subtracted` +
    `${pixelScale === 1 ? '' : `, divided by ${Math.round(1 / pixelScale)}`}${mirrored ? ', mirrored at random' : ''}; weights begin with ` +
    `deviations ${Object.values(deviations).join(', ')}; momentum ${momentum}, weight decay ${decay.filters} (convolutions) and ` +
    `${decay.classifier} (fc), rate ${rate} ${falls}`
  )
}
