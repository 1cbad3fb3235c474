import { memoryCheckpoints, runExperiment } from '@scatterlab/repro'
import { expect, it } from 'vitest'
import app from './main.ts'

const few = { ...app.budgets.full, scales: [1, 3], width: 4, runs: 2, training: 8, testing: 5, passes: 2, rate: 5e-3 }
const tiny = { ...app, budgets: { quick: few, full: few } }

it('goes through all its steps on generated scenes, interrupted and resumed', { timeout: 120_000 }, async () => {
  const controller = new AbortController()
  const options = { dataFolder: import.meta.dirname, seed: 1, png: false, checkpoints: memoryCheckpoints() }
  const interrupted = await runExperiment(tiny, {
    ...options,
    signal: controller.signal,
    onEvent: (event) => void (event.type === 'log' && event.line.startsWith('scales-1-run-2') && controller.abort()),
  })
  expect(interrupted.partial).toBe(true)
  const files: string[] = []
  const result = await runExperiment(tiny, {
    ...options,
    resume: true,
    onEvent: (event) => void (event.type === 'file' && files.push(event.name)),
  })
  expect(result.resumed).toBe(true)
  expect(result.partial).toBeUndefined()
  expect(result.data).toContain('no photographs')
  expect(result.note).toContain('CamVid')
  const values = (measure: string, method: string) =>
    result.rows.filter((row) => row.measure === measure && row.method === method).map(({ value }) => value)
  const best = values('pixel accuracy of the best labels', 'superpixels')[0]
  const always = values('pixels', 'always the commonest class')[0]
  expect(best).toBeGreaterThan(always)
  for (const method of ['1 scale', '1 scale + superpixels', '3 scales', '3 scales + superpixels']) {
    expect(values('pixels', method)).toHaveLength(2)
    // no labels that are alike in a superpixel are better than the best of them
    if (method.endsWith('superpixels'))
      for (const value of values('pixels', method)) expect(value).toBeLessThanOrEqual(best)
  }
  expect(values('gain in pixels', '3 scales over 1 scale')).toHaveLength(1)
  // the trunk's filters are one set, so that more scales only widen the classifier
  const [one, three] = ['1 scale', '3 scales'].map((method) => values('parameters', method)[0])
  expect(three - one).toBe(2 * (2 * few.width) * (4 * few.width))
  expect(result.figures.map(({ name }) => name)).toEqual(['confusion-1', 'confusion-3', 'losses', 'classes', 'strip'])
  expect(files).toContain('drive.png')
})
