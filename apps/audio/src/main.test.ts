import { existsSync } from 'node:fs'
import { type Result, runExperiment } from '@scatterlab/repro'
import { describe, expect, it } from 'vitest'
import { apart, falling, rising } from './chirps.ts'
import { meansOverTime, stretches } from './features.ts'
import declared, { type Budget } from './main.ts'
import { LENGTH, firstTakes, framed } from './recordings.ts'

/** The quick mode on fewer recordings. */
const few = (quick: Budget) => ({ ...declared, budgets: { ...declared.budgets, quick } })

const valueOf = ({ rows }: Result, measure: string, method: string, split?: string): number => {
  const row = rows.find((r) => r.measure === measure && r.method === method && (!split || r.settings.split === split))
  if (!row) throw new Error(`no row of ${measure}, ${method}`)
  return row.value
}

const dataFolder = process.env.SCATTERLAB_DATA
describe.skipIf(!dataFolder || !existsSync(`${dataFolder}/fsdd`))('on one take of each digit and speaker', () => {
  it('tells chirps apart by spins alone, and digits by all', { timeout: 240_000 }, async () => {
    const result = await runExperiment(few({ takes: 1, joint: false }), {
      dataFolder: dataFolder!,
      seed: 1,
      png: false,
    })
    const distance = 'distance of a rising and a falling chirp'
    expect(valueOf(result, distance, 'orders 1 and 2')).toBeLessThan(0.01)
    expect(valueOf(result, distance, 'joint')).toBeGreaterThan(0.2)
    const ratio = 'energy of spin 1 over that of spin −1'
    expect(valueOf(result, ratio, 'joint, rising chirp')).toBeGreaterThan(20)
    expect(valueOf(result, ratio, 'joint, falling chirp')).toBeLessThan(1 / 20)
    // guessing leaves 90 %
    expect(valueOf(result, 'test error', 'orders 1 and 2', 'official')).toBeLessThan(25)
    expect(valueOf(result, 'test error', 'order 1', 'official')).toBeLessThan(30)
    expect(result.rows.filter(({ settings }) => settings.split === 'official').every((row) => row.total === 300)).toBe(
      true,
    )
    expect(result.figures.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['spins', 'scalogram-3', 'scalogram-7']),
    )
  })
})

it('frames recordings, and takes the first of each speaker and digit', () => {
  const { data, extents } = framed([Float32Array.of(0.5, -0.25), new Float32Array(LENGTH + 10).fill(0.1)])
  expect(extents).toEqual([
    { start: LENGTH / 2 - 1, length: 2 },
    { start: 0, length: LENGTH },
  ])
  expect([...data.subarray(LENGTH / 2 - 2, LENGTH / 2 + 2)]).toEqual([0, 1, -0.5, 0])
  expect(data[LENGTH]).toBe(1)
  const some = {
    signals: [1, 2, 3, 4].map((v) => Float32Array.of(v)),
    labels: Uint8Array.of(0, 0, 0, 1),
    speakers: ['a', 'a', 'b', 'a'],
  }
  expect(firstTakes(some, 1).signals.map(([v]) => v)).toEqual([1, 3, 4])
})

it('features are logarithms of means, over time or over stretches that move with the recording', () => {
  const S = { data: Float32Array.from({ length: 2 * 3 * 8 }, (_, i) => 1 + i), shape: [2, 3, 8] }
  const means = meansOverTime(S, [2])
  expect(means.shape).toEqual([2, 1])
  const logs = [17, 18, 19, 20, 21, 22, 23, 24].map((v) => Math.log(v + 1e-6))
  expect(means.data[0]).toBeCloseTo(logs.reduce((a, b) => a + b) / 8, 5)
  const extents = [
    { start: 0, length: LENGTH },
    { start: LENGTH / 2, length: LENGTH / 2 },
  ]
  const { data, shape } = stretches(S, [0], extents)
  expect(shape).toEqual([2, 5])
  // coefficients grow with time, so do the stretches, and those of the second half are all late
  for (let k = 1; k < 5; k++) expect(data[k]).toBeGreaterThan(data[k - 1])
  expect(Math.exp(data[5])).toBeGreaterThan(24 + 4)
})

it('chirps have the same spectrum', () => {
  expect(apart(rising, falling)).toBeGreaterThan(1)
  expect(apart(rising, rising)).toBe(0)
  expect(falling[0]).toBe(rising.at(-1))
})
