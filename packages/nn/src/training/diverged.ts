// A loss that is not finite: which number was the first, found by a second pass that watches the layers.
import { type Named, type Random, ScatterlabError, scope } from '@scatterlab/tensor'
import { type Batch, imageTensor, placeOf } from './batch.ts'
import type { Network, Weights } from '../network.ts'
import { numberOf, totalOf } from './read.ts'
import type { TrainingRun } from '../checkpoints/training-checkpoint.ts'

/** Where the first number that is not finite stood. */
export interface NonFinite {
  /** Dotted name of the layer; empty for the images and for the loss itself. */
  readonly layer: string
  /** What of it. */
  readonly quantity: 'images' | 'output' | 'loss' | 'gradient' | 'running moments' | 'weights'
}

/** A number is not finite. `code` is `NON_FINITE`, or that of `DivergedError`. */
export class NonFiniteError extends ScatterlabError implements NonFinite {
  readonly layer: string
  readonly quantity: NonFinite['quantity']
  constructor(code: 'NON_FINITE' | 'DIVERGED', when: string, { layer, quantity }: NonFinite) {
    const what = layer === '' ? `the ${quantity}` : `the ${quantity} of layer '${layer}'`
    const data = quantity === 'images' || code === 'NON_FINITE'
    const fix = data ? 'look at the data' : 'lower the rate, clip the gradients or look at the data'
    super(code, `${when}: the first number that is not finite belongs to ${what}: ${fix}`)
    this.layer = layer
    this.quantity = quantity
  }
}

/** Training met a number that is not finite. `code` is `DIVERGED`. */
export class DivergedError extends NonFiniteError {
  /** Steps that were taken before this one, which was not. */
  readonly step: number
  /** The epoch under way, from 0. */
  readonly epoch: number
  /** As the last good step left them. */
  readonly weights: Weights
  constructor(where: NonFinite, { position, weights }: Pick<TrainingRun, 'position' | 'weights'>) {
    const { step, epoch } = position
    super('DIVERGED', `step ${step} (epoch ${epoch})`, where)
    this.step = step
    this.epoch = epoch
    this.weights = weights
  }
}

/** The first result of a forward pass that is not finite, the images before the layers; the loss where all of them are. */
export async function firstNonFinite(
  network: Network,
  weights: Weights,
  images: Batch['images'],
  mode: { readonly training: boolean; readonly random?: Random },
): Promise<NonFinite> {
  const seen: { place: NonFinite; total: number | Promise<number> }[] = []
  scope(() => {
    const x = imageTensor(network, images, placeOf(weights))
    seen.push({ place: { layer: '', quantity: 'images' }, total: numberOf(totalOf(x)) })
    network.forward(weights, x, {
      ...mode,
      observe: (layer, output) => seen.push({ place: { layer, quantity: 'output' }, total: numberOf(totalOf(output)) }),
    })
  })
  for (const { place, total } of seen) if (!Number.isFinite(await total)) return place
  return { layer: '', quantity: 'loss' }
}

/** The layer nearest to the loss of which an array is not finite; null if all are. */
export async function lastNonFinite(arrays: Named, quantity: NonFinite['quantity']): Promise<NonFinite | null> {
  const totals = scope(() => Object.entries(arrays).map(([name, x]) => [name, numberOf(totalOf(x))] as const))
  for (const [name, total] of totals.toReversed()) {
    if (!Number.isFinite(await total)) return { layer: name.slice(0, Math.max(0, name.lastIndexOf('.'))), quantity }
  }
  return null
}
