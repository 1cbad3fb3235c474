import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { imageGrid } from '@scatterlab/figures'
import { fit, globalAveragePool, linear, network, sequential } from '@scatterlab/nn'
import { runExperiment } from '@scatterlab/repro'
import { random, reference } from '@scatterlab/tensor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { augmented, imageFoldersIn, meanSoftmax, statisticsOf, tenCropTest, trainingBy } from './imagenet.ts'
import alexnet from './main.ts'
import { type FolderRecipe, slideRecipe } from './recipe.ts'

const signal = new AbortController().signal
const log = (): void => {}
let folder = ''

/** Pictures of one colour and some noise, as PNG files of whatever size the figure has. */
async function writeImages(part: string, name: string, colour: readonly number[], count: number): Promise<void> {
  const directory = join(folder, part, name)
  mkdirSync(directory, { recursive: true })
  const stream = random(`${part} ${name}`)
  for (let i = 0; i < count; i++) {
    const data = Float64Array.from({ length: 300 }, (_, at) => colour[at % 3] + stream.uniform(-0.2, 0.2))
    const figure = imageGrid({ images: [{ data, shape: [10, 10, 3] }], range: [0, 1], scale: 4 })
    writeFileSync(join(directory, `${i}.png`), await figure.png({ scale: 1 }))
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'alexnet-'))
  await writeImages('train', 'blue', [0.2, 0.3, 0.8], 6)
  await writeImages('train', 'red', [0.8, 0.3, 0.2], 6)
  await writeImages('val', 'blue', [0.2, 0.3, 0.8], 2)
  await writeImages('val', 'red', [0.8, 0.3, 0.2], 3)
  writeFileSync(join(folder, 'train', 'red', 'broken.png'), 'no picture')
})
afterAll(() => rmSync(folder, { recursive: true }))

const small: FolderRecipe = { ...slideRecipe, side: 24, crop: 20, batch: 4, epochs: 3, statistics: 10, rate: 1e-3 }
const tiny = network(sequential({ mean: globalAveragePool(), fc: linear({ units: 2 }) }), [3, 20, 20])

describe('a folder of images', () => {
  it('is found by its train/ and val/, with what cannot be decoded left out and told', async () => {
    const told: string[] = []
    const folders = await imageFoldersIn(folder, small, (line) => told.push(line))
    expect(folders?.train.classes).toEqual(['blue', 'red'])
    expect(folders?.val.length).toBe(5)
    await folders?.train.load()
    expect(told).toHaveLength(1)
    expect(told[0]).toContain('left out red/broken.png')
  })

  it('is not taken for one where there is no train/, and named where val/ is missing', async () => {
    expect(await imageFoldersIn(undefined, small, log)).toBeNull()
    const empty = mkdtempSync(join(tmpdir(), 'alexnet-empty-'))
    expect(await imageFoldersIn(empty, small, log)).toBeNull()
    rmSync(empty, { recursive: true })
    const half = mkdtempSync(join(tmpdir(), 'alexnet-half-'))
    mkdirSync(join(half, 'train', 'a'), { recursive: true })
    writeFileSync(join(half, 'train', 'a', '1.png'), '')
    await expect(imageFoldersIn(half, small, log)).rejects.toThrow(`${half}/val`)
    rmSync(half, { recursive: true })
  })

  it('teaches two colours to a small network, by crops and colour noise, judged by ten crops', async () => {
    const folders = (await imageFoldersIn(folder, small, log))!
    const statistics = await statisticsOf(folders.train, small, { seed: 1, signal })
    const { weights, history } = await fit(tiny, { ...trainingBy(small, folders, statistics, signal), seed: 1 })
    expect(history.at(-1)!.validation!.total).toBe(5)
    const options = { backend: reference, signal }
    const errors = await tenCropTest(tiny, weights, folders, statistics, small, options, { advance: log })
    expect(errors).toEqual({ total: 5, top1: 0, top5: 0 })
  })
})

describe('augmentation', () => {
  it('crops what is left without the mean image, in the unit of bytes', () => {
    const shape = [1, 3, 24, 24] as const
    const images = { data: new Float32Array(3 * 24 * 24).fill(0.75), shape }
    const colours = { covariance: new Float64Array(9) }
    const mean = new Float64Array(3 * 24 * 24).fill(0.5)
    const crops = augmented(images, { mean, colours }, small, random(1))
    expect(crops.shape).toEqual([1, 3, 20, 20])
    expect(crops.data.every((v) => v === 63.75)).toBe(true)
  })
})

describe('the mean softmax', () => {
  it('averages probabilities, not logits', () => {
    const [a, b] = meanSoftmax(Float32Array.of(0, Math.log(3), 1000, 0), 2)
    expect(a).toBeCloseTo((0.25 + 1) / 2, 6)
    expect(b).toBeCloseTo(0.75 / 2, 6)
  })
})

describe('the experiment on a folder', () => {
  it('trains AlexNet for the classes that are there', { timeout: 240_000 }, async () => {
    const { quick } = alexnet.budgets
    const recipe: FolderRecipe = { ...quick.folder, batch: 2, steps: 1, tested: 1, statistics: 4 }
    const budgets = { quick: { ...quick, folder: recipe }, full: quick }
    const result = await runExperiment({ ...alexnet, budgets }, { dataFolder: folder, seed: 1, png: false })
    expect(result.data).toContain('2 classes, 13 and 5 images')
    expect(result.rows.map(({ measure, total, slide }) => [measure, total, slide]).slice(0, 2)).toEqual([
      ['top-1 error', 1, null],
      ['top-5 error', 1, null],
    ])
    expect(result.note).toContain('so few steps teach nothing')
    expect(result.files).toEqual(['gabor-fits.json'])
  })
})
