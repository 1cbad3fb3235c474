import { random } from '@scatterlab/tensor'
import { describe, expect, test } from 'vitest'
import { three } from './example.ts'
import { type Stroke, centreOfMass, decodeStrokes, digitImage, encodeStrokes, isFar } from './strokes.ts'

/** The rows and columns that ink touches. */
function box(image: Float32Array): { readonly width: number; readonly height: number } {
  const inked = Array.from(image.keys()).filter((i) => image[i] > 0.5)
  const spread = (of: (i: number) => number): number => Math.max(...inked.map(of)) - Math.min(...inked.map(of)) + 1
  return { width: spread((i) => i % 28), height: spread((i) => Math.floor(i / 28)) }
}

describe('strokes in a URL', () => {
  test('come back as they were, whatever was drawn', () => {
    const stream = random(1)
    for (let trial = 0; trial < 50; trial++) {
      const drawn = Array.from({ length: 1 + (trial % 5) }, () =>
        Array.from({ length: 1 + ((trial * 7) % 40) }, () => {
          const [x, y] = stream.fillUniform(new Float64Array(2))
          return [Math.floor(256 * x), Math.floor(256 * y)] as const
        }),
      )
      const text = encodeStrokes(drawn)
      expect(text).toMatch(/^[\w-]+$/)
      expect(decodeStrokes(text)).toEqual(drawn)
    }
  })

  test('are none where the letters are no strokes', () => {
    for (const text of ['', 'A', 'AAAA', '_w', 'not base 64!', encodeStrokes(three).slice(0, -4)])
      expect(decodeStrokes(text)).toEqual([])
  })
})

describe('the image of a digit', () => {
  const moved = (dx: number, dy: number, zoom: number): Stroke[] =>
    three.map((stroke) => stroke.map(([x, y]) => [x * zoom + dx, y * zoom + dy] as const))

  test('is 20 pixels high, its centre of mass in the middle, with the ink of a digit of MNIST', () => {
    const image = digitImage(three)
    const [x, y] = centreOfMass(image)
    expect([x, y]).toEqual([expect.closeTo(14, 1), expect.closeTo(14, 1)])
    expect(box(image).height).toBeGreaterThanOrEqual(19)
    expect(box(image).height).toBeLessThanOrEqual(21)
    const ink = image.reduce((sum, v) => sum + v, 0)
    expect(ink).toBeGreaterThan(70)
    expect(ink).toBeLessThan(130)
  })

  test('does not tell where and how large it was drawn', () => {
    const image = digitImage(three)
    const other = digitImage(moved(40, -20, 0.6))
    expect(Math.max(...image.map((v, i) => Math.abs(v - other[i])))).toBeLessThan(1e-5)
  })

  test('is black without a stroke, and a dot stays a dot', () => {
    expect(digitImage([]).every((v) => v === 0)).toBe(true)
    expect(box(digitImage([[[10, 200]]])).width).toBeLessThan(5)
  })
})

test('points that are near the last one are left out', () => {
  expect(isFar([], [1, 1])).toBe(true)
  expect(isFar([[1, 1]], [4, 4])).toBe(false)
  expect(isFar([[1, 1]], [4, 5])).toBe(true)
})
