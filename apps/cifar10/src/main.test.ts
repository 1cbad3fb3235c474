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
  const few = { deep: { training: 64, testing: 50, batch: 16, steps: 2 } }
  const tiny = { ...cifar10, budgets: { quick: few, full: few } }

  it('goes through all its steps', { timeout: 120_000 }, async () => {
    const { rows } = await runExperiment(tiny, { dataFolder: dataFolder!, png: false })
    expect(rows.find(({ method }) => method === 'deep network')).toMatchObject({ total: 50, slide: null })
  })
})
