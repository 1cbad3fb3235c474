import fc from 'fast-check'
import { expect, test } from 'vitest'
import { colourOf, hexOf } from './colormap.ts'

test('grey holds all 256 bytes exactly', () => {
  for (let byte = 0; byte < 256; byte++) {
    expect(colourOf('gray', byte / 255)).toEqual([byte, byte, byte])
    expect(colourOf('ink', byte / 255)).toEqual([255 - byte, 255 - byte, 255 - byte])
  }
})

test('ends, middle and entries of the published tables', () => {
  expect(hexOf(colourOf('viridis', 0))).toBe('#440154')
  expect(hexOf(colourOf('viridis', 1))).toBe('#fde725')
  expect(hexOf(colourOf('magma', 1))).toBe('#fcfdbf')
  expect(hexOf(colourOf('diverging', 0.5))).toBe('#ffffff')
  expect(colourOf('viridis', -3)).toEqual(colourOf('viridis', 0))
})

test('sequential maps grow lighter all the way', () => {
  const luma = (name: 'viridis' | 'magma', t: number): number => {
    const [r, g, b] = colourOf(name, t)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const unit = fc.double({ min: 0, max: 0.95, noNaN: true })
  fc.assert(
    fc.property(fc.constantFrom('viridis' as const, 'magma' as const), unit, (name, t) => {
      expect(luma(name, t + 0.05)).toBeGreaterThan(luma(name, t))
    }),
  )
})

test('an unknown name is refused with the known ones', () => {
  expect(() => colourOf('jet' as 'gray', 0)).toThrow(/'jet' is unknown: use one of gray, ink/)
})
