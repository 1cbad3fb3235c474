import { type Result, runExperiment } from '@scatterlab/repro'
import { expect, it } from 'vitest'
import app, { type Budget } from './main.ts'

const few: Budget = {
  side: 32,
  orientations: 2,
  textures: ['brick'],
  dust: ['intensity'],
  covariances: ['discs'],
  iterations: 60,
  covarianceIterations: 60,
  draws: 2,
  samples: 1024,
  signalIterations: 60,
}
const tiny = { ...app, budgets: { quick: few, full: few } }

const value = ({ rows }: Result, measure: string, method: string, texture: string): number =>
  rows.find((row) => row.measure === measure && row.method === method && row.settings.texture === texture)!.value

it(
  'meets the moments of discs, sparsity included, where the Gaussian twin does not',
  { timeout: 120_000 },
  async () => {
    const result = await runExperiment(tiny, { dataFolder: 'sample', seed: 1, png: false })
    const of = (measure: string, method: string): number => value(result, measure, method, 'discs')
    expect(of('relative error of the moments', 'synthesis')).toBeLessThan(1e-3)
    expect(of('relative error of the moments', 'Gaussian')).toBeGreaterThan(0.2)
    const sparsity = 'sparsity (E|x ⋆ ψ|)²/E|x ⋆ ψ|²'
    expect(of(sparsity, 'original')).toBeLessThan(0.7)
    // π/4 for Gaussian fields
    expect(Math.abs(of(sparsity, 'Gaussian') - Math.PI / 4)).toBeLessThan(0.1)
    // another image: no patch of it is a copy
    expect(of('nearest patch of the original', 'synthesis')).toBeGreaterThan(0.1)
    expect(result.note).toMatch(/not synthesised.*brick, intensity.*--data DIR/)
    const error = 'error of the covariances'
    expect(of(error, 'covariances')).toBeLessThan(0.2 * of(error, 'synthesis'))
    expect(value(result, 'error of the moments', 'synthesis', 'walk')).toBeLessThan(0.01)
    const bursts = (method: string): number => value(result, 'flatness of one step', method, 'walk')
    expect(bursts('original')).toBeGreaterThan(4)
    expect(bursts('synthesis')).toBeGreaterThan(1.2 * bursts('Gaussian'))
    expect(result.figures.map(({ name }) => name)).toEqual([
      'flatness',
      'textures',
      'covariances',
      'walk-flatness',
      'walk',
    ])
  },
)
