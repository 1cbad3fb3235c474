// How far drawn images are from real ones, by measures that are named for what they are, each beside its value between two sets of real images.
import { slicedWasserstein } from '@scatterlab/gan'
import { frechetDistance, kNearestNeighbours, nearestNeighbourTest } from '@scatterlab/learn'
import type { RunContext } from '@scatterlab/repro'
import { scattering2d } from '@scatterlab/scattering'
import type { Backend, ShapedArray } from '@scatterlab/tensor'
import type { Pictures } from './images.ts'
import type { GenerationRecipe } from './recipe.ts'

/** One set of images beside the first real set. */
export interface Similarity {
  /** Means over levels, ×10³; of the levels, finest first. */
  readonly wasserstein: number
  readonly levels: readonly { readonly side: number; readonly distance: number }[]
  /** Squared Fréchet distance in Φ. */
  readonly frechet: number
  /** Shares whose nearest neighbour in Φ is of the own set. */
  readonly accuracy: number
  readonly realRecall: number
  readonly otherRecall: number
}

/** Φ. */
export interface Phi {
  /** A row of coefficients for each image. */
  features(images: Pictures): Promise<ShapedArray<Float32Array>>
  dispose(): void
}

/** Coefficients of scattering, order 1, at 2×2 places. */
export function phiOf(side: number, backend: Backend, signal: AbortSignal): Phi {
  const scatter = scattering2d({ shape: [side, side], scales: Math.log2(side) - 1, maxOrder: 1, backend })
  return {
    async features({ data, shape: [count, channels] }: Pictures): Promise<ShapedArray<Float32Array>> {
      const planes = { data, shape: [count * channels, side, side] }
      const own = (await scatter.transformAsync(planes, { signal })).data as Float32Array
      return { data: own, shape: [count, own.length / count] }
    },
    dispose: () => scatter.dispose(),
  }
}

/** Compares sets of as many images with the first. */
export async function similarityOf(
  first: Pictures,
  others: Readonly<Record<string, Pictures>>,
  { patches, directions }: Pick<GenerationRecipe, 'patches' | 'directions'>,
  { backend, signal, seed, progress }: Pick<RunContext<unknown>, 'backend' | 'signal' | 'seed' | 'progress'>,
): Promise<Record<string, Similarity>> {
  const run = { backend, signal }
  const phi = phiOf(first.shape[2], backend, signal)
  const known = await phi.features(first)
  const found: Record<string, Similarity> = {}
  for (const [name, other] of Object.entries(others)) {
    found[name] = await progress.during(`compared: ${name}`, async () => {
      const own = await phi.features(other)
      const { levels, mean } = await slicedWasserstein(first, other, { ...run, patches, directions, seed })
      const { distance } = await frechetDistance(known, own, run)
      const { accuracy, firstRecall, secondRecall } = await nearestNeighbourTest(known, own, run)
      return {
        wasserstein: mean,
        levels,
        frechet: distance,
        accuracy,
        realRecall: firstRecall,
        otherRecall: secondRecall,
      }
    })
  }
  phi.dispose()
  return found
}

/** The mean distance of images to the nearest of a training set, in pixels from −1 to 1. */
export async function nearestDistance(
  images: Pictures,
  training: Pictures,
  run: Pick<RunContext<unknown>, 'backend' | 'signal'>,
): Promise<number> {
  const labels = Int32Array.from({ length: training.shape[0] }, (_, i) => i % 2)
  const { backend, signal } = run
  const { distances } = await kNearestNeighbours(training, labels).neighbours(images, { backend, signal })
  return distances.reduce((sum, d) => sum + d, 0) / distances.length
}
