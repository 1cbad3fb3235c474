// How the networks are trained: recipes as data, and what `fit` is told by them.
import type { LabelledScenes, SceneSet } from '@scatterlab/datasets/scenes'
import type { FitOptions } from '@scatterlab/nn'
import { adamW, cosine, ema, warmUp } from '@scatterlab/optim'
import { sidesFor } from './multi-scale.ts'
import { STRIDE, stepOf } from './network.ts'
import { type PlaceLabels, classWeights, pixelLoss } from './pixel-loss.ts'
import { plainPass, trainingPasses } from './augmented.ts'

/** All that decides how the networks are trained and looked at. */
export interface Recipe {
  /** The networks: how many scales each sees. */
  readonly scales: readonly number[]
  /** Maps of the first layers. */
  readonly width: number
  /** Each network is trained so many times, with seeds of its own. */
  readonly runs: number
  /** Scenes to train on and to test on at most, evenly spaced out of all. */
  readonly training: number
  readonly testing: number
  readonly passes: number
  readonly batch: number
  readonly rate: number
  readonly decay: number
  /** Classes count by (median frequency / frequency)^balance. */
  readonly balance: number
  /** Scenes are scaled by 1/zoom to zoom in training, and their contrast by 1 − light to 1 + light. */
  readonly zoom: number
  readonly light: number
}

/** Three networks of each kind on all scenes. */
export const fullRecipe: Recipe = {
  scales: [1, 3],
  width: 24,
  runs: 3,
  training: 367,
  testing: 233,
  passes: 60,
  batch: 4,
  rate: 2e-3,
  decay: 0.02,
  balance: 0.5,
  zoom: 1.3,
  light: 0.35,
}

/** Passes between two looks at the validation drive. */
const LOOK = 4

/** Steps of a whole training. */
export const stepsOf = ({ passes, batch }: Recipe, scenes: number): number => passes * Math.floor(scenes / batch)

/** Sides of the crops that a network of these scales is trained on: as much of the scenes as its steps allow. */
export const trainingSides = (scenes: LabelledScenes, scales: number): [number, number] =>
  sidesFor(scenes.labels.shape, stepOf({ scales }), 'down')

/** How a network is trained by a recipe. */
export function trainingBy(
  recipe: Recipe,
  { train, validation }: Pick<SceneSet, 'train' | 'validation'>,
  scales: number,
): Pick<FitOptions<PlaceLabels>, 'batches' | 'validation' | 'optimizer' | 'schedule' | 'averaging' | 'steps' | 'loss'> {
  const { batch, rate, decay, balance, zoom, light, passes } = recipe
  const steps = stepsOf(recipe, train.names.length)
  const weights = classWeights(train.labels.data, balance)
  const common = { sides: trainingSides(train, scales), stride: STRIDE, weights, batch }
  return {
    batches: trainingPasses(train, { ...common, zoom, light, passesPerLook: Math.min(LOOK, passes) }),
    validation: () => plainPass(validation, common),
    optimizer: adamW({ rate, decay }),
    schedule: warmUp(cosine({ steps }), { steps: Math.max(1, Math.round(0.05 * steps)) }),
    averaging: ema({ decay: (step) => Math.min(0.99, (1 + step) / (10 + step)) }),
    steps,
    loss: pixelLoss,
  }
}

/** Each network once, for 8 of the 60 passes: to see where the full run is going. */
export const shortRecipe: Recipe = { ...fullRecipe, runs: 1, passes: 8 }

/** One small network with one scale. */
export const quickRecipe: Recipe = {
  ...fullRecipe,
  scales: [1],
  width: 12,
  runs: 1,
  training: 120,
  testing: 40,
  passes: 4,
  rate: 4e-3,
}

/** The recipe in words. */
export function inWords(recipe: Recipe, scenes: number): string {
  const { scales, width, runs, passes, batch, rate, decay, balance, zoom, light } = recipe
  return (
    `${scales.join(' and ')} scale${scales.length > 1 || scales[0] > 1 ? 's' : ''}, ${width} maps and more, ${runs} training${runs > 1 ? 's' : ''} each: ${passes} passes over ${scenes} whole ` +
    `scenes in batches of ${batch}, mirrored, zoomed by up to ${zoom}, contrast changed by up to ${Math.round(100 * light)} %; AdamW, rate ${rate} rising over ` +
    `5 % of the steps, then falling as a cosine, decay ${decay}, averaged weights (0.99); classes weighted by (median/frequency)^${balance}`
  )
}
