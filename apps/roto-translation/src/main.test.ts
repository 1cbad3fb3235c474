// The quick mode with fewer digits, textures and steps, on the digits that travel with the package.
import { mnistSample } from '@scatterlab/datasets/mnist-sample'
import { random } from '@scatterlab/tensor'
import { rotate } from '@scatterlab/symmetry'
import { type Result, runExperiment } from '@scatterlab/repro'
import { describe, expect, it } from 'vitest'
import { inAllTurns } from './classifier.ts'
import { quarterTurns } from './convnet.ts'
import declared from './main.ts'
import { rotatedDigits } from './rotated-digits.ts'

const small = {
  digits: 2,
  textures: 80,
  rotated: { train: 700, validation: 150, test: 500 },
  dimensions: 60,
  passes: 6,
}
const app = { ...declared, budgets: { ...declared.budgets, quick: small } }

const valueOf = ({ rows }: Result, measure: string, method: string, settings: Record<string, number> = {}): number => {
  const row = rows.find(
    (r) =>
      r.measure === measure &&
      r.method === method &&
      Object.entries(settings).every(([name, value]) => r.settings[name] === value),
  )
  if (!row) throw new Error(`no row of ${measure}, ${method}`)
  return row.value
}

describe('on the embedded sample', () => {
  it(
    'forgets rotations, keeps which orientations stand together, and says what ran',
    { timeout: 240_000 },
    async () => {
      const result = await runExperiment(app, { dataFolder: 'sample', seed: 1, png: false })
      expect(result.note).toContain('not the slide’s set')
      const method = 'roto-translation'
      expect(valueOf(result, 'largest error under a quarter turn, white noise', method)).toBeLessThan(1e-10)
      const turn = (name: string): number => valueOf(result, 'change under a turn', name, { degrees: 45 })
      expect(turn(method)).toBeLessThan(0.03)
      expect(turn('plain scattering')).toBeGreaterThan(5 * turn(method))
      const scaling = (name: string): number => valueOf(result, 'change under a scaling', name, { octaves: 1 })
      const moved = valueOf(result, 'change under a scaling by 2, scales moved by 1', method)
      expect(moved).toBeLessThan(0.1)
      expect(scaling(method)).toBeGreaterThan(moved)
      // chance is 50 %
      expect(valueOf(result, 'texture error', method)).toBeLessThan(15)
      expect(valueOf(result, 'texture error', 'plain scattering')).toBeGreaterThan(25)
      // 550 rotated digits leave some 10 % with roto-translation; of the bounds each is three standard errors away
      const error = (name: string): number => valueOf(result, 'test error', name)
      expect(error('roto-translation, quarter turns')).toBeLessThan(12)
      expect(error('roto-translation, quarter turns')).toBeLessThan(error('plain scattering'))
      expect(error('ConvNet')).toBeLessThan(85)
      expect(result.rows.every((row) => row.paper === null && row.slide === null)).toBe(true)
      expect(result.figures.map(({ name }) => name)).toEqual(['turns', 'scalings', 'textures', 'digits'])
    },
  )
})

describe('rotated digits', () => {
  it('are the same for the same seed, whole or in part, and no digit is in both sets', async () => {
    const digits = await mnistSample()
    const all = rotatedDigits(digits, { train: 30, validation: 5, test: 20 }, 3)
    const few = rotatedDigits(digits, { train: 10, validation: 5, test: 20 }, 3)
    expect(few.train.images.data).toEqual(all.train.images.data.subarray(0, 10 * 784))
    expect(few.test).toEqual(all.test)
    expect(rotatedDigits(digits, { train: 10, validation: 5, test: 20 }, 4).train.labels).not.toEqual(few.train.labels)
    // a turn about the centre moves ink, and loses little of it
    const ink = (data: Uint8Array): number => data.reduce((sum, value) => sum + value, 0)
    expect(ink(all.train.images.data)).toBeGreaterThan(30 * 10_000)
  })
})

it('turns maps, not rows: four turns make the first again', () => {
  const S = { data: Float32Array.from({ length: 16 }, (_, i) => i), shape: [2, 2, 2, 2] }
  const all = inAllTurns({ S, labels: Uint8Array.of(3, 4) })
  expect([...all.labels]).toEqual([3, 4, 3, 4, 3, 4, 3, 4])
  expect(all.S.shape).toEqual([8, 2, 2, 2])
  expect([...all.S.data.subarray(16, 20)]).toEqual([1, 3, 0, 2])
  expect([...all.S.data.subarray(32, 36)]).toEqual([3, 2, 1, 0])
})

it('quarter turns of images are those of `rotate`', () => {
  const images = { data: Float32Array.from({ length: 9 * 40 }, (_, i) => i), shape: [40, 3, 3] as const }
  const stream = random(1)
  const counts = Array.from({ length: 40 }, () => stream.integer(0, 4))
  const turned = quarterTurns(images, random(1)).data
  const expected = rotate(
    { ...images, shape: [40, 3, 3] },
    counts.map((n) => (n * Math.PI) / 2),
  )
  expect([...turned]).toEqual([...expected.data])
  expect(new Set(counts).size).toBe(4)
})
