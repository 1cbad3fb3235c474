import { type Result, runExperiment } from '@scatterlab/repro'
import { expect, it } from 'vitest'
import declared, { type Budget } from './main.ts'

const few: Budget = { orbits: 3, deformed: 6, known: 400, steps: 40, iterations: 40 }
const app = { ...declared, budgets: { quick: few, full: few } }

it('flattens the orbits of embedded digits', { timeout: 120_000 }, async () => {
  const result: Result = await runExperiment(app, { dataFolder: 'sample', seed: 1, png: false })
  expect(result.note).toContain('not the slide’s set')
  expect(result.note).toContain('no photograph')
  const of = (measure: string, method: string, group?: string): number =>
    result.rows.find(
      (row) =>
        row.measure === measure && row.method === method && (group === undefined || row.settings.group === group),
    )!.value

  const phi = 'Φ, J = 3, order 2'
  for (const group of ['translations', 'rotations', 'scalings', 'shears', 'random deformations']) {
    const two = (way: string): number => of('share of variance in two directions', way, group)
    // of what pixels leave beside two directions, Φ leaves a quarter at most
    expect(100 - two(phi)).toBeLessThan((100 - two('pixels')) / 4)
    expect(of('move to the ends beside the tangent', phi, group)).toBeLessThan(
      of('move to the ends beside the tangent', 'pixels', group),
    )
  }
  // a straight line through 0, and a smaller constant the larger J
  expect(of('departure from a straight line through 0', phi)).toBeLessThan(3)
  expect(of('departure from a straight line through 0', phi)).toBeLessThan(
    of('departure from a straight line through 0', 'pixels'),
  )
  const constants = ['Φ, J = 1, order 1', 'Φ, J = 3, order 2', 'Φ, J = 5, order 2'].map((way) =>
    of('‖Φ D_τ x − Φ x‖ / ‖Φ x‖‖∇τ‖∞', way),
  )
  expect(constants).toEqual(constants.toSorted((a, b) => b - a))
  // half-way by Φ is nearer to the orbit than half-way by pixels
  expect(of('distance of the mix from the orbit, over ‖x‖', 'Φ, inverted', 'translations')).toBeLessThan(
    0.8 * of('distance of the mix from the orbit, over ‖x‖', 'pixels', 'translations'),
  )
  expect(result.figures.map(({ name }) => name)).toEqual([
    'turns',
    'variance',
    'deformations',
    'morph-translations',
    'morph-rotations',
    'morph-random-deformations',
  ])
  expect(result.files).toEqual(expect.arrayContaining(['orbits.json', 'deformations.json']))
})
