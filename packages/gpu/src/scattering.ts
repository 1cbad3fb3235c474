// The steps of a scattering layer. Between passes the images lie as in the output: innermost where the cascade keeps them so.
import type { View } from '@scatterlab/tensor'
import type { Factors, SampledKernel, SpectralFilter } from '@scatterlab/tensor/operations'
import { transform } from './fourier.ts'
import { wrap } from './kernel-text.ts'
import { fold } from './periodise.ts'
import { COMPLEX, type Recorder } from './recorder.ts'

/** out[i, y, x] ← x[i, rows[y], columns[x]]; index -1 stands for zero, and so does an image beyond x's first axis. */
export function pad(record: Recorder, x: View, rows: Int32Array, columns: Int32Array, out: View): void {
  const images = x.shape[0]
  record.pass(
    out,
    { x, rows: positions(record, rows), columns: positions(record, columns) },
    (read, [i, y, u]) => `
      const row = ${read.rows([y])};
      const column = ${read.columns([u])};
      if (row < 0 || column < 0 || ${i} >= ${images}) { return 0; }
      return ${read.x([i, 'row', 'column'])};`,
  )
}

/** x̂ = F x, the half kx = 0 … ⌊W/2⌋. */
export function spectrum(record: Recorder, x: View, out: View): void {
  const [n, H, W] = x.shape
  const rows = record.temporary([n, H, out.shape[2]], COMPLEX, out)
  transform(record, x, rows, 2, W, -1)
  transform(record, rows, out, 1, H, -1)
}

/** U = |F⁻¹ periodise(x̂·ψ̂)|, at every so many-th sample. */
export function waveletModulus(record: Recorder, xhat: View, psi: SpectralFilter, factors: Factors, out: View): void {
  const [, h, w] = out.shape
  const [folded, columns] = [0, 1].map(() => record.temporary(out.shape, COMPLEX, out))
  fold(record, xhat, psi, factors, folded)
  transform(record, folded, columns, 1, h, 1)
  transform(record, columns, out, 2, w, 1, { keep: 'modulus', scale: 1 / (h * w * factors[0] * factors[1]) })
}

/** S = U⋆φ at the kept samples, rows first. */
export function average(record: Recorder, U: View, rows: SampledKernel, columns: SampledKernel, out: View): void {
  const lines = record.temporary([U.shape[0], out.shape[1], U.shape[2]], 'float32', U)
  sampled(record, U, rows, lines, 1)
  sampled(record, lines, columns, out, 2)
}

/** out ← Σ_t taps[o, t]·x[starts[o] + t] along an axis. */
function sampled(record: Recorder, x: View, { taps, starts }: SampledKernel, out: View, axis: 1 | 2): void {
  const size = x.shape[axis]
  record.pass(
    out,
    { x, taps, starts: positions(record, starts) },
    (read, index) => `
      let total = 0;
      let place = ${read.starts([index[axis]])};
      ${wrap('place', size)}
      for (let t = 0; t < ${taps.shape[1]}; t++) {
        total = total + ${read.taps([index[axis], 't'])} * ${read.x(index.toSpliced(axis, 1, 'place'))};
        place = place + 1;
        if (place >= ${size}) { place = 0; }
      }
      return total;`,
  )
}

/** Positions as a table: they are the same at every call of a plan. */
export const positions = (record: Recorder, list: Int32Array): View =>
  record.table(`positions ${list.join()}`, () => list)
