// The three networks as plans: Φ, and the head that is the same for all. How they are trained stands in training.ts.
import {
  type Layer,
  type Network,
  averagePool,
  batchNorm,
  conv2d,
  flatten,
  linear,
  network,
  relu,
  sequential,
} from '@scatterlab/nn'

/** Sides of the digits in their frame. */
export const SIDE = 32

/** Maps of each level: every node of the tree has 6 children. */
export const WIDTHS = [6, 36, 216] as const

/** The linear classifier of Φ, its numbers first brought to one scale, map by map. */
const head = (): Record<string, Layer> => ({ norm: batchNorm(), flatten: flatten(), classes: linear({ units: 10 }) })

/** Which layers are the head's. */
const isHead = (name: string): boolean => ['norm', 'flatten', 'classes'].includes(name)

/** How the maps of a level come from those of the level before. */
export type Combination = 'all channels' | 'one channel'

/**
 * x_j = ρ(L_j x_{j−1}), averaged and subsampled by 2: filters of 5×5 that sum over all channels of the level before, or (the tree) take
 * one of them each. Images [1, 32, 32] → 216 maps of 4×4 → 10 classes. `rho` gives the ρ of each level, from 0.
 */
export function convNet(combination: Combination, rho: (level: number) => Layer = relu): Network {
  const layers: Record<string, Layer> = {}
  WIDTHS.forEach((channels, j) => {
    const groups = combination === 'one channel' ? (WIDTHS[j - 1] ?? 1) : 1
    layers[`conv${j + 1}`] = conv2d({ channels, size: 5, padding: 2, groups })
    layers[`rho${j + 1}`] = rho(j)
    layers[`pool${j + 1}`] = averagePool({ size: 2 })
  })
  return network(sequential({ ...layers, ...head() }), [1, SIDE, SIDE])
}

/** The head alone, for features [maps, rows, columns]. */
export const headOf = (features: readonly number[]): Network => network(sequential(head()), features)

/** Numbers learned and multiplications for one digit. */
export interface Cost {
  readonly parameters: number
  readonly multiplications: number
}

/** The cost of Φ and of the head. */
export function costOf({ layers }: Network): { readonly phi: Cost; readonly head: Cost } {
  const sum = (part: typeof layers): Cost => ({
    parameters: part.reduce((total, { parameters }) => total + parameters, 0),
    multiplications: part.reduce((total, { multiplications }) => total + multiplications, 0),
  })
  return {
    phi: sum(layers.filter(({ name }) => !isHead(name))),
    head: sum(layers.filter(({ name }) => isHead(name))),
  }
}
