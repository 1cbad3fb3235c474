// A few training steps of a small ConvNet on the bare operations of any back end: what came of its parameters.
import * as operations from '@scatterlab/tensor/operations'
import {
  type Backend,
  type RealArray,
  type Tensor,
  add,
  empty,
  pointwise,
  random,
  relu,
  tensor,
} from '@scatterlab/tensor'

const BATCH = 4
const reluGradient = pointwise('slope of relu', (y, g) => y.gt(0).select(g, 0))

/** Steps that may be repeated: each a forward pass, all gradients, and an update with momentum. */
export interface Training {
  step(): void
  /** Parameters and the last losses, by name. */
  numbers(): Promise<Record<string, RealArray>>
}

/** conv 3×3×4, relu, pool, conv 3×3×6, relu, pool, fc 8, fc 3 on 4 images of 8×8. */
export function training(backend: Backend): Training {
  const numbers = random(7)
  const noise = (deviation: number, ...shape: number[]): Tensor => {
    const data = numbers.fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1)))
    return tensor(data.map((v) => v * deviation) as Float32Array, shape, { backend })
  }
  const array = (...shape: number[]): Tensor => empty(shape, { backend })
  const parameter = (deviation: number, ...shape: number[]) => ({
    w: noise(deviation, ...shape),
    gradient: array(...shape),
    velocity: array(...shape),
  })
  const [w1, b1] = [parameter(0.4, 4, 1, 3, 3), parameter(0.1, 4)]
  const [w2, b2] = [parameter(0.2, 6, 4, 3, 3), parameter(0.1, 6)]
  const [w3, b3, w4, b4] = [parameter(0.2, 24, 8), parameter(0.1, 8), parameter(0.4, 8, 3), parameter(0.1, 3)]
  const parameters = { w1, b1, w2, b2, w3, b3, w4, b4 }
  const x = noise(1, BATCH, 1, 8, 8)
  const labels = Int32Array.from({ length: BATCH }, (_, i) => i % 3)
  const [a1, gradA1] = [array(BATCH, 4, 8, 8), array(BATCH, 4, 8, 8)]
  const [p1, gradP1] = [array(BATCH, 4, 4, 4), array(BATCH, 4, 4, 4)]
  const [a2, gradA2] = [array(BATCH, 6, 4, 4), array(BATCH, 6, 4, 4)]
  const [p2, gradP2] = [array(BATCH, 6, 2, 2), array(BATCH, 6, 2, 2)]
  const [flat, gradFlat] = [p2, gradP2].map((p) => p.reshape(BATCH, 24))
  const [h, gradH, logits, gradLogits] = [array(BATCH, 8), array(BATCH, 8), array(BATCH, 3), array(BATCH, 3)]
  const losses = array(BATCH)
  const [window, pool] = [{ padding: 1 }, { size: 2 }]

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
    operations.reduce(backend, 'sum', gradA2, [0, 2, 3], b2.gradient.reshape(1, 6, 1, 1))
    operations.conv2dWeightsGradient(backend, p1, gradA2, w2.gradient, window)
    operations.conv2dInputGradient(backend, gradA2, w2.w, gradP1, window)
    operations.maxPoolGradient(backend, a1, p1, gradP1, gradA1, pool)
    reluGradient.into(gradA1, a1, gradA1)
    operations.reduce(backend, 'sum', gradA1, [0, 2, 3], b1.gradient.reshape(1, 4, 1, 1))
    operations.conv2dWeightsGradient(backend, x, gradA1, w1.gradient, window)
    for (const { w, velocity, gradient } of Object.values(parameters)) {
      operations.sgdUpdate(backend, w, velocity, gradient, { rate: 0.05, momentum: 0.9, decay: 0.0005 })
    }
  }
  return {
    step,
    numbers: async () => {
      const entries = Object.entries(parameters).map(async ([name, { w }]) => [name, await w.read()] as const)
      return Object.fromEntries([...(await Promise.all(entries)), ['losses', await losses.read()]])
    },
  }
}
