import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHalf, toHalf } from './half.ts'

describe('half precision', () => {
  it('keeps each of the 65,536 values but for the payload of NaN', () => {
    const lost = Array.from({ length: 65_536 }, (_, half) => half).filter((half) => {
      const value = fromHalf(half)
      return Number.isNaN(value) ? !Number.isNaN(fromHalf(toHalf(value))) : toHalf(value) !== half
    })
    expect(lost).toEqual([])
  })

  it('has the values of the standard', () => {
    // IEEE 754: largest, smallest normal, smallest subnormal, 1/3 rounded
    expect([0x7bff, 0x0400, 0x0001, 0x3555, 0xc000].map(fromHalf)).toEqual([
      65504,
      2 ** -14,
      2 ** -24,
      0.333251953125,
      -2,
    ])
    expect([65519.996, 65520, -Infinity, -0].map(toHalf)).toEqual([0x7bff, 0x7c00, 0xfc00, 0x8000])
  })

  it('takes the nearest, and the even one of two as near', () => {
    const nearest = (value: number): void => {
      const half = toHalf(value)
      const distance = Math.abs(value - fromHalf(half))
      for (const other of [half - 1, half + 1]) {
        const farther = Math.abs(value - fromHalf(other))
        expect(distance < farther || (distance === farther && half % 2 === 0)).toBe(true)
      }
    }
    fc.assert(fc.property(fc.float({ min: 2 ** -24, max: 65000, noNaN: true }), nearest), { numRuns: 500, seed: 1 })
    // midpoints of neighbours, normal and not
    for (let half = 1; half < 31 * 1024 - 1; half += 97) nearest((fromHalf(half) + fromHalf(half + 1)) / 2)
  })
})
