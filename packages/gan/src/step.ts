// What one step makes of the two networks: the discriminator learns to tell real images from drawn ones, the generator to have its own taken
// for real. The loss of the generator is the one that does not saturate (Goodfellow et al. 2014).
import { type Weights, binaryCrossEntropy } from '@scatterlab/nn'
import { type Named, type Tensor, add, checkArgument, scope, unrecorded, valueAndGrad } from '@scatterlab/tensor'
import { aGan, aTensor, bothWeights } from './arguments.ts'
import type { Gan } from './dcgan.ts'

/** The numbers of both networks. */
export interface GanWeights {
  readonly generator: Weights
  readonly discriminator: Weights
}

/** A loss, a scalar, and its gradient in the parameters of one network, by name. */
export interface Learned {
  readonly loss: Tensor
  readonly gradients: Named
}

/** Images of points z [items, latent], by the statistics of the batch. */
export function drawn(gan: Gan, weights: GanWeights, z: Tensor): Tensor {
  check('drawn', gan, weights, { z })
  return gan.generator.forward(weights.generator, z, { training: true })
}

/** −log σ(D(x)) − log(1 − σ(D(G(z)))), means over the batch, for the discriminator. Real and drawn images have batch statistics of their own. */
export function discriminatorStep(gan: Gan, weights: GanWeights, real: Tensor, z: Tensor): Learned {
  check('discriminatorStep', gan, weights, { real, z })
  return scope(() => {
    const fake = unrecorded(() => drawn(gan, weights, z))
    return learn(weights.discriminator, (own) =>
      add(binaryCrossEntropy(logits(gan, own, real), 1), binaryCrossEntropy(logits(gan, own, fake), 0)),
    )
  })
}

/** −log σ(D(G(z))), the mean over the batch, for the generator. */
export function generatorStep(gan: Gan, weights: GanWeights, z: Tensor): Learned {
  check('generatorStep', gan, weights, { z })
  return learn(weights.generator, (own) =>
    binaryCrossEntropy(logits(gan, weights.discriminator, drawn(gan, { ...weights, generator: own }, z)), 1),
  )
}

const logits = ({ discriminator }: Gan, weights: Weights, images: Tensor): Tensor =>
  discriminator.forward(weights, images, { training: true })

function learn({ parameters, state }: Weights, lossOf: (own: Weights) => Tensor): Learned {
  const { value, gradient } = valueAndGrad((own: Named) => lossOf({ parameters: own, state }))(parameters)
  return { loss: value, gradients: gradient }
}

function check(name: string, gan: Gan, weights: GanWeights, arrays: Readonly<Record<string, Tensor>>): void {
  checkArgument(`${name}: the networks`, gan, aGan)
  checkArgument(`${name}: weights`, weights, bothWeights)
  for (const [what, array] of Object.entries(arrays)) checkArgument(`${name}: ${what}`, array, aTensor)
}
