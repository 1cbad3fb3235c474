// Convolutions along a fibre: at each point of space a function of an angle, of which half a turn is stored, is filtered, its modulus
// taken, and that averaged over windows of the fibre, in one step; and the gradient. The middle of roto-translation scattering.
import type { View } from '../backend/backend.ts'
import { dataOf } from '../backend/host.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { DTypeError } from '../errors.ts'
import { isComplex } from '../array/dtype.ts'
import { linesDft } from '../fourier/dft.ts'
import { clear } from './periodise.ts'
import { checkLengths } from './window.ts'

/** Filters along a fibre of 2L angles, and the windows that moduli are averaged over. */
export interface FibreFilters {
  /** ψ̂_k(m), real, of the frequencies m = 0 … 2L − 1: a real view [K, 2L], contiguous. */
  readonly filters: View
  /** w_q(θ): a real view [Q, 2L], contiguous. */
  readonly windows: View
}

/**
 * out[i, k·Q + q, p] ← Σ_θ w_q(θ)·|(z ⋆ ψ_k)(θ)| over the 2L angles θ of a turn, for each image i and point p. z is [n, L, points]:
 * the angles of half a turn; the other half is z(θ + L) = conj z(θ), as fields x ⋆ ψ_θ of a real x are. Of a real z it is z itself.
 * out is real, [n, K·Q, points].
 */
export const fibreModulus: Operation<[z: View, fibre: FibreFilters, out: View]> = operation('fibreModulus', {
  prepare(z, fibre, out) {
    checkFibre(z, fibre, out)
    return [z, fibre, out]
  },
  reference(z, fibre, out) {
    const { filters, windows } = valuesOf(fibre)
    const spectrum = spectrumOf(z)
    const to = dataOf(out.buffer)
    const [n, , points] = out.shape
    const moduli = new Float64Array(n * points)
    clear(out)
    filters.forEach((psi, k) => {
      const { re, im } = filtered(spectrum, psi)
      for (let theta = 0, from = 0; theta < psi.length; theta++) {
        for (let at = 0; at < moduli.length; at++, from++) {
          moduli[at] = Math.sqrt(re[from] * re[from] + im[from] * im[from])
        }
        windows.forEach((w, q) => {
          const row = out.offset + (k * windows.length + q) * out.strides[1]
          if (w[theta] !== 0)
            forEachPoint(n, points, out.strides, (at, offset) => (to[row + offset] += w[theta] * moduli[at]))
        })
      }
    })
  },
})

/**
 * Gradient of `fibreModulus` at z, of z's shape: what g of its result's shape says of z (∂/∂Re + i·∂/∂Im); 0 where a modulus is 0. Adds
 * to out with `accumulate`.
 */
export const fibreModulusAdjoint: Operation<
  [z: View, fibre: FibreFilters, g: View, out: View, accumulate?: boolean],
  [z: View, fibre: FibreFilters, g: View, out: View, accumulate: boolean]
> = operation('fibreModulusAdjoint', {
  prepare(z, fibre, g, out, accumulate = false) {
    checkFibre(z, fibre, g)
    checkLengths("the fibre's gradient", out.shape, z.shape)
    if (isComplex(out.dtype) !== isComplex(z.dtype))
      throw new DTypeError(`the gradient of a fibre of ${z.dtype} is of that type, not ${out.dtype}`)
    return [z, fibre, g, out, accumulate]
  },
  reference(z, fibre, g, out, accumulate) {
    if (!accumulate) clear(out)
    const { filters, windows } = valuesOf(fibre)
    const spectrum = spectrumOf(z)
    const [n, L, points] = z.shape
    const count = n * points
    const plan = linesDft(2 * L)
    const from = dataOf(g.buffer)
    const sumRe = new Float64Array(2 * L * count)
    const sumIm = new Float64Array(2 * L * count)
    filters.forEach((psi, k) => {
      const { re, im } = filtered(spectrum, psi)
      for (let theta = 0; theta < 2 * L; theta++) {
        forEachPoint(n, points, g.strides, (at, offset) => {
          const field = theta * count + at
          const modulus = Math.sqrt(re[field] * re[field] + im[field] * im[field])
          let sum = 0
          windows.forEach(
            (w, q) => (sum += w[theta] * from[g.offset + (k * windows.length + q) * g.strides[1] + offset]),
          )
          const direction = modulus > 0 ? sum / modulus : 0
          re[field] *= direction
          im[field] *= direction
        })
      }
      plan.transform(re, im, -1, count)
      for (let m = 0, at = 0; m < 2 * L; m++) {
        for (let i = 0; i < count; i++, at++) {
          sumRe[at] += (psi[m] * re[at]) / (2 * L)
          sumIm[at] += (psi[m] * im[at]) / (2 * L)
        }
      }
    })
    plan.transform(sumRe, sumIm, 1, count)
    const to = dataOf(out.buffer)
    for (let t = 0; t < L; t++) {
      forEachPoint(n, points, out.strides, (at, offset) => {
        const target = out.offset + t * out.strides[1] + offset
        to[target] += sumRe[t * count + at] + sumRe[(t + L) * count + at]
        if (isComplex(out.dtype)) to[target + out.imagStride] += sumIm[t * count + at] - sumIm[(t + L) * count + at]
      })
    }
  },
})

/** The shapes of a step along a fibre: z [n, L, points], filters [K, 2L], windows [Q, 2L], out [n, K·Q, points]. */
function checkFibre(z: View, { filters, windows }: FibreFilters, out: View): void {
  checkLengths('the fibre', z.shape, [null, null, null])
  checkLengths('the filters along the fibre', filters.shape, [null, 2 * z.shape[1]])
  checkLengths('the windows along the fibre', windows.shape, [null, 2 * z.shape[1]])
  checkLengths('the averages along the fibre', out.shape, [z.shape[0], filters.shape[0] * windows.shape[0], z.shape[2]])
  if (isComplex(out.dtype)) throw new DTypeError(`averages of moduli are real, not ${out.dtype}`)
}

/** ψ̂_k and w_q as lists. */
function valuesOf({ filters, windows }: FibreFilters): { filters: Float64Array[]; windows: Float64Array[] } {
  const rows = ({ buffer, offset, shape: [count, length] }: View): Float64Array[] =>
    Array.from({ length: count }, (_, i) =>
      Float64Array.from(dataOf(buffer).subarray(offset + i * length, offset + (i + 1) * length)),
    )
  return { filters: rows(filters), windows: rows(windows) }
}

interface Field {
  readonly re: Float64Array
  readonly im: Float64Array
}

/** Ẑ(m) of the whole turn: [2L][image][point]. */
function spectrumOf(z: View): Field {
  const [n, L, points] = z.shape
  const count = n * points
  const re = new Float64Array(2 * L * count)
  const im = new Float64Array(2 * L * count)
  const from = dataOf(z.buffer)
  for (let t = 0; t < L; t++) {
    forEachPoint(n, points, z.strides, (at, offset) => {
      const source = z.offset + t * z.strides[1] + offset
      re[t * count + at] = re[(t + L) * count + at] = from[source]
      if (!isComplex(z.dtype)) return
      im[t * count + at] = from[source + z.imagStride]
      im[(t + L) * count + at] = -from[source + z.imagStride]
    })
  }
  linesDft(2 * L).transform(re, im, -1, count)
  return { re, im }
}

/** z ⋆ ψ at the 2L angles. */
function filtered({ re, im }: Field, psi: Float64Array): Field {
  const count = re.length / psi.length
  const scale = (part: Float64Array): Float64Array =>
    part.map((v, at) => (v * psi[Math.floor(at / count)]) / psi.length)
  const own = { re: scale(re), im: scale(im) }
  linesDft(psi.length).transform(own.re, own.im, 1, count)
  return own
}

/** Visits images and points: their number, and where they lie behind the start of their row. */
function forEachPoint(
  n: number,
  points: number,
  strides: readonly number[],
  visit: (at: number, offset: number) => void,
): void {
  for (let i = 0, at = 0; i < n; i++) {
    for (let p = 0; p < points; p++, at++) visit(at, i * strides[0] + p * strides[2])
  }
}
