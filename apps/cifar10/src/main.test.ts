import { existsSync } from 'node:fs'
import { runExperiment } from '@scatterlab/repro'
import { describe, expect, it } from 'vitest'
import cifar10 from './main.ts'

describe('without CIFAR-10', () => {
  it('says how to get the images, and puts nothing in their place', async () => {
    await expect(runExperiment(cifar10, { dataFolder: import.meta.dirname, png: false })).rejects.toThrow(
      /put its six \.bin files .* into FOLDER\/cifar10 and give an app --data FOLDER/,
    )
  })
})

const dataFolder = process.env.SCATTERLAB_DATA
describe.skipIf(!dataFolder || !existsSync(`${dataFolder}/cifar10`))('on a few images of CIFAR-10', () => {
  const deep = {
    ...cifar10.budgets.quick.deep,
    training: 64,
    held: 20,
    testing: 50,
    seeds: 2,
    widths: [8, 8, 8] as const,
    batch: 16,
    atOnce: 8,
    steps: 5,
  }
  const few = { deep }
  const tiny = { ...cifar10, budgets: { quick: few, full: few } }

  it('goes through all its steps', { timeout: 120_000 }, async () => {
    const { rows, figures, files } = await runExperiment(tiny, { dataFolder: dataFolder!, png: false })
    const errors = rows.filter(({ measure }) => measure === 'test error')
    expect(errors.map(({ total, settings, slide }) => [total, settings.seed, slide])).toEqual([
      [50, 1, null],
      [50, 2, null],
    ])
    const mean = rows.find(({ measure }) => measure === 'test error, mean')!
    expect(mean.value).toBeCloseTo((errors[0].value + errors[1].value) / 2, 10)
    expect(figures.map(({ name }) => name)).toEqual(['deep-loss', 'deep-filters', 'deep-confusion', 'deep-errors'])
    expect(files).toEqual(['deep-1.safetensors', 'deep-2.safetensors'])
  })
})
