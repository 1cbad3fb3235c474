// A filter bank of signals as one looks at it: a wavelet in time, all of them in Fourier, A(ω) and its bounds.
import { complex, ifft, scope, tensor } from '@scatterlab/tensor'
import { filterBank1d, littlewoodPaley, toGrid } from '@scatterlab/wavelets'

/** What the sliders say. */
export interface Bank1dAsked {
  readonly scales: number
  readonly waveletsPerOctave: number
  readonly tight: boolean
  /** Which wavelet is looked at, from the finest. */
  readonly chosen: number
}

/** A curve. */
export interface Curve {
  readonly x: number[]
  readonly y: number[]
}

/** What is shown of a bank. */
export interface Bank1dShown {
  /** |ψ̂|, each its own peak 1, over cycles per sample. */
  readonly fourier: Curve[]
  readonly lowPass: Curve
  /** A(ω). */
  readonly sum: Curve
  /** The chosen wavelet in time: both parts and the modulus. */
  readonly time: readonly [re: Curve, im: Curve, modulus: Curve]
  /** min and max A, from 0 to the finest centre. */
  readonly lower: number
  readonly upper: number
  readonly wavelets: number
  readonly about: { readonly frequency: number; readonly bandwidth: number; readonly reach: number }
}

const LENGTH = 2048

/** All that is shown of the bank. Throws the errors of `filterBank1d`. */
export function bank1d({ scales, waveletsPerOctave, tight, chosen }: Bank1dAsked): Bank1dShown {
  const bank = filterBank1d({ length: LENGTH, scales, waveletsPerOctave, renormalise: tight ? 'frame' : 'none' })
  // every wavelet has the ℓ1 norm 1 in time, so that A is 2 or so where they stand close
  const power = littlewoodPaley(bank, bank.options.xi)
  const half = Array.from({ length: LENGTH / 2 + 1 }, (_, k) => k / LENGTH)
  const curveOf = (grid: ArrayLike<number>): Curve => thinned({ x: half, y: half.map((_, k) => grid[k]) })
  const one = bank.psi[Math.min(chosen, bank.psi.length - 1)]
  const numbers = scope(() =>
    ifft(complex(tensor(toGrid(one.atLevel(0)), [LENGTH]), tensor(new Float64Array(LENGTH), [LENGTH])))
      .asReal()
      .toTypedArray(),
  )
  const reach = Math.min(LENGTH / 2 - 1, Math.max(8, one.support()))
  const time = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach)
  const part = (of: (re: number, im: number) => number): Curve => ({
    x: time,
    y: time.map((t) => {
      const at = 2 * ((t + LENGTH) % LENGTH)
      return of(numbers[at], numbers[at + 1])
    }),
  })
  return {
    fourier: bank.psi.map((psi) => curveOf(toGrid(psi.atLevel(0)))),
    lowPass: curveOf(toGrid(bank.phi.atLevel(0))),
    sum: curveOf(power.sum),
    time: [part((re) => re), part((_, im) => im), part(Math.hypot)],
    lower: power.lower,
    upper: power.upper,
    wavelets: bank.psi.length,
    about: { frequency: one.xi / (2 * Math.PI), bandwidth: one.sigma / (2 * Math.PI), reach: one.support() },
  }
}

/** Every point where the curve bends, every fourth elsewhere: what a picture of it can show. */
function thinned({ x, y }: Curve): Curve {
  const kept = x.flatMap((_, i) => (i % 4 === 0 || i < 64 || i === x.length - 1 ? [i] : []))
  return { x: kept.map((i) => x[i]), y: kept.map((i) => y[i]) }
}
