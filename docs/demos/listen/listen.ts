// What scattering hears in a sound: its scalogram, the joint coefficients of both spins, and the sound sought by its coefficients.
import { lbfgs } from '@scatterlab/optim'
import { invert, scattering1d, timeFrequencyScattering } from '@scatterlab/scattering'
import type { Backend } from '@scatterlab/tensor'
import { type Painted, mosaic, painted } from '../worker/painted.ts'
import { LENGTH, RATE } from './sounds.ts'

/** What is seen of a sound. */
export interface SoundSeen {
  /** log |x ⋆ ψ_λ| ⋆ φ: a row a wavelet, high frequencies above. */
  readonly scalogram: Painted
  /** Hertz of its first and last row. */
  readonly hertz: readonly [high: number, low: number]
  /** Joint coefficients, falling and rising: a row a quefrency, a column a frequency in time, slow ones at the left. */
  readonly falling: Painted
  readonly rising: Painted
  /** Energy of spin 1 over that of both. */
  readonly share: number
  readonly coefficients: number
}

const Q = { scalogram: 16, joint: 8 }
const SCALES = 8
/** Decades below the largest that are drawn. */
const DEPTH = 2.5

/** Both pictures of a sound of `LENGTH` samples. */
export function seen(sound: Float32Array, backend: Backend): SoundSeen {
  const input = { data: sound, shape: [LENGTH] }
  const fine = scattering1d({
    length: LENGTH,
    scales: SCALES,
    waveletsPerOctave: Q.scalogram,
    maxOrder: 1,
    averaging: 64,
    sampleRate: RATE,
    backend,
  })
  const rows = fine.list(input).filter(({ path }) => path.order === 1)
  const columns = rows[0].data.length
  const values = new Float64Array(rows.length * columns)
  rows.forEach(({ data }, r) => values.set(data, r * columns))
  const hertz = rows.map(({ path }) => path.physical!.frequencies[0])
  fine.dispose()
  const joint = timeFrequencyScattering({
    length: LENGTH,
    scales: SCALES,
    waveletsPerOctave: Q.joint,
    frequencyScales: 3,
    averaging: 'global',
    frequencyAveraging: 'global',
    sampleRate: RATE,
    backend,
  })
  const S = joint.transform(input).data
  const second = joint.paths.filter(({ order, spin }) => order === 2 && spin !== 0)
  const inTime = [...new Set(second.map(({ hertz: f }) => f!))].toSorted((a, b) => a - b)
  const along = [...new Set(second.map(({ quefrency }) => Math.abs(quefrency!)))].toSorted((a, b) => b - a)
  const grid = (spin: number): { data: Float64Array; shape: readonly number[] } => {
    const data = new Float64Array(along.length * inTime.length)
    for (const path of second) {
      if (path.spin !== spin) continue
      data[along.indexOf(Math.abs(path.quefrency!)) * inTime.length + inTime.indexOf(path.hertz!)] += S[path.index]
    }
    return { data, shape: [along.length, inTime.length] }
  }
  const energy = (spin: number): number =>
    second.reduce((sum, path) => sum + (path.spin === spin ? S[path.index] ** 2 : 0), 0)
  const [down, up] = [grid(-1), grid(1)]
  const peak = Math.max(...down.data, ...up.data)
  joint.dispose()
  return {
    scalogram: painted(decades(values, rows.length, columns), 'magma', [-DEPTH, 0]),
    hertz: [hertz[0], hertz.at(-1)!],
    falling: mosaic([down], 1, { map: 'viridis', range: [0, peak] }),
    rising: mosaic([up], 1, { map: 'viridis', range: [0, peak] }),
    share: energy(1) / (energy(1) + energy(-1)),
    coefficients: S.length,
  }
}

/** log₁₀ of values over their largest. */
function decades(
  values: Float64Array,
  rows: number,
  columns: number,
): { data: Float64Array; shape: readonly number[] } {
  const peak = values.reduce((most, v) => Math.max(most, v), 0)
  return { data: values.map((v) => Math.max(-DEPTH, Math.log10(Math.max(v, 1e-12) / peak))), shape: [rows, columns] }
}

/** How a sound is sought. */
export interface SoundAsked {
  readonly sound: Float32Array
  readonly scales: number
  readonly maxOrder: number
  readonly iterations: number
  readonly seed: number
}

/** After an iteration. */
export interface SoundIteration {
  readonly iteration: number
  readonly error: number
}

/** At the end. */
export interface SoundRebuilt extends SoundIteration {
  readonly sound: Float32Array
  readonly coefficients: number
  readonly seconds: number
}

/** Runs `invert` from noise. */
export async function rebuiltSound(
  { sound, scales, maxOrder, iterations, seed }: SoundAsked,
  { backend, signal, tell }: { backend: Backend; signal: AbortSignal; tell: (told: SoundIteration) => void },
): Promise<SoundRebuilt> {
  const start = performance.now()
  const transform = scattering1d({ length: LENGTH, scales, waveletsPerOctave: 8, maxOrder, backend })
  try {
    const target = transform.transform({ data: sound, shape: [LENGTH] })
    const {
      x,
      error,
      iterations: iteration,
    } = await invert(target, transform, {
      minimise: lbfgs,
      iterations,
      seed,
      signal,
      onIteration: (now) => tell({ iteration: now.iteration, error: now.error }),
    })
    const seconds = (performance.now() - start) / 1000
    return { sound: Float32Array.from(x.data), coefficients: target.data.length, iteration, error, seconds }
  } finally {
    transform.dispose()
  }
}
