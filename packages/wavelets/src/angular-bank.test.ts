import { describe, expect, it } from 'vitest'
import { angularBank } from './angular-bank.ts'
import { toGrid } from './box.ts'
import { directFilter } from './direct-bank-1d.test.oracle.ts'
import { littlewoodPaley } from './littlewood-paley.ts'

const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((top, v, i) => Math.max(top, Math.abs(v - b[i])), 0)

describe('the angular bank', () => {
  it.each([2, 3, 4, 6, 8, 16])('of %i orientations is the periodised Morlets over 2L angles', (orientations) => {
    const { psi, phi, grid } = angularBank({ orientations, spins: 'both' })
    expect(grid).toEqual([1, 2 * orientations])
    expect(psi.length).toBe(2 * Math.ceil(Math.log2(orientations)))
    for (const { xi, sigma, atLevel } of [...psi, phi]) {
      const direct = directFilter(2 * orientations, xi / (2 * Math.PI), sigma / (2 * Math.PI), 9)
      expect(worst(toGrid(atLevel(0)), direct)).toBeLessThan(1e-14)
    }
  })

  it('covers the frequencies of the fibre: frame bounds with both spins and wavelets renormalised', () => {
    for (const orientations of [4, 6, 8, 12, 16]) {
      const bank = angularBank({ orientations, spins: 'both', renormalise: 'wavelets' })
      const { upper, lower } = littlewoodPaley(bank)
      expect(upper).toBeLessThan(1.05)
      expect(lower).toBeGreaterThan(0.2)
      expect(littlewoodPaley(angularBank({ orientations, renormalise: 'frame' })).upper).toBeCloseTo(1, 12)
    }
  })

  it('passes the mean alone through the low-pass of all octaves', () => {
    const phi = toGrid(angularBank({ orientations: 8, scales: 4 }).phi.atLevel(0))
    expect(phi[0]).toBeCloseTo(1, 14)
    expect(Math.max(...phi.slice(1))).toBeLessThan(1e-20)
  })

  it.each([
    [{ orientations: 1 }, 'orientations is 1: it must be a whole number, 2 to'],
    [{ orientations: 8, scales: 5 }, 'scales is 5: 2^5 is more than the 16 angles of a turn, lower scales to 4'],
    [{ orientations: 8, sigma: 1e-3 }, 'passes no frequency of a grid of 16 samples'],
    [{ orientation: 8 }, 'angularBank has no option orientation. Did you mean orientations?'],
  ])('%o', (options, message) => {
    expect(() => angularBank(options as never)).toThrow(message)
  })
})
