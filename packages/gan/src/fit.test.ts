import { CheckpointError, EmptyPassError } from '@scatterlab/nn'
import { adam, cosine, plateau } from '@scatterlab/optim'
import { type Random, ShapeError } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { type FitGanOptions, type GanEvent, dcgan, fitGan } from './index.ts'

const gan = dcgan({ side: 8, channels: 1, width: 4, latent: 4 })

/** Batches of eight images of one grey level each, from 0.2 to 0.8. */
const greys =
  (count: number) =>
  ({ random: stream }: { readonly random: Random }) =>
    Array.from({ length: count }, () => {
      const levels = stream.fillUniform(new Float64Array(8), 0.2, 0.8)
      return {
        images: { data: Float32Array.from({ length: 512 }, (_, i) => levels[i >> 6]), shape: [8, 1, 8, 8] },
        labels: null,
      }
    })
const few: FitGanOptions = { batches: greys(4), epochs: 2, samples: 4, seed: 1 }

describe('fitGan', () => {
  it('moves the drawn images towards the real ones', async () => {
    const fast = () => adam({ rate: 2e-3, beta1: 0.5 })
    const { samples, history } = await fitGan(gan, {
      ...few,
      batches: greys(30),
      epochs: 4,
      optimizers: { generator: fast(), discriminator: fast() },
    })
    const mean = Float64Array.from(samples.data).reduce((sum, v) => sum + v, 0) / samples.data.length
    expect(history.map(({ step }) => step)).toEqual([30, 60, 90, 120])
    // 0 at the beginning; the real mean is 0.5
    expect(mean).toBeGreaterThan(0.2)
    expect(mean).toBeLessThan(0.8)
  })

  it.each(['together', 'alternating'] as const)(
    'goes on after an interruption as if there had been none (%s)',
    async (order) => {
      const whole = await fitGan(gan, { ...few, order })
      const controller = new AbortController()
      let file: Uint8Array | undefined
      const interrupted = fitGan(gan, {
        ...few,
        order,
        signal: controller.signal,
        onProgress: (event: GanEvent) =>
          event.kind === 'step' && event.step === 5 && controller.abort(new Error('stop')),
        checkpoint: (bytes) => void (file = bytes),
      })
      await expect(interrupted).rejects.toThrow('stop')
      const resumed = await fitGan(gan, { ...few, order, resume: file! })
      expect(resumed.samples).toEqual(whole.samples)
      expect(resumed.history).toEqual(whole.history)
    },
  )

  it('follows a schedule: nothing is learned once the rate is 0, and a resumed run goes on with it', async () => {
    const files: Uint8Array[] = []
    const schedule = cosine({ steps: 4 })
    const still = { ...few, epochs: 2, schedule, checkpoint: (bytes: Uint8Array) => void files.push(bytes) }
    const { weights } = await fitGan(gan, still)
    const first = await fitGan(gan, { ...few, epochs: 1, schedule })
    for (const part of ['generator', 'discriminator'] as const)
      for (const [name, array] of Object.entries(weights[part].parameters))
        expect(array.toTypedArray(), name).toEqual(first.weights[part].parameters[name].toTypedArray())
    const free = await fitGan(gan, { ...few, epochs: 1 })
    expect(free.samples).not.toEqual(first.samples)
    const slow = { ...few, schedule: cosine({ steps: 8 }) }
    const whole = await fitGan(gan, slow)
    await fitGan(gan, { ...slow, epochs: 1, checkpoint: (bytes) => void files.push(bytes) })
    expect((await fitGan(gan, { ...slow, resume: files.at(-1)! })).samples).toEqual(whole.samples)
    await expect(fitGan(gan, { ...few, schedule: plateau() })).rejects.toThrow(/schedule/)
  })

  it('tells every step and every pass, with samples of the same points', async () => {
    const events: GanEvent[] = []
    await fitGan(gan, { ...few, order: 'alternating', onProgress: (event) => events.push(event) })
    expect(events.map(({ kind }) => kind).join(' ')).toBe('step step step step epoch step step step step epoch')
    const steps = events.flatMap((event) => (event.kind === 'step' ? [event] : []))
    expect(steps.map(({ generatorLoss }) => generatorLoss === null)).toEqual([
      false,
      true,
      false,
      true,
      false,
      true,
      false,
      true,
    ])
    const passes = events.flatMap((event) => (event.kind === 'epoch' ? [event] : []))
    expect(passes.map(({ samples }) => samples.shape)).toEqual([
      [4, 1, 8, 8],
      [4, 1, 8, 8],
    ])
    expect(passes.some(({ collapsed }) => collapsed)).toBe(false)
  })

  it('refuses a checkpoint of another run, images of another size and a pass of nothing', async () => {
    let file: Uint8Array | undefined
    await fitGan(gan, { ...few, epochs: 1, checkpoint: (bytes) => void (file = bytes) })
    const resume = file!
    await expect(fitGan(gan, { ...few, seed: 2, resume })).rejects.toThrow(CheckpointError)
    await expect(fitGan(dcgan({ side: 8, channels: 1, width: 2 }), { ...few, resume })).rejects.toThrow(
      /pair of networks/,
    )
    const rate = { generator: adam({ rate: 1 }), discriminator: adam({ rate: 1 }) }
    await expect(fitGan(gan, { ...few, optimizers: rate, resume })).rejects.toThrow(/rule of learning/)
    const wide = () => [{ images: { data: new Float32Array(200), shape: [2, 1, 10, 10] }, labels: null }]
    await expect(fitGan(gan, { ...few, batches: wide })).rejects.toThrow(ShapeError)
    await expect(fitGan(gan, { ...few, batches: () => [] })).rejects.toThrow(EmptyPassError)
    await expect(fitGan(gan, { batches: greys(1) })).rejects.toThrow(/epochs/)
  })
})
