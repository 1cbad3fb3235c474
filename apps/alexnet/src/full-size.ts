// The network of the slide itself: counted, and stepped a few times on one batch, which shows that it computes and learns here.
import { type ColourShape, type LabelledImages, meanImage, subtractMean, toFloat32 } from '@scatterlab/datasets'
import { type Images, evaluate, fit } from '@scatterlab/nn'
import type { Optimizer } from '@scatterlab/optim'
import type { Measured, Phase, RunContext } from '@scatterlab/repro'
import { random } from '@scatterlab/tensor'
import { alexNet } from './network.ts'

/** Images of a set as squares of `side` pixels, each pixel repeated, the mean image subtracted, in the unit of bytes. */
function enlarged({ images }: LabelledImages<ColourShape>, side: number): Images {
  const [count, channels, height, width] = images.shape
  const small = subtractMean(toFloat32(images, { scale: 1 }), meanImage(images, { scale: 1 }))
  const data = new Float32Array(count * channels * side * side)
  for (let i = 0; i < data.length; i++) {
    const [plane, y, x] = [Math.floor(i / side ** 2), Math.floor(i / side) % side, i % side]
    data[i] = small.data[(plane * height + Math.floor((y * height) / side)) * width + Math.floor((x * width) / side)]
  }
  return { data, shape: [count, channels, side, side] }
}

/** What is known of the network, and what some steps on one batch took and did; the losses are those without dropout. */
export async function fullSizeRows(
  set: LabelledImages<ColourShape>,
  steps: number,
  optimizer: Optimizer,
  { backend, seed, signal }: Pick<RunContext<unknown>, 'backend' | 'seed' | 'signal'>,
  phase: Phase,
): Promise<Measured[]> {
  const network = alexNet()
  const batch = { images: enlarged(set, 224), labels: set.labels }
  const stream = random(`${seed} steps of the full-size network`)
  const weights = network.initialise(stream.split(), { backend })
  const look = async () => {
    const began = performance.now()
    const { loss } = await evaluate(network, weights, [batch], { signal })
    phase.advance()
    return { loss, seconds: (performance.now() - began) / 1000 }
  }
  const before = await look()
  const taken: number[] = []
  const { history } = await fit(network, {
    weights,
    batches: () => [batch],
    validation: () => [batch],
    optimizer,
    steps,
    seed,
    signal,
    onProgress(event) {
      if (event.kind === 'step') taken.push(event.seconds)
      if (event.kind === 'step' || event.kind === 'epoch') phase.advance()
    },
  })
  const after = await look()
  for (const { buffer } of Object.values(weights.parameters)) backend.release(buffer)

  const images = set.labels.length
  const row = (measure: string, value: number, more: Partial<Measured> = {}): Measured => ({
    measure,
    method: 'AlexNet, full size',
    value,
    settings: { batch: images },
    ...more,
  })
  const milliseconds = (seconds: readonly number[]): number => (1000 * Math.min(...seconds)) / images
  const losses = history.map(({ validation }) => validation!.loss)
  return [
    row('parameters', network.parameterCount, { settings: {}, paper: 60e6 }),
    row('multiplications per image', network.multiplications, { settings: {} }),
    row('forward pass per image', milliseconds([before.seconds, after.seconds]), { unit: 'ms' }),
    row('training step per image', milliseconds(taken), { unit: 'ms' }),
    row('loss before training', before.loss, { unit: 'nats' }),
    row(`loss after ${steps} steps`, losses.at(-1)!, {
      unit: 'nats',
      settings: { batch: images, rate: optimizer.rate },
    }),
  ]
}
