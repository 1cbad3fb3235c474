// Training steps of whole networks as a user writes them: layers, differentiation, loss and update, not the bare operations.
import {
  type Layer,
  type Network,
  batchNorm,
  conv2d,
  flatten,
  globalAveragePool,
  linear,
  maxPool,
  network,
  relu,
  residual,
  sequential,
  subsampleAndPad,
  trainingStep,
} from '@scatterlab/nn'
import { sgd } from '@scatterlab/optim'
import { random, scope } from '@scatterlab/tensor'
import { type Group, noise } from './context.ts'

/** The lecture's two-layer ConvNet, with the padding of the quoted figure. */
const convNet = network(
  sequential({
    conv1: conv2d({ channels: 32, size: 5, padding: 2 }),
    relu1: relu(),
    pool1: maxPool({ size: 2 }),
    conv2: conv2d({ channels: 64, size: 5, padding: 2 }),
    relu2: relu(),
    pool2: maxPool({ size: 2 }),
    flatten: flatten(),
    fc1: linear({ units: 512 }),
    relu3: relu(),
    fc2: linear({ units: 10 }),
  }),
  [1, 28, 28],
)

const filters = (channels: number, size: number, stride = 1, padding = size >> 1): Layer =>
  conv2d({ channels, size, stride, padding, bias: false })

/** All-CNN-C of Springenberg et al. (2015), table 1, without dropout. */
const allCnn = network(
  sequential(
    [
      conv2d({ channels: 96, size: 3, padding: 1 }),
      conv2d({ channels: 96, size: 3, padding: 1 }),
      conv2d({ channels: 96, size: 3, padding: 1, stride: 2 }),
      conv2d({ channels: 192, size: 3, padding: 1 }),
      conv2d({ channels: 192, size: 3, padding: 1 }),
      conv2d({ channels: 192, size: 3, padding: 1, stride: 2 }),
      conv2d({ channels: 192, size: 3 }),
      conv2d({ channels: 192, size: 1 }),
      conv2d({ channels: 10, size: 1 }),
    ]
      .flatMap((layer) => [layer, relu()])
      .concat(globalAveragePool()),
  ),
  [3, 32, 32],
)

function block(channels: number, stride: number): Layer {
  return residual({
    body: sequential([filters(channels, 3, stride), batchNorm(), relu(), filters(channels, 3), batchNorm()]),
    ...(stride > 1 && { shortcut: subsampleAndPad({ channels, stride }) }),
    after: relu(),
  })
}

/** ResNet-20 of He et al. (2016), section 4.2. */
const resNet20 = network(
  sequential([
    filters(16, 3),
    batchNorm(),
    relu(),
    ...[16, 32, 64].flatMap((channels, stage) => [0, 1, 2].map((i) => block(channels, stage > 0 && i === 0 ? 2 : 1))),
    globalAveragePool(),
    linear({ units: 10 }),
  ]),
  [3, 32, 32],
)

/** Images a second of training by the lecture's rule. PyTorch 1.13's figures are of one thread, with wider vectors. */
export const networks: Group = async function* ({ backend, threads }) {
  const quoted = (value: number) =>
    threads === 1 ? { quoted: { name: 'PyTorch, wider vectors', value, peak: 58.6 } } : {}
  const step = (net: Network, batch: number): (() => void) => {
    const weights = net.initialise(random('bench'), { backend })
    const optimizer = sgd({ rate: 1e-4, momentum: 0.9, decay: 5e-4 })
    let state = optimizer.init(weights.parameters)
    const shape = [batch, ...net.input]
    const images = { data: noise(shape.reduce((a, b) => a * b, 1)), shape }
    const labels = Int32Array.from({ length: batch }, (_, i) => i % 10)
    return () =>
      scope(() => {
        const { gradients } = trainingStep(net, weights, { images, labels })
        state = optimizer.update(weights.parameters, gradients, state)
      })
  }
  const batch = 128
  const name = (net: string): string => `training of ${net}, batch ${batch}`
  // forward, and two gradients of as many operations
  const common = (net: Network) => ({
    group: 'networks',
    unit: 'images/s',
    units: batch,
    flops: 6 * net.multiplications * batch,
  })
  yield { ...common(convNet), name: name('the ConvNet, 28x28'), ours: step(convNet, batch), ...quoted(941) }
  yield { ...common(resNet20), name: name('ResNet-20, 32x32'), ours: step(resNet20, batch), ...quoted(221) }
  yield { ...common(allCnn), name: name('All-CNN-C, 32x32'), ours: step(allCnn, batch), ...quoted(46.6) }
}
