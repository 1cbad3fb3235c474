// The gradients of the scattering steps, beside scattering.ts. Each overwrites its output, or adds to it with `accumulate`; the
// moduli are computed again, not kept.
import type { View } from '../backend/backend.ts'
import { linesDft as dft } from '../fourier/dft.ts'
import { dataOf } from '../backend/host.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { clear, forEachFrequency } from './periodise.ts'
import { checkAverage, checkPadding, checkSpectrum, checkWavelet } from './scattering-shapes.ts'
import { checkLengths } from './window.ts'
import { type Factors, type SampledKernel, type SpectralFilter, factorsOf } from './spectral-filter.ts'
import { filteredField } from './scattering.ts'

/** Adjoint of `pad`: out[i, rows[y], columns[x]] += g[i, y, x] for the images that `out` has. */
export const padAdjoint: Operation<
  [g: View, rows: Int32Array, columns: Int32Array, out: View, accumulate?: boolean],
  [g: View, rows: Int32Array, columns: Int32Array, out: View, accumulate: boolean]
> = operation('padAdjoint', {
  prepare(g, rows, columns, out, accumulate = false) {
    checkPadding(out, rows, columns, g)
    return [g, rows, columns, out, accumulate]
  },
  reference(g, rows, columns, out, accumulate) {
    if (!accumulate) clear(out)
    const from = dataOf(g.buffer)
    const to = dataOf(out.buffer)
    const images = Math.min(g.shape[0], out.shape[0])
    for (let i = 0; i < images; i++) {
      for (let y = 0; y < g.shape[1]; y++) {
        if (rows[y] < 0) continue
        const source = g.offset + i * g.strides[0] + y * g.strides[1]
        const target = out.offset + i * out.strides[0] + rows[y] * out.strides[1]
        for (let x = 0; x < g.shape[2]; x++) {
          if (columns[x] >= 0) to[target + columns[x] * out.strides[2]] += from[source + x * g.strides[2]]
        }
      }
    }
  },
})

/**
 * Adjoint of `spectrum`: out[i, u, v] += Re Σ g[i, ky, kx] e^{2πi(ky·u/H + kx·v/W)} over the stored half. Gradients
 * of complex numbers are ∂/∂Re + i·∂/∂Im.
 */
export const spectrumAdjoint: Operation<
  [g: View, out: View, accumulate?: boolean],
  [g: View, out: View, accumulate: boolean]
> = operation('spectrumAdjoint', {
  prepare(g, out, accumulate = false) {
    checkSpectrum(out, g)
    return [g, out, accumulate]
  },
  reference(g, out, accumulate) {
    if (!accumulate) clear(out)
    const [n, H, W] = out.shape
    const half = g.shape[2]
    const from = dataOf(g.buffer)
    const to = dataOf(out.buffer)
    const re = new Float64Array(H * half * n)
    const im = new Float64Array(H * half * n)
    for (let y = 0, at = 0; y < H; y++) {
      for (let k = 0; k < half; k++) {
        let source = g.offset + y * g.strides[1] + k * g.strides[2]
        for (let i = 0; i < n; i++, at++, source += g.strides[0]) {
          re[at] = from[source]
          im[at] = from[source + g.imagStride]
        }
      }
    }
    dft(H).transform(re, im, 1, half * n)
    const rowRe = new Float64Array(W * n)
    const rowIm = new Float64Array(W * n)
    for (let y = 0; y < H; y++) {
      rowRe.fill(0).set(re.subarray(y * half * n, (y + 1) * half * n))
      rowIm.fill(0).set(im.subarray(y * half * n, (y + 1) * half * n))
      dft(W).transform(rowRe, rowIm, 1, n)
      for (let u = 0, at = 0; u < W; u++) {
        let target = out.offset + y * out.strides[1] + u * out.strides[2]
        for (let i = 0; i < n; i++, at++, target += out.strides[0]) to[target] += rowRe[at]
      }
    }
  },
})

/** Gradient of `waveletModulus` at xhat, of xhat's shape: what g = ∂L/∂U says of it; 0 where U = 0. */
export const waveletModulusAdjoint: Operation<
  [xhat: View, psi: SpectralFilter, factor: number | Factors, g: View, out: View, accumulate?: boolean],
  [xhat: View, psi: SpectralFilter, factors: Factors, g: View, out: View, accumulate: boolean]
> = operation('waveletModulusAdjoint', {
  prepare(xhat, psi, factor, g, out, accumulate = false) {
    const factors = factorsOf(factor)
    checkWavelet(xhat, psi, factors, g)
    checkLengths("the spectrum's gradient", out.shape, xhat.shape)
    return [xhat, psi, factors, g, out, accumulate]
  },
  reference(xhat, psi, factors, g, out, accumulate) {
    if (!accumulate) clear(out)
    const [n, height, width] = g.shape
    const { re, im } = filteredField(xhat, psi, factors, height, width)
    const from = dataOf(g.buffer)
    const to = dataOf(out.buffer)
    const scale = 1 / (height * width * factors[0] * factors[1])
    for (let y = 0, at = 0; y < height; y++) {
      for (let u = 0; u < width; u++) {
        let source = g.offset + y * g.strides[1] + u * g.strides[2]
        for (let i = 0; i < n; i++, at++, source += g.strides[0]) {
          const modulus = Math.sqrt(re[at] * re[at] + im[at] * im[at])
          const direction = modulus > 0 ? (scale * from[source]) / modulus : 0
          re[at] *= direction
          im[at] *= direction
        }
      }
    }
    const alongRow = dft(width)
    for (let y = 0; y < height; y++) alongRow.transform(re, im, -1, n, y * width * n)
    dft(height).transform(re, im, -1, width * n)
    forEachFrequency(out, psi, factors, height, width, (weight, stored, sign, ky, kx) => {
      let target = stored
      for (let i = 0, at = (ky * width + kx) * n; i < n; i++, at++, target += out.strides[0]) {
        to[target] += weight * re[at]
        to[target + out.imagStride] += sign * weight * im[at]
      }
    })
  },
})

/** Adjoint of `average`: out[i, y, x] += Σ rows[a, y]·columns[b, x]·g[i, a, b]. */
export const averageAdjoint: Operation<
  [g: View, rows: SampledKernel, columns: SampledKernel, out: View, accumulate?: boolean],
  [g: View, rows: SampledKernel, columns: SampledKernel, out: View, accumulate: boolean]
> = operation('averageAdjoint', {
  prepare(g, rows, columns, out, accumulate = false) {
    checkAverage(out, rows, columns, g)
    return [g, rows, columns, out, accumulate]
  },
  reference(g, rows, columns, out, accumulate) {
    if (!accumulate) clear(out)
    const [n, height, width] = out.shape
    const from = dataOf(g.buffer)
    const to = dataOf(out.buffer)
    const [rowTaps, columnTaps] = [dataOf(rows.taps.buffer), dataOf(columns.taps.buffer)]
    const [rowWidth, columnWidth] = [rows.taps.shape[1], columns.taps.shape[1]]
    const line = new Float64Array(width * n)
    for (let a = 0; a < g.shape[1]; a++) {
      line.fill(0)
      for (let b = 0; b < g.shape[2]; b++) {
        for (let t = 0; t < columnWidth; t++) {
          const weight = columnTaps[columns.taps.offset + b * columnWidth + t]
          const at = ((columns.starts[b] + t) % width) * n
          let source = g.offset + a * g.strides[1] + b * g.strides[2]
          for (let i = 0; i < n; i++, source += g.strides[0]) line[at + i] += weight * from[source]
        }
      }
      for (let t = 0; t < rowWidth; t++) {
        const weight = rowTaps[rows.taps.offset + a * rowWidth + t]
        const row = out.offset + ((rows.starts[a] + t) % height) * out.strides[1]
        for (let u = 0, at = 0; u < width; u++) {
          let target = row + u * out.strides[2]
          for (let i = 0; i < n; i++, at++, target += out.strides[0]) to[target] += weight * line[at]
        }
      }
    }
  },
})
