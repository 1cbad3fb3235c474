// Square matrix products in single precision.
import * as operations from '@scatterlab/tensor/operations'
import { empty } from '@scatterlab/tensor'
import { gpuMatmul, jaxMatmul, onnxMatmul, tfjs } from '../peers.ts'
import { type Group, noise, noiseTensor } from './context.ts'

/** GFLOP/s against each peer. */
export const matmul: Group = async function* ({ backend, threads, onGpu = false }) {
  for (const n of onGpu ? [512, 1024, 2048, 4096] : [64, 256, 512, 1024]) {
    const data = noise(n * n)
    const [a, b] = [noiseTensor([n, n], backend, data), noiseTensor([n, n], backend, data)]
    const out = empty([n, n], { backend })
    const base = {
      group: 'matmul',
      name: `matrix product ${n}x${n}x${n}`,
      unit: 'GFLOP/s',
      units: (2 * n ** 3) / 1e9,
      flops: 2 * n ** 3,
      ours: () => operations.matmul(backend, a, b, out),
    }
    if (threads > 1) {
      yield base
      continue
    }
    const tf = await tfjs()
    const [x, y] = [tf.tensor(data, [n, n]), tf.tensor(data, [n, n])]
    yield { ...base, peer: { name: 'TensorFlow.js wasm', run: () => tf.matMul(x, y).dispose() } }
    if (n === 64 || n === 1024) continue
    // jax-js 0.1.25 runs once, before onnxruntime-web: later calls fail on that one's worker, and on a second size
    if (n === 256) yield { ...base, peer: { name: 'jax-js wasm', run: await jaxMatmul(n, data, data) } }
    yield { ...base, peer: { name: 'onnxruntime-web wasm', run: await onnxMatmul(n, data, data, 1) } }
    if (n > 256) continue
    const gpu = await gpuMatmul(n)
    yield { ...base, peer: { name: `gpu.js (ran as ${gpu.mode})`, run: gpu.run } }
  }
}
