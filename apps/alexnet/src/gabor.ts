// The Gabor function nearest to a filter, by least squares: how much of what was learned is a wavelet. Draws nothing.

/** A pattern of numbers, row by row. */
export interface Pattern {
  readonly data: ArrayLike<number>
  readonly shape: readonly [height: number, width: number]
}

/** g(u) = e^(−|u−c|²/2σ²)·(A cos ξ·(u−c) + B sin ξ·(u−c)), ξ = frequency·(cos θ, sin θ) with x to the right and y down. */
export interface Gabor {
  /** c, in pixels from the middle. */
  readonly centre: readonly [x: number, y: number]
  /** σ, in pixels. */
  readonly width: number
  /** |ξ|, in radians a pixel; from 0, a Gaussian, to π. */
  readonly frequency: number
  /** θ, the direction in which the wave goes, from 0 to π. */
  readonly angle: number
}

/** A fit. */
export interface GaborFit extends Gabor {
  /** The fitted numbers, row by row. */
  readonly values: Float64Array
  /** 1 − Σ(w − g)² / Σ w². */
  readonly r2: number
  /**
   * Width of |ĝ| at half height in octaves, log₂((ξσ + κ)/(ξσ − κ)) with κ = √(2 ln 2); null where it reaches frequency 0, and the
   * filter is a blob rather than a wave.
   */
  readonly octaves: number | null
}

type Parameters = readonly [x: number, y: number, width: number, frequency: number, angle: number]

/** The best of a grid over position, width, frequency and angle, made better by a compass search; A and B in closed form. */
export function fitGabor(pattern: Pattern): GaborFit {
  const [height, columns] = pattern.shape
  const reach = Math.min(height, columns) / 2
  const energy = Array.from(pattern.data).reduce((sum, v) => sum + v * v, 0)
  const residual = (p: Parameters): number => project(pattern, energy, p).residual
  const starts = grid(reach)
    .map((p) => ({ p, residual: residual(p) }))
    .toSorted((a, b) => a.residual - b.residual)
    .slice(0, 4)
  const [best] = starts
    .map(({ p }) => compass(residual, p, reach))
    .map((p) => ({ p, ...project(pattern, energy, p) }))
    .toSorted((a, b) => a.residual - b.residual)
  const [x, y, width, frequency, angle] = best.p
  const kappa = Math.sqrt(2 * Math.LN2)
  const cycles = frequency * width
  return {
    centre: [x, y],
    width,
    frequency,
    angle: ((angle % Math.PI) + Math.PI) % Math.PI,
    values: valuesOf(pattern.shape, best.p, best.a, best.b),
    r2: energy === 0 ? 0 : 1 - best.residual / energy,
    octaves: cycles > kappa ? Math.log2((cycles + kappa) / (cycles - kappa)) : null,
  }
}

function grid(reach: number): Parameters[] {
  const steps = (count: number, from: number, to: number): number[] =>
    Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1))
  const places = steps(3, -reach / 2, reach / 2)
  return places.flatMap((x) =>
    places.flatMap((y) =>
      steps(4, 0.25 * reach, 0.9 * reach).flatMap((width) =>
        steps(7, 0, 0.9 * Math.PI).flatMap((frequency) =>
          steps(frequency === 0 ? 2 : 13, 0, Math.PI)
            .slice(0, -1)
            .map((angle): Parameters => [x, y, width, frequency, angle]),
        ),
      ),
    ),
  )
}

/** Steps along one parameter at a time as long as one of them helps, then halves the steps. */
function compass(residual: (p: Parameters) => number, start: Parameters, reach: number): Parameters {
  const bounds = [
    [-reach, reach],
    [-reach, reach],
    [0.3, 2 * reach],
    [0, Math.PI],
    [-Infinity, Infinity],
  ] as const
  let [best, least] = [start, residual(start)]
  for (let size = 1; size > 1e-3;) {
    const steps = [0.5, 0.5, 0.3, 0.3, 0.2].map((step) => step * size)
    let better = false
    for (const [axis, step] of steps.entries()) {
      for (const side of [-step, step]) {
        const [low, high] = bounds[axis]
        const moved = best.map((v, i) =>
          i === axis ? Math.min(high, Math.max(low, v + side)) : v,
        ) as unknown as Parameters
        const found = residual(moved)
        if (found < least) [best, least, better] = [moved, found, true]
      }
    }
    if (!better) size /= 2
  }
  return best
}

/** The nearest function of these parameters: A and B from two normal equations, and Σ(w − g)² = Σ w² − Σ w·g. */
function project({ data, shape }: Pattern, energy: number, parameters: Parameters) {
  const { x, y } = linesOf(shape, parameters)
  let [ee, eo, oo, ed, od] = [0, 0, 0, 0, 0]
  for (let row = 0, i = 0; row < shape[0]; row++) {
    for (let column = 0; column < shape[1]; column++, i++) {
      const e = x.even[column] * y.even[row] - x.odd[column] * y.odd[row]
      const o = x.odd[column] * y.even[row] + x.even[column] * y.odd[row]
      ee += e * e
      eo += e * o
      oo += o * o
      ed += e * data[i]
      od += o * data[i]
    }
  }
  const determinant = ee * oo - eo * eo
  const [a, b] =
    determinant > 1e-9 * ee * ee ? [(ed * oo - od * eo) / determinant, (od * ee - ed * eo) / determinant] : [ed / ee, 0]
  return { a, b, residual: Math.max(0, energy - a * ed - b * od) }
}

/** The numbers of a function, row by row. */
function valuesOf(shape: Pattern['shape'], parameters: Parameters, a: number, b: number): Float64Array {
  const { x, y } = linesOf(shape, parameters)
  return Float64Array.from({ length: shape[0] * shape[1] }, (_, i) => {
    const [row, column] = [Math.floor(i / shape[1]), i % shape[1]]
    const even = x.even[column] * y.even[row] - x.odd[column] * y.odd[row]
    return a * even + b * (x.odd[column] * y.even[row] + x.even[column] * y.odd[row])
  })
}

/** e^(−t²/2σ²)·cos ωt and e^(−t²/2σ²)·sin ωt, the factors of a Gabor function along one axis. */
interface Line {
  readonly even: Float64Array
  readonly odd: Float64Array
}

const linesOf = ([height, columns]: Pattern['shape'], [x, y, width, frequency, angle]: Parameters) => ({
  x: lineOf(columns, x, frequency * Math.cos(angle), width),
  y: lineOf(height, y, frequency * Math.sin(angle), width),
})

function lineOf(length: number, centre: number, wave: number, width: number): Line {
  const even = new Float64Array(length)
  const odd = new Float64Array(length)
  for (let i = 0; i < length; i++) {
    const t = i - (length - 1) / 2 - centre
    const envelope = Math.exp((-t * t) / (2 * width * width))
    even[i] = envelope * Math.cos(wave * t)
    odd[i] = envelope * Math.sin(wave * t)
  }
  return { even, odd }
}
