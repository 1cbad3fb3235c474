// The relative on CIFAR-10: the images as it takes them, and what `fit` is told by its recipe.
import {
  type ColourShape,
  type LabelledImages,
  batches,
  mapImages,
  randomFlips,
  subtractMean,
  take,
} from '@scatterlab/datasets'
import type { Batches, FitOptions } from '@scatterlab/nn'
import type { Random } from '@scatterlab/tensor'
import { type RelativeRecipe, relativeRule, relativeSchedule } from './recipe.ts'

/** One pass: pixelScale · byte − mean image; in random order and mirrored at random where `random` is given and that is asked. */
export function pass(
  set: LabelledImages<ColourShape>,
  size: number,
  { pixelScale: scale, mirrored }: Pick<RelativeRecipe, 'pixelScale' | 'mirrored'>,
  mean: Float64Array,
  random?: Random,
): Batches {
  return mapImages(batches(set, { size, scale, shuffle: random }), (images) => {
    subtractMean(images, mean)
    return random && mirrored ? randomFlips(images, random) : images
  })
}

/** How the relative is trained, but for how long. */
export const trainingBy = (
  recipe: RelativeRecipe,
  set: LabelledImages<ColourShape>,
  mean: Float64Array,
): Pick<FitOptions, 'batches' | 'optimizer' | 'schedule'> => ({
  batches: ({ random }) => pass(take(set, recipe.training), recipe.batch, recipe, mean, random),
  optimizer: relativeRule(recipe),
  schedule: relativeSchedule(recipe),
})
