import type { Weights } from '@scatterlab/nn'
import { type Tensor, ValueError, mul, random, tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { dcgan, discriminatorStep, drawn, generatorStep, latentPoints } from './index.ts'

describe('dcgan', () => {
  it.each([
    ['the paper’s networks', { side: 64, kernel: 5 } as const, 18_885_760, 17_232_768],
    ['their smaller form', { side: 64 } as const, 3_576_704, 2_765_568],
  ])('%s have as many parameters as are published', (_, options, generator, discriminator) => {
    const gan = dcgan(options)
    expect([gan.generator.parameterCount, gan.discriminator.parameterCount]).toEqual([generator, discriminator])
    expect(gan.generator.output).toEqual([3, 64, 64])
    expect(gan.discriminator.output).toEqual([1])
  })

  it.each([8, 16, 32, 128])('fit each other at a side of %i', (side) => {
    for (const kernel of [4, 5] as const) {
      const { generator, discriminator, latent } = dcgan({ side, channels: 1, kernel, width: 2, latent: 7 })
      expect([generator.input, generator.output, discriminator.input, latent]).toEqual([
        [7],
        [1, side, side],
        [1, side, side],
        7,
      ])
    }
  })

  it.each([12, 4])('refuses a side of %i', (side) => {
    expect(() => dcgan({ side })).toThrow(ValueError)
  })
})

const gan = dcgan({ side: 8, channels: 1, width: 4, latent: 5 })
const place = { dtype: 'float64' } as const
const weights = {
  generator: gan.generator.initialise(random('g'), place),
  discriminator: gan.discriminator.initialise(random('d'), place),
}
const z = tensor(Float64Array.from(latentPoints(gan, 6, 1).data), [6, 5])
const real = tensor(random(2).fillUniform(new Float64Array(6 * 64), -1, 1) as Float64Array, [6, 1, 8, 8])

const scaled = ({ parameters, state }: Weights, by: number): Weights => ({
  parameters: Object.fromEntries(Object.entries(parameters).map(([name, array]) => [name, mul(array, by)])),
  state,
})

describe('a step', () => {
  it('begins at ln 2 for every term, as the discriminator knows nothing yet', () => {
    expect(discriminatorStep(gan, weights, real, z).loss.item()).toBeCloseTo(2 * Math.LN2, 1)
    expect(generatorStep(gan, weights, z).loss.item()).toBeCloseTo(Math.LN2, 1)
  })

  it('takes real images for real and drawn ones for drawn, where the discriminator has an opinion', () => {
    const loud = { ...weights, discriminator: scaled(weights.discriminator, 20) }
    const softplus = (v: number): number => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)))
    const logits = (images: Tensor): Float64Array =>
      gan.discriminator.forward(loud.discriminator, images, { training: true }).toTypedArray() as Float64Array
    const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / values.length
    const [ofReal, ofDrawn] = [logits(real), logits(drawn(gan, loud, z))]
    expect(Math.max(...ofReal.map(Math.abs))).toBeGreaterThan(1)
    // −log σ(v) = softplus(−v), −log(1 − σ(v)) = softplus(v)
    const known = mean(ofReal.map((v) => softplus(-v))) + mean(ofDrawn.map(softplus))
    expect(discriminatorStep(gan, loud, real, z).loss.item()).toBeCloseTo(known, 10)
    expect(generatorStep(gan, loud, z).loss.item()).toBeCloseTo(mean(ofDrawn.map((v) => softplus(-v))), 10)
  })

  it.each(['discriminator', 'generator'] as const)('has the gradient of finite differences, of the %s', (part) => {
    const at = () =>
      part === 'discriminator' ? discriminatorStep(gan, weights, real, z) : generatorStep(gan, weights, z)
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

  it('draws a point alone as among others by running moments, and by those of the batch not', () => {
    const one = z.slice([0, 1])
    const alone = drawn(gan, weights, one, { moments: 'running' }).toTypedArray()
    expect(drawn(gan, weights, z, { moments: 'running' }).slice([0, 1]).toTypedArray()).toEqual(alone)
    const [two, all] = [z.slice([0, 2]), z].map((points) => drawn(gan, weights, points).slice([0, 1]).toTypedArray())
    expect(Math.max(...two.map((v, i) => Math.abs(v - all[i])))).toBeGreaterThan(1e-3)
  })

  it('draws images from −1 to 1', () => {
    const images = drawn(gan, weights, z)
    expect(images.shape).toEqual([6, 1, 8, 8])
    expect(Math.max(...images.toTypedArray().map(Math.abs))).toBeLessThan(1)
  })
})
