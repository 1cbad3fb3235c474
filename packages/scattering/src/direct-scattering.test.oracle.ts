// Test oracle: the transform by its definition, with direct sums. Whole spectra, dense filters, plain products; no half spectra, no
// supports, no separable windows, no fast transforms.
import { type FilterBank2d, toGrid } from '@scatterlab/wavelets'

/** A complex field of n rows by m columns. */
interface Field {
  readonly height: number
  readonly width: number
  readonly re: Float64Array
  readonly im: Float64Array
}

/** What the oracle needs to know of a transform. */
export interface Definition {
  readonly bank: FilterBank2d
  readonly maxOrder: number
  /** Wavelet moduli are sampled every 2^min(j, coarsest) pixels; 0 computes everything at full resolution. */
  readonly coarsest: number
  /** Positions on the grid of the averages that are kept. */
  readonly keptRows: readonly number[]
  readonly keptColumns: readonly number[]
}

/** S of one padded image, path by path in the order of the transform. */
export function directScattering(
  x: Float64Array,
  { bank, maxOrder, coarsest, keptRows, keptColumns }: Definition,
): number[][] {
  const [height, width] = bank.options.shape
  const real = (of: Float64Array, h: number, w: number): Field => ({
    height: h,
    width: w,
    re: of,
    im: new Float64Array(h * w),
  })
  const phi = (level: number): Float64Array => {
    const { rows, columns } = bank.phi.atLevel(0)
    const fine = Float64Array.from(
      { length: height * width },
      (_, i) => rows[Math.floor(i / width)] * columns[i % width],
    )
    return folded(fine, height, width, level)
  }
  let layer = [{ U: real(x, height, width), level: 0, scale: -1 }]
  const out: number[][] = []
  for (let order = 0; order <= maxOrder; order++) {
    for (const { U, level } of layer) {
      const smooth = transform(multiply(transform(U, -1), phi(level)), 1)
      out.push(keptRows.flatMap((y) => keptColumns.map((c) => smooth.re[(y >> level) * smooth.width + (c >> level)])))
    }
    layer = layer.flatMap(({ U, level, scale }) => {
      const spectrum = transform(U, -1)
      return bank.psi
        .filter((psi) => psi.scale > scale)
        .map((psi) => {
          const next = Math.min(psi.scale, coarsest)
          const filter = folded(toGrid(psi.atLevel(0)), height, width, level)
          const z = subsample(transform(multiply(spectrum, filter), 1), 2 ** (next - level))
          const modulus = z.re.map((v, i) => Math.hypot(v, z.im[i]))
          return { U: real(modulus, z.height, z.width), level: next, scale: psi.scale }
        })
    })
  }
  return out
}

/** kymatio's rule for a coarser level: the band that would alias is set to zero, then the periods are added up. */
function folded(fine: Float64Array, height: number, width: number, level: number): Float64Array {
  if (level === 0) return fine
  const cut = (k: number, n: number): boolean => {
    const start = Math.floor(n / 2 ** (level + 1))
    return k >= start && k < start + Math.floor(n * (1 - 2 ** -level))
  }
  const [h, w] = [height >> level, width >> level]
  const out = new Float64Array(h * w)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      if (!cut(y, height) && !cut(x, width)) out[(y % h) * w + (x % w)] += fine[y * width + x]
  }
  return out
}

const multiply = ({ height, width, re, im }: Field, filter: Float64Array): Field => ({
  height,
  width,
  re: re.map((v, i) => v * filter[i]),
  im: im.map((v, i) => v * filter[i]),
})

function subsample({ height, width, re, im }: Field, step: number): Field {
  const [h, w] = [height / step, width / step]
  const pick = (of: Float64Array): Float64Array =>
    Float64Array.from({ length: h * w }, (_, i) => of[Math.floor(i / w) * step * width + (i % w) * step])
  return { height: h, width: w, re: pick(re), im: pick(im) }
}

/** The discrete Fourier transform by direct sums along rows, then columns; divided by the size when `sign` is 1. */
function transform(field: Field, sign: -1 | 1): Field {
  const rows = lines(field, sign)
  return transposed(lines(transposed(rows), sign))
}

function lines({ height, width, re, im }: Field, sign: -1 | 1): Field {
  const out = { height, width, re: new Float64Array(height * width), im: new Float64Array(height * width) }
  const scale = sign === 1 ? 1 / width : 1
  const table = Array.from({ length: width }, (_, k) => (sign * 2 * Math.PI * k) / width).map((t) => [
    Math.cos(t),
    Math.sin(t),
  ])
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < width; k++) {
      let [sumRe, sumIm] = [0, 0]
      for (let x = 0; x < width; x++) {
        const [c, s] = table[(k * x) % width]
        const at = y * width + x
        sumRe += re[at] * c - im[at] * s
        sumIm += re[at] * s + im[at] * c
      }
      out.re[y * width + k] = scale * sumRe
      out.im[y * width + k] = scale * sumIm
    }
  }
  return out
}

function transposed({ height, width, re, im }: Field): Field {
  const turn = (of: Float64Array): Float64Array =>
    Float64Array.from({ length: of.length }, (_, i) => of[(i % height) * width + Math.floor(i / height)])
  return { height: width, width: height, re: turn(re), im: turn(im) }
}
