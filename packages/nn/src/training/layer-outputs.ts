// What the layers inside a network make of a set: changes of variable, to be looked at.
import {
  type RealArray,
  type Rule,
  type ShapedArray,
  ValueError,
  aFunction,
  aSignal,
  checkArgument,
  checkOptions,
  realArray,
  scope,
  startTurns,
} from '@scatterlab/tensor'
import { aNetwork, somePass, someWeights } from '../arguments.ts'
import type { Network, Weights } from '../network.ts'
import { type Batches, EmptyPassError, checkImages, imageTensor, placeOf } from './batch.ts'
import { numbersOf } from './read.ts'

/** Options of `layerOutputs`. */
export interface LayerOutputsOptions {
  /** Names of layers, as `network.layers` has them. */
  readonly layers: readonly string[]
  /** Ends the pass before its next batch: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Called after each batch with the number of items so far. */
  readonly onProgress?: (items: number) => void
}

const someNames: Rule = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string')
    ? undefined
    : "a list of names of layers, such as ['conv1', 'fc2']"

const rules = { layers: someNames, signal: aSignal, onProgress: aFunction }

/**
 * What the named layers give for all items of one pass, in inference mode: for each name [items, ...shape of the layer], in the order of
 * the batches, on the host. Throws `ValueError` for a name that is no layer's, `EmptyPassError` for a pass without batches, and what
 * `evaluate` throws for batches that do not fit.
 */
export async function layerOutputs<T = ArrayLike<number>>(
  network: Network,
  weights: Weights,
  batches: Batches<T>,
  options: LayerOutputsOptions,
): Promise<Record<string, ShapedArray>> {
  checkArgument('layerOutputs: network', network, aNetwork)
  checkArgument('layerOutputs: weights', weights, someWeights)
  checkArgument('layerOutputs: batches', batches, somePass)
  const { layers, signal, onProgress } = checkOptions('layerOutputs', options, rules, ['layers'])
  const known = network.layers.map(({ name }) => name)
  const unknown = layers.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new ValueError(`layerOutputs: the network has no layer '${unknown}': give some of ${known.join(', ')}`)
  const place = placeOf(weights)
  const turns = startTurns(signal)
  const parts = new Map(layers.map((name) => [name, [] as RealArray[]]))
  let items = 0
  let index = 0
  for await (const batch of batches) {
    await turns.next()
    checkImages(network, batch, `batch ${index++}`)
    const { images } = batch
    const read = new Map<string, RealArray | Promise<RealArray>>()
    scope(() => {
      const observe = (name: string, output: Parameters<typeof numbersOf>[0]): void => {
        if (parts.has(name)) read.set(name, numbersOf(output))
      }
      network.forward(weights, imageTensor(network, images, place), { observe })
    })
    for (const [name, numbers] of read) parts.get(name)!.push(await numbers)
    items += images.shape[0]
    onProgress?.(items)
  }
  if (items === 0) throw new EmptyPassError('the pass')
  const joined = layers.map((name) => {
    const own = parts.get(name)!
    const data = realArray(
      own[0] instanceof Float64Array ? 'float64' : 'float32',
      own.reduce((sum, { length }) => sum + length, 0),
    )
    let at = 0
    for (const part of own) {
      data.set(part, at)
      at += part.length
    }
    const { output } = network.layers[known.indexOf(name)]
    return [name, { data, shape: [items, ...output] }] as const
  })
  return Object.fromEntries(joined)
}
