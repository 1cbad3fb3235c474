// How the deep network is trained, as numbers to read: the published recipe, and a short one for the quick run; and the optimizer that
// they describe.
import { type Optimizer, mixed, muon, sgd, triangular } from '@scatterlab/optim'
import { grouped } from '@scatterlab/repro'
import type { Widths } from './network.ts'

/** All that decides how the network is trained and tested. */
export interface DeepRecipe {
  /** The first so many training images are trained on, and the last `held` watched. */
  readonly training: number
  readonly held: number
  /** The first so many test images. */
  readonly testing: number
  /** How many networks are trained, from seeds that follow each other. */
  readonly seeds: number
  readonly widths: Widths
  readonly batch: number
  /** Images that are computed at a time; batch normalisation takes their moments. */
  readonly atOnce: number
  readonly steps: number
  /** After how many steps the shifts of the first layer stand still. */
  readonly whiteningSteps: number
  /** Training images whose patches the first layer whitens. */
  readonly whitened: number
  /** Of the 3×3 filters: rate, momentum and Newton–Schulz iterations of Muon. */
  readonly filters: { readonly rate: number; readonly momentum: number; readonly iterations: number }
  /** Rates for one image of a batch, of the shifts and of the classifier; their momentum, and their decay for one image. */
  readonly shiftRate: number
  readonly headRate: number
  readonly momentum: number
  readonly decay: number
  /** Share of each label that is spread over all classes. */
  readonly smoothing: number
  /** Pixels by which images may be moved. */
  readonly shift: number
}

/** `airbench94_muon`, number by number (K. Jordan, cifar10-airbench, 2024); its batches of 2,000 are computed in parts of 500. */
export const publishedRecipe: DeepRecipe = {
  training: 50_000,
  held: 0,
  testing: 10_000,
  seeds: 3,
  widths: [64, 256, 256],
  batch: 2_000,
  atOnce: 500,
  steps: 200,
  whiteningSteps: 75,
  whitened: 5_000,
  filters: { rate: 0.24, momentum: 0.6, iterations: 3 },
  shiftRate: 0.053,
  headRate: 0.67,
  momentum: 0.85,
  decay: 2e-6,
  smoothing: 0.2,
  shift: 2,
}

/** The same for a network of half the width, in smaller batches: as much as three minutes allow. Its rates are those published. */
export const shortRecipe: DeepRecipe = {
  ...publishedRecipe,
  training: 48_000,
  held: 2_000,
  testing: 2_000,
  seeds: 1,
  widths: [32, 128, 128],
  batch: 500,
  steps: 140,
  whiteningSteps: 50,
}

/**
 * Muon for the 3×3 filters, each brought to the norm √filters before its step; Nesterov's momentum for the shifts and the classifier; the
 * first layer's filters and the gains stay as they are. Every rate falls in a line to 0. The losses of the source are sums over a
 * batch, ours are means, so that its rates for SGD are multiplied by the batch here.
 */
export function deepRule(recipe: DeepRecipe): Optimizer {
  const { batch, steps, whiteningSteps, filters, shiftRate, headRate, momentum, decay } = recipe
  const rule = (rate: number): Optimizer =>
    sgd({ rate: rate * batch, momentum, nesterov: true, decay: decay / rate, velocity: 'gradients' })
  const falling = triangular({ steps, rise: 0 })
  return mixed([
    {
      match: /conv\d\.weight$/,
      optimizer: muon({ ...filters, scale: 'none', normalise: true }),
      schedule: falling,
    },
    {
      match: /^whiten\.bias$/,
      optimizer: rule(shiftRate),
      schedule: triangular({ steps: whiteningSteps, rise: 0 }),
    },
    { match: /norm\d\.bias$/, optimizer: rule(shiftRate), schedule: falling },
    { match: /^head\.weight$/, optimizer: rule(headRate), schedule: falling },
    { match: /^whiten\.weight$|norm\d\.weight$/, optimizer: sgd({ rate: 0, groups: [{ match: /./, rate: 0 }] }) },
  ])
}

/** How much of the running moments a part of a batch replaces: the parts of one together 0.4. */
export const normMomentum = ({ batch, atOnce }: DeepRecipe): number => 1 - 0.6 ** (1 / Math.ceil(batch / atOnce))

/** The recipe in words. */
export function inWords(recipe: DeepRecipe): string {
  const { training, batch, steps, widths, filters, smoothing, shift, seeds } = recipe
  const passes = (steps * batch) / training
  return (
    `airbench94 with ${widths.join(', ')} maps, ${steps} steps of ${grouped(batch)} out of ${grouped(training)} training images ` +
    `(${passes.toFixed(passes < 2 ? 1 : 0)} passes), moved by up to ${shift} pixels and mirrored by turns; Muon (rate ${filters.rate}, momentum ` +
    `${filters.momentum}) for the 3×3 filters, SGD for the rest, rates falling in a line to 0; labels smoothed by ${smoothing}; ` +
    `${seeds === 1 ? 'one seed' : `${seeds} seeds`}; six views of each test image`
  )
}
