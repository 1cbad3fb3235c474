// A filter bank of images as one looks at it: each wavelet in space, all of them in Fourier, A(ω) and its bounds.
import { complex, ifft2, scope, tensor } from '@scatterlab/tensor'
import { type FilterBank2d, filterBank2d, littlewoodPaley, toGrid } from '@scatterlab/wavelets'
import { direction } from '../worker/direction.ts'
import { type Painted, type Plane, mosaic, painted } from '../worker/painted.ts'

/** What the sliders say. */
export interface Bank2dAsked {
  readonly scales: number
  readonly orientations: number
  /** Radians per pixel. */
  readonly xi: number
  /** Pixels. */
  readonly sigma: number
  readonly slant: number
  /** Whether ‖Wx‖ ≤ ‖x‖ is to hold: every filter over √max A. */
  readonly tight: boolean
  /** The wavelet that is looked at: its scale and its orientation. */
  readonly chosen: readonly [scale: number, orientation: number]
}

/** What is shown of a bank. */
export interface Bank2dShown {
  /** Re ψ, a row a scale, a column an orientation. */
  readonly space: Painted
  /** max |ψ̂| over all wavelets, 0 in the middle. */
  readonly fourier: Painted
  /** A(ω), 0 in the middle. */
  readonly sum: Painted
  /** Of the chosen wavelet: Re ψ, Im ψ, |ψ̂|. */
  readonly chosen: readonly Painted[]
  /** A along the axis ω = (0, ω_x), from −π to π. */
  readonly profile: { readonly frequency: number[]; readonly sum: number[] }
  readonly lower: number
  readonly upper: number
  readonly wavelets: number
  /** Of the chosen wavelet: cycles per pixel, degrees, and the share of its energy beyond ±π. */
  readonly about: { readonly frequency: number; readonly angle: number; readonly aliased: number }
}

/** Points of the grid on each axis. */
export const GRID = 64
/** Points of a wavelet that are drawn: all that a bank of four scales has. */
const DRAWN = 32

/** The bank that the sliders ask for. Throws the errors of `filterBank2d`. */
export function bankOf(asked: Bank2dAsked): FilterBank2d {
  const { scales, orientations, xi, sigma, slant, tight } = asked
  return filterBank2d({
    shape: [GRID, GRID],
    scales,
    orientations,
    xi,
    sigma,
    slant,
    renormalise: tight ? 'frame' : 'none',
  })
}

/** All that is shown of it. */
export function bank2d(asked: Bank2dAsked): Bank2dShown {
  const bank = bankOf(asked)
  const power = littlewoodPaley(bank)
  const fourier = bank.psi.map((psi) => toGrid(psi.atLevel(0)))
  const space = fourier.map(inSpace)
  const peaks = space.map(({ re, im }) =>
    Math.sqrt(re.data.reduce((most, v, i) => Math.max(most, v * v + im.data[i] ** 2), 0)),
  )
  const most = new Float64Array(GRID * GRID)
  for (const psi of fourier) psi.forEach((v, i) => (most[i] = Math.max(most[i], Math.abs(v))))
  const at =
    Math.min(asked.chosen[0], asked.scales - 1) * asked.orientations + Math.min(asked.chosen[1], asked.orientations - 1)
  const one = bank.psi[at]
  const own: readonly [number, number] = [-peaks[at], peaks[at]]
  const line = Array.from({ length: GRID + 1 }, (_, i) => i - GRID / 2)
  return {
    space: mosaic(
      space.map(({ re }, i) => ({ data: re.data.map((v) => v / peaks[i]), shape: re.shape })),
      asked.orientations,
      { map: 'diverging', range: [-1, 1], gap: 2 },
    ),
    fourier: painted(centred(most), 'magma'),
    sum: painted(centred(power.sum), 'viridis', [0, Math.max(1, power.upper)]),
    chosen: [
      painted(space[at].re, 'diverging', own),
      painted(space[at].im, 'diverging', own),
      painted(centred(fourier[at].map(Math.abs)), 'magma'),
    ],
    profile: {
      frequency: line.map((k) => (2 * Math.PI * k) / GRID),
      sum: line.map((k) => power.sum[(k + GRID) % GRID]),
    },
    lower: power.lower,
    upper: power.upper,
    wavelets: bank.psi.length,
    about: {
      frequency: one.xi / (2 * Math.PI),
      angle: (direction(one.theta) * 180) / Math.PI,
      aliased: one.aliased(),
    },
  }
}

/** The middle of ψ, both parts: the origin in the middle. */
function inSpace(fourier: Float64Array): {
  readonly re: Plane & { data: Float64Array }
  readonly im: Plane & { data: Float64Array }
} {
  const numbers = scope(() =>
    ifft2(complex(tensor(fourier, [GRID, GRID]), tensor(new Float64Array(GRID * GRID), [GRID, GRID])))
      .asReal()
      .toTypedArray(),
  )
  const part = (of: 0 | 1): Plane & { data: Float64Array } => ({
    data: Float64Array.from({ length: DRAWN * DRAWN }, (_, i) => {
      const y = (Math.floor(i / DRAWN) - DRAWN / 2 + GRID) % GRID
      const x = ((i % DRAWN) - DRAWN / 2 + GRID) % GRID
      return numbers[2 * (y * GRID + x) + of]
    }),
    shape: [DRAWN, DRAWN],
  })
  return { re: part(0), im: part(1) }
}

/** Frequency 0 in the middle. */
function centred(grid: Float64Array): Plane {
  const half = GRID / 2
  return {
    data: grid.map((_, i) => grid[((Math.floor(i / GRID) + half) % GRID) * GRID + ((i + half) % GRID)]),
    shape: [GRID, GRID],
  }
}
