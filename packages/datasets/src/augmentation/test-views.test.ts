import { random } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { randomFlips } from './crops.ts'
import { testViews } from './test-views.ts'

const images = { data: Float32Array.from({ length: 2 * 2 * 3 * 4 }, (_, i) => i), shape: [2, 2, 3, 4] as const }
const at = (i: number, c: number, y: number, x: number): number => {
  const inside = (p: number, length: number) => (p < 0 ? -p : p >= length ? 2 * (length - 1) - p : p)
  return images.data[((i * 2 + c) * 3 + inside(y, 3)) * 4 + inside(x, 4)]
}

it('are the image, its two moves, and their mirror images, weighted ½, ¼, ¼', () => {
  const views = testViews(images)
  expect(views.map(({ weight }) => weight)).toEqual([0.25, 0.25, 0.125, 0.125, 0.125, 0.125])
  const moves = [0, 0, -1, -1, 1, 1]
  for (const [view, { images: seen }] of views.entries()) {
    expect(seen.shape).toEqual(images.shape)
    for (let k = 0; k < seen.data.length; k++) {
      const [i, c, y, x] = [Math.floor(k / 24), Math.floor(k / 12) % 2, Math.floor(k / 4) % 3, k % 4]
      // a mirror image is that of the moved image
      expect(seen.data[k]).toBe(at(i, c, y + moves[view], (view % 2 === 1 ? 3 - x : x) + moves[view]))
    }
  }
})

it('are fewer on request', () => {
  expect(testViews(images, { mirror: false, shift: 0 })).toEqual([{ images, weight: 1 }])
  const [plain, mirrored] = testViews(images, { shift: 0 })
  expect(plain).toEqual({ images, weight: 0.5 })
  expect(mirrored).toEqual({ images: randomFlips(images, random(1), 1), weight: 0.5 })
  expect(testViews(images, { mirror: false, shift: 2 }).map(({ weight }) => weight)).toEqual([0.5, 0.25, 0.25])
  expect(() => testViews(images, { shift: 3 })).toThrow('shift 3: an image of 3×4')
})
