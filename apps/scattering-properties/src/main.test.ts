import { type Result, runExperiment } from '@scatterlab/repro'
import { expect, it } from 'vitest'
import declared, { type Budget } from './main.ts'

const few: Budget = { images: 3, side: 32, orientations: 4, walkers: 8, strengths: [0.1, 0.2, 0.3], torus: 16 }
const app = { ...declared, budgets: { quick: few, full: few } }

const values = ({ rows }: Result, measure: string, method?: string): number[] =>
  rows.filter((row) => row.measure === measure && (method ?? row.method) === row.method).map(({ value }) => value)

it('measures every inequality on generated pictures and the embedded digits', { timeout: 120_000 }, async () => {
  const result = await runExperiment(app, { dataFolder: 'sample', seed: 1, png: false })
  expect(result.note).toContain('no photograph')

  const contractions = values(result, '‖S_J x − S_J y‖ / ‖x − y‖, largest')
  expect(contractions).toHaveLength(8)
  for (const ratio of contractions) expect(ratio).toBeLessThan(1 + 1e-4)
  for (const ratio of values(result, '‖S_J x − S_J y‖ over that of J − 1, largest')) expect(ratio).toBeLessThan(1)

  // the orders sum to the norm within 1 %
  for (const sum of values(result, 'energy of orders 0 to 6')) expect(Math.abs(sum - 100)).toBeLessThan(1)

  // wavelets nearly commute with deformations, by a straight line through 0
  const random = (method: string, measure: string): number =>
    result.rows.find((r) => r.measure === measure && r.method === method && r.settings.deformation === 'random field')!
      .value
  expect(random('wavelets', 'departure from a straight line through 0')).toBeLessThan(5)
  expect(random('windowed Fourier', '‖[W, D_τ]‖ / ‖∇τ‖∞')).toBeGreaterThan(
    1.5 * random('wavelets', '‖[W, D_τ]‖ / ‖∇τ‖∞'),
  )

  for (const constant of values(result, 'its constant, × 2^J / c, largest over J')) expect(constant).toBeLessThan(1.5)

  // the constant of a wave is the same at every frequency, but for a windowed Fourier modulus
  const spread = (method: string): number => {
    const all = values(result, 'constant for a dilated wave', method)
    return Math.max(...all) / Math.min(...all)
  }
  expect(spread('S_J, order 2')).toBeLessThan(1.3)
  expect(spread('windowed Fourier modulus')).toBeGreaterThan(2)
  for (const images of ['photographs', 'MNIST']) {
    const departure = (method: string): number =>
      result.rows.find(
        (r) =>
          r.measure === 'departure from a straight line through 0' &&
          r.method === method &&
          r.settings.images === images,
      )!.value
    expect(departure('S_J, order 2')).toBeLessThan(3)
    expect(departure('S_J, order 2')).toBeLessThan(departure('windowed Fourier modulus'))
  }
  expect(result.figures.map(({ name }) => name)).toEqual([
    'energy',
    'commutator',
    'commutator-by-frequency',
    'translation',
    'deformation-photographs',
    'deformation-mnist',
    'waves',
  ])
})
