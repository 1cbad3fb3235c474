import { describe, expect, it } from 'vitest'
import { angularBank } from './angular-bank.ts'
import { filterBank1d, lowPass1d } from './filter-bank-1d.ts'
import { filterBank2d } from './filter-bank-2d.ts'

/** ∫|ψ̂|² by sums over a fine grid, inside and outside of the band. */
function direct1d(xi: number, sigma: number, corrected: boolean, band: number): number {
  const kappa = corrected ? Math.exp(-((xi / sigma) ** 2) / 2) : 0
  const step = band / Math.ceil((band / sigma) * 2000)
  let [out, all] = [0, 0]
  for (let k = Math.floor((-Math.abs(xi) - 14 * sigma) / step); k * step < Math.abs(xi) + 14 * sigma; k++) {
    const w = (k + 0.5) * step
    const value = Math.exp(-(((w - xi) / sigma) ** 2) / 2) - kappa * Math.exp(-((w / sigma) ** 2) / 2)
    all += value * value
    if (Math.abs(w) > band) out += value * value
  }
  return out / all
}

describe('the share of energy beyond the band', () => {
  it.each(['morlet', 'gabor'] as const)('of signals: %s', (family) => {
    const { psi, phi } = filterBank1d({ length: 1024, scales: 4, waveletsPerOctave: 2, family, spins: 'both' })
    for (const filter of [...psi, phi]) {
      for (const level of [0, 1, 2]) {
        const direct = direct1d(filter.xi, filter.sigma, family === 'morlet' && filter.xi !== 0, Math.PI / 2 ** level)
        expect(Math.abs(filter.aliased(level) - direct)).toBeLessThan(2e-6 * direct + 1e-40)
      }
    }
  })

  it("is what the rule of subsampling promises: 5 deviations of the wavelet's Gaussian, but for the finest", () => {
    const { psi } = filterBank1d({ length: 2 ** 14, scales: 9, waveletsPerOctave: 4 })
    for (const { xi, sigma, j, aliased } of psi) {
      if (xi + 5 * sigma < Math.PI) expect(aliased(j)).toBeLessThan(1e-11)
    }
    // ξ = 0.35 and σ = 0.14 cycles per sample: 0.15 to the edge of the band
    const [finest] = filterBank1d({ length: 64, scales: 3 }).psi
    expect(finest.aliased()).toBeGreaterThan(0.05)
    expect(lowPass1d({ length: 64, averaging: 8 }).aliased()).toBeLessThan(1e-100)
  })

  it.each([
    { family: 'morlet' as const, orientations: 8 },
    { family: 'gabor' as const, orientations: 5 },
  ])('of images: $family, $orientations orientations', ({ family, orientations }) => {
    const { psi, phi } = filterBank2d({ shape: [32, 32], scales: 2, orientations, family })
    for (const { sigma, xi, theta, slant, aliased } of [psi[1], psi[orientations + 2], psi[3]]) {
      for (const level of [0, 1]) {
        const band = Math.PI / 2 ** level
        const kappa = family === 'morlet' ? Math.exp(-((sigma * xi) ** 2) / 2) : 0
        const [c, s] = [Math.cos(theta), Math.sin(theta)]
        const envelope = (y: number, x: number): number =>
          Math.exp(-(sigma ** 2 * ((y * c + x * s) ** 2 + ((x * c - y * s) / slant) ** 2)) / 2)
        const n = 32 * 2 ** level
        let [out, all] = [0, 0]
        for (let i = -4 * n; i < 4 * n; i++) {
          for (let k = -4 * n; k < 4 * n; k++) {
            const [y, x] = [((i + 0.5) * band) / n, ((k + 0.5) * band) / n]
            const value = (envelope(y - xi * c, x - xi * s) - kappa * envelope(y, x)) ** 2
            all += value
            if (Math.abs(y) > band || Math.abs(x) > band) out += value
          }
        }
        // the sum here has steps of a tenth of the deviation: far tails come out a few percent too small
        expect(Math.abs(aliased(level) - out / all)).toBeLessThan((5e-3 * out) / all + 1e-7)
      }
    }
    // separable: 1 − (1 − 2·tail)², the tail at π·σ·√2 deviations
    expect(phi.aliased()).toBeCloseTo(direct1d(0, 1 / phi.sigma, false, Math.PI) * 2, 6)
  })

  it('is refused above a limit that is asked for', () => {
    const images = { shape: [32, 32] as const, scales: 2 }
    expect(() => filterBank2d({ ...images, mostAliased: 0.1 })).toThrow(
      'has 0.21 of its energy beyond ±π, and mostAliased is 0.1: lower xi',
    )
    expect(filterBank2d({ ...images, mostAliased: 0.1, xi: Math.PI / 2, sigma: 1 }).psi).toHaveLength(16)
    expect(() => filterBank1d({ length: 64, scales: 3, mostAliased: 0.01 })).toThrow('mostAliased is 0.01')
    expect(() => angularBank({ orientations: 8, mostAliased: 0 })).toThrow('mostAliased is 0')
    expect(
      filterBank1d({ length: 256, scales: 3, waveletsPerOctave: 8, mostAliased: 0.001 }).psi[0].aliased(),
    ).toBeLessThan(0.001)
  })

  it('takes no time for the longest filters', () => {
    const start = process.cpuUsage()
    for (const slant of [1e-4, 1, 8]) {
      for (const psi of filterBank2d({ shape: [32, 32], scales: 2, slant }).psi) expect(psi.aliased(1)).toBeLessThan(1)
    }
    expect(process.cpuUsage(start).user).toBeLessThan(1e6)
  })
})
