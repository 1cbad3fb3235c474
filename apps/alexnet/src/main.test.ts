import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Experiment, type Result, runExperiment } from '@scatterlab/repro'
import { random } from '@scatterlab/tensor'
import { fewOfCifar10 } from '@scatterlab/testing/few-cifar10'
import { describe, expect, it, onTestFinished } from 'vitest'
import { relativePreparation, weightsFile } from './classify.ts'
import alexnet from './main.ts'
import { publishedRecipe } from './recipe.ts'
import { relative } from './relative.ts'

const rowOf = ({ rows }: Result, measure: string): Result['rows'][number] => {
  const row = rows.find((r) => r.measure.startsWith(measure))
  if (!row) throw new Error(`no row of ${measure}`)
  return row
}

/** The quick budget, cut down to what a test can wait for. */
function brief<Budget extends typeof alexnet.budgets.quick>({
  budgets,
  ...rest
}: Experiment<Budget>): Experiment<Budget> {
  const { quick } = budgets
  const relative = { ...quick.relative, training: 2_560, epochs: 1 }
  const budget = { ...quick, steps: { count: 1, batch: 2 }, relative, tested: 250 }
  return { ...rest, budgets: { quick: budget, full: budget } }
}

const dataFolder = process.env.SCATTERLAB_DATA
describe.skipIf(!dataFolder || !existsSync(`${dataFolder}/cifar10`))('on CIFAR-10, cut down', () => {
  it('steps the network of the slide, trains its relative and fits its filters', { timeout: 240_000 }, async () => {
    const few = fewOfCifar10(dataFolder!, 512)
    onTestFinished(() => rmSync(few, { recursive: true }))
    const result = await runExperiment(brief(alexnet), { dataFolder: few, seed: 1, png: false })
    expect(rowOf(result, 'parameters').value).toBe(60_965_224)
    const before = rowOf(result, 'loss before training').value
    // log 1000 = 6.9, and the noise of the first weights
    expect(before).toBeGreaterThan(5)
    expect(before).toBeLessThan(9)
    expect(rowOf(result, 'loss after 1 steps').value).toBeLessThan(before)
    const error = rowOf(result, 'test error')
    // guessing leaves 90 % with a standard error of 1.9
    expect(error.value).toBeLessThan(84)
    expect([error.total, error.slide, error.paper]).toEqual([250, null, null])
    // after 40 steps the filters are still the noise that they began as
    expect(rowOf(result, 'median R²').value).toBeGreaterThan(0.2)
    expect(rowOf(result, 'median R²').value).toBeLessThan(0.8)
    expect(result.note).toContain('nothing here was trained on ImageNet')
    expect(result.figures.map(({ name }) => name)).toEqual(['loss', 'filters'])
    expect(result.files).toEqual(['layers-18pct.safetensors', 'gabor-fits.json'])
  })
})

it('weights of a finished run classify a folder of images', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'alexnet-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'dog'))
  writeFileSync(join(folder, 'dog/a.ppm'), Buffer.concat([Buffer.from('P6 50 40 255\n'), Buffer.alloc(6000, 90)]))
  const weights = relative(publishedRecipe.deviations).initialise(random(1))
  const bytes = await weightsFile(weights, relativePreparation(1, new Float64Array(3072).fill(120)))
  const { rows } = await runExperiment(alexnet, { weights: { file: 'a.safetensors', bytes }, dataFolder: folder })
  expect(rows.map(({ measure, method, total }) => [measure, method, total])).toEqual([
    ['images classified', 'layers-18pct', null],
    ['error', 'layers-18pct', 1],
  ])
  const other = { file: 'other.bin', bytes: Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 123, 125) }
  await expect(runExperiment(alexnet, { weights: other, dataFolder: folder })).rejects.toThrow('no network of this app')
})

describe('without data', () => {
  it('says how to get CIFAR-10', async () => {
    await expect(runExperiment(brief(alexnet), { dataFolder: import.meta.dirname })).rejects.toThrow(
      'put its six .bin files (plain or .gz) out of cifar-10-binary.tar.gz into FOLDER/cifar10 and give an app --data FOLDER',
    )
  })
})
