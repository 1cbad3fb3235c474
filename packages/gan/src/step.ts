// What one step makes of the two networks: the discriminator learns to tell real images from drawn ones, the generator to have its own taken
// for real. The loss of the generator is the one that does not saturate (Goodfellow et al. 2014).
import { type Weights, binaryCrossEntropy } from '@scatterlab/nn'
import {
  type Named,
  type Tensor,
  add,
  checkArgument,
  checkOptions,
  mul,
  oneOf,
  scope,
  sum,
  tensor,
  unrecorded,
  valueAndGrad,
} from '@scatterlab/tensor'
import { aGan, aTensor, bothWeights } from './arguments.ts'
import { labelsFor, oneHot } from './classes.ts'
import type { Gan } from './dcgan.ts'

/** The numbers of both networks. */
export interface GanWeights {
  /** Those of what draws. */
  readonly generator: Weights
  /** Those of what judges. */
  readonly discriminator: Weights
}

/** A loss, a scalar, and its gradient in the parameters of one network, by name. */
export interface Learned {
  /** A mean over the batch. */
  readonly loss: Tensor
  /** In the order and shapes of the network's parameters. */
  readonly gradients: Named
}

/** Options of `drawn`. */
export interface DrawnOptions {
  /**
   * By which means and variances maps are normalised: `batch`, those of the points given, as in the paper's code, so that an image depends a little
   * on those drawn beside it; `running`, the averages of training, by which a point has one image. Default `batch`.
   */
  readonly moments?: 'batch' | 'running'
}

/** Images of points z [items, latent], with classes [items, latent + classes]. By moments of the batch the running ones move, as in training. */
export function drawn(gan: Gan, weights: GanWeights, z: Tensor, options?: DrawnOptions): Tensor {
  check('drawn', gan, weights, { z })
  const { moments = 'batch' } = checkOptions('drawn', options, { moments: oneOf('batch', 'running') })
  return gan.generator.forward(weights.generator, z, { training: moments === 'batch' })
}

/**
 * −log σ(D(x)) − log(1 − σ(D(G(z)))), means over the batch, for the discriminator. Real and drawn images have batch statistics of their own. `labels`: the
 * class of each image, real or drawn, where the networks are told classes; the points of `z` then end in the same. Throws `LabelError`.
 */
export function discriminatorStep(
  gan: Gan,
  weights: GanWeights,
  real: Tensor,
  z: Tensor,
  labels?: ArrayLike<number>,
): Learned {
  check('discriminatorStep', gan, weights, { real, z })
  const told = labelsFor(gan, labels, real.shape[0], 'discriminatorStep')
  return scope(() => {
    const fake = unrecorded(() => drawn(gan, weights, z))
    return learn(weights.discriminator, (own) =>
      add(binaryCrossEntropy(logits(gan, own, real, told), 1), binaryCrossEntropy(logits(gan, own, fake, told), 0)),
    )
  })
}

/** −log σ(D(G(z))), the mean over the batch, for the generator; `labels` as for the discriminator. */
export function generatorStep(gan: Gan, weights: GanWeights, z: Tensor, labels?: ArrayLike<number>): Learned {
  check('generatorStep', gan, weights, { z })
  const told = labelsFor(gan, labels, z.shape[0], 'generatorStep')
  return learn(weights.generator, (own) =>
    binaryCrossEntropy(logits(gan, weights.discriminator, drawn(gan, { ...weights, generator: own }, z), told), 1),
  )
}

/** One logit an image: that of its class, where there are several. */
function logits(
  { discriminator, classes = 1 }: Gan,
  weights: Weights,
  images: Tensor,
  labels: ArrayLike<number> | null,
): Tensor {
  const all = discriminator.forward(weights, images, { training: true })
  if (labels === null) return all
  const { data, shape } = oneHot(labels, classes, 'labels')
  const own = tensor(data, shape, { backend: all.backend, dtype: all.dtype === 'float64' ? 'float64' : 'float32' })
  return sum(mul(all, own), { axes: [1] })
}

function learn({ parameters, state }: Weights, lossOf: (own: Weights) => Tensor): Learned {
  const { value, gradient } = valueAndGrad((own: Named) => lossOf({ parameters: own, state }))(parameters)
  return { loss: value, gradients: gradient }
}

function check(name: string, gan: Gan, weights: GanWeights, arrays: Readonly<Record<string, Tensor>>): void {
  checkArgument(`${name}: the networks`, gan, aGan)
  checkArgument(`${name}: weights`, weights, bothWeights)
  for (const [what, array] of Object.entries(arrays)) checkArgument(`${name}: ${what}`, array, aTensor)
}
