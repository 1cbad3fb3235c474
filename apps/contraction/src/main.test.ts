import { type Result, memoryCheckpoints, runExperiment } from '@scatterlab/repro'
import { expect, it } from 'vitest'
import declared, { type Budget } from './main.ts'
import type { SetBudget } from './layers.ts'

const digits: SetBudget = {
  network: { width: 4, blocks: 1, stride: 4, dropped: 0.1 },
  known: 200,
  steps: 40,
  batch: 25,
  rate: 0.1,
  decay: 0,
  reference: 200,
  points: 100,
  machine: 50,
  looks: 2,
  lookedAt: 100,
  whole: true,
  shares: { values: [0, 1], steps: 4 },
}
const few: Budget = { digits, colours: null }
const app = { ...declared, budgets: { quick: few, full: few } }
const settings = { dataFolder: 'sample', seed: 1, png: false } as const

it('measures layers as they learn, alike in a run that is interrupted and goes on', { timeout: 120_000 }, async () => {
  const result: Result = await runExperiment(app, settings)
  expect(result.note).toContain('not the slide’s set')
  const of = (measure: string, method: string): number =>
    result.rows.find((row) => row.measure === measure && row.method === method)!.value
  const spread = 'distance in a class / between classes'
  expect(of(spread, 'trained, layer 7')).toBeLessThan(of(spread, 'at start, layer 7'))
  expect(of('error of the nearest neighbour', 'scattering, order 2')).toBeLessThan(
    of('error of the nearest neighbour', 'scattering, order 0'),
  )
  expect(result.figures.map(({ name }) => name)).toEqual([
    'learning',
    'spread',
    'margin',
    'nearest',
    'collapse',
    'support',
    'variance',
    'shares',
  ])

  const stop = new AbortController()
  const checkpoints = memoryCheckpoints()
  let shown = 0
  const first = await runExperiment(app, {
    ...settings,
    checkpoints,
    signal: stop.signal,
    onEvent(event) {
      if (event.type === 'figure' && event.name === 'learning' && ++shown === 2) stop.abort(new Error('enough'))
    },
  })
  expect(first.partial).toBe(true)
  const { rows, resumed } = await runExperiment(app, { ...settings, checkpoints, resume: true })
  expect(resumed).toBe(true)
  expect(rows).toEqual(result.rows)
})

it('refuses fewer images than a batch or than neighbours', async () => {
  const budget = { ...few, digits: { ...digits, batch: 2_000 } }
  const greedy = { ...declared, budgets: { quick: budget, full: budget } }
  await expect(runExperiment(greedy, settings)).rejects.toThrow('give at least 2000 and 32')
})
