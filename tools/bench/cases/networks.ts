// Training steps of whole networks as a user writes them: layers, differentiation, loss and update, not the bare operations; and
// the convolutions that they stand on, beside our own direct kernels.
import { type Network, binaryCrossEntropy, trainingStep } from '@scatterlab/nn'
import { adam, sgd } from '@scatterlab/optim'
import {
  type Backend,
  type Named,
  type Tensor,
  add,
  empty,
  random,
  scope,
  tensor,
  valueAndGrad,
} from '@scatterlab/tensor'
import {
  type ConvolutionAlgorithm,
  conv2d,
  conv2dInputGradient,
  conv2dWeightsGradient,
} from '@scatterlab/tensor/operations'
import type { Case, Work } from '../measure.ts'
import { airbench94, allCnn, convNet, discriminator, generator, resNet20 } from '../networks.ts'
import { type BenchContext, type Group, noise, noiseTensor } from './context.ts'

/** Images a second of training, and GFLOP/s of convolutions, both counted as by definition. */
export const networks: Group = async function* (context) {
  yield* convolutions(context)
  for (const [name, key, net, batch] of [
    ['ResNet-20, 32x32', 'resNet20', resNet20, 128],
    ['All-CNN-C, 32x32', 'allCnn', allCnn, 128],
    ['airbench94’s network, 32x32', 'airbench94', airbench94, 1024],
    ['the ConvNet, 28x28', 'convNet', convNet, 128],
  ] as const) {
    // forward, and two gradients of as many operations
    const flops = 6 * net.multiplications * batch
    yield item(context, name, key, batch, flops, (backend) => classifierStep(backend, net, batch))
  }
  const batch = 64
  const flops = 2 * batch * (8 * discriminator.multiplications + 3 * generator.multiplications)
  yield item(context, 'a DCGAN of half width, 64x64', 'dcgan', batch, flops, (backend) => ganStep(backend, batch))
}

/** The peer is PyTorch where it is asked for, else the same with direct convolutions. */
function item(
  { backend, torch, direct }: BenchContext,
  net: string,
  key: string,
  batch: number,
  flops: number,
  step: (backend: Backend) => Work,
): Case {
  const peer = torch
    ? { name: `PyTorch ${torch.version}`, run: torch.step(key, batch) }
    : direct && { name: 'our direct kernels', run: step(direct()) }
  return {
    group: 'networks',
    name: `training of ${net}, batch ${batch}`,
    unit: 'images/s',
    units: batch,
    flops,
    ours: step(backend),
    ...(peer && { peer }),
  }
}

function classifierStep(backend: Backend, net: Network, batch: number): Work {
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

/** A step of the generator, and one of the discriminator on real images and on the same made ones. */
function ganStep(backend: Backend, batch: number): Work {
  const [g, d] = [generator, discriminator].map((net) => net.initialise(random('bench'), { backend }))
  const rule = adam({ rate: 2e-4, beta1: 0.5, beta2: 0.999 })
  let [ofG, ofD] = [rule.init(g.parameters), rule.init(d.parameters)]
  const real = noise(batch * 3 * 64 * 64)
  const code = noise(batch * 100)
  const judge = (parameters: Named, images: Tensor, truth: number): Tensor =>
    binaryCrossEntropy(discriminator.forward({ parameters, state: d.state }, images, { training: true }), truth)
  return () =>
    scope(() => {
      const images = tensor(real, [batch, 3, 64, 64], { backend })
      const z = tensor(code, [batch, 100, 1, 1], { backend })
      const fooled = valueAndGrad((own: Named) => {
        const made = generator.forward({ parameters: own, state: g.state }, z, { training: true })
        return [judge(d.parameters, made, 1), made] as const
      })(g.parameters)
      const [, made] = fooled.value
      const judged = valueAndGrad((own: Named) => add(judge(own, images, 1), judge(own, made, 0)))(d.parameters)
      ofG = rule.update(g.parameters, fooled.gradient, ofG)
      ofD = rule.update(d.parameters, judged.gradient, ofD)
    })
}

/** 3×3 convolutions, forward and both gradients, beside the direct kernels. */
function* convolutions({ backend, threads }: BenchContext): Generator<Case> {
  const batch = 128
  for (const [channels, side] of [
    [16, 32],
    [64, 8],
    [256, 14],
  ] as const) {
    const array = (): Tensor => noiseTensor([batch, channels, side, side], backend)
    const [x, gradOut] = [array(), array()]
    const weights = noiseTensor([channels, channels, 3, 3], backend)
    const [out, gradX, gradWeights] = [x, x, weights].map(({ shape }) => empty(shape, { backend }))
    const run = (algorithm: ConvolutionAlgorithm) => (): void => {
      const options = { padding: 1, algorithm }
      conv2d(backend, x, weights, out, options)
      conv2dInputGradient(backend, gradOut, weights, gradX, options)
      conv2dWeightsGradient(backend, x, gradOut, gradWeights, options)
    }
    const flops = 6 * batch * side ** 2 * channels ** 2 * 9
    yield {
      group: 'networks',
      name: `convolution 3x3, ${channels} to ${channels} channels, ${side}x${side}, batch ${batch}: forward and both gradients`,
      unit: 'GFLOP/s',
      units: flops / 1e9,
      flops,
      ours: run('fastest'),
      ...(threads === 1 && { peer: { name: 'our direct kernels', run: run('direct') } }),
    }
  }
}
