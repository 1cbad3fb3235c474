// The rules for what the functions of this package are given.
import { type Rule, Tensor, having, wholeNumber } from '@scatterlab/tensor'

const isNetwork = (value: unknown): boolean => having('', 'forward', 'initialise')(value) === undefined

/** Two networks. */
export const aGan: Rule = (value) => {
  const { generator, discriminator, latent, law } = Object(value) as Record<string, unknown>
  return isNetwork(generator) && isNetwork(discriminator) && hasLaw({ latent, law })
    ? undefined
    : 'two networks, for example dcgan({ side: 32 })'
}

const hasLaw = ({ latent, law }: Record<string, unknown>): boolean =>
  wholeNumber(1)(latent) === undefined && (law === 'uniform' || law === 'normal')

/** What points are drawn for. */
export const aLaw: Rule = (value) =>
  hasLaw(Object(value) as Record<string, unknown>) ? undefined : 'a pair of networks, or { latent, law } of one'

/** The numbers of both networks. */
export const bothWeights: Rule = (value) => {
  const both = Object(value) as Record<string, unknown>
  const isWeights = (part: unknown): boolean => {
    const { parameters, state } = Object(part) as Record<string, unknown>
    return typeof parameters === 'object' && typeof state === 'object'
  }
  return isWeights(both['generator']) && isWeights(both['discriminator'])
    ? undefined
    : 'the weights of both networks, { generator, discriminator }'
}

/** An array on a back end. */
export const aTensor: Rule = (value) => (value instanceof Tensor ? undefined : 'a Tensor')

/** How many points. */
export const aCount: Rule = wholeNumber(1, 2 ** 22)
