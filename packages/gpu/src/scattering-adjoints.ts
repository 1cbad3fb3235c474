// The gradients of the scattering steps, beside scattering.ts. A thread gathers what comes to its number, and adds what was there
// where the call accumulates.
import type { View } from '@scatterlab/tensor'
import type { Factors, SampledKernel, SpectralFilter } from '@scatterlab/tensor/operations'
import { transform } from './fourier.ts'
import { modulus } from './kernel-text.ts'
import { COMPLEX, type Recorder } from './recorder.ts'
import { fold, unfold } from './periodise.ts'
import { positions } from './scattering.ts'

/** out[i, rows[y], columns[x]] += g[i, y, x]. */
export function padAdjoint(
  record: Recorder,
  g: View,
  rows: Int32Array,
  columns: Int32Array,
  out: View,
  accumulate: boolean,
): void {
  const [fromRows, fromColumns] = [sources(record, rows, out.shape[1]), sources(record, columns, out.shape[2])]
  record.pass(
    out,
    { g, fromRows, fromColumns, before: accumulate ? out : undefined },
    (read, [i, u, v]) => `
      let total = ${accumulate ? read.before([i, u, v]) : '0'};
      if (${i} >= ${g.shape[0]}) { return total; }
      for (let a = 0; a < ${fromRows.shape[1]}; a++) {
        const y = ${read.fromRows([u, 'a'])};
        if (y >= 0) {
          for (let b = 0; b < ${fromColumns.shape[1]}; b++) {
            const x = ${read.fromColumns([v, 'b'])};
            if (x >= 0) { total = total + ${read.g([i, 'y', 'x'])}; }
          }
        }
      }
      return total;`,
  )
}

/** For each of `count` places the positions that read it, filled up with -1: [count, most]. */
function sources(record: Recorder, list: Int32Array, count: number): View {
  const readers = Array.from({ length: count }, (): number[] => [])
  for (const [position, place] of list.entries()) if (place >= 0) readers[place].push(position)
  const most = Math.max(1, ...readers.map(({ length }) => length))
  const table = record.table(`sources ${count} ${list.join()}`, () =>
    readers.flatMap((own) => Array.from({ length: most }, (_, k) => own[k] ?? -1)),
  )
  return { ...table, shape: [count, most], strides: [most, 1] }
}

/** out += Re Σ g e^{2πi(ky·u/H + kx·v/W)} over the stored half. */
export function spectrumAdjoint(record: Recorder, g: View, out: View, accumulate: boolean): void {
  const [n, H, W] = out.shape
  const columns = record.temporary([n, H, g.shape[2]], COMPLEX, out)
  transform(record, g, columns, 1, H, 1)
  transform(record, columns, out, 2, W, 1, { given: g.shape[2], keep: accumulate ? 'added' : 'real' })
}

/** out += ψ̂·F(g·z/|z|) / (H·W), where z = F⁻¹ periodise(x̂·ψ̂) and U = |z|. */
export function waveletModulusAdjoint(
  record: Recorder,
  xhat: View,
  psi: SpectralFilter,
  factors: Factors,
  g: View,
  out: View,
  accumulate: boolean,
): void {
  const [n, h, w] = g.shape
  const [H, W] = [h * factors[0], w * factors[1]]
  const grid = (): View => record.temporary([n, h, w], COMPLEX, g)
  const [folded, columns, z, direction, back, field] = [grid(), grid(), grid(), grid(), grid(), grid()]
  fold(record, xhat, psi, factors, folded)
  transform(record, folded, columns, 1, h, 1)
  transform(record, columns, z, 2, w, 1)
  record.pass(
    direction,
    { z, g },
    (read, index, part) => `
      const re = ${read.z(index, '0')};
      const im = ${read.z(index, '1')};
      ${modulus('radius', 're', 'im')}
      if (radius > 0) { return scale * ${read.g(index)} * (${read.z(index, part)} / radius); }
      return 0;`,
    { scale: 1 / (H * W) },
  )
  transform(record, direction, back, 2, w, -1)
  transform(record, back, field, 1, h, -1)
  unfold(record, field, psi, factors, out, accumulate)
}

/** out += Aᵀ g B. */
export function averageAdjoint(
  record: Recorder,
  g: View,
  rows: SampledKernel,
  columns: SampledKernel,
  out: View,
  accumulate: boolean,
): void {
  const [n, , width] = out.shape
  const lines = record.temporary([n, g.shape[1], width], 'float32', out)
  spread(record, g, columns, lines, 2, false)
  spread(record, lines, rows, out, 1, accumulate)
}

/** out[…, y, …] ← Σ_o taps[o, y − starts[o]]·g[…, o, …] along an axis (+ out if `adds`). */
function spread(
  record: Recorder,
  g: View,
  { taps, starts }: SampledKernel,
  out: View,
  axis: 1 | 2,
  adds: boolean,
): void {
  const [size, width] = [out.shape[axis], taps.shape[1]]
  if (width > size) return record.decline()
  record.pass(
    out,
    { g, taps, starts: positions(record, starts), before: adds ? out : undefined },
    (read, index) => `
      let total = ${adds ? read.before(index) : '0'};
      for (let o = 0; o < ${g.shape[axis]}; o++) {
        let t = ${index[axis]} - ${read.starts(['o'])};
        if (t < 0) { t = t + ${size}; }
        if (t < ${width}) { total = total + ${read.taps(['o', 't'])} * ${read.g(index.toSpliced(axis, 1, 'o'))}; }
      }
      return total;`,
  )
}
