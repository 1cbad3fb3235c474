// The same of a signal: a random walk whose steps come in bursts, beside a Gaussian process of its spectrum and what shares its moments.
import { multifractalRandomWalk } from '@scatterlab/datasets'
import { lbfgs } from '@scatterlab/optim'
import { type Moments1d, covariances1d, gaussianTwin, moments1d, synthesise } from '@scatterlab/scattering'
import type { Backend, ShapedArray } from '@scatterlab/tensor'
import { cut } from './batch.ts'

/** What is drawn. */
export interface SignalBudget {
  /** Samples, a power of two. */
  readonly length: number
  readonly iterations: number
  readonly draws: number
}

/** The steps of several walks of one kind, and how far off the moments are that they were drawn from. */
export interface Walks {
  readonly steps: readonly ShapedArray<Float32Array>[]
  readonly error?: number
}

/** λ² of the walk: as of turbulent velocities about twice over, so that bursts are plain to see. */
export const INTERMITTENCY = 0.06
/** Steps farther apart have independent sizes. */
export const INTEGRAL_SCALE = 512
/** Octaves of the moments. */
export const OCTAVES = 10
/** How often slopes of the moments are measured: far from the start those of the start lead on slowly. */
export const ROUNDS = 3

/** Walks by their method: of the process itself, random phases under the spectrum of the first, and what shares its moments or its covariances. */
export async function walksBy(
  { length, iterations, draws }: SignalBudget,
  { backend, seed, signal }: { readonly backend: Backend; readonly seed: number; readonly signal: AbortSignal },
): Promise<Readonly<Record<string, Walks>>> {
  const originals = Array.from({ length: draws }, (_, i) => stepsOf(length, `${seed}, ${i}`))
  const [first] = originals
  const twins = Array.from({ length: draws }, (_, i) => {
    const { data } = gaussianTwin({ data: first.data, shape: [1, length] }, { seed: seed + i })
    return { data: Float32Array.from(data), shape: [length] }
  })
  const scales = Math.min(OCTAVES, Math.log2(length) - 1)
  const drawn = async (model: Moments1d, rounds: number): Promise<Walks> => {
    const target = await model.transform(first)
    const options = { minimise: lbfgs, iterations: iterations / rounds, count: draws, seed, signal }
    let found = await synthesise(target, model, options)
    for (let round = 1; round < rounds; round++) found = await synthesise(target, model, { ...options, start: found.x })
    model.dispose()
    return { steps: cut(found.x), error: found.error }
  }
  return {
    original: { steps: originals },
    Gaussian: { steps: twins },
    synthesis: await drawn(moments1d({ length, scales, backend }), ROUNDS),
    covariances: await drawn(covariances1d({ length, scales, backend }), 1),
  }
}

/** The steps of a walk, of mean 0 and variance 1. */
function stepsOf(length: number, seed: string): ShapedArray<Float32Array> {
  const { data } = multifractalRandomWalk({
    length,
    intermittency: INTERMITTENCY,
    integralScale: INTEGRAL_SCALE,
    seed,
  })
  const steps = data.map((v, t) => (t === 0 ? v : v - data[t - 1]))
  const mean = steps.reduce((sum, v) => sum + v, 0) / length
  const deviation = Math.sqrt(steps.reduce((sum, v) => sum + (v - mean) ** 2, 0) / length)
  return { data: Float32Array.from(steps, (v) => (v - mean) / deviation), shape: [length] }
}

/** ⟨δ⁴⟩/⟨δ²⟩² of what a walk goes in `lag` steps; it goes on periodically. 3 for Gaussian ones. */
export function walkFlatness(steps: ArrayLike<number>, lag: number): number {
  const n = steps.length
  let [way, second, fourth] = [0, 0, 0]
  for (let t = 0; t < lag; t++) way += steps[t]
  for (let t = 0; t < n; t++) {
    second += way ** 2
    fourth += way ** 4
    way += steps[(t + lag) % n] - steps[t]
  }
  return (n * fourth) / second ** 2
}
