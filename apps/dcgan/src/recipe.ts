// What is learned, by which networks and for how long.
import { type Gan, dcgan } from '@scatterlab/gan'
import { type Optimizer, type Schedule, adam, constant, cosine } from '@scatterlab/optim'
import { grouped } from '@scatterlab/repro'

/** Which images: MNIST framed to 32×32, CIFAR-10, or the folder FOLDER/CLASS/IMAGE that `--data` names. */
export type SetName = 'digits' | 'cifar10' | 'folder'

/** The training of two networks, and what is measured afterwards. */
export interface GenerationRecipe {
  readonly set: SetName
  /** Training images, at most. */
  readonly trainingSize: number
  readonly passes: number
  /** The published networks have kernels of 5 with a width of 128, and of 4 with one of 64. */
  readonly kernel: 4 | 5
  /** Channels of the finest layer. */
  readonly width: number
  readonly batch: number
  readonly rate: number
  /** Whether the rate falls to 0 along a cosine; else it stays. */
  readonly falling: boolean
  /** L2 in the gradient. */
  readonly decay: number
  readonly order: 'together' | 'alternating'
  /** Whether both networks are told the class of each image. */
  readonly told: boolean
  /** Real and drawn images that are compared. */
  readonly compared: number
  /** Patches of an image and directions of the sliced Wasserstein distance; 128 and 512 are those of its paper. */
  readonly patches: number
  readonly directions: number
  /** Drawn images that a classifier is trained on, and real ones that another is: for networks that are told classes. */
  readonly transferred?: number
}

/** The search for near copies, in the place of the training. */
export interface DuplicatesRecipe {
  readonly set: SetName
  readonly trainingSize: number
  readonly testSize: number
  readonly passes: number
  readonly bits: number
  /** Images of which changed copies are planted. */
  readonly planted: number
}

/** One of the two. */
export interface Recipe {
  readonly generation?: GenerationRecipe
  readonly duplicates?: DuplicatesRecipe
}

const paperMeasures = { patches: 128, directions: 512 }
const small = {
  kernel: 4,
  width: 64,
  batch: 64,
  rate: 2e-4,
  falling: false,
  decay: 0,
  order: 'together',
  told: false,
} as const
const published = {
  ...small,
  kernel: 5,
  width: 128,
  batch: 128,
  decay: 1e-5,
  order: 'alternating',
} as const

const faces: GenerationRecipe = {
  set: 'folder',
  trainingSize: 1_000_000,
  passes: 25,
  ...small,
  ...paperMeasures,
  compared: 700,
}

/** Digits in about a minute: the published rate is for thousands of steps, and in 800 five times that rate makes digits of what were strokes. */
const digits: GenerationRecipe = {
  ...small,
  set: 'digits',
  trainingSize: 25_600,
  passes: 1,
  width: 16,
  batch: 32,
  rate: 1e-3,
  told: true,
  compared: 500,
  patches: 16,
  directions: 64,
  transferred: 6_000,
}

export const shortRecipe: Recipe = { generation: digits }

/** The smaller published form on a folder of images. */
export const fullRecipe: Recipe = { generation: faces }

export const recipes: Readonly<Record<string, Recipe>> = {
  'faces-paper': { generation: { ...faces, ...published } },
  'faces-half': { generation: { ...faces, width: 32 } },
  cifar10: { generation: { ...faces, set: 'cifar10', width: 32, compared: 5_000 } },
  mnist: {
    generation: {
      ...faces,
      set: 'digits',
      passes: 10,
      width: 24,
      rate: 5e-4,
      falling: true,
      told: true,
      compared: 5_000,
      transferred: 50_000,
    },
  },
  /** The generator of the site's page on latent space: quick mode's, three passes, the rate falling. */
  site: {
    generation: { ...digits, passes: 3, falling: true },
  },
  duplicates: {
    duplicates: { set: 'cifar10', trainingSize: 50_000, testSize: 10_000, passes: 20, bits: 128, planted: 2_000 },
  },
}

/** The two networks of a recipe, for images of one shape. */
export const networksOf = (
  { kernel, width, told }: Pick<GenerationRecipe, 'kernel' | 'width' | 'told'>,
  { side, channels, classes }: { readonly side: number; readonly channels: number; readonly classes: number },
): Gan => dcgan({ side, channels, kernel, width, ...(told && { classes }) })

/** Adam with β₁ = 0.5 for each. */
export const optimizersOf = ({ rate, decay }: GenerationRecipe): Record<'generator' | 'discriminator', Optimizer> => {
  const one = (): Optimizer => adam({ rate, beta1: 0.5, decay })
  return { generator: one(), discriminator: one() }
}

/** How the rate goes over so many batches. */
export const scheduleOf = ({ falling }: GenerationRecipe, steps: number): Schedule =>
  falling ? cosine({ steps }) : constant()

export const inWords = (recipe: GenerationRecipe, training: number): string =>
  `${recipe.passes} ${recipe.passes === 1 ? 'pass' : 'passes'} over ${grouped(training)} images in batches of ${recipe.batch}, the networks ` +
  `${recipe.order === 'together' ? 'learning from every batch' : 'taking turns'}; kernels of ${recipe.kernel}, width ${recipe.width}; Adam, rate ` +
  `${recipe.rate}${recipe.falling ? ' falling as a cosine' : ''}, β₁ = 0.5${recipe.decay ? `, decay ${recipe.decay}` : ''}; ${recipe.told ? 'both networks told the class' : 'no labels'}`
