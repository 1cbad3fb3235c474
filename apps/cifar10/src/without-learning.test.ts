import { existsSync, rmSync } from 'node:fs'
import { cifar10 } from '@scatterlab/datasets'
import { experiment, runExperiment } from '@scatterlab/repro'
import { fewOfCifar10 } from '@scatterlab/testing/few-cifar10'
import { createWasmBackend } from '@scatterlab/wasm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type FixedBudget, inWordsFixed, withoutLearning } from './without-learning.ts'

const budget: FixedBudget = {
  training: 1_000,
  testing: 300,
  held: 200,
  scales: 3,
  landmarks: 300,
  patches: 24,
  linear: false,
}
const app = experiment({
  name: 'cifar10',
  slide: 'Complex Image Classification',
  claim: 'this half alone',
  budgets: { quick: budget, full: budget },
  backends: { wasm: async () => createWasmBackend() },
  async run(context) {
    context.output.describe({ data: 'CIFAR-10', protocol: inWordsFixed(budget) })
    await withoutLearning(context, await cifar10({ folder: context.dataFolder }), budget)
  },
})

const dataFolder = process.env.SCATTERLAB_DATA
describe.skipIf(!dataFolder || !existsSync(`${dataFolder}/cifar10`))('without learned filters', () => {
  it('a thousand images are enough to be far from chance', { timeout: 240_000 }, async () => {
    const few = fewOfCifar10(dataFolder!, 300)
    onTestFinished(() => rmSync(few, { recursive: true }))
    const { rows, protocol } = await runExperiment(app, { dataFolder: few, seed: 1, png: false })
    expect(rows.map(({ method, total }) => [method, total])).toEqual([
      ['wavelets, Gaussian kernel', 300],
      ['patches, linear', 300],
    ])
    // chance is 90 %; one standard error is 3 points
    const [wavelets, patches] = rows.map(({ value }) => value)
    expect(wavelets).toBeLessThan(55)
    expect(patches).toBeLessThan(65)
    expect(rows.every(({ slide }) => slide === null)).toBe(true)
    expect(protocol).toContain('1,000 training images')
  })
})
