// One training step of a small ConvNet, on the bare operations of the back end: forward, gradients, update.
import * as operations from '@scatterlab/tensor/operations'
import { type Tensor, add, empty, pointwise, relu } from '@scatterlab/tensor'
import { type Group, noise, noiseTensor } from './context.ts'

const BATCH = 128
const reluGradient = pointwise('slope of relu', (y, g) => y.gt(0).select(g, 0))
/** Forward, both gradients, without the gradient of the images. */
const FLOPS = BATCH * 2 * (2 * 784 * 32 * 25 + 3 * 196 * 64 * 800 + 3 * 3136 * 512 + 3 * 512 * 10)

/**
 * Milliseconds of conv 5×5×32, relu, pool, conv 5×5×64, relu, pool, fc 512, fc 10 on 128 images of 28×28. PyTorch 1.13 took 136 ms on one
 * thread of a core whose 128-bit peak is 58.6 GFLOP/s; it used wider vectors, of twice that.
 */
export const training: Group = async function* ({ backend, threads }) {
  const array = (...shape: number[]): Tensor => empty(shape, { backend })
  const parameter = (deviation: number, ...shape: number[]) => ({
    w: noiseTensor(
      shape,
      backend,
      noise(shape.reduce((a, b) => a * b, 1)).map((v) => v * deviation),
    ),
    gradient: array(...shape),
    velocity: array(...shape),
  })
  const [w1, b1, w2, b2] = [
    parameter(0.1, 32, 1, 5, 5),
    parameter(0, 32),
    parameter(0.03, 64, 32, 5, 5),
    parameter(0, 64),
  ]
  const [w3, b3, w4, b4] = [parameter(0.02, 3136, 512), parameter(0, 512), parameter(0.04, 512, 10), parameter(0, 10)]
  const x = noiseTensor([BATCH, 1, 28, 28], backend)
  const labels = Int32Array.from({ length: BATCH }, (_, i) => i % 10)
  const [a1, gradA1, p1, gradP1] = [28, 28, 14, 14].map((side) => array(BATCH, 32, side, side))
  const [a2, gradA2, p2, gradP2] = [14, 14, 7, 7].map((side) => array(BATCH, 64, side, side))
  const [flat, gradFlat] = [p2, gradP2].map((p) => p.reshape(BATCH, 3136))
  const [h, gradH] = [array(BATCH, 512), array(BATCH, 512)]
  const [logits, gradLogits, losses] = [array(BATCH, 10), array(BATCH, 10), array(BATCH)]
  const window = { padding: 2 }
  const pool = { size: 2 }

  const step = (): void => {
    operations.conv2d(backend, x, w1.w, a1, { ...window, bias: b1.w })
    relu.into(a1, a1)
    operations.maxPool(backend, a1, p1, pool)
    operations.conv2d(backend, p1, w2.w, a2, { ...window, bias: b2.w })
    relu.into(a2, a2)
    operations.maxPool(backend, a2, p2, pool)
    operations.matmul(backend, flat, w3.w, h)
    add.into(h, h, b3.w)
    relu.into(h, h)
    operations.matmul(backend, h, w4.w, logits)
    add.into(logits, logits, b4.w)
    operations.softmaxCrossEntropy(backend, logits, labels, losses, gradLogits)

    operations.matmul(backend, h.transpose(), gradLogits, w4.gradient)
    operations.reduce(backend, 'sum', gradLogits, [0], b4.gradient.expand(0))
    operations.matmul(backend, gradLogits, w4.w.transpose(), gradH)
    reluGradient.into(gradH, h, gradH)
    operations.matmul(backend, flat.transpose(), gradH, w3.gradient)
    operations.reduce(backend, 'sum', gradH, [0], b3.gradient.expand(0))
    operations.matmul(backend, gradH, w3.w.transpose(), gradFlat)
    operations.maxPoolGradient(backend, a2, p2, gradP2, gradA2, pool)
    reluGradient.into(gradA2, a2, gradA2)
    operations.reduce(backend, 'sum', gradA2, [0, 2, 3], b2.gradient.reshape(1, 64, 1, 1))
    operations.conv2dWeightsGradient(backend, p1, gradA2, w2.gradient, window)
    operations.conv2dInputGradient(backend, gradA2, w2.w, gradP1, window)
    operations.maxPoolGradient(backend, a1, p1, gradP1, gradA1, pool)
    reluGradient.into(gradA1, a1, gradA1)
    operations.reduce(backend, 'sum', gradA1, [0, 2, 3], b1.gradient.reshape(1, 32, 1, 1))
    operations.conv2dWeightsGradient(backend, x, gradA1, w1.gradient, window)
    for (const { w, velocity, gradient } of [w1, b1, w2, b2, w3, b3, w4, b4]) {
      operations.sgdUpdate(backend, w, velocity, gradient, { rate: 0.01 / BATCH, momentum: 0.9, decay: 0.0005 })
    }
  }
  yield {
    group: 'training',
    name: `training step of a 5x5x32, 5x5x64, 512, 10 ConvNet, 28x28, batch ${BATCH}`,
    unit: 'ms',
    flops: FLOPS,
    ours: step,
    ...(threads === 1 ? { quoted: { name: 'PyTorch, wider vectors', value: 136, peak: 58.6 } } : {}),
  }
}
