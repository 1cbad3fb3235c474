// The Ising model in the plane: spins that like to be as their neighbours are, from a seed.
import { type Random, type ShapedArray, aSeed, checkOptions, positive, random, wholeNumber, wholeNumbers } from '@scatterlab/tensor'

/** Which field of spins. */
export interface IsingOptions {
  /** Size of the field, in spins. */
  readonly shape: readonly [height: number, width: number]
  /** In units of the coupling over Boltzmann's constant. Default 2/ln(1 + √2), where clusters of all sizes are. */
  readonly temperature?: number
  /** Sweeps of the whole field. Default 100. */
  readonly sweeps?: number
  /** Default 0. */
  readonly seed?: number | string
}

/** Onsager's critical temperature. */
const CRITICAL = 2 / Math.log(1 + Math.SQRT2)

/**
 * Spins ±1 of P(x) ∝ exp(Σ_neighbours x_u x_v / T), periodic. Each sweep joins equal neighbours with probability 1 − e^{−2/T} and turns each
 * cluster over with probability ½ (Swendsen & Wang 1987), which moves clusters of all sizes at the critical temperature too. Throws
 * `ValueError` for options out of range.
 */
export function ising2d(given: IsingOptions): ShapedArray<Float32Array> {
  const rules = { shape: wholeNumbers(2, 2, 4096), temperature: positive, sweeps: wholeNumber(1, 1e6), seed: aSeed }
  const checked = checkOptions('ising2d', given, rules, ['shape'])
  const { shape, temperature = CRITICAL, sweeps = 100, seed = 0 } = checked
  const stream = random(seed)
  const data = Float32Array.from({ length: shape[0] * shape[1] }, () => (stream.uniform() < 0.5 ? -1 : 1))
  const joined = -Math.expm1(-2 / temperature)
  for (let i = 0; i < sweeps; i++) sweep(data, shape, joined, stream)
  return { data, shape: [...shape] }
}

function sweep(spins: Float32Array, [height, width]: readonly [number, number], joined: number, stream: Random): void {
  const parent = Int32Array.from(spins.keys())
  const root = (of: number): number => {
    let at = of
    while (parent[at] !== at) at = parent[at] = parent[parent[at]]
    return at
  }
  spins.forEach((spin, at) => {
    const [row, column] = [Math.floor(at / width), at % width]
    for (const next of [row * width + ((column + 1) % width), ((row + 1) % height) * width + column])
      if (spins[next] === spin && stream.uniform() < joined) parent[root(at)] = root(next)
  })
  const turned = stream.fillUniform(new Float64Array(spins.length))
  spins.forEach((spin, at) => {
    if (turned[root(at)] < 0.5) spins[at] = -spin
  })
}
