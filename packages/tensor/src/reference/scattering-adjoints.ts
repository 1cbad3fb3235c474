// The gradients of the scattering steps, beside scattering.ts. Each adds to its output; the moduli are computed again, not kept.
import type { SampledKernel, SpectralFilter, View } from '../backend.ts'
import { dft } from '../dft.ts'
import { dataOf } from './elementwise.ts'
import { filteredField, forEachFrequency } from './scattering.ts'

/** out[i, rows[y], columns[x]] += g[i, y, x]. */
export function padAdjoint(g: View, rows: Int32Array, columns: Int32Array, out: View): void {
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
}

/** out += Re Σ g e^{2πi(ky·u/H + kx·v/W)} over the stored half. */
export function spectrumAdjoint(g: View, out: View): void {
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
}

/** out += ψ̂·F(g·z/|z|) / (H·W), where z = F⁻¹ periodise(x̂·ψ̂) and U = |z|. */
export function waveletModulusAdjoint(xhat: View, psi: SpectralFilter, factor: number, g: View, out: View): void {
  const [n, height, width] = g.shape
  const { re, im } = filteredField(xhat, psi, factor, height, width)
  const from = dataOf(g.buffer)
  const to = dataOf(out.buffer)
  const scale = 1 / (height * width * factor * factor)
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
  forEachFrequency(out, psi, factor, height, width, (weight, stored, sign, folded) => {
    let target = stored
    for (let i = 0, at = folded * n; i < n; i++, at++, target += out.strides[0]) {
      to[target] += weight * re[at]
      to[target + out.imagStride] += sign * weight * im[at]
    }
  })
}

/** out += Aᵀ g B. */
export function averageAdjoint(g: View, rows: SampledKernel, columns: SampledKernel, out: View): void {
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
}
