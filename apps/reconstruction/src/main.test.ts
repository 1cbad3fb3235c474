import { type Result, runExperiment } from '@scatterlab/repro'
import { expect, it } from 'vitest'
import app, { type Budget } from './main.ts'

const few: Budget = {
  side: 16,
  photographs: ['camera', 'coins'],
  digits: 1,
  orders: [1, 2],
  mostPaths: 500,
  iterations: { photographs: 50, digits: 20 },
  speech: 5,
  example: [48, 64],
}
const tiny = { ...app, budgets: { quick: few, full: few } }

const values = ({ rows }: Result, measure: string, method: string, order: number): number[] =>
  rows
    .filter((row) => row.measure === measure && row.method === method && row.settings.order === order)
    .map(({ value }) => value)

it('recovers pictures, more of them by order 2, less of them as J grows', { timeout: 120_000 }, async () => {
  const result = await runExperiment(tiny, { dataFolder: 'sample', seed: 1, png: false })
  const [first, second] = [1, 2].map((order) => values(result, 'PSNR', 'photographs', order))
  expect([first.length, second.length]).toEqual([4, 4])
  expect(first[0]).toBeGreaterThan(20)
  expect(first[0]).toBeGreaterThan(first[2])
  expect(second[2]).toBeGreaterThan(first[2])

  const errors = ['a point', 'a Gabor wave'].map((method) => values(result, 'relative error', method, 1)[0])
  for (const error of errors) expect(error).toBeLessThan(1e-3)
  // discs have sharper edges than photographs
  expect(values(result, 'PSNR', 'one picture, reflected edges', 1)[0]).toBeGreaterThan(15)
  expect(result.files).toEqual(['speech.wav', 'speech-reconstructed.wav'])
  expect(result.note).toMatch(/no photograph.*not the slide’s set/)
  expect(result.figures.map(({ name }) => name)).toEqual(['photographs', 'digits', 'psnr'])
})
