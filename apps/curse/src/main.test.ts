import { existsSync } from 'node:fs'
import { type Result, runExperiment } from '@scatterlab/repro'
import { describe, expect, it } from 'vitest'
import declared, { type Budget } from './main.ts'

const few: Budget = {
  dimensions: [1, 2, 5, 20],
  sizes: [1_000, 10_000],
  mostNumbers: 2e5,
  digits: [100, 300, 1_000],
  unseen: 300,
}
const curse = { ...declared, budgets: { quick: few, full: few } }

const values = ({ rows }: Result, measure: string, method: string): number[] =>
  rows.filter((row) => row.measure === measure && row.method === method).map(({ value }) => value)

describe('on the embedded sample', () => {
  it('keeps to theory on the torus, and to the slope −1/d', { timeout: 120_000 }, async () => {
    const result = await runExperiment(curse, { dataFolder: 'sample', seed: 1, png: false })
    const departures = values(result, 'farthest from theory at any n', 'Γ(1+1/d)(nV_d)^(−1/d)')
    expect(departures).toHaveLength(4)
    for (const departure of departures) expect(Math.abs(departure)).toBeLessThan(2)
    for (const slope of values(result, 'slope of the distance, times −d', 'drawn')) {
      expect(Math.abs(slope - 1)).toBeLessThan(0.05)
    }
    // interpolation is exact where points are dense, and useless in 20 dimensions
    const errors = values(result, 'error over the deviation of f', '1-NN')
    expect(errors[0]).toBeLessThan(0.002)
    expect(errors[3]).toBeGreaterThan(0.8)

    // digits lie near a set of few dimensions, of fewer after Φ, and pixels that depend on nothing do not
    const [pixels, phi, independent] = ['pixels', 'Φ', 'independent pixels'].map(
      (way) => values(result, 'intrinsic dimension', way)[0],
    )
    expect(phi).toBeLessThan(pixels)
    expect(pixels).toBeLessThan(20)
    expect(independent).toBeGreaterThan(50)
    expect(result.note).toContain('not the slide’s set')
    expect(result.figures.map(({ name }) => name)).toEqual(['distances', 'interpolation', 'digits'])
    expect(result.files).toContain('uniform.json')
  })
})

const dataFolder = process.env.SCATTERLAB_DATA
describe.skipIf(!dataFolder || !existsSync(`${dataFolder}/mnist`))('on MNIST', () => {
  it('finds nearer neighbours, and better ones, after Φ', { timeout: 120_000 }, async () => {
    const digits = { ...few, dimensions: [2], sizes: [1_000], digits: [300, 3_000], unseen: 500 }
    const quick = { ...declared, budgets: { quick: digits, full: digits } }
    const result = await runExperiment(quick, { dataFolder: dataFolder!, seed: 1, png: false })
    const nearest = (way: string) => values(result, 'nearest distance over the mean distance', way)[0]
    expect(nearest('Φ')).toBeLessThan(0.75 * nearest('pixels'))
    expect(values(result, 'test error', '1-NN of Φ')[1]).toBeLessThan(values(result, 'test error', '1-NN of pixels')[1])
  })
})
