// The multifractal random walk: a random walk whose steps have log-correlated sizes, from a seed.
import { type ShapedArray, aSeed, checkOptions, numberFrom, random, wholeNumber } from '@scatterlab/tensor'
import { gaussianProcess } from './gaussian-process.ts'

/** Which walk. */
export interface MultifractalWalkOptions {
  /** Number of samples. */
  readonly length: number
  /** λ², how much the sizes of steps vary: 0 is Brownian motion. Default 0.05. */
  readonly intermittency?: number
  /** T, in samples: steps farther apart have independent sizes. Default `length`. */
  readonly integralScale?: number
  /** Default 0. */
  readonly seed?: number | string
}

/**
 * X(t) = Σ_{s ≤ t} ε_s e^{ω_s}: ε white noise of variance 1, ω Gaussian with E ω_t ω_{t+l} − (E ω)² = λ² ln(T/(1 + |l|)) below T, 0 beyond, and
 * E ω = −λ² ln T, so that E (e^{ω})² = 1. The step's moments are those of a log-normal: E|ε e^ω|^q = E|ε|^q T^{λ²(q² − 2q)/2} (Bacry, Delour & Muzy
 * 2001). Throws `ValueError` for options out of range.
 */
export function multifractalRandomWalk(given: MultifractalWalkOptions): ShapedArray<Float64Array> {
  const rules = {
    length: wholeNumber(1, 2 ** 21),
    intermittency: numberFrom(0, 1),
    integralScale: numberFrom(2, 2 ** 21),
    seed: aSeed,
  }
  const checked = checkOptions('multifractalRandomWalk', given, rules, ['length'])
  const { length, intermittency = 0.05, seed = 0 } = checked
  const integral = checked.integralScale ?? Math.max(2, length)
  const logs = gaussianProcess(length, (lag) => intermittency * Math.max(0, Math.log(integral / (1 + lag))))
  const stream = random(seed)
  const omega = logs.draw(stream)
  const data = stream.fillNormal(new Float64Array(length))
  const mean = -intermittency * Math.log(integral)
  for (let t = 0; t < length; t++) data[t] = data[t] * Math.exp(omega[t] + mean) + (t > 0 ? data[t - 1] : 0)
  return { data, shape: [length] }
}
