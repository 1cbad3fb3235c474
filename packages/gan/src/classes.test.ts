import { LabelError } from '@scatterlab/nn'
import { adam } from '@scatterlab/optim'
import { type Random, ShapeError, ValueError, random, tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import {
  type FitGanOptions,
  dcgan,
  discriminatorStep,
  drawn,
  fitGan,
  generatorStep,
  latentPoints,
  withClasses,
} from './index.ts'

const gan = dcgan({ side: 8, channels: 1, width: 4, latent: 4, classes: 2 })

/** Batches of eight images of one grey level each: −0.6 of class 0, 0.6 of class 1. */
const greys =
  (count: number, only?: number) =>
  ({ random: stream }: { readonly random: Random }) =>
    Array.from({ length: count }, () => {
      const labels = Array.from({ length: 8 }, () => only ?? stream.integer(0, 2))
      const data = Float32Array.from({ length: 512 }, (_, i) => 1.2 * labels[i >> 6] - 0.6)
      return { images: { data, shape: [8, 1, 8, 8] }, labels }
    })
const few: FitGanOptions = { batches: greys(3), epochs: 2, samples: 4, seed: 1 }

it('puts the class beside the point', () => {
  const points = { data: Float32Array.of(0.5, -0.5, 0.25, 1), shape: [2, 2] as const }
  const { data, shape } = withClasses(points, [2, 0], 3)
  expect([[...data], shape]).toEqual([
    [0.5, -0.5, 0, 0, 1, 0.25, 1, 1, 0, 0],
    [2, 5],
  ])
  expect(() => withClasses(points, [2], 3)).toThrow(ShapeError)
  expect(() => withClasses(points, [3, 0], 3)).toThrow(LabelError)
})

describe('a step with classes', () => {
  const place = { dtype: 'float64' } as const
  const weights = {
    generator: gan.generator.initialise(random('g'), place),
    discriminator: gan.discriminator.initialise(random('d'), place),
  }
  const labels = [0, 1, 1, 0, 1, 0]
  const points = withClasses(latentPoints(gan, 6, 1), labels, 2)
  const z = tensor(Float64Array.from(points.data), [6, 6])
  const real = tensor(random(2).fillUniform(new Float64Array(6 * 64), -1, 1) as Float64Array, [6, 1, 8, 8])

  it('looks at the logit of the class of each image, and at no other', () => {
    const softplus = (v: number): number => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)))
    const loud = {
      ...weights,
      discriminator: { ...weights.discriminator, parameters: { ...weights.discriminator.parameters } },
    }
    loud.discriminator.parameters['real.weight'] = tensor(
      loud.discriminator.parameters['real.weight'].toTypedArray().map((v) => 30 * v) as Float64Array,
      loud.discriminator.parameters['real.weight'].shape,
    )
    const images = drawn(gan, loud, z)
    const all = gan.discriminator.forward(loud.discriminator, images, { training: true }).toTypedArray()
    const known = labels.reduce((sum, label, i) => sum + softplus(-all[2 * i + label]), 0) / 6
    const wrong = labels.reduce((sum, label, i) => sum + softplus(-all[2 * i + 1 - label]), 0) / 6
    expect(Math.abs(known - wrong)).toBeGreaterThan(1e-4)
    expect(generatorStep(gan, loud, z, labels).loss.item()).toBeCloseTo(known, 10)
  })

  it.each(['discriminator', 'generator'] as const)('has the gradient of finite differences, of the %s', (part) => {
    const at = () =>
      part === 'discriminator'
        ? discriminatorStep(gan, weights, real, z, labels)
        : generatorStep(gan, weights, z, labels)
    const { gradients } = at()
    for (const [name, array] of Object.entries(weights[part].parameters)) {
      const data = array.asTypedArray()
      const i = data.length >> 1
      const [own, h] = [data[i], 1e-5]
      const loss = (by: number): number => {
        data[i] = own + by
        return at().loss.item()
      }
      const slope = (loss(h) - loss(-h)) / (2 * h)
      data[i] = own
      expect(Math.abs(gradients[name].toTypedArray()[i] - slope), name).toBeLessThan(1e-7)
    }
  })

  it('refuses to go without labels, and labels that are no class', () => {
    expect(() => discriminatorStep(gan, weights, real, z)).toThrow(ValueError)
    expect(() => generatorStep(gan, weights, z, [0, 1])).toThrow(ShapeError)
    expect(() => generatorStep(gan, weights, z, [0, 1, 2, 0, 0, 0])).toThrow(LabelError)
  })
})

describe('fitGan with classes', () => {
  it('learns which class is dark and which is bright', async () => {
    const fast = () => adam({ rate: 5e-3, beta1: 0.5 })
    const { samples } = await fitGan(gan, {
      ...few,
      batches: greys(20),
      epochs: 3,
      samples: 20,
      optimizers: { generator: fast(), discriminator: fast() },
    })
    const mean = (label: number): number =>
      Float32Array.from(samples.data).reduce((sum, v, i) => sum + ((i >> 6) % 2 === label ? v : 0), 0) /
      (samples.data.length / 2)
    expect(mean(1) - mean(0)).toBeGreaterThan(0.5)
  })

  it('goes on after an interruption as if there had been none', async () => {
    const whole = await fitGan(gan, few)
    const controller = new AbortController()
    let file: Uint8Array | undefined
    const interrupted = fitGan(gan, {
      ...few,
      signal: controller.signal,
      onProgress: (event) => event.kind === 'step' && event.step === 4 && controller.abort(new Error('stop')),
      checkpoint: (bytes) => void (file = bytes),
    })
    await expect(interrupted).rejects.toThrow('stop')
    expect((await fitGan(gan, { ...few, resume: file! })).samples).toEqual(whole.samples)
  })

  it('refuses one class only, labels beyond the list and none', async () => {
    await expect(fitGan(gan, { ...few, batches: greys(2, 1) })).rejects.toThrow(/label 1 only/)
    await expect(fitGan(gan, { ...few, batches: greys(2, 2) })).rejects.toThrow(LabelError)
    const none = (pass: { readonly random: Random }) => greys(2)(pass).map(({ images }) => ({ images, labels: null }))
    await expect(fitGan(gan, { ...few, batches: none })).rejects.toThrow(ValueError)
  })
})
