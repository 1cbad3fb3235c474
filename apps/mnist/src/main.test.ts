import { existsSync } from 'node:fs'
import { type Result, runExperiment } from '@scatterlab/repro'
import { describe, expect, it } from 'vitest'
import { convNet } from './convnet.ts'
import declared from './main.ts'

/** The quick mode on fewer digits, with a shorter training of the network. */
const quick = { trainingSizes: [300, 1_000], testImages: 2_000, convNet: { steps: 60, passes: 1 } }
const mnist = { ...declared, budgets: { ...declared.budgets, quick } }

const errorOf = ({ rows }: Result, method: string, trainingSize: number): number => {
  const row = rows.find((r) => r.method === method && r.settings.trainingSize === trainingSize)
  if (!row) throw new Error(`no row of ${method}, ${trainingSize}`)
  return row.value
}

const dataFolder = process.env.SCATTERLAB_DATA
describe.skipIf(!dataFolder || !existsSync(`${dataFolder}/mnist`))('on the first 2,000 test images', () => {
  it('keeps to the paper’s errors, and says what ran', { timeout: 120_000 }, async () => {
    const result = await runExperiment(mnist, { dataFolder: dataFolder!, seed: 1, png: false })
    // the paper’s 4.7 and 2.3 % of PCA-affine, 5.6 and 2.6 % of its SVM, with two standard errors of 2,000 images; these are the harder half
    expect(errorOf(result, 'PCA-affine', 300)).toBeLessThanOrEqual(5.7)
    expect(errorOf(result, 'PCA-affine', 1_000)).toBeLessThanOrEqual(3)
    expect(errorOf(result, 'SVM', 300)).toBeLessThanOrEqual(6.6)
    expect(errorOf(result, 'SVM', 1_000)).toBeLessThanOrEqual(3.3)
    // guessing leaves 90 %
    expect(errorOf(result, 'ConvNet', 1_000)).toBeLessThan(20)
    expect(result.rows.every((row) => row.total === 2_000)).toBe(true)
    expect(result.rows.find((row) => row.method === 'SVM' && row.settings.trainingSize === 1_000)?.paper).toBe(2.6)
    expect(result.figures.map((figure) => figure.name)).toEqual(
      expect.arrayContaining(['errors', 'misclassified', 'scattering-of-a-digit']),
    )
  })
})

it('runs on the embedded sample without data, says so, and compares itself with nothing published', async () => {
  const small = { ...quick, testImages: 500, convNet: { steps: 20, passes: 1 } }
  const result = await runExperiment(
    { ...mnist, budgets: { ...mnist.budgets, quick: small } },
    { dataFolder: 'sample', seed: 1, png: false },
  )
  expect(result.note).toContain('not the slide’s set')
  expect(result.rows.map((row) => row.total)).toEqual(result.rows.map(() => 500))
  expect(result.rows.every((row) => row.slide === null && row.paper === null)).toBe(true)
  // 1,000 training digits leave 2 to 3 %; the bound allows three standard errors of 500 test digits
  expect(errorOf(result, 'PCA-affine', 1_000)).toBeLessThan(5)
  expect(errorOf(result, 'PCA-affine', 300)).toBeGreaterThan(errorOf(result, 'PCA-affine', 1_000))
  expect(result.files).toContain('convnet-1000.safetensors')
}, 120_000)

it('trains a network of LeNet’s size', () => {
  const counts = convNet.layers
    .filter(({ parameters }) => parameters > 0)
    .map(({ name, output, parameters }) => ({ name, output, parameters }))
  expect(counts).toEqual([
    { name: 'conv1', output: [32, 24, 24], parameters: 832 },
    { name: 'conv2', output: [64, 8, 8], parameters: 51_264 },
    { name: 'fc1', output: [500], parameters: 512_500 },
    { name: 'fc2', output: [10], parameters: 5_010 },
  ])
})
