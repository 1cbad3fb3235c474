import { dft } from '@scatterlab/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toGrid } from './box.ts'
import { type FilterBankOptions, filterBank2d } from './filter-bank-2d.ts'
import { littlewoodPaley } from './littlewood-paley.ts'

/** The definition, taken literally: kymatio's sum over 5×5 copies of the grid, then a direct Fourier transform. */
function kymatioPsi(h: number, w: number, sigma: number, theta: number, xi: number, slant: number): Float64Array {
  const gabor = (frequency: number): [Float64Array, Float64Array] => {
    const [re, im] = [new Float64Array(h * w), new Float64Array(h * w)]
    const [c, s] = [Math.cos(theta), Math.sin(theta)]
    const q = 2 * sigma * sigma
    const curvature = [
      (c * c + slant * slant * s * s) / q,
      (2 * c * s * (1 - slant * slant)) / q,
      (s * s + slant * slant * c * c) / q,
    ]
    for (let y = -2 * h; y < 3 * h; y++) {
      for (let x = -2 * w; x < 3 * w; x++) {
        const g =
          Math.exp(-(curvature[0] * y * y + curvature[1] * x * y + curvature[2] * x * x)) /
          ((2 * 3.1415 * sigma * sigma) / slant)
        const at = ((y + 2 * h) % h) * w + ((x + 2 * w) % w)
        re[at] += g * Math.cos(frequency * (y * c + x * s))
        im[at] += g * Math.sin(frequency * (y * c + x * s))
      }
    }
    return [re, im]
  }
  const [re, im] = gabor(xi)
  const [envelope] = gabor(0)
  const total = (a: Float64Array): number => a.reduce((p, v) => p + v, 0)
  const [kr, ki] = [total(re) / total(envelope), total(im) / total(envelope)]
  for (let i = 0; i < h * w; i++) {
    re[i] -= kr * envelope[i]
    im[i] -= ki * envelope[i]
  }
  dft(h).transform(re, im, -1, w)
  for (let y = 0; y < h; y++) dft(w).transform(re, im, -1, 1, y * w)
  return re
}

const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((top, v, i) => Math.max(top, Math.abs(v - b[i])), 0)

describe('Littlewood–Paley sums of 64×64 banks', () => {
  // max and min of A on the disk; then of the renormalised bank, and its min on three quarters of the disk
  it.each([
    { scales: 2, orientations: 8, raw: [1.0, 0.3475], renormalised: [1.029, 0.389, 0.651] },
    { scales: 3, orientations: 8, raw: [1.014, 0.3475], renormalised: [1.03, 0.353, 0.592] },
    { scales: 4, orientations: 8, raw: [1.035, 0.3475], renormalised: [1.049, 0.352, 0.591] },
    { scales: 5, orientations: 8, raw: [1.03, 0.3475], renormalised: [1.038, 0.35, 0.587] },
    { scales: 3, orientations: 6, raw: [1.0, 0.3265], renormalised: [1.029, 0.345, 0.616] },
    { scales: 4, orientations: 4, raw: [1.0, 0.4025], renormalised: [1.023, 0.462, 0.675] },
    { scales: 4, orientations: 16, raw: [1.113, 0.293], renormalised: [1.043, 0.274, 0.541] },
    { scales: 8, orientations: 8, scalesPerOctave: 2, raw: [1.692, 0.512], renormalised: [1.014, 0.307, 0.512] },
  ])('J=$scales L=$orientations', ({ raw, renormalised, ...rest }) => {
    const options: FilterBankOptions = { shape: [64, 64], ...rest }
    const plain = littlewoodPaley(filterBank2d(options))
    expect(Math.abs(plain.upper - raw[0])).toBeLessThan(1e-3)
    expect(Math.abs(plain.lower - raw[1])).toBeLessThan(1e-3)
    const bank = filterBank2d({ ...options, renormalise: 'wavelets' })
    expect(Math.abs(littlewoodPaley(bank).upper - renormalised[0])).toBeLessThan(1e-3)
    expect(Math.abs(littlewoodPaley(bank).lower - renormalised[1])).toBeLessThan(1e-3)
    expect(Math.abs(littlewoodPaley(bank, 0.75 * Math.PI).lower - renormalised[2])).toBeLessThan(1e-3)
  })

  it('is (π/3.1415)² at zero frequency in the convention of kymatio, and 1 in the exact one', () => {
    expect(littlewoodPaley(filterBank2d({ shape: [64, 64], scales: 3 })).sum[0]).toBeCloseTo(
      (Math.PI / 3.1415) ** 2,
      12,
    )
    expect(littlewoodPaley(filterBank2d({ shape: [64, 64], scales: 3, convention: 'exact' })).sum[0]).toBeCloseTo(1, 12)
  })

  it('has upper bound 1 after renormalisation of the frame', () => {
    const bank = filterBank2d({ shape: [64, 48], scales: 4, orientations: 16, renormalise: 'frame' })
    expect(littlewoodPaley(bank).upper).toBeCloseTo(1, 12)
  })
})

describe("the convention of kymatio against its definition's direct sum", () => {
  // 24×24 with 16 orientations: the envelope is longer than the five copies, so the cut shows (1e-4) and must be reproduced
  it.each([
    { shape: [40, 40], scales: 2, orientations: 8 },
    { shape: [36, 48], scales: 2, orientations: 6 },
    { shape: [45, 35], scales: 3, orientations: 5 },
    { shape: [24, 24], scales: 3, orientations: 16 },
  ] as const)('$shape J=$scales L=$orientations', ({ shape, scales, orientations }) => {
    for (const psi of filterBank2d({ shape, scales, orientations }).psi) {
      const direct = kymatioPsi(shape[0], shape[1], psi.sigma, psi.theta, psi.xi, psi.slant)
      // the recurrence along rows is good to 1e-13; the spatial sum leaves out an envelope below 1e-12
      expect(worst(toGrid(psi.atLevel(0)), direct)).toBeLessThan(2e-12)
    }
  })

  it('cuts the band that would alias, then folds, at coarser levels', () => {
    const [h, w] = [48, 40]
    const bank = filterBank2d({ shape: [h, w], scales: 3 })
    for (const psi of bank.psi.filter((p) => p.scale === 2)) {
      for (const level of [1, 2]) {
        const [hh, ww] = [h >> level, w >> level]
        const fine = toGrid(psi.atLevel(0))
        const folded = new Float64Array(hh * ww)
        const masked = (k: number, n: number): boolean => {
          const start = Math.floor(n * 2 ** (-level - 1))
          return k >= start && k < start + Math.floor(n * (1 - 2 ** -level))
        }
        for (let y = 0; y < h; y++) {
          for (let x = 0; x < w; x++)
            if (!masked(y, h) && !masked(x, w)) folded[(y % hh) * ww + (x % ww)] += fine[y * w + x]
        }
        expect(worst(toGrid(psi.atLevel(level)), folded)).toBe(0)
      }
    }
  })
})

describe('every bank', () => {
  const options = fc.record({
    shape: fc.tuple(fc.integer({ min: 8, max: 40 }), fc.integer({ min: 8, max: 40 })),
    scales: fc.integer({ min: 1, max: 3 }),
    orientations: fc.integer({ min: 1, max: 9 }),
    convention: fc.constantFrom('kymatio' as const, 'exact' as const),
  })

  it('has wavelets of zero mean and a low-pass of unit mass', () => {
    fc.assert(
      fc.property(options, (o) => {
        const bank = filterBank2d(o)
        for (const psi of bank.psi) expect(Math.abs(toGrid(psi.atLevel(0))[0])).toBeLessThan(1e-12)
        const phi = bank.phi.atLevel(0)
        expect(Math.abs(phi.rows[0] * phi.columns[0] - 1)).toBeLessThan(1e-4)
      }),
      { numRuns: 30 },
    )
  })

  it('loses nothing above its threshold on the supports of its filters', () => {
    fc.assert(
      fc.property(options, (o) => {
        const threshold = 1e-6
        const [whole, cut] = [filterBank2d(o), filterBank2d({ ...o, threshold })]
        whole.psi.forEach((psi, i) => {
          const a = toGrid(psi.atLevel(0))
          const b = toGrid(cut.psi[i].atLevel(0))
          expect(worst(a, b)).toBeLessThan(4 * threshold)
        })
      }),
      { numRuns: 20 },
    )
  })
})

it('peaks at its centre frequency, in its direction', () => {
  const n = 256
  // without the correction of the mean, and past the finest scale, whose aliases overlap
  const { psi: wavelets } = filterBank2d({ shape: [n, n], scales: 4, orientations: 4, family: 'gabor' })
  for (const psi of wavelets.filter((p) => p.scale > 0)) {
    const grid = toGrid(psi.atLevel(0))
    const top = grid.indexOf(grid.reduce((a, b) => Math.max(a, b), 0))
    const signed = (k: number): number => ((k > n / 2 ? k - n : k) * 2 * Math.PI) / n
    const halfStep = Math.PI / n + 1e-12
    expect(Math.abs(signed(Math.floor(top / n)) - psi.xi * Math.cos(psi.theta))).toBeLessThan(halfStep)
    expect(Math.abs(signed(top % n) - psi.xi * Math.sin(psi.theta))).toBeLessThan(halfStep)
  }
})

it('turns by a quarter: orientation t + L/2 is the transposed mirror of orientation t on a square grid', () => {
  const n = 32
  const bank = filterBank2d({ shape: [n, n], scales: 1, orientations: 8, convention: 'exact' })
  const [a, b] = [toGrid(bank.psi[1].atLevel(0)), toGrid(bank.psi[5].atLevel(0))]
  for (let y = 0; y < n; y++) for (let x = 0; x < n; x++) expect(b[y * n + x]).toBeCloseTo(a[x * n + ((n - y) % n)], 13)
})

it('keeps the mean of a Gabor wavelet', () => {
  const gabor = filterBank2d({ shape: [32, 32], scales: 2, family: 'gabor', convention: 'exact' }).psi[8]
  expect(toGrid(gabor.atLevel(0))[0]).toBeCloseTo(Math.exp(-((0.8 * 0.75 * Math.PI) ** 2) / 2), 6)
})

it('stays finite for very long wavelets', () => {
  const bank = filterBank2d({ shape: [64, 64], scales: 2, orientations: 64, convention: 'exact' })
  expect(bank.psi.every((psi) => psi.atLevel(0).values.every(Number.isFinite))).toBe(true)
})

it('holds the exact convention at a coarser level to the subsampled filter: aliases add up', () => {
  const n = 32
  const psi = filterBank2d({ shape: [n, n], scales: 2, convention: 'exact', family: 'gabor' }).psi[9]
  const fine = toGrid(psi.atLevel(0))
  const folded = new Float64Array((n * n) / 4)
  for (let y = 0; y < n; y++) for (let x = 0; x < n; x++) folded[(y % 16) * 16 + (x % 16)] += fine[y * n + x]
  expect(worst(toGrid(psi.atLevel(1)), folded)).toBeLessThan(1e-13)
})

it('builds the 681-path bank of 256×256 images within a second of processor time', () => {
  const start = process.cpuUsage()
  const bank = filterBank2d({ shape: [320, 320], scales: 5 })
  for (const psi of bank.psi) for (let level = 0; level <= Math.min(psi.scale, 3); level++) psi.atLevel(level)
  expect(process.cpuUsage(start).user).toBeLessThan(1e6)
})

describe('bad options', () => {
  const good = { shape: [32, 32], scales: 2 }
  it.each([
    [{ ...good, scales: 0 }, 'scales is 0'],
    [{ ...good, scales: 1e9 }, 'scales is 1000000000: with 1 an octave at most 26'],
    [{ ...good, scales: 1e9, scalesPerOctave: 1e9 }, 'scalesPerOctave is 1000000000'],
    [{ ...good, scales: 26_000, scalesPerOctave: 1000 }, 'are too many wavelets'],
    [{ ...good, orientations: 0 }, 'orientations is 0'],
    [
      { ...good, orientations: 1e6 },
      '2 scales of 1000000 orientations are too many wavelets: lower orientations to 32768',
    ],
    [{ ...good, shape: [0, 32] }, 'shape is [0, 32]'],
    [{ ...good, shape: [16] }, 'shape is [16]: it must be a list of 2 whole numbers, each 1 or more'],
    [{ ...good, shape: [16, 16, 16] }, 'shape is [16, 16, 16]'],
    [{ ...good, shape: [1e9, 1e9] }, 'a grid of 1000000000×1000000000 has more than'],
    [{ scales: 2 }, 'filterBank2d needs shape'],
    [{ ...good, sigma: -1 }, 'sigma is -1: it must be a number, 0.1 to 10000'],
    [{ ...good, sigma: 1e-3 }, 'sigma is 0.001'],
    [{ ...good, sigmaLowPass: 1e-9 }, 'sigmaLowPass is 1e-9'],
    [
      { ...good, slant: 50 },
      'sigma is 0.8 and slant is 50: along its stripes the envelope is narrower than 0.1 pixels',
    ],
    [{ ...good, xi: 4 }, 'xi is 4'],
    [{ ...good, threshold: NaN }, 'threshold is NaN'],
    [{ ...good, threshold: -1 }, 'threshold is -1'],
    [{ ...good, convention: 'kymatic' }, "convention is 'kymatic': it must be one of 'kymatio', 'exact'"],
    [{ ...good, family: 'morlett' }, "family is 'morlett'"],
    [{ ...good, renormalise: true }, 'renormalise is true'],
    [{ ...good, sigmaLowpass: 1 }, 'filterBank2d has no option sigmaLowpass. Did you mean sigmaLowPass?'],
    [undefined, 'filterBank2d needs shape'],
  ])('%o', (options, message) => {
    expect(() => filterBank2d(options as unknown as FilterBankOptions)).toThrow(message)
  })

  it('takes undefined as the default', () => {
    expect(
      filterBank2d({ shape: [8, 8], scales: 1, sigma: undefined, convention: undefined } as never).options,
    ).toEqual(filterBank2d({ shape: [8, 8], scales: 1 }).options)
  })

  it('builds the narrowest and the longest filters that it takes in no time', () => {
    const start = process.cpuUsage()
    for (const extreme of [
      { sigma: 0.1, sigmaLowPass: 0.1 },
      { sigma: 1e4 },
      { slant: 8 },
      { slant: 1e-4 },
      { xi: 1e-6 },
    ]) {
      for (const convention of ['kymatio', 'exact'] as const) {
        const bank = filterBank2d({ shape: [32, 32], scales: 2, convention, ...extreme })
        for (const psi of bank.psi) expect(psi.atLevel(psi.scale).values.every(Number.isFinite)).toBe(true)
        expect(bank.phi.atLevel(1).rows.every(Number.isFinite)).toBe(true)
      }
    }
    expect(process.cpuUsage(start).user).toBeLessThan(2e6)
  })

  it('names the level that a grid does not have', () => {
    expect(() => filterBank2d({ shape: [36, 36], scales: 3 }).psi[0].atLevel(3)).toThrow(
      'a grid of 36 points has no level 3',
    )
    expect(() => filterBank2d({ shape: [36, 36], scales: 3 }).phi.atLevel(-1)).toThrow('level is -1')
    expect(() => littlewoodPaley(filterBank2d({ shape: [8, 8], scales: 1 }), NaN)).toThrow('radius is NaN')
  })
})
