import { readFileSync, statSync } from 'node:fs'
import { latentPoints } from '@scatterlab/gan'
import { createWasmBackend } from '@scatterlab/wasm'
import { expect, test } from 'vitest'
import { added, addedPixels, conceptsOf, measured } from './concepts.ts'
import { SIDE, digitGenerator } from './generator.ts'
import { REACH, STEPS } from './names.ts'
import { joined, lengthOf, onPatch, pathTo, places } from './walk.ts'

const file = new URL('./digits.safetensors', import.meta.url)
const generator = digitGenerator(new Uint8Array(readFileSync(file)), createWasmBackend({ threads: 1 }))
const { gan } = generator

test('the weights are under a megabyte', () => {
  expect(statSync(file).size).toBeLessThan(1e6)
})

test('a point has one digit, whatever is drawn beside it', async () => {
  const points = latentPoints(gan, 3, 'beside')
  const alone = await generator.draw({ data: points.data.slice(100, 200), shape: [1, 100] }, 3)
  const { data } = await generator.draw(points, 3)
  // sums of one convolution may be taken in another order in another batch
  for (let i = 0; i < SIDE * SIDE; i++) expect(data[SIDE * SIDE + i]).toBeCloseTo(alone.data[i], 4)
})

test('every place of the patch is a draw from the law: its numbers have a mean square of about 1', () => {
  const points = onPatch(gan, 7, [...places, [0, 0]])
  expect(points.data.slice(-100)).toEqual(latentPoints(gan, 3, 'patch/7').data.slice(0, 100))
  const squares = points.data.reduce((sum, v) => sum + v * v, 0) / points.data.length
  // 300 independent numbers: the standard error of their mean square is √(2/300) = 0.08
  expect(Math.abs(squares - 1)).toBeLessThan(4 * 0.08)
  expect(places[0][0]).toBeCloseTo(-REACH * (8 / 9), 12)
  expect(places[0][1]).toBeCloseTo(REACH * (8 / 9), 12)
})

test('a path leads from one point to the other; a great circle keeps their length, a straight line does not', () => {
  const two = latentPoints(gan, 2, 'path')
  const [from, to] = [0, 1].map((i) => ({ data: two.data.slice(100 * i, 100 * (i + 1)), shape: [1, 100] as const }))
  for (const path of ['linear', 'spherical'] as const) {
    expect(pathTo(from, to, path, 0).here.data).toEqual(from.data)
    pathTo(from, to, path, 1).here.data.forEach((v, k) => expect(v).toBeCloseTo(to.data[k], 5))
    expect(pathTo(from, to, path, 0.3).steps.shape).toEqual([STEPS + 1, 100])
  }
  const [least, most] = [lengthOf(from), lengthOf(to)].toSorted((a, b) => a - b)
  expect(lengthOf(pathTo(from, to, 'spherical', 0.5).here)).toBeGreaterThan(0.95 * least)
  expect(lengthOf(pathTo(from, to, 'spherical', 0.5).here)).toBeLessThan(1.05 * most)
  expect(lengthOf(pathTo(from, to, 'linear', 0.5).here)).toBeLessThan(0.85 * least)
})

test('a sum has more of what is added and less of what is taken away', async () => {
  const label = 4
  const found = await conceptsOf(generator, label)
  const points = latentPoints(gan, 20, 'sums')
  const none = { slant: 0, ink: 0, width: 0 }
  const meanOf = async (name: keyof typeof none, amount: number): Promise<number> => {
    const rows = Array.from({ length: 20 }, (_, i) => {
      const point = { data: points.data.slice(100 * i, 100 * (i + 1)), shape: [1, 100] as const }
      return added(point, found, { ...none, [name]: amount })
    })
    const all = measured(await generator.draw(joined(rows), label))
    return all.reduce((sum, own) => sum + own[name], 0) / all.length
  }
  for (const name of ['slant', 'ink', 'width'] as const) {
    const [less, same, more] = [await meanOf(name, -1), await meanOf(name, 0), await meanOf(name, 1)]
    expect(less, name).toBeLessThan(same)
    expect(more, name).toBeGreaterThan(same)
  }
  const pixels = addedPixels(new Float32Array(SIDE * SIDE).fill(-1), found, { ...none, ink: 1 })
  const [{ most, least }] = found.filter(({ name }) => name === 'ink')
  pixels.forEach((v, i) => expect(v).toBeCloseTo(Math.max(-1, most.pixels[i] - least.pixels[i] - 1), 5))
})
