// Sounds brought to another number of samples a second: band-limited, by a windowed sinc whose taps are kept for each phase.

import { checkArgument, checkOptions, numberFrom } from '@scatterlab/tensor'
import { numbers } from '../rules.ts'

/** From how many samples a second to how many. */
export interface ResampleOptions {
  /** Samples a second of the signal, from 1 to 2²⁴. */
  readonly from: number
  /** Samples a second of the result. */
  readonly to: number
}

const aRate = numberFrom(1, 2 ** 24)

/** Attenuation of what lies beyond the lower of both bands, in dB: Kaiser's window of this β leaves a ripple of 10⁻⁵. */
const ATTENUATION = 100
const BETA = 0.1102 * (ATTENUATION - 8.7)
/** Share of the lower band in which the filter falls from one to nothing; it ends at half the lower rate. */
const TRANSITION = 0.1
/** Samples of the lower rate on each side of a new one, by Kaiser's formula for such a window and transition. */
const REACH = (ATTENUATION - 7.95) / (2 * 2.285 * Math.PI * TRANSITION)
/** Taps that are kept; beyond, they are computed each time. */
const MOST_TAPS = 2 ** 22

/**
 * The signal at another rate: ⌈length · to / from⌉ samples, of which the k-th is at the time k / to; the signal is taken for zero outside. Frequencies
 * up to 0.45 of the lower rate are kept (error below 10⁻⁴), those from 0.5 of it on are taken out (below −80 dB). Throws ValueError.
 * Source: J. F. Kaiser (1974), Nonrecursive digital filter design using the I₀-sinh window function.
 */
export function resample(signal: ArrayLike<number>, options: ResampleOptions): Float32Array<ArrayBuffer> {
  checkArgument('resample: signal', signal, numbers)
  const { from, to } = checkOptions('resample', options, { from: aRate, to: aRate }, ['from', 'to'])
  if (from === to) return Float32Array.from(signal)
  const band = Math.min(1, to / from)
  const reach = REACH / band
  const taps = tapsFor(2 * Math.ceil(reach) + 1, band, reach, from, to)
  const result = new Float32Array(Math.ceil((signal.length * to) / from))
  for (let k = 0; k < result.length; k++) {
    const { first, weights } = taps(k)
    const [begin, end] = [Math.max(0, first), Math.min(signal.length, first + weights.length)]
    let sum = 0
    for (let i = begin; i < end; i++) sum += weights[i - first] * signal[i]
    result[k] = sum
  }
  return result
}

/** The samples from `first` on that the k-th new one is a sum of. */
type Taps = (k: number) => { readonly first: number; readonly weights: Float64Array }

function tapsFor(count: number, band: number, reach: number, from: number, to: number): Taps {
  const cut = band * (1 - TRANSITION / 2)
  const compute = (offset: number): Float64Array => {
    const weights = Float64Array.from({ length: count }, (_, i) => kernel(i - (count >> 1) - offset, cut, reach))
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return weights.map((weight) => weight / sum) // a constant stays what it is
  }
  // phases repeat where the rates are whole numbers
  const common = Number.isInteger(from) && Number.isInteger(to) ? greatestDivisor(from, to) : 0
  const [step, phases] = [from / common, to / common]
  const known = new Map<number, Float64Array>()
  return (k) => {
    const nearest = common > 0 ? Math.round((k * step) / phases) : Math.round((k * from) / to)
    const first = nearest - (count >> 1)
    if (common === 0) return { first, weights: compute((k * from) / to - nearest) }
    const phase = k % phases
    const weights = known.get(phase) ?? compute((k * step - nearest * phases) / phases)
    if ((known.size + 1) * count <= MOST_TAPS) known.set(phase, weights)
    return { first, weights }
  }
}

/** The ideal filter up to `cut` of the band of old samples, faded out by Kaiser's window at a distance of `reach`. */
function kernel(distance: number, cut: number, reach: number): number {
  const place = distance / reach
  if (Math.abs(place) >= 1) return 0
  const angle = Math.PI * cut * distance
  const sinc = angle === 0 ? 1 : Math.sin(angle) / angle
  return sinc * besselI0(BETA * Math.sqrt(1 - place * place))
}

/** The modified Bessel function of order zero, by its series. */
function besselI0(x: number): number {
  let [term, sum] = [1, 1]
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= (x / (2 * n)) ** 2
    sum += term
  }
  return sum
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b))
