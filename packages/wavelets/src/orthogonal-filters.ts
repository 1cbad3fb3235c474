// Conjugate mirror filters of orthonormal wavelets, in Fourier on a grid: |ĥ(ω)|² + |ĥ(ω + π)|² = 2, and ĝ from ĥ. No transforms here.
import { daubechiesTaps } from './daubechies.ts'

/** A family of orthonormal wavelets. */
export type OrthogonalFamily = 'spline' | 'shannon' | 'daubechies'

/** A filter that is complex in Fourier, at ω = 2πk/N, k = 0 … N − 1. */
export interface Transfer {
  readonly re: Float64Array
  readonly im: Float64Array
}

/** ĥ of a family on a grid of `length` points, an even number; ĥ(0) = √2. */
export function lowPassTransfer(family: OrthogonalFamily, order: number, length: number): Transfer {
  if (family === 'daubechies') return ofTaps(daubechiesTaps(order), length)
  const re = new Float64Array(length)
  const im = new Float64Array(length)
  const gain = family === 'shannon' ? shannon : spline(order)
  // an even degree has its symmetry half-way between two samples
  const shift = family === 'spline' && order % 2 === 0 ? 0.5 : 0
  for (let k = 0; k < length; k++) {
    const omega = (2 * Math.PI * k) / length
    const value = gain(omega, (4 * k) / length)
    re[k] = value * Math.cos(shift * omega)
    im[k] = -value * Math.sin(shift * omega)
  }
  return { re, im }
}

/** ĝ(ω) = e^{−iω} conj ĥ(ω + π). */
export function highPassTransfer({ re, im }: Transfer): Transfer {
  const length = re.length
  const high = { re: new Float64Array(length), im: new Float64Array(length) }
  for (let k = 0; k < length; k++) {
    const at = (k + length / 2) % length
    const [c, s] = [Math.cos((2 * Math.PI * k) / length), Math.sin((2 * Math.PI * k) / length)]
    high.re[k] = c * re[at] - s * im[at]
    high.im[k] = -s * re[at] - c * im[at]
  }
  return high
}

/** √2 below π/2, 1 at the edge that both filters share. `quarters` is ω in units of π/2. */
const shannon = (_: number, quarters: number): number =>
  quarters === 1 || quarters === 3 ? 1 : quarters < 1 || quarters > 3 ? Math.SQRT2 : 0

/**
 * Battle–Lemarié of degree m: √2 cos^{m+1}(ω/2) √(B(ω)/B(2ω)), B(ω) = Σ_k β^{2m+1}(k) e^{−ikω} (Mallat 2009, section 7.2.2).
 */
function spline(degree: number): (omega: number) => number {
  const samples = splineSamples(2 * degree + 1)
  const B = (omega: number): number =>
    samples.reduce((sum, beta, k) => sum + (k === 0 ? 1 : 2) * beta * Math.cos(k * omega), 0)
  return (omega) => Math.SQRT2 * Math.cos(omega / 2) ** (degree + 1) * Math.sqrt(B(omega) / B(2 * omega))
}

/** β^n(k), k = 0 … (n − 1)/2, of the centred B-spline of odd degree n: Eulerian numbers over n!, each row from the one before. */
function splineSamples(n: number): number[] {
  let row = [1]
  for (let degree = 2; degree <= n; degree++) {
    const last = row
    row = Array.from(
      { length: degree },
      (_, m) => ((degree - m) * (last[m - 1] ?? 0) + (m + 1) * (last[m] ?? 0)) / degree,
    )
  }
  return row.slice((n - 1) / 2)
}

function ofTaps(taps: Float64Array, length: number): Transfer {
  const re = new Float64Array(length)
  const im = new Float64Array(length)
  for (let k = 0; k < length; k++) {
    taps.forEach((tap, n) => {
      const angle = (2 * Math.PI * ((k * n) % length)) / length
      re[k] += tap * Math.cos(angle)
      im[k] -= tap * Math.sin(angle)
    })
  }
  return { re, im }
}
