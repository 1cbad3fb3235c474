// Fourier transforms of arrays, any length, along the last axis or the last two. Forward transforms carry no factor,
// inverse ones 1/n (per axis), as in NumPy. The half spectrum of a real array holds the columns 0 … ⌊n/2⌋ of the last
// axis.
import { fft as alongAxis } from '../operations/fft.ts'
import { spectrum } from '../operations/scattering.ts'
import { spectrumAdjoint } from '../operations/scattering-adjoints.ts'
import { complexOf, isComplex } from '../array/dtype.ts'
import { complex, conj, div } from '../array/elementwise.ts'
import { DTypeError, ShapeError, ValueError } from '../errors.ts'
import { concat } from '../array/joining.ts'
import { scope } from '../array/scope.ts'
import { formatShape } from '../array/shape.ts'
import { differentiable } from '../gradient/tape.ts'
import { type SliceRange, type Tensor, empty } from '../array/tensor.ts'

function checkAxes(x: Tensor, axes: number): void {
  if (x.rank < axes || x.shape.slice(x.rank - axes).includes(0)) {
    throw new ShapeError(
      `cannot transform shape ${formatShape(x.shape)}: its last ${axes} axes must be there and not empty`,
    )
  }
}

/** The transform over axes counted from the end, without a factor: its adjoint is the one of the other sign. */
function transform(z: Tensor, axes: readonly number[], sign: -1 | 1): Tensor {
  const out = empty(z.shape, { dtype: z.dtype, backend: z.backend })
  let from = z
  for (const axis of axes) {
    alongAxis(z.backend, from, out, z.rank + axis, sign)
    from = out
  }
  return differentiable(out, [z, (g) => transform(g, axes, sign === 1 ? -1 : 1)])
}

function along(x: Tensor, axes: readonly number[], sign: -1 | 1): Tensor {
  checkAxes(x, axes.length)
  return scope(() => {
    const out = transform(isComplex(x.dtype) ? x : complex(x), axes, sign)
    const points = axes.reduce((product, axis) => product * x.shape[x.rank + axis], 1)
    return sign === 1 ? div(out, points) : out
  })
}

/** X[k] = Σ_j x[j] e^{−2πi·jk/n} along the last axis; real or complex [..., n] → complex [..., n]. */
export const fft = (x: Tensor): Tensor => along(x, [-1], -1)
/** Inverse of `fft`: (1/n) Σ_k X[k] e^{2πi·jk/n} along the last axis. */
export const ifft = (x: Tensor): Tensor => along(x, [-1], 1)
/** 2-D transform over the last two axes; real or complex [..., h, w] → complex. */
export const fft2 = (x: Tensor): Tensor => along(x, [-1, -2], -1)
/** Inverse of `fft2`. */
export const ifft2 = (x: Tensor): Tensor => along(x, [-1, -2], 1)

/** The half of `fft` of a real array that determines it: [..., n] → complex [..., ⌊n/2⌋ + 1]. */
export function rfft(x: Tensor): Tensor {
  if (isComplex(x.dtype)) throw new DTypeError('rfft takes a real array: use fft')
  return scope(() => columns(fft(x), [0, halfOf(x.shape[x.rank - 1])]).clone())
}

/** The half of `fft2` of a real array that determines it: [..., h, w] → complex [..., h, ⌊w/2⌋ + 1]. */
export function rfft2(x: Tensor): Tensor {
  if (isComplex(x.dtype)) throw new DTypeError('rfft2 takes a real array: use fft2')
  checkAxes(x, 2)
  const [h, w] = x.shape.slice(-2)
  return scope(() => {
    const images = x.reshape(-1, h, w)
    const out = empty([images.shape[0], h, halfOf(w)], { dtype: complexOf(x.dtype), backend: x.backend })
    spectrum(x.backend, images, out)
    differentiable(out, [
      images,
      (g) => {
        const back = empty(images.shape, images)
        spectrumAdjoint(x.backend, g, back)
        return back
      },
    ])
    return out.reshape(...x.shape.with(-1, halfOf(w)))
  })
}

/** Inverse of `rfft`: complex [..., ⌊n/2⌋ + 1] → real [..., n]. `length` is n, since two lengths share one half. */
export function irfft(X: Tensor, length: number): Tensor {
  checkHalf(X, 1, length)
  return scope(() => ifft(completed(X.expand(-2), length).squeeze(-2)).real.clone())
}

/**
 * Inverse of `rfft2`: complex [..., h, ⌊w/2⌋ + 1] → real [..., h, w]. `width` is w, since two widths share one half.
 */
export function irfft2(X: Tensor, width: number): Tensor {
  checkHalf(X, 2, width)
  return scope(() => ifft2(completed(X, width)).real.clone())
}

const halfOf = (length: number): number => Math.floor(length / 2) + 1

function checkHalf(X: Tensor, axes: number, length: number): void {
  checkAxes(X, axes)
  if (!Number.isInteger(length) || length < 1) throw new ValueError(`length ${length}: give a whole number from 1`)
  if (!isComplex(X.dtype) || X.shape[X.rank - 1] !== halfOf(length)) {
    throw new ShapeError(
      `half a spectrum of ${length} points is complex with a last axis of ${halfOf(length)}, not ${X.dtype} ` +
        formatShape(X.shape),
    )
  }
}

const columns = (x: Tensor, range: SliceRange): Tensor => x.slice(...x.shape.slice(1).map(() => null), range)
const rows = (x: Tensor, range: SliceRange): Tensor => x.slice(...x.shape.slice(2).map(() => null), range)

/** A half spectrum [..., h, ⌊w/2⌋ + 1] as a whole one [..., h, w], by X(−k) = conj X(k). */
function completed(X: Tensor, width: number): Tensor {
  const mirrored = conj(columns(X, [width - X.shape[X.rank - 1], 0, -1]))
  return concat([X, concat([rows(mirrored, [0, 1]), rows(mirrored, [-1, 0, -1])], -2)], -1)
}
