import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Pixels } from './pixels.ts'
import { fitted, type Fit } from './resize.ts'

/** An image whose channel c at (y, x) is `value(y, x, c)`. */
function image(height: number, width: number, channels: number, value: (y: number, x: number, c: number) => number) {
  const data = new Uint8Array(height * width * channels)
  let at = 0
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) for (let c = 0; c < channels; c++) data[at++] = value(y, x, c)
  return { data, height, width, channels } satisfies Pixels
}
const square = (side: number, fit: Partial<Fit> = {}): Fit => ({
  size: [side, side],
  stretch: false,
  crop: [side, side],
  ...fit,
})
/** Bytes as if random, from their place. */
const noise = (y: number, x: number, c: number) =>
  Math.floor(256 * ((Math.sin(12.9898 * y + 78.233 * x + 37.7 * c) * 43758.5453) % 1) ** 2)

const side = fc.integer({ min: 1, max: 40 })
const sizes = fc.record({ height: side, width: side, rows: side, columns: side, stretch: fc.boolean() })

describe('fitted', () => {
  it('keeps a constant image constant, whatever the sizes', () => {
    fc.assert(
      fc.property(sizes, fc.nat(255), ({ height, width, rows, columns, stretch }, value) => {
        const size = [rows, columns] as const
        const planes = fitted(
          image(height, width, 3, (_y, _x, c) => (value + c) % 256),
          { size, stretch, crop: size },
        )
        const area = rows * columns
        expect(planes).toHaveLength(3 * area)
        for (let c = 0; c < 3; c++)
          expect(new Set(planes.subarray(c * area, (c + 1) * area))).toEqual(new Set([(value + c) % 256]))
      }),
    )
  })

  it('takes the mean of each block when it shrinks by whole factors, so that the mean of all is kept', () => {
    const factors = fc.record({
      rows: fc.integer({ min: 1, max: 8 }),
      columns: fc.integer({ min: 1, max: 8 }),
      down: fc.integer({ min: 1, max: 5 }),
      across: fc.integer({ min: 1, max: 5 }),
    })
    fc.assert(
      fc.property(factors, ({ rows, columns, down, across }) => {
        const source = image(rows * down, columns * across, 3, noise)
        const size = [rows, columns] as const
        const planes = fitted(source, { size, stretch: true, crop: size })
        for (let c = 0; c < 3; c++) {
          let [before, after] = [0, 0]
          for (let y = 0; y < rows; y++)
            for (let x = 0; x < columns; x++) {
              let sum = 0
              for (let dy = 0; dy < down; dy++)
                for (let dx = 0; dx < across; dx++) sum += noise(y * down + dy, x * across + dx, c)
              const mean = sum / (down * across)
              const value = planes[(c * rows + y) * columns + x]
              // rounding to a byte, and single precision between the two passes
              expect(Math.abs(value - mean)).toBeLessThan(0.5 + 1e-4)
              before += mean
              after += value
            }
          expect(Math.abs(after - before) / (rows * columns)).toBeLessThan(0.5 + 1e-4)
        }
      }),
    )
  })

  it('shares pixels between the new ones that they lie in, when it shrinks by other factors', () => {
    // 5 → 2: each new pixel covers two and a half old ones
    const planes = fitted(
      image(1, 5, 1, (_, x) => [10, 60, 110, 160, 210][x]),
      { size: [1, 2], stretch: true, crop: [1, 2] },
    )
    expect([...planes.subarray(0, 2)]).toEqual([(10 + 60 + 55) / 2.5, (55 + 160 + 210) / 2.5])
  })

  it('interpolates between the centres of pixels when it grows, and repeats the edges', () => {
    // 2 → 4: centres of the new pixels at -1/4, 1/4, 3/4, 5/4 of the old ones
    const planes = fitted(
      image(
        2,
        2,
        1,
        (y, x) =>
          [
            [0, 80],
            [160, 240],
          ][y][x],
      ),
      square(4),
    )
    expect([...planes.subarray(0, 16)]).toEqual(
      [0, 40, 120, 160].flatMap((down) => [0, 20, 60, 80].map((across) => down + across)),
    )
  })

  it('leaves an image of the right size as it is', () => {
    const source = image(7, 5, 3, noise)
    const planes = fitted(source, { size: [7, 5], stretch: false, crop: [7, 5] })
    for (let c = 0; c < 3; c++) for (let i = 0; i < 35; i++) expect(planes[c * 35 + i]).toBe(source.data[3 * i + c])
  })

  it('cuts out the middle of what covers the size, which stretching does not', () => {
    // shorter side 4 → 2, longer side 12 → 6, of which the middle third is kept: columns 4 to 7
    const source = image(4, 12, 3, (_, x) => (x >= 4 && x < 8 ? 200 : 0))
    expect(new Set(fitted(source, square(2)))).toEqual(new Set([200]))
    const upright = image(12, 4, 3, (y) => (y >= 4 && y < 8 ? 200 : 0))
    expect(new Set(fitted(upright, square(2)))).toEqual(new Set([200]))
    expect([...fitted(source, square(3, { stretch: true })).subarray(0, 3)]).toEqual([0, 200, 0])
  })

  it('cuts a smaller crop out of the middle of the same scaled image', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 4 }),
        (height, width, margin) => {
          const source = image(height, width, 3, noise)
          const whole = fitted(source, square(10))
          const part = fitted(source, square(10, { crop: [10 - 2 * margin, 10 - 2 * margin] }))
          const inner = 10 - 2 * margin
          for (let c = 0; c < 3; c++)
            for (let y = 0; y < inner; y++)
              for (let x = 0; x < inner; x++) {
                expect(part[(c * inner + y) * inner + x]).toBe(whole[(c * 10 + y + margin) * 10 + x + margin])
              }
        },
      ),
      { numRuns: 50 },
    )
  })

  it.each([
    [1, [9, 9, 9]],
    [2, [9, 9, 9]],
    [3, [9, 8, 7]],
    [4, [9, 8, 7]],
  ])('makes %i channels red, green and blue', (channels, colours) => {
    const planes = fitted(
      image(3, 3, channels, (_y, _x, c) => 9 - c),
      square(1),
    )
    expect([...planes]).toEqual(colours)
  })
})
