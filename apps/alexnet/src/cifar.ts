// The relative on CIFAR-10: the images as it takes them, its training, its speed beforehand, its errors at the end.
import {
  type ColourShape,
  DatasetError,
  type LabelledImages,
  type LoadedSet,
  batches,
  cifar10,
  randomFlips,
  take,
} from '@scatterlab/datasets'
import { type Batch, type FitOptions, type FitResult, type Network, fit } from '@scatterlab/nn'
import type { RunContext } from '@scatterlab/repro'
import type { Backend, Random } from '@scatterlab/tensor'
import { centre } from './mean-image.ts'
import { type RelativeRecipe, relativeRule, relativeSchedule } from './recipe.ts'

/**
 * Loads CIFAR-10. Throws an error that says how to get the set, where it is neither in the folder nor in the cache nor on the network:
 * nothing stands in for it.
 */
export async function loadCifar({
  dataFolder,
  signal,
  progress,
}: Pick<RunContext<unknown>, 'dataFolder' | 'signal' | 'progress'>): Promise<LoadedSet<ColourShape>> {
  const phase = progress.phase('data')
  try {
    return await cifar10({ ...(dataFolder === undefined ? {} : { folder: dataFolder }), signal })
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error
    const fix =
      'put its six .bin files (plain or .gz) into DIR/cifar10 and give --data DIR, or connect to the network; or give a DIR with images ' +
      'as DIR/train/CLASS/IMAGE and DIR/val/CLASS/IMAGE, on which AlexNet itself is trained'
    throw new DatasetError(error.code, `alexnet needs CIFAR-10: ${fix} (${error.message})`, { cause: error })
  } finally {
    phase.done()
  }
}

/** What the images of a pass go through. */
export interface PassOptions {
  readonly size: number
  readonly mean: Float64Array
  readonly pixelScale: number
  /** Draws the order and, where asked, the mirror images. */
  readonly random?: Random
  readonly mirrored?: boolean
  readonly signal?: AbortSignal
}

/** One pass: (byte − mean image) · pixelScale, in random order and mirrored at random where that is asked. */
export async function* pass(set: LabelledImages<ColourShape>, options: PassOptions): AsyncGenerator<Batch, void> {
  const { size, mean, pixelScale, random, mirrored = false, signal } = options
  const order = { size, scale: 1, ...(random && { shuffle: random }), ...(signal && { signal }) }
  for await (const { images, labels } of batches(set, order)) {
    centre(images, mean, pixelScale)
    yield { images: random && mirrored ? randomFlips(images, random) : images, labels }
  }
}

/** What a training needs beside its recipe. */
export interface Training {
  readonly set: LabelledImages<ColourShape>
  readonly mean: Float64Array
  readonly backend: Backend
  readonly seed: number
  readonly signal: AbortSignal
}

/** Trains by the recipe; goes on from `resume`, if there is one. */
export function train(
  network: Network,
  recipe: RelativeRecipe,
  { set, mean, backend, seed, signal }: Training,
  options: Pick<FitOptions, 'onProgress' | 'checkpoint' | 'resume' | 'steps'> = {},
): Promise<FitResult> {
  const { training, batch: size, epochs, pixelScale, mirrored } = recipe
  const own = take(set, training)
  return fit(network, {
    batches: ({ random }) => pass(own, { size, mean, pixelScale, random, mirrored, signal }),
    optimizer: relativeRule(recipe),
    schedule: relativeSchedule(recipe),
    epochs,
    seed,
    backend,
    signal,
    ...options,
  })
}

/** Training images in a second: the median over `count` steps of a training that is thrown away, after two to warm up. */
export async function trainingSpeed(
  network: Network,
  recipe: RelativeRecipe,
  training: Training,
  { count, onStep }: { readonly count: number; readonly onStep: () => void },
): Promise<number> {
  const ends: number[] = []
  const { weights } = await train(network, recipe, training, {
    steps: count + 2,
    onProgress({ kind }) {
      if (kind !== 'step') return
      ends.push(performance.now())
      onStep()
    },
  })
  for (const { backend, buffer } of Object.values(weights.parameters)) backend.release(buffer)
  const seconds = ends.slice(2).map((end, i) => (end - ends[i + 1]) / 1000)
  return recipe.batch / seconds.toSorted((a, b) => a - b)[seconds.length >> 1]
}
