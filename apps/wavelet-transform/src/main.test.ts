import { existsSync } from 'node:fs'
import { type Result, runExperiment } from '@scatterlab/repro'
import { describe, expect, it } from 'vitest'
import declared, { type Budget } from './main.ts'

const few: Budget = {
  photograph: 'camera',
  side: 128,
  sides: [32, 64, 128],
  timedRuns: 1,
  retrievedSide: 32,
  iterations: 60,
}
const app = { ...declared, budgets: { quick: few, full: few } }

const value = ({ rows }: Result, measure: string, method: string): number => {
  const found = rows.filter((row) => row.measure === measure && row.method === method)
  expect(found.length).toBeGreaterThan(0)
  return found[0].value
}

function check(result: Result): void {
  // exact to rounding
  expect(value(result, 'cascade against its equivalent filters', 'farthest, double precision')).toBeLessThan(1e-12)
  expect(value(result, '⟨Wx, y⟩ against ⟨x, W*y⟩', 'bank, relative')).toBeLessThan(1e-11)
  for (const family of ['Daubechies, 4 moments', 'cubic splines', 'Shannon'])
    expect(value(result, 'reconstruction', family)).toBeLessThan(1e-12)
  // the modulus moves less than the field; other phases are another picture; moduli alone give it back
  expect(value(result, 'change when x moves by 2 pixels', '|x ⋆ ψ|')).toBeLessThan(
    0.6 * value(result, 'change when x moves by 2 pixels', 'x ⋆ ψ'),
  )
  expect(value(result, 'PSNR', 'moduli alone, phases found again')).toBeGreaterThan(
    3 + value(result, 'PSNR', 'moduli, random phases'), // half the squared error
  )
  // the cascade is linear: a multiplication count a pixel that does not grow
  expect(value(result, 'multiplications a pixel', 'cascade')).toBeLessThan((49 * (16 + 1 / 4) * 4) / 3)
}

describe('on the generated picture', () => {
  it('holds the identities, and says that it is no photograph', { timeout: 120_000 }, async () => {
    const result = await runExperiment(app, { dataFolder: 'sample', seed: 1, png: false })
    check(result)
    expect(result.note).toContain('no photograph')
    expect(result.figures.map(({ name }) => name)).toEqual([
      'moduli',
      'equivalent-filters',
      'sparsity',
      'cost',
      'shift',
      'phase',
      'few-coefficients',
    ])
  })
})

const dataFolder = process.env.SCATTERLAB_DATA
describe.skipIf(!dataFolder || !existsSync(`${dataFolder}/photos`))('on a photograph', () => {
  it('is sparse where noise of the same spectrum is not', { timeout: 120_000 }, async () => {
    const result = await runExperiment(app, { dataFolder: dataFolder!, seed: 1, png: false })
    check(result)
    const held = (method: string): number => value(result, 'coefficients that hold 99 % of the energy', method)
    expect(held('Daubechies, 4 moments')).toBeLessThan(0.5 * held('noise, Daubechies'))
    expect(held('Daubechies, 4 moments')).toBeLessThan(0.6 * held('Fourier'))
    expect(held('|x ⋆ ψ|, Morlets')).toBeLessThan(0.7 * held('noise, |x ⋆ ψ|'))
  })
})
