// Decaying two-dimensional turbulence: the vorticity of a fluid on a periodic square, from a seed.

import {
  type Backend,
  type RealDType,
  type Rules,
  type ShapedArray,
  aBackend,
  aFunction,
  aSeed,
  aSignal,
  checkOptions,
  complex,
  irfft2,
  mul,
  notNegative,
  oneOf,
  positive,
  random,
  reference,
  rfft2,
  scope,
  startTurns,
  tensor,
  wholeNumber,
} from '@scatterlab/tensor'
import { type FlowState, solver, waveNumbers } from './vorticity-equation.ts'

/** What flow to compute. Lengths are such that the square has sides of 2π. */
export interface TurbulenceOptions {
  /** Points along a side, an even number. */
  readonly side: number
  /** How long the flow decays; its fluid moves by about one unit of length in one of time. Default 3. */
  readonly time?: number
  /** Kinematic viscosity. Default (7/side)², for which the smallest eddies are resolved. */
  readonly viscosity?: number
  /** Wave number at which the energy of the first flow peaks. Default 6. */
  readonly peak?: number
  /** Default 0. */
  readonly seed?: number | string
  /** Default `float32`. */
  readonly dtype?: RealDType
  /** Who computes. Default the plain reference. */
  readonly backend?: Backend
  /** Ends the work before its next step: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Told the time that the flow has reached, and its energy and enstrophy. */
  readonly onProgress?: (state: FlowState) => void
}

/**
 * Share of the distance of two points that the fluid may move in one step. Waves of the longest wave vector that is kept, √2·side/3, turn by
 * 2.96 times that in a step, and Runge–Kutta steps of order 4 are stable up to 2.83.
 */
const COURANT = 0.6
/** Steps from one look at the fastest speed to the next. */
const LOOK = 8

/**
 * The vorticity ω after some time: ∂ω/∂t + u·∇ω = ν∇²ω, u = (∂ψ/∂y, −∂ψ/∂x), −∇²ψ = ω. Products are computed on the grid and cut
 * at two thirds of the wave numbers; time goes by Runge–Kutta steps of order 4 with the viscosity as an integrating factor. It begins with a
 * random flow of energy ½ whose spectrum peaks at `peak` (McWilliams 1984). Throws `ValueError` for options out of range.
 */
export async function turbulence2d(given: TurbulenceOptions): Promise<ShapedArray> {
  const checked = checkOptions('turbulence2d', given, rules, ['side'])
  const { side, time = 3, peak = 6, seed = 0, dtype = 'float32', signal, onProgress } = checked
  const { viscosity = (7 / side) ** 2, backend = reference } = checked
  const flow = solver({ side, viscosity, dtype, backend })
  const turns = startTurns(signal)
  let vorticity = flow.spectrumOf(firstVorticity(side, peak, seed))
  let [now, step] = [0, 0]
  for (let k = 0; now < time; k++) {
    await turns.next()
    if (k % LOOK === 0) {
      const { speed, ...state } = await flow.measure(vorticity)
      onProgress?.({ time: now, ...state })
      step = (COURANT * 2 * Math.PI) / side / speed
    }
    const by = Math.min(step, time - now)
    const next = scope(() => flow.step(vorticity, by))
    backend.release(vorticity.buffer)
    vorticity = next
    now = by < step ? time : now + by
  }
  const data = await flow.fieldOf(vorticity)
  flow.dispose()
  backend.release(vorticity.buffer)
  return { data, shape: [side, side] }
}

const rules: Rules<TurbulenceOptions> = {
  side: wholeNumber(8, 4096),
  time: notNegative,
  viscosity: notNegative,
  peak: positive,
  seed: aSeed,
  dtype: oneOf('float32', 'float64'),
  backend: aBackend,
  signal: aSignal,
  onProgress: aFunction,
}

/** Vorticity of a random flow of energy ½: energy E(k) ∝ k⁶/(k + 2·peak)^18, phases uniform. */
function firstVorticity(side: number, peak: number, seed: number | string): Float64Array {
  const noise = tensor(random(seed).fillNormal(new Float64Array(side * side)) as Float64Array, [side, side])
  return scope(() => {
    const spectrum = rfft2(noise)
    const half = spectrum.shape[1]
    let energy = 0
    const gain = new Float64Array(side * half)
    const white = spectrum.asReal().toTypedArray()
    gain.forEach((_, i) => {
      const [kx, ky] = waveNumbers(i, side, half)
      const k = Math.hypot(kx, ky)
      // ω = k·u, and a ring of radius k holds about k wave numbers
      if (k > 0 && k < side / 3) gain[i] = k * Math.sqrt(k ** 6 / (k + 2 * peak) ** 18 / k)
      const twice = kx > 0 && kx < side / 2 ? 2 : 1
      if (k > 0) energy += (twice * gain[i] ** 2 * (white[2 * i] ** 2 + white[2 * i + 1] ** 2)) / k ** 2
    })
    // Parseval: E|u|² = Σ|û|²/N⁴
    const scale = Math.sqrt(side ** 4 / energy)
    const shaped = mul(spectrum, complex(tensor(gain.map((g) => g * scale), [side, half])))
    return irfft2(shaped, side).toTypedArray() as Float64Array
  })
}

