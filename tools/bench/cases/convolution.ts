// Convolutions of a batch, forward and with both gradients.
import { conv2d, conv2dInputGradient, conv2dWeightsGradient } from '@scatterlab/tensor/operations'
import { empty } from '@scatterlab/tensor'
import { tfjs } from '../peers.ts'
import { type Group, noise, noiseTensor } from './context.ts'

const cases = [
  { name: '5x5, 1 to 32 channels, 28x28', from: 1, to: 32, window: 5, side: 28 },
  { name: '5x5, 32 to 64 channels, 14x14', from: 32, to: 64, window: 5, side: 14 },
  { name: '3x3, 64 to 64 channels, 8x8', from: 64, to: 64, window: 3, side: 8 },
]
const BATCH = 128

/** GFLOP/s; the peer has no gradients on WebAssembly. */
export const convolution: Group = async function* ({ backend, threads }) {
  for (const { name, from, to, window, side } of cases) {
    const x = noiseTensor([BATCH, from, side, side], backend)
    const weights = noiseTensor([to, from, window, window], backend)
    const [out, gradOut] = [empty([BATCH, to, side, side], { backend }), noiseTensor([BATCH, to, side, side], backend)]
    const [gradX, gradWeights] = [empty(x.shape, { backend }), empty(weights.shape, { backend })]
    const options = { padding: (window - 1) / 2 }
    const flops = 2 * BATCH * side ** 2 * from * to * window ** 2
    const forward = {
      group: 'convolution',
      name: `convolution ${name}, batch ${BATCH}: forward`,
      unit: 'GFLOP/s',
      units: flops / 1e9,
      flops,
      ours: () => conv2d(backend, x, weights, out, options),
    }
    if (threads > 1) yield forward
    else {
      const tf = await tfjs()
      const nhwc = tf.tensor(noise(x.size), [BATCH, side, side, from])
      const filter = tf.tensor(noise(weights.size), [window, window, from, to])
      yield {
        ...forward,
        peer: { name: 'TensorFlow.js wasm', run: () => tf.conv2d(nhwc, filter, 1, 'same').dispose() },
      }
    }
    yield {
      ...forward,
      name: `convolution ${name}, batch ${BATCH}: forward and both gradients`,
      units: (3 * flops) / 1e9,
      flops: 3 * flops,
      ours: () => {
        conv2d(backend, x, weights, out, options)
        conv2dInputGradient(backend, gradOut, weights, gradX, options)
        conv2dWeightsGradient(backend, x, gradOut, gradWeights, options)
      },
    }
  }
}
