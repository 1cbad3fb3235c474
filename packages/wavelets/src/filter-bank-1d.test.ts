import { dft } from '@scatterlab/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toGrid } from './box.ts'
import { directFilter, directFold, directResponse } from './direct-bank-1d.test.oracle.ts'
import { type FilterBank1dOptions, filterBank1d, logFrequencyBank, lowPass1d } from './filter-bank-1d.ts'
import { littlewoodPaley } from './littlewood-paley.ts'
import { supportInTime } from './support-in-time.ts'

const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((top, v, i) => Math.max(top, Math.abs(v - b[i])), 0)
const cycles = (radians: number): number => radians / (2 * Math.PI)

describe("parameters of kymatio's banks", () => {
  it.each([
    [1, 0.35, 0.140131],
    [8, 0.435381, 0.022641],
    [12, 0.456786, 0.015841],
    [16, 0.467554, 0.012163],
  ])('Q=%i: the finest wavelet', (waveletsPerOctave, xi, sigma) => {
    const [finest] = filterBank1d({ length: 1024, scales: 6, waveletsPerOctave }).psi
    expect(cycles(finest.xi)).toBeCloseTo(xi, 6)
    expect(cycles(finest.sigma)).toBeCloseTo(sigma, 6)
  })

  // the paths of kymatio's stored case and of two settings of its users: 1 + n1 + pairs with j2 > j1
  it.each([
    [6, 16, 222],
    [8, 12, 337],
    [12, 8, 546],
  ])('J=%i Q=%i: the number of paths of order 2', (scales, waveletsPerOctave, paths) => {
    const first = filterBank1d({ length: 8192, scales, waveletsPerOctave }).psi
    const second = filterBank1d({ length: 8192, scales }).psi
    const pairs = first.flatMap(({ j }) => second.filter((psi) => psi.j > j))
    expect(1 + first.length + pairs.length).toBe(paths)
  })

  it('goes down geometrically to the elbow, then in equal steps of one bandwidth', () => {
    const Q = 4
    const { psi } = filterBank1d({ length: 4096, scales: 5, waveletsPerOctave: Q })
    const narrowest = 0.1 / 2 ** 5
    const linear = psi.slice(-(Q - 1))
    const elbow = psi.at(-Q)!
    expect(linear.map(({ sigma }) => cycles(sigma))).toEqual(linear.map(() => expect.closeTo(narrowest, 14)))
    linear.forEach(({ xi }, q) => expect(xi).toBeCloseTo(elbow.xi * (1 - (q + 1) / Q), 13))
    expect(cycles(elbow.sigma)).toBeGreaterThan(narrowest * 2 ** (-1 / Q))
    for (let n = 1; n <= psi.length - Q; n++) expect(psi[n].xi / psi[n - 1].xi).toBeCloseTo(2 ** (-1 / Q), 13)
  })
})

describe("filters against kymatio's definition on the whole grid, with direct sums", () => {
  it.each([
    { length: 256, scales: 5 },
    { length: 256, scales: 5, waveletsPerOctave: 8 },
    { length: 192, scales: 7, waveletsPerOctave: 3 },
    { length: 127, scales: 3, waveletsPerOctave: 2 },
    { length: 128, scales: 5, waveletsPerOctave: 16 },
    { length: 512, scales: 6, waveletsPerOctave: 16 },
    { length: 240, scales: 4, averaging: 23 },
    { length: 96, scales: 2, averaging: 1 },
    { length: 100, scales: 2, overlap: 0.9, xi: 3 },
  ])('$length samples, J=$scales', (options) => {
    const bank = filterBank1d({ ...options, spins: 'both' })
    for (const filter of [...bank.psi, bank.phi]) {
      const direct = directFilter(options.length, cycles(filter.xi), cycles(filter.sigma))
      // the norm is a sum of N values, each good to 1e-16
      expect(worst(toGrid(filter.atLevel(0)), direct)).toBeLessThan(3e-14)
      for (let level = 1; options.length % 2 ** level === 0; level++)
        expect(worst(toGrid(filter.atLevel(level)), directFold(direct, level))).toBeLessThan(3e-14 * 2 ** level)
    }
  })

  it('agrees where the norm comes from the closed form in time', () => {
    // long enough that no response wraps, kappa from 0.04 down to none
    for (const waveletsPerOctave of [1, 2, 5]) {
      for (const { xi, sigma, atLevel } of filterBank1d({ length: 900, scales: 4, waveletsPerOctave }).psi)
        expect(worst(toGrid(atLevel(0)), directFilter(900, cycles(xi), cycles(sigma)))).toBeLessThan(1e-14)
    }
  })

  it('sums all periods in the exact convention, so that spins mirror each other', () => {
    const bank = filterBank1d({ length: 60, scales: 3, convention: 'exact', spins: 'both' })
    const half = bank.psi.length / 2
    for (let n = 0; n < half; n++) {
      const direct = directFilter(60, cycles(bank.psi[n].xi), cycles(bank.psi[n].sigma), 9)
      const [up, down] = [toGrid(bank.psi[n].atLevel(0)), toGrid(bank.psi[n + half].atLevel(0))]
      expect(worst(up, direct)).toBeLessThan(1e-14)
      expect(
        worst(
          down,
          up.map((_, k) => up[(60 - k) % 60]),
        ),
      ).toBeLessThan(1e-14)
    }
  })

  it('finds the support that kymatio pads for', () => {
    for (const [length, averaging] of [
      [512, 16],
      [300, 40],
      [128, 64],
    ]) {
      const phi = lowPass1d({ length, averaging })
      const response = directResponse(toGrid(phi.atLevel(0))).slice(0, Math.floor(length / 2))
      const residual = (t: number): number => response.slice(t).reduce((a, b) => a + b, 0)
      const first = [...response.keys()].find((t) => residual(t) <= 1e-3)
      expect(phi.support()).toBe(first === undefined ? Math.floor(length / 2) : first + 1)
      expect(supportInTime(phi.atLevel(0), 1e-3)).toBe(phi.support())
    }
  })
})

describe('every bank', () => {
  const options = fc.record({
    length: fc.integer({ min: 80, max: 300 }),
    scales: fc.integer({ min: 1, max: 5 }),
    waveletsPerOctave: fc.integer({ min: 1, max: 9 }),
    convention: fc.constantFrom('kymatio' as const, 'exact' as const),
    spins: fc.constantFrom('positive' as const, 'both' as const),
  })

  it('has wavelets of zero mean, filters of l1 norm 1, and a low-pass of unit mass', () => {
    fc.assert(
      fc.property(options, (o) => {
        const bank = filterBank1d(o)
        for (const filter of [...bank.psi, bank.phi]) {
          const fourier = toGrid(filter.atLevel(0))
          if (filter !== bank.phi) expect(Math.abs(fourier[0])).toBeLessThan(1e-16)
          expect(directResponse(fourier).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
        }
        expect(toGrid(bank.phi.atLevel(0))[0]).toBeCloseTo(1, 12)
      }),
      { numRuns: 12 },
    )
  })

  it('loses nothing above its threshold on the supports of its filters', () => {
    fc.assert(
      fc.property(options, (o) => {
        const threshold = 1e-6
        const [whole, cut] = [filterBank1d(o), filterBank1d({ ...o, threshold })]
        whole.psi.forEach((psi, i) =>
          expect(worst(toGrid(psi.atLevel(0)), toGrid(cut.psi[i].atLevel(0)))).toBeLessThan(10 * threshold),
        )
      }),
      { numRuns: 20 },
    )
  })

  it('is at most 1 and covers the band after renormalisation', () => {
    for (const waveletsPerOctave of [1, 8]) {
      const bank = { length: 1024, scales: 6, waveletsPerOctave }
      expect(littlewoodPaley(filterBank1d({ ...bank, renormalise: 'frame' })).upper).toBeCloseTo(1, 12)
      for (const spins of ['positive', 'both'] as const) {
        const renormalised = filterBank1d({ ...bank, spins, renormalise: 'wavelets' })
        // up to the finest centre; above it, to π, nothing covers the band of many wavelets an octave
        const { upper, lower } = littlewoodPaley(renormalised, renormalised.options.xi)
        expect(upper).toBeLessThan(1.2)
        expect(lower).toBeGreaterThan(0.2)
      }
    }
  })
})

// kymatio's own tests of its filters, with its bounds
it('peaks at its centres, has died out half a grid away, and reaches the edge of a coarser band at nothing', () => {
  const length = 4096
  const { psi } = filterBank1d({ length, scales: 5, waveletsPerOctave: 8 })
  for (const { xi, j, atLevel } of psi) {
    const fourier = toGrid(atLevel(0))
    const peak = fourier.indexOf(fourier.reduce((a, b) => Math.max(a, b), 0)) / length
    expect(Math.abs(peak - cycles(xi))).toBeLessThan(0.01 * cycles(xi))
    const re = Float64Array.from(fourier)
    const im = new Float64Array(length)
    dft(length).transform(re, im, 1)
    expect(Math.hypot(re[length / 2], im[length / 2]) / re[0]).toBeLessThan(1e-3)
    const coarse = toGrid(atLevel(j))
    const edge = coarse[coarse.length / 2]
    if (j > 0) expect(Math.abs(edge)).toBeLessThan(1e-2 * coarse.reduce((a, b) => Math.max(a, b), 0))
  }
})

it('keeps filters of 65536 samples on their supports, and builds them in well under a second', () => {
  const start = process.cpuUsage()
  const bank = filterBank1d({ length: 2 ** 17, scales: 12, waveletsPerOctave: 16 })
  const held = bank.psi.map((psi) => psi.atLevel(0).values.length)
  expect(process.cpuUsage(start).user).toBeLessThan(0.7e6)
  expect(held.reduce((a, b) => a + b) / held.length).toBeLessThan(0.06 * 2 ** 17)
})

it('gives the bank of log-frequencies both spins, positive first', () => {
  const bank = logFrequencyBank({ length: 64, scales: 3 })
  const half = bank.psi.length / 2
  expect(bank.psi.map(({ xi }) => Math.sign(xi))).toEqual(bank.psi.map((_, n) => (n < half ? 1 : -1)))
  expect(bank.psi.slice(half).map(({ xi, j }) => [-xi, j])).toEqual(bank.psi.slice(0, half).map(({ xi, j }) => [xi, j]))
})

describe('bad options', () => {
  const good = { length: 64, scales: 3 }
  it.each([
    [{ ...good, length: 1 }, 'length is 1: it must be a whole number, 2 to'],
    [{ ...good, scales: 7 }, '2^7 = 128 is more than the 64 samples of the grid, lower scales to 6'],
    [{ ...good, waveletsPerOctave: 0.5 }, 'waveletsPerOctave is 0.5: it must be a whole number, 1 to'],
    [
      { length: 64, scales: 6, waveletsPerOctave: 16 },
      'passes no frequency of a grid of 64 samples: lower scales, or waveletsPerOctave',
    ],
    [{ ...good, averaging: 0 }, 'averaging is 0'],
    [{ ...good, xi: 4 }, 'xi is 4'],
    [{ ...good, overlap: 1 }, 'overlap is 1'],
    [{ ...good, spin: 'both' }, 'filterBank1d has no option spin. Did you mean spins?'],
    [{ scales: 3 }, 'filterBank1d needs length'],
  ])('%o', (options, message) => {
    expect(() => filterBank1d(options as unknown as FilterBank1dOptions)).toThrow(message)
  })

  it('names the level that a grid does not have', () => {
    expect(() => filterBank1d({ length: 36, scales: 2 }).psi[0].atLevel(3)).toThrow(
      'a grid of 36 points has no level 3',
    )
    expect(() => lowPass1d({ length: 36, averaging: 4 }).support(2)).toThrow('tail is 2')
  })
})
