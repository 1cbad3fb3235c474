// Morlet and Gabor wavelets of the plane in Fourier, in closed form: sums of periodic copies of a Gaussian. No grids of space,
// no fast transforms.
import { type Box, emptyBox } from './box.ts'

/** One oriented wavelet of the plane: ψ(u) = g(u)(e^{iξ·u} − β), with g a Gaussian of unit mass. */
export interface MorletShape {
  /** Standard deviation of the envelope across the stripes, in pixels: σ. */
  readonly sigma: number
  /** Centre frequency in radians per pixel: ξ, along `theta`. */
  readonly xi: number
  /** Direction of oscillation in radians, counted from the row axis (downwards) to the column axis: θ. */
  readonly theta: number
  /** Ratio of the envelope's deviations, across over along the stripes: below 1 the wavelet is elongated along them. */
  readonly slant: number
}

/** Below this share of its peak a Gaussian is taken as zero: half of double precision's rounding. */
const NEGLIGIBLE = 1e-17

/**
 * The Gaussian exp(−½σ²(p² + q²/slant²)), with (p, q) = R_θ⁻¹(ω − centre), summed over the periods 2π of both axes, at the
 * frequencies 2πk/H, 2πl/W: the Fourier transform of the periodised spatial Gaussian of unit mass (Poisson summation).
 * Returned on the box of frequencies where it exceeds `threshold`; relative error below 1e-13.
 */
export function periodicGaussian(height: number, width: number, shape: MorletShape, threshold: number): Box {
  const { sigma, xi, theta, slant } = shape
  const [c, s] = [Math.cos(theta), Math.sin(theta)]
  const half = (sigma * sigma) / 2
  // exponent −(a·dy² + 2b·dy·dx + d·dx²) at the distance (dy, dx) from the centre
  const a = half * (c * c + (s * s) / slant ** 2)
  const b = half * c * s * (1 - 1 / slant ** 2)
  const d = half * (s * s + (c * c) / slant ** 2)
  const determinant = a * d - b * b
  const [stepY, stepX] = [(2 * Math.PI) / height, (2 * Math.PI) / width]
  const [centreY, centreX] = [(xi * c) / stepY, (xi * s) / stepX]

  const reach = (level: number, curvature: number, step: number): number =>
    Math.sqrt((-Math.log(level) * curvature) / determinant) / step
  const box = emptyBox(height, width, [centreY, centreX], [reach(threshold, d, stepY), reach(threshold, a, stepX)])
  const deepest = -Math.log(NEGLIGIBLE)
  const farY = reach(NEGLIGIBLE, d, stepY)
  const x = box.column - centreX
  // with very long wavelets the factors of the fast way below would leave the range of doubles
  const slanted = (deepest * a * d) / determinant > 500
  const gaussians = new Map<number, Float64Array>()
  const alongColumns = (n: number): Float64Array => {
    const found =
      gaussians.get(n) ??
      Float64Array.from({ length: box.columns }, (_, q) => Math.exp(-d * ((x + q + n * width) * stepX) ** 2))
    gaussians.set(n, found)
    return found
  }
  for (let r = 0; r < box.rows; r++) {
    const y = box.row + r - centreY
    for (let m = Math.ceil((-farY - y) / height); m <= Math.floor((farY - y) / height); m++) {
      const dy = (y + m * height) * stepY
      // the columns where a·dy² + 2b·dy·dx + d·dx² stays above `deepest`
      const inside = (b * dy) ** 2 - d * (a * dy * dy - deepest)
      if (inside < 0) continue
      const [low, high] = [(-b * dy - Math.sqrt(inside)) / d / stepX, (-b * dy + Math.sqrt(inside)) / d / stepX]
      for (let n = Math.ceil((low - x - box.columns + 1) / width); n <= Math.floor((high - x) / width); n++) {
        const first = Math.max(0, Math.ceil(low - x - n * width))
        const last = Math.min(box.columns - 1, Math.floor(high - x - n * width))
        if (slanted) {
          for (let q = first, at = r * box.columns + first; q <= last; q++, at++) {
            const dx = (x + q + n * width) * stepX
            box.values[at] += Math.exp(-(a * dy * dy + 2 * b * dy * dx + d * dx * dx))
          }
          continue
        }
        // e^{−a·dy² − 2b·dy·dx} runs along the row as a geometric series, e^{−d·dx²} is the same for every row
        const ratio = Math.exp(-2 * b * dy * stepX)
        let factor = Math.exp(-a * dy * dy - 2 * b * dy * (x + first + n * width) * stepX)
        const gauss = alongColumns(n)
        for (let q = first, at = r * box.columns + first; q <= last; q++, at++) {
          box.values[at] += factor * gauss[q]
          factor *= ratio
        }
      }
    }
  }
  return box
}

/**
 * ψ̂ = ĝ(ω − ξ) − β ĝ(ω) on an H×W grid, β such that ψ̂(0) = 0 exactly (`corrected`), else the Gabor function ĝ(ω − ξ).
 * Values below `threshold` of the peak are left out of the box.
 */
export function morlet(height: number, width: number, shape: MorletShape, threshold: number, corrected = true): Box {
  const wave = periodicGaussian(height, width, shape, threshold)
  if (!corrected) return wave
  const envelope = { ...shape, xi: 0 }
  const atZero = (of: MorletShape): number => periodicGaussianAtZero(height, width, of)
  const beta = atZero(shape) / atZero(envelope)
  return subtract(wave, periodicGaussian(height, width, envelope, Math.min(1, threshold / beta)), beta, height, width)
}

function periodicGaussianAtZero(height: number, width: number, shape: MorletShape): number {
  // a box around zero frequency alone: the whole sum over periods at one point
  const box = periodicGaussian(height, width, shape, NEGLIGIBLE)
  const [r, c] = [modulo(-box.row, height), modulo(-box.column, width)]
  return r < box.rows && c < box.columns ? box.values[r * box.columns + c] : 0
}

/** wave − beta·envelope on the smallest box that holds both. */
function subtract(wave: Box, envelope: Box, beta: number, height: number, width: number): Box {
  const along = (p: number, n: number, q: number, m: number, length: number): [number, number] => {
    const start = Math.min(p, q)
    const count = Math.max(p + n, q + m) - start
    return count >= length ? [start, length] : [start, count]
  }
  const [row, rows] = along(wave.row, wave.rows, envelope.row, envelope.rows, height)
  const [column, columns] = along(wave.column, wave.columns, envelope.column, envelope.columns, width)
  const values = new Float64Array(rows * columns)
  const add = (box: Box, weight: number): void => {
    for (let r = 0, at = 0; r < box.rows; r++) {
      const y = modulo(box.row + r - row, height)
      for (let c = 0; c < box.columns; c++, at++)
        values[y * columns + modulo(box.column + c - column, width)] += weight * box.values[at]
    }
  }
  add(wave, 1)
  add(envelope, -beta)
  return { grid: [height, width], row, column, rows, columns, values }
}

const modulo = (k: number, n: number): number => ((k % n) + n) % n
