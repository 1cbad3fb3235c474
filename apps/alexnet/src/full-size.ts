// The network of the slide itself: counted, and stepped a few times on one batch, which shows that it computes and learns here.
import { type ColourShape, type FloatImages, type LabelledImages, toFloat32 } from '@scatterlab/datasets'
import type { Network } from '@scatterlab/nn'
import type { Row } from '@scatterlab/repro'
import { centre, meanImage } from './mean-image.ts'
import type { StepTimes } from './training-step.ts'

/** So many images of a set, each pixel a square of 7×7 of them, the mean image subtracted, in the unit of bytes. */
export function enlarged({ images }: LabelledImages<ColourShape>, side: number): FloatImages<ColourShape> {
  const [count, channels, height, width] = images.shape
  const small = toFloat32(images, { scale: 1 })
  centre(small, meanImage(images), 1)
  const data = new Float32Array(count * channels * side * side)
  for (let i = 0; i < data.length; i++) {
    const [plane, y, x] = [Math.floor(i / side ** 2), Math.floor(i / side) % side, i % side]
    data[i] = small.data[(plane * height + Math.floor((y * height) / side)) * width + Math.floor((x * width) / side)]
  }
  return { data, shape: [count, channels, side, side] }
}

/** What is known of the network, and what the steps took. */
export function fullSizeRows({ parameterCount, multiplications }: Network, times: StepTimes, rate: number): Row[] {
  const { images, forwardSeconds, stepSeconds, losses } = times
  const settings = { batch: images }
  const row = (measure: string, value: number, unit: string, more: Partial<Row> = {}): Row => {
    const unknown = { count: null, total: null, slide: null, paper: null }
    return { measure, method: 'AlexNet, full size', settings: {}, value, unit, ...unknown, ...more }
  }
  return [
    row('parameters', parameterCount, '', { paper: 60e6 }),
    row('multiplications per image', multiplications, ''),
    row('forward pass per image', (1000 * forwardSeconds) / images, 'ms', { settings }),
    row('training step per image', (1000 * stepSeconds) / images, 'ms', { settings }),
    row('loss before training', losses[0], 'nats', { settings }),
    row(`loss after ${losses.length - 1} steps`, losses.at(-1)!, 'nats', { settings: { ...settings, rate } }),
  ]
}
