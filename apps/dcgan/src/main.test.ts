import { type Result, memoryCheckpoints, runExperiment } from '@scatterlab/repro'
import { describe, expect, it } from 'vitest'
import app from './main.ts'
import { type GenerationRecipe, fullRecipe, networksOf, recipes, shortRecipe } from './recipe.ts'

const values = ({ rows }: Result, measure: string, method: string): number[] =>
  rows.filter((row) => row.measure === measure && row.method === method).map(({ value }) => value)

describe('the recipes', () => {
  it.each([
    ['full', fullRecipe.generation, 3_576_704, 2_765_568],
    ['faces-paper', recipes['faces-paper']!.generation, 18_885_760, 17_232_768],
  ])('%s has the parameters of a published pair', (_, recipe, generator, discriminator) => {
    const gan = networksOf(recipe!, { side: 64, channels: 3, classes: 1 })
    expect([gan.generator.parameterCount, gan.discriminator.parameterCount]).toEqual([generator, discriminator])
  })
})

it('goes through all its steps on the embedded sample, interrupted and resumed', { timeout: 120_000 }, async () => {
  const few: GenerationRecipe = {
    ...shortRecipe.generation!,
    trainingSize: 192,
    passes: 2,
    width: 2,
    compared: 40,
    patches: 2,
    directions: 4,
    transferred: 100,
  }
  const tiny = { ...app, budgets: { quick: { generation: few }, full: { generation: few } } }
  const controller = new AbortController()
  const options = { dataFolder: 'sample', seed: 1, png: false, checkpoints: memoryCheckpoints() }
  const interrupted = await runExperiment(tiny, {
    ...options,
    signal: controller.signal,
    onEvent: (event) => void (event.type === 'log' && event.line.startsWith('pass 1') && controller.abort()),
  })
  expect(interrupted.partial).toBe(true)
  const result = await runExperiment(tiny, { ...options, resume: true })
  expect(result.error ?? '').toBe('')
  expect(result.resumed).toBe(true)
  const losses = values(result, 'loss', 'discriminator')
  expect(losses).toHaveLength(2)
  // ln 2 for each of two terms at the beginning
  expect(losses[0]).toBeLessThan(2 * Math.LN2 + 0.3)
  // real digits look like other real ones; those of twelve steps do not
  const own = 'nearest neighbour in Φ is of the own set'
  expect(values(result, own, 'other real images')[0]).toBeLessThan(75)
  expect(values(result, own, 'drawn images')[0]).toBeGreaterThan(90)
  const wasserstein = 'sliced Wasserstein distance, ×10³'
  expect(values(result, wasserstein, 'drawn images')[0]).toBeGreaterThan(
    values(result, wasserstein, 'other real images')[0],
  )
  expect(values(result, 'classes with half their share or more', 'drawn images')[0]).toBeLessThanOrEqual(10)
  expect(result.figures.map(({ name }) => name)).toEqual(['samples', 'passes', 'walk', 'concepts', 'arithmetic'])
  expect(result.files).toContain('generator.safetensors')
})

it('searches for near copies, planted and found', { timeout: 60_000 }, async () => {
  const few = { set: 'digits', trainingSize: 200, testSize: 100, passes: 3, bits: 24, planted: 20 } as const
  const tiny = { ...app, budgets: { quick: { duplicates: few }, full: { duplicates: few } } }
  const result = await runExperiment(tiny, { dataFolder: 'sample', seed: 1, png: false })
  expect(result.error ?? '').toBe('')
  const bits = values(result, 'effective bits', 'training images')
  expect(bits).toHaveLength(4)
  expect(Math.max(...bits)).toBeLessThanOrEqual(24)
  // a higher threshold leaves fewer bits that say anything
  expect(bits[3]).toBeLessThan(bits[0])
  const shares = values(result, 'planted copies found', 'noise of 4 levels')
  expect(shares).toHaveLength(8)
  // and so does a greater distance
  expect(shares[3]).toBeGreaterThanOrEqual(shares[0])
  expect(shares[6]).toBeGreaterThan(shares[0])
  expect(shares[6]).toBeGreaterThanOrEqual(shares[4])
})

it('says which folder it wants', async () => {
  await expect(runExperiment(app, { mode: 'full', png: false })).rejects.toThrow(/--data FOLDER/)
})
