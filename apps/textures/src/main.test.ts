import { runExperiment } from '@scatterlab/repro'
import { expect, test } from 'vitest'
import app from './main.ts'

test('quick mode reaches its target', { timeout: 300_000 }, async () => {
  const { rows, partial } = await runExperiment(app, { mode: 'quick', seed: 1, png: false })
  expect(partial).toBeUndefined()
  expect(rows).not.toHaveLength(0)
})
