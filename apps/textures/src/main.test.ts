import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Result, runExperiment } from '@scatterlab/repro'
import { random } from '@scatterlab/tensor'
import { describe, expect, it, onTestFinished } from 'vitest'
import declared from './main.ts'
import { normalised } from './pictures-as-numbers.ts'
import { processes } from './processes.ts'

const accuracy = ({ rows }: Result, method: string, trainingSize: number | string): number => {
  const row = rows.find((r) => r.method === method && r.settings.trainingSize === trainingSize)
  if (!row) throw new Error(`no row of ${method}, ${trainingSize}`)
  return row.value
}

const dataFolder = process.env.SCATTERLAB_DATA
describe.skipIf(!dataFolder || !existsSync(`${dataFolder}/kth-tips`))('on KTH-TIPS', () => {
  it(
    'order 2 leads, and alone tells textures from their twins: every seventh picture, two splits',
    { timeout: 240_000 },
    async () => {
      const quick = {
        ...declared.budgets.quick,
        every: 7,
        splits: 2,
        trainingSizes: [6],
        distances: 1,
        pairs: { materials: { count: 1, training: 10 }, generated: { draws: 16, training: 10 } },
      }
      const app = { ...declared, budgets: { ...declared.budgets, quick } }
      const result = await runExperiment(app, { dataFolder: dataFolder!, seed: 1, png: false })
      const normalisedOrder2 = accuracy(result, 'scattering, order 2, normalised', 6)
      // 60 of 120 pictures are tested
      expect(normalisedOrder2).toBeGreaterThan(75)
      expect(normalisedOrder2).toBeGreaterThan(accuracy(result, 'windowed Fourier spectrum', 6))
      expect(accuracy(result, 'windowed Fourier spectrum', 6)).toBeGreaterThan(accuracy(result, 'grey histogram', 6))
      const pairs = (method: string) =>
        result.rows.find((row) => row.method === method && row.settings.texture === 'all generated')!.value
      expect(pairs('windowed Fourier spectrum')).toBeGreaterThanOrEqual(35)
      expect(pairs('scattering, order 2')).toBeLessThanOrEqual(10)
      expect(result.figures.map(({ name }) => name)).toEqual(['pairs'])
    },
  )
})

it('runs on a folder of another set, by its published splits', { timeout: 120_000 }, async () => {
  const root = mkdtempSync(join(tmpdir(), 'outex-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const folder of ['images', '000']) mkdirSync(join(root, folder))
  const lists = { train: ['8'], test: ['8'] }
  for (const [k, { draw }] of processes.entries()) {
    const stream = random(k)
    for (let i = 0; i < 16; i++) {
      const { data } = normalised({ data: draw(48, stream), shape: [48, 48] })
      const name = `${k}${String(i).padStart(2, '0')}`
      const bytes = Uint8Array.from(data, (value) => Math.min(255, Math.max(0, 128 + 30 * value)))
      writeFileSync(join(root, `images/${name}.pgm`), Buffer.concat([Buffer.from('P5 48 48 255\n'), bytes]))
      lists[i < 8 ? 'train' : 'test'].push(`${name}.ras ${k}`)
    }
  }
  for (const [name, lines] of Object.entries(lists)) writeFileSync(join(root, `000/${name}.txt`), lines.join('\n'))
  const result = await runExperiment(declared, { dataFolder: root, seed: 1, png: false })
  expect(result.protocol).toContain('published splits')
  expect(accuracy(result, 'scattering, order 2, normalised', 'split 000')).toBeGreaterThan(90)
  expect(result.rows.every(({ paper }) => paper === null)).toBe(true)
})
