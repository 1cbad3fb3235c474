import { random, reference } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { greyHistogram, scatteringMeans, windowedSpectrum } from './features.ts'
import { firstOrder, normalise } from './normalisation.ts'
import { type Field, normalised, shrunk } from './pictures-as-numbers.ts'

const run = { backend: reference }
const noise = (height: number, width: number, seed: number): Field =>
  normalised({ data: random(seed).fillNormal(new Float32Array(height * width)), shape: [height, width] })
/** cos(2π·frequency·column). */
const wave = (side: number, frequency: number): Field =>
  normalised({
    data: Float32Array.from({ length: side * side }, (_, i) => Math.cos(2 * Math.PI * frequency * (i % side))),
    shape: [side, side],
  })

describe('the histogram', () => {
  it('adds up to 1, whatever the size and the light', () => {
    const field = noise(40, 30, 1)
    const dim = normalised({ data: field.data.map((value) => 3 + 0.1 * value), shape: field.shape })
    const { data } = greyHistogram([field, dim])
    expect(Array.from(data.subarray(0, 64)).reduce((a, b) => a + b)).toBeCloseTo(1, 5)
    // rounding may move a pixel of 1,200 over a border
    data.subarray(64).forEach((value, k) => expect(Math.abs(value - data[k])).toBeLessThan(3 / 1200))
  })
})

describe('the spectrum in windows', () => {
  it('has a wave at its frequency', () => {
    const { data, shape } = windowedSpectrum([wave(70, 4 / 32)], run)
    expect(shape).toEqual([1, 32 * 17])
    expect(data.indexOf(Math.max(...data))).toBe(4)
  })

  it('leaves out the windows that go on at the other side', () => {
    const field = noise(64, 64, 2)
    const spoilt = { ...field, data: field.data.map((value, i) => (i >= 60 * 64 ? 0 : value)) }
    // the windows of periodic pictures look over the edge, from row 48 to row 15
    const [inside, around] = [false, true].map((periodic) => windowedSpectrum([field], run, periodic).data)
    expect(inside).not.toEqual(around)
    expect(windowedSpectrum([spoilt], run).data).not.toEqual(inside)
  })
})

describe('scattering means', () => {
  it('are those of each picture, in whichever order and sizes they come', async () => {
    const fields = [noise(40, 36, 1), noise(32, 32, 2), noise(40, 36, 3)]
    const all = await scatteringMeans(fields, { scales: 2 }, run)
    expect(all.shape).toEqual([3, 16 + 64])
    for (const [i, field] of fields.entries()) {
      const alone = await scatteringMeans([field], { scales: 2 }, run)
      alone.data.forEach((value, k) => expect(all.data[i * 80 + k]).toBeCloseTo(value, 6))
    }
  })

  it('of logarithms of ratios do not know the contrast in a band, and order 1 is left', async () => {
    const S = await scatteringMeans([noise(32, 32, 4)], { scales: 2 }, run)
    const doubled = { ...S, data: S.data.map((value) => 2 * value) }
    const [a, b] = [normalise(S, 'logarithms of ratios'), normalise(doubled, 'logarithms of ratios')]
    S.columns.forEach(({ parent }, k) => expect(b.data[k] - a.data[k]).toBeCloseTo(parent < 0 ? Math.LN2 : 0, 5))
    // order 2 of the first scale, orientation 3 of 8: the columns are 2 scales of 8, then 8 a parent
    expect(S.columns[16 + 3 * 8]).toEqual({ order: 2, parent: 3 })
    expect(a.data[16 + 3 * 8]).toBeCloseTo(Math.log(S.data[16 + 3 * 8] / S.data[3]), 4)
    expect(firstOrder(S).shape).toEqual([1, 16])
  })
})

describe('with rotations', () => {
  it('a quarter turn of a picture changes nothing, and order 1 keeps its means', async () => {
    const field = noise(32, 32, 6)
    const turned = { ...field, data: field.data.map((_, i) => field.data[(i % 32) * 32 + 31 - Math.floor(i / 32)]) }
    const S = await scatteringMeans([field, turned], { scales: 2, rotations: true }, run)
    const width = S.columns.length
    for (let k = 0; k < width; k++) expect(S.data[width + k]).toBeCloseTo(S.data[k], 5)
    const means = S.columns.filter(({ parent }) => parent < 0)
    expect(means).toEqual([
      { order: 1, parent: -1 },
      { order: 1, parent: -1 },
    ])
    for (const { order, parent } of S.columns) if (order === 2) expect(S.columns[parent].parent).toBe(-1)
  })
})

it('a picture from further away is as much smaller', () => {
  const small = shrunk(noise(40, 20, 5), 2, reference)
  expect(small.shape).toEqual([20, 10])
  expect(normalised(small).shape).toEqual([20, 10])
})
