// How many scenes are labelled in a second, the first ones, which warm up, left out.
import type { LabelledScenes } from '@scatterlab/datasets/scenes'
import type { Weights } from '@scatterlab/nn'
import type { Backend } from '@scatterlab/tensor'
import { sceneAt, spread } from './data.ts'
import { AT_ONCE, labelled } from './labelling.ts'
import type { NetworkSize } from './network.ts'
import { USUAL, superpixels } from './superpixels.ts'
import { likeliest, voted } from './voted.ts'

/** Scenes a second: labels by the network alone, and with superpixels. */
export async function framesPerSecond(
  scenes: LabelledScenes,
  size: NetworkSize,
  weights: Weights,
  options: { readonly backend: Backend; readonly signal: AbortSignal },
): Promise<{ network: number; whole: number }> {
  const few = spread(scenes, 5 * AT_ONCE)
  const [, height, width] = few.labels.shape
  const timed = async (label: (probabilities: Float32Array, scene: number) => void): Promise<number> => {
    let begun = 0
    let scene = 0
    for await (const probabilities of labelled(few, size, weights, options)) {
      label(probabilities, scene)
      if (++scene === Math.min(AT_ONCE, few.names.length - 1)) begun = performance.now()
    }
    return ((scene - Math.min(AT_ONCE, scene - 1)) * 1000) / (performance.now() - begun)
  }
  const network = await timed((probabilities) => likeliest(probabilities, height * width))
  const whole = await timed((probabilities, scene) =>
    voted(probabilities, superpixels(sceneAt(few, scene).planes, [3, height, width], USUAL)),
  )
  return { network, whole }
}
