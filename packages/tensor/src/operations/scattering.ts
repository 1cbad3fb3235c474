// The steps of a scattering layer. Work arrays of the reference are [y][x][image], images innermost, in double precision, so
// that every transform runs over contiguous lines of many images.
import type { View } from '../backend/backend.ts'
import { linesDft as dft } from '../fourier/dft.ts'
import { dataOf } from '../backend/host.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { foldedSpectrum } from './periodise.ts'
import { store } from './store.ts'
import { checkAverage, checkPadding, checkSpectrum, checkWavelet } from './scattering-shapes.ts'
import { type Factors, type SampledKernel, type SpectralFilter, factorsOf } from './spectral-filter.ts'

/**
 * out[i, y, x] ← x[i, rows[y], columns[x]], where an index of -1 stands for zero. Images beyond x's first axis are
 * zero.
 */
export const pad: Operation<[x: View, rows: Int32Array, columns: Int32Array, out: View]> = operation('pad', {
  prepare(x, rows, columns, out) {
    checkPadding(x, rows, columns, out)
    return [x, rows, columns, out]
  },
  reference(x, rows, columns, out) {
    const from = dataOf(x.buffer)
    const to = dataOf(out.buffer)
    const [images, height, width] = out.shape
    for (let i = 0; i < images; i++) {
      for (let y = 0; y < height; y++) {
        const source = x.offset + i * x.strides[0] + rows[y] * x.strides[1]
        const target = out.offset + i * out.strides[0] + y * out.strides[1]
        const inside = i < x.shape[0] && rows[y] >= 0
        for (let c = 0; c < width; c++) {
          to[target + c * out.strides[2]] = inside && columns[c] >= 0 ? from[source + columns[c] * x.strides[2]] : 0
        }
      }
    }
  },
})

/**
 * x̂ = F x: out[i, ky, kx] ← Σ x[i, u, v] e^{-2πi(ky·u/H + kx·v/W)} for kx = 0 … ⌊W/2⌋; x real [n, H, W], out complex
 * [n, H, ⌊W/2⌋ + 1]. The other half follows from x̂(-k) = conj x̂(k).
 */
export const spectrum: Operation<[x: View, out: View]> = operation('spectrum', {
  prepare(x, out) {
    checkSpectrum(x, out)
    return [x, out]
  },
  reference(x, out) {
    const [n, H, W] = x.shape
    const half = Math.floor(W / 2) + 1
    const from = dataOf(x.buffer)
    const re = new Float64Array(H * half * n)
    const im = new Float64Array(H * half * n)
    const rowRe = new Float64Array(W * n)
    const rowIm = new Float64Array(W * n)
    const alongRow = dft(W)
    const pairs = Math.ceil(H / 2)
    for (let y = 0; y < pairs; y++) {
      const other = y + pairs < H ? y + pairs : -1
      for (let u = 0; u < W; u++) {
        const at = x.offset + u * x.strides[2]
        for (let i = 0; i < n; i++) {
          rowRe[u * n + i] = from[at + i * x.strides[0] + y * x.strides[1]]
          rowIm[u * n + i] = other < 0 ? 0 : from[at + i * x.strides[0] + other * x.strides[1]]
        }
      }
      alongRow.transform(rowRe, rowIm, -1, n)
      for (let k = 0; k < half; k++) {
        const mirror = k === 0 ? 0 : W - k
        for (let i = 0; i < n; i++) {
          const [p, q] = [k * n + i, mirror * n + i]
          const first = (y * half + k) * n + i
          re[first] = (rowRe[p] + rowRe[q]) / 2
          im[first] = (rowIm[p] - rowIm[q]) / 2
          if (other < 0) continue
          const second = (other * half + k) * n + i
          re[second] = (rowIm[p] + rowIm[q]) / 2
          im[second] = (rowRe[q] - rowRe[p]) / 2
        }
      }
    }
    dft(H).transform(re, im, -1, half * n)
    store(re, im, out)
  },
})

/**
 * U = |F⁻¹ periodise(x̂·ψ̂)| of a field of [H, W], out's height and width times the factors of the two axes (or one for both): xhat as
 * `spectrum` gives it, or the whole spectrum [n, H, W] of a complex field; out real [n, height, width], the modulus of the inverse DFT
 * (normalised by 1/(H·W)) at every so many-th sample.
 */
export const waveletModulus: Operation<
  [xhat: View, psi: SpectralFilter, factor: number | Factors, out: View],
  [xhat: View, psi: SpectralFilter, factors: Factors, out: View]
> = operation('waveletModulus', {
  prepare(xhat, psi, factor, out) {
    const factors = factorsOf(factor)
    checkWavelet(xhat, psi, factors, out)
    return [xhat, psi, factors, out]
  },
  reference(xhat, psi, factors, out) {
    const [n, height, width] = out.shape
    const { re, im } = filteredField(xhat, psi, factors, height, width)
    const to = dataOf(out.buffer)
    const scale = 1 / (height * width * factors[0] * factors[1])
    for (let y = 0, at = 0; y < height; y++) {
      for (let u = 0; u < width; u++) {
        let target = out.offset + y * out.strides[1] + u * out.strides[2]
        for (let i = 0; i < n; i++, at++, target += out.strides[0]) {
          to[target] = scale * Math.sqrt(re[at] * re[at] + im[at] * im[at])
        }
      }
    }
  },
})

/** F⁻¹ periodise(x̂·ψ̂) without its factor 1/(H·W): complex, [height][width][image]. */
export function filteredField(
  xhat: View,
  psi: SpectralFilter,
  factors: Factors,
  height: number,
  width: number,
): {
  /** Real parts. */
  re: Float64Array
  /** Imaginary parts. */
  im: Float64Array
} {
  const n = xhat.shape[0]
  const { re, im } = foldedSpectrum(xhat, psi, factors, height, width)
  dft(height).transform(re, im, 1, width * n)
  const alongRow = dft(width)
  for (let y = 0; y < height; y++) alongRow.transform(re, im, 1, n, y * width * n)
  return { re, im }
}

/** S = U⋆φ at the kept samples: out[i, a, b] ← Σ rows[a, y]·columns[b, x]·U[i, y, x]; separable. */
export const average: Operation<[U: View, rows: SampledKernel, columns: SampledKernel, out: View]> = operation(
  'average',
  {
    prepare(U, rows, columns, out) {
      checkAverage(U, rows, columns, out)
      return [U, rows, columns, out]
    },
    reference(U, rows, columns, out) {
      const [n, height, width] = U.shape
      const from = dataOf(U.buffer)
      const to = dataOf(out.buffer)
      const [rowTaps, columnTaps] = [dataOf(rows.taps.buffer), dataOf(columns.taps.buffer)]
      const [rowWidth, columnWidth] = [rows.taps.shape[1], columns.taps.shape[1]]
      const line = new Float64Array(width * n)
      const sums = new Float64Array(n)
      for (let a = 0; a < out.shape[1]; a++) {
        line.fill(0)
        for (let t = 0; t < rowWidth; t++) {
          const weight = rowTaps[rows.taps.offset + a * rowWidth + t]
          const row = U.offset + ((rows.starts[a] + t) % height) * U.strides[1]
          for (let u = 0, at = 0; u < width; u++) {
            let source = row + u * U.strides[2]
            for (let i = 0; i < n; i++, at++, source += U.strides[0]) line[at] += weight * from[source]
          }
        }
        for (let b = 0; b < out.shape[2]; b++) {
          sums.fill(0)
          for (let t = 0; t < columnWidth; t++) {
            const weight = columnTaps[columns.taps.offset + b * columnWidth + t]
            const at = ((columns.starts[b] + t) % width) * n
            for (let i = 0; i < n; i++) sums[i] += weight * line[at + i]
          }
          const target = out.offset + a * out.strides[1] + b * out.strides[2]
          for (let i = 0; i < n; i++) to[target + i * out.strides[0]] = sums[i]
        }
      }
    },
  },
)
