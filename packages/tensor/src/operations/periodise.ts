// A filter on its support and the folding of what it passes, a step by itself with a complex result, and its adjoint: the
// inverse `fft` of the result is x ⋆ ψ at the kept samples, whose modulus `waveletModulus` takes in one go.
import type { View } from '../backend/backend.ts'
import { dataOf } from '../backend/host.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { checkPeriodise } from './scattering-shapes.ts'
import { type Factors, type SpectralFilter, factorsOf } from './spectral-filter.ts'
import { store } from './store.ts'

/**
 * out[i, ky, kx] ← Σ x̂[i, k]·ψ̂(k) / (H·W) over the frequencies k of the grid [H, W] that are (ky, kx) modulo out's height
 * and width, which are H and W divided by the factors: the unnormalised inverse transform of it is x ⋆ ψ at every so many-th
 * sample. xhat is complex, whole [n, H, W] or of a real x the half [n, H, ⌊W/2⌋ + 1]; out is complex. For one axis let H = 1.
 */
export const periodise: Operation<
  [xhat: View, psi: SpectralFilter, factor: number | Factors, out: View],
  [xhat: View, psi: SpectralFilter, factors: Factors, out: View]
> = operation('periodise', {
  prepare(xhat, psi, factor, out) {
    const factors = factorsOf(factor)
    checkPeriodise(xhat, psi, factors, out)
    return [xhat, psi, factors, out]
  },
  reference(xhat, psi, factors, out) {
    const [, height, width] = out.shape
    const { re, im } = foldedSpectrum(xhat, psi, factors, height, width)
    store(re, im, out, 1 / (height * width * factors[0] * factors[1]))
  },
})

/** Adjoint of `periodise`, from g of its result's shape to out of its spectrum's; adds to it with `accumulate`. */
export const periodiseAdjoint: Operation<
  [g: View, psi: SpectralFilter, factor: number | Factors, out: View, accumulate?: boolean],
  [g: View, psi: SpectralFilter, factors: Factors, out: View, accumulate: boolean]
> = operation('periodiseAdjoint', {
  prepare(g, psi, factor, out, accumulate = false) {
    const factors = factorsOf(factor)
    checkPeriodise(out, psi, factors, g)
    return [g, psi, factors, out, accumulate]
  },
  reference(g, psi, factors, out, accumulate) {
    if (!accumulate) clear(out)
    const [n, height, width] = g.shape
    const from = dataOf(g.buffer)
    const to = dataOf(out.buffer)
    const scale = 1 / (height * width * factors[0] * factors[1])
    forEachFrequency(out, psi, factors, height, width, (weight, stored, sign, ky, kx) => {
      let source = g.offset + ky * g.strides[1] + kx * g.strides[2]
      let target = stored
      for (let i = 0; i < n; i++, source += g.strides[0], target += out.strides[0]) {
        to[target] += scale * weight * from[source]
        to[target + out.imagStride] += sign * scale * weight * from[source + g.imagStride]
      }
    })
  },
})

/** periodise(x̂·ψ̂) without its factor 1/(H·W): complex, [height][width][image]. */
export function foldedSpectrum(
  xhat: View,
  psi: SpectralFilter,
  factors: Factors,
  height: number,
  width: number,
): { re: Float64Array; im: Float64Array } {
  const n = xhat.shape[0]
  const from = dataOf(xhat.buffer)
  const re = new Float64Array(height * width * n)
  const im = new Float64Array(height * width * n)
  forEachFrequency(xhat, psi, factors, height, width, (weight, stored, sign, ky, kx) => {
    let source = stored
    let target = (ky * width + kx) * n
    for (let i = 0; i < n; i++, target++, source += xhat.strides[0]) {
      re[target] += weight * from[source]
      im[target] += sign * weight * from[source + xhat.imagStride]
    }
  })
  return { re, im }
}

/**
 * Visits the frequencies of a filter's box: its value there, where the spectrum `xhat` stores the frequency (as it is, or in the other
 * half as the conjugate of the opposite one: sign −1), and row and column of the subsampled grid that the frequency falls on.
 */
export function forEachFrequency(
  xhat: View,
  psi: SpectralFilter,
  factors: Factors,
  height: number,
  width: number,
  visit: (weight: number, stored: number, sign: 1 | -1, ky: number, kx: number) => void,
): void {
  const [H, W] = [height * factors[0], width * factors[1]]
  const filter = dataOf(psi.values.buffer)
  const [rows, columns] = psi.values.shape
  for (let r = 0, f = psi.values.offset; r < rows; r++) {
    const ky = modulo(psi.row + r, H)
    for (let c = 0; c < columns; c++, f++) {
      const kx = modulo(psi.column + c, W)
      const mirrored = kx >= xhat.shape[2]
      const row = mirrored ? modulo(-ky, H) : ky
      const stored = xhat.offset + row * xhat.strides[1] + (mirrored ? W - kx : kx) * xhat.strides[2]
      visit(filter[f], stored, mirrored ? -1 : 1, ky % height, kx % width)
    }
  }
}

const modulo = (k: number, n: number): number => ((k % n) + n) % n

/** out ← 0. */
export function clear({ buffer, shape: [n, height, width], strides, offset, imagStride }: View): void {
  const to = dataOf(buffer)
  for (let i = 0; i < n; i++) {
    for (let y = 0; y < height; y++) {
      let at = offset + i * strides[0] + y * strides[1]
      for (let x = 0; x < width; x++, at += strides[2]) to[at] = to[at + imagStride] = 0
    }
  }
}
