// A trained network on scenes: probabilities of the classes for every pixel.
import type { LabelledScenes } from '@scatterlab/datasets/scenes'
import type { Weights } from '@scatterlab/nn'
import { type Backend, type Tensor, div, exp, max, scope, sub, sum, tensor } from '@scatterlab/tensor'
import { centred } from './augmented.ts'
import { enlarged } from './enlarged.ts'
import { sidesFor } from './multi-scale.ts'
import { type NetworkSize, sceneNetwork, stepOf } from './network.ts'

/** Scenes that are computed at a time. */
export const AT_ONCE = 4

/**
 * Goes through scenes in their order, and gives the probabilities [classes, h·w] of each. Scenes are framed to sides that the network takes, and the
 * probabilities of its places interpolated.
 */
export async function* labelled(
  scenes: LabelledScenes,
  size: NetworkSize,
  weights: Weights,
  { backend, signal, atOnce = AT_ONCE }: { backend: Backend; signal: AbortSignal; atOnce?: number },
): AsyncGenerator<Float32Array> {
  const [total, height, width] = scenes.labels.shape
  const sides = sidesFor([height, width], stepOf(size), 'up')
  const network = sceneNetwork(size, sides)
  for (let from = 0; from < total; from += atOnce) {
    signal.throwIfAborted()
    const { data, shape } = centred(scenes, from, Math.min(atOnce, total - from), sides).images
    const places = scope(() => {
      const x = tensor(data, shape, { backend })
      return enlarged(softmax(network.forward(weights, x)), sides)
    })
    const read = (await places.read()) as Float32Array
    backend.release(places.buffer)
    const length = read.length / shape[0]
    for (let item = 0; item < shape[0]; item++)
      yield cropped(read.subarray(item * length, (item + 1) * length), sides, [height, width])
  }
}

/** Over the channels. */
function softmax(scores: Tensor): Tensor {
  const powers = exp(sub(scores, max(scores, { axes: [1], keep: true })))
  return div(powers, sum(powers, { axes: [1], keep: true }))
}

/** The middle of each of an item's maps. */
function cropped(
  maps: Float32Array,
  [rows, columns]: readonly [number, number],
  [height, width]: readonly [number, number],
): Float32Array {
  const classes = maps.length / (rows * columns)
  const [top, left] = [Math.floor((rows - height) / 2), Math.floor((columns - width) / 2)]
  const out = new Float32Array(classes * height * width)
  for (let c = 0; c < classes; c++) {
    for (let y = 0; y < height; y++) {
      const start = (c * rows + top + y) * columns + left
      out.set(maps.subarray(start, start + width), (c * height + y) * width)
    }
  }
  return out
}
