// What a network says of images, each looked at once or in several views whose outputs are averaged. It needs no labels; errors are
// counted by evaluate.ts.
import {
  type Rules,
  ValueError,
  aFunction,
  aSignal,
  checkArgument,
  checkOptions,
  scope,
  startTurns,
} from '@scatterlab/tensor'
import { aNetwork, somePass, someWeights } from '../arguments.ts'
import { type Images, EmptyPassError, checkImages, imageTensor, placeOf } from './batch.ts'
import { NonFiniteError, firstNonFinite } from './diverged.ts'
import { largest } from './largest.ts'
import type { Network, Weights } from '../network.ts'
import { numbersOf } from './read.ts'

/** Images as somebody might have taken them, and how much what the network says of them counts. */
export interface View {
  /** One view of each image, in their order. */
  readonly images: Images
  /** How much it counts, 0 or more; those of all views sum to 1. */
  readonly weight: number
}

/** How images are looked at. */
export interface PredictOptions<I extends Images = Images> {
  /** The views of a batch of images, as many images in each, weights that sum to 1 (default: the images alone). */
  readonly views?: (images: I) => readonly View[]
  /** Ends it before the next batch: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Called after each batch with the number of items so far. */
  readonly onProgress?: (items: number) => void
}

/** What a network says of images. */
export interface Predictions {
  /** The outputs, averaged over views: [items, classes]. */
  readonly outputs: Float32Array
  /** That of `outputs`. */
  readonly shape: readonly [items: number, classes: number]
  /** The class of each item's largest output. */
  readonly classes: Int32Array
}

const rules: Rules<PredictOptions> = { views: aFunction, signal: aSignal, onProgress: aFunction }

/**
 * What a network that gives one number for each class says of every item of a pass, in inference mode, computed where the weights are;
 * with `views` the weighted mean of the outputs for the views of an item. Throws `ValueError` for a network of other outputs and for
 * views that are none, `EmptyPassError`, `ShapeError`, `NonFiniteError` for outputs that are not finite.
 */
export async function predict<I extends Images>(
  network: Network,
  weights: Weights,
  batches: AsyncIterable<{ readonly images: I }> | Iterable<{ readonly images: I }>,
  options?: PredictOptions<I>,
): Promise<Predictions> {
  checkArgument('predict: network', network, aNetwork)
  checkArgument('predict: weights', weights, someWeights)
  checkArgument('predict: batches', batches, somePass)
  const {
    views = alone,
    signal,
    onProgress,
  } = checkOptions<PredictOptions<I>>('predict', options, rules as Rules<PredictOptions<I>>)
  if (network.output.length !== 1)
    throw new ValueError(
      `predict takes a network that gives one number for each class, not [${network.output.join(', ')}]`,
    )
  const [classes] = network.output
  const place = placeOf(weights)
  const turns = startTurns(signal)
  const parts: Float32Array[] = []
  let [items, index] = [0, 0]
  for await (const batch of batches) {
    const where = `batch ${index++}`
    checkImages(network, { ...batch, labels: null }, where)
    const mean = new Float32Array(batch.images.shape[0] * classes)
    for (const { images, weight } of viewsOf(views, batch.images)) {
      await turns.next()
      checkImages(network, { images, labels: null }, `${where}, a view`)
      const outputs = await scope(() => numbersOf(network.forward(weights, imageTensor(network, images, place))))
      for (let i = 0; i < mean.length; i++) mean[i] += weight * outputs[i]
      if (!mean.every(Number.isFinite)) {
        throw new NonFiniteError(
          'NON_FINITE',
          where,
          await firstNonFinite(network, weights, images, { training: false }),
        )
      }
    }
    parts.push(mean)
    items += batch.images.shape[0]
    onProgress?.(items)
  }
  if (index === 0) throw new EmptyPassError('the pass')
  const outputs = new Float32Array(items * classes)
  parts.reduce((at, part) => (outputs.set(part, at), at + part.length), 0)
  return { outputs, shape: [items, classes], classes: largest(outputs, items) }
}

const alone = (images: Images): View[] => [{ images, weight: 1 }]

/** The views of a batch. Throws `ValueError` unless each has as many images, and the weights sum to 1. */
function viewsOf<I extends Images>(views: (images: I) => readonly View[], images: I): readonly View[] {
  const made = views(images)
  const isList = Array.isArray(made) && made.every((view) => typeof (view as Partial<View> | null)?.weight === 'number')
  checkArgument('predict: what views gives', made, () => (isList ? undefined : 'a list of { images, weight }'))
  const total = made.reduce((sum, { weight }) => sum + weight, 0)
  if (!(Math.abs(total - 1) < 1e-6)) throw new ValueError(`predict: the weights of the views sum to ${total}, not to 1`)
  const count = images.shape[0]
  if (made.some((view) => view.images.shape[0] !== count)) {
    throw new ValueError(`predict: a view has another number of images than the batch, which has ${count}`)
  }
  return made
}
