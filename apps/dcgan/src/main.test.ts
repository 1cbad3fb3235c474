import { type Result, memoryCheckpoints, runExperiment } from '@scatterlab/repro'
import { expect, it } from 'vitest'
import app, { type Budget } from './main.ts'

const few: Budget = { trainingSize: 320, passes: 3, width: 2, batch: 32, compared: 50 }
const tiny = { ...app, budgets: { quick: few, full: few } }
const values = ({ rows }: Result, measure: string, method: string): number[] =>
  rows.filter((row) => row.measure === measure && row.method === method).map(({ value }) => value)

it('goes through all its steps on the embedded sample, interrupted and resumed', { timeout: 120_000 }, async () => {
  const controller = new AbortController()
  const options = { dataFolder: 'sample', seed: 1, png: false, checkpoints: memoryCheckpoints() }
  const interrupted = await runExperiment(tiny, {
    ...options,
    signal: controller.signal,
    onEvent: (event) => void (event.type === 'log' && event.line.startsWith('pass 1') && controller.abort()),
  })
  expect(interrupted.partial).toBe(true)
  const result = await runExperiment(tiny, { ...options, resume: true })
  expect(result.resumed).toBe(true)
  const losses = values(result, 'loss', 'discriminator')
  expect(losses).toHaveLength(3)
  // ln 2 for each of two terms at the beginning
  expect(losses[0]).toBeLessThan(2 * Math.LN2 + 0.3)
  // real digits look like other real ones; those of thirty steps do not
  expect(values(result, 'nearest neighbour of the own set', 'other real digits')[0]).toBeLessThan(75)
  expect(values(result, 'nearest neighbour of the own set', 'drawn digits')[0]).toBeGreaterThan(75)
  expect(result.figures.map(({ name }) => name)).toEqual(['digits', 'losses', 'walk'])
  expect(result.files).toContain('generator.safetensors')
})
