import { type Result, memoryCheckpoints, runExperiment } from '@scatterlab/repro'
import { expect, it } from 'vitest'
import declared, { type Budget } from './main.ts'

const few: Budget = { known: 120, unseen: 120, components: 12, atoms: 24, fibres: 200, passes: 3, pairs: 20 }
const app = { ...declared, budgets: { quick: few, full: few } }

it('codes near pairs of embedded digits', { timeout: 120_000 }, async () => {
  const result: Result = await runExperiment(app, { dataFolder: 'sample', seed: 1, png: false })
  expect(result.note).toContain('not the slide’s set')
  const of = (measure: string, method: string, pairs?: string): number =>
    result.rows.find(
      (row) =>
        row.measure === measure && row.method === method && (pairs === undefined || row.settings.pairs === pairs),
    )!.value
  // before, all numbers are used; after, pairs share a part of what they use
  expect(of('overlap of supports', 'Φ', 'two classes')).toBe(1)
  expect(of('overlap of supports', 'learned atoms', 'two classes')).toBeLessThan(0.7)
  expect(of('Gini index', 'learned atoms')).toBeGreaterThan(of('Gini index', 'Φ'))
  expect(of('cosine of an atom and the nearest training fibre, median', 'atoms of pairs')).toBeCloseTo(1, 4)
  expect(of('test error', 'linear, Φ')).toBeLessThan(40)
  expect(result.figures.map(({ name }) => name)).toEqual(['removal', 'memory', 'pairs', 'overlap'])
})

it('goes on with the dictionary that an interrupted run learned', { timeout: 120_000 }, async () => {
  const tiny = { ...few, known: 100, unseen: 100, atoms: 12, pairs: 5 }
  const own = { ...declared, budgets: { quick: tiny, full: tiny } }
  const settings = { dataFolder: 'sample', seed: 1, png: false } as const
  const whole = await runExperiment(own, settings)
  const stop = new AbortController()
  const checkpoints = memoryCheckpoints()
  const first = await runExperiment(own, {
    ...settings,
    checkpoints,
    signal: stop.signal,
    onEvent: (event) => event.type === 'row' && event.row.method === 'drawn atoms' && stop.abort(new Error('enough')),
  })
  expect(first.partial).toBe(true)
  let learned = 0
  const { rows } = await runExperiment(own, {
    ...settings,
    checkpoints,
    resume: true,
    onEvent: (event) => void (event.type === 'phase' && event.name === 'dictionary' && learned++),
  })
  expect(rows).toEqual(whole.rows)
  expect(learned).toBe(0)
})

it('refuses fewer digits than pairs', async () => {
  const greedy = { ...few, pairs: 200 }
  const asked = { ...declared, budgets: { quick: greedy, full: greedy } }
  await expect(runExperiment(asked, { dataFolder: 'sample', seed: 1, png: false })).rejects.toThrow('not 200')
})
