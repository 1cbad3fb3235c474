import { type Result, runExperiment } from '@scatterlab/repro'
import { expect, it } from 'vitest'
import declared, { type Budget } from './main.ts'

const few: Budget = { known: 500, unseen: 300, steps: 60 }
const app = { ...declared, budgets: { quick: few, full: few } }

it('makes toy sets linear to rounding, and digits more nearly linear', { timeout: 120_000 }, async () => {
  const result: Result = await runExperiment(app, { dataFolder: 'sample', seed: 1, png: false })
  expect(result.note).toContain('not the slide’s set')
  const rows = result.rows.filter((row) => row.measure === '1 − R² of the nearest linear function')
  expect(rows).toHaveLength(6)
  for (const { method, value } of rows) {
    if (method === 'x') expect(value).toBeGreaterThan(0.5)
    else expect(value).toBeLessThan(1e-12)
  }

  const of = (measure: string, method: string, f: string): number =>
    result.rows.find((row) => row.measure === measure && row.method === method && row.settings.f === f)!.value
  for (const f of ['4 and 9', 'ten classes']) {
    const left = (way: string): number => of('1 − R² of a linear function, unseen digits', way, f)
    expect(left('Φ, order 2')).toBeLessThan(0.7 * left('pixels'))
    expect(left('ConvNet, layer 2')).toBeLessThan(left('pixels'))
    expect(of('mean cosine of level sets', 'Φ, order 2', f)).toBeGreaterThan(
      of('mean cosine of level sets', 'pixels', f),
    )
  }
  expect(result.figures.map(({ name }) => name)).toEqual([
    'spirals',
    'spirals-after',
    'projection-pixels',
    'projection-phi-order-2',
    'projection-convnet-layer-3',
    'unexplained',
  ])
})
