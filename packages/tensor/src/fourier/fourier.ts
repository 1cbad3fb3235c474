// Fourier transforms of arrays, any length, along the last axis, the last two, or chosen ones. Forward transforms carry no
// factor, inverse ones 1/n (per axis), as in NumPy. The half spectrum of a real array holds the columns 0 … ⌊n/2⌋ of the last
// of the axes.
import { fft as alongAxis } from '../operations/fft.ts'
import { spectrum } from '../operations/scattering.ts'
import { spectrumAdjoint } from '../operations/scattering-adjoints.ts'
import { checkOptions, shown } from '../check-options.ts'
import { checkTensor } from '../array/checks.ts'
import { complexOf, isComplex, realArray, realOf } from '../array/dtype.ts'
import { complex, div, mul } from '../array/elementwise.ts'
import { DTypeError, ShapeError, ValueError } from '../errors.ts'
import { scope } from '../array/scope.ts'
import { checkAxis, formatShape, sizeOf } from '../array/shape.ts'
import { differentiable } from '../gradient/tape.ts'
import { type SliceRange, type Tensor, tensor, unwritten } from '../array/tensor.ts'

/** Which axes are transformed; negative ones count from the end. */
export interface FourierOptions {
  /** Default: the last axis, or of the functions with a 2 the last two. */
  readonly axes?: readonly number[]
}

/**
 * The axes counted from the front. Throws `ShapeError` where one is not there, empty, or named twice, `ValueError` where they are not
 * `count` axes (null: any number).
 */
function axesOf(
  name: string,
  x: Tensor,
  options: FourierOptions | undefined,
  last: number,
  count: number | null,
): number[] {
  checkTensor(name, x)
  const { axes } = checkOptions<FourierOptions>(name, options, {
    axes: (value) => (Array.isArray(value) ? undefined : 'a list of axes'),
  })
  if (axes === undefined && x.rank < last)
    throw new ShapeError(
      `${name} of shape ${formatShape(x.shape)}: its last ${last === 1 ? 'axis' : `${last} axes`} must be there`,
    )
  const named = axes ?? Array.from({ length: last }, (_, i) => i - last)
  const over = named.map((axis) => checkAxis(axis, x.rank))
  if (new Set(over).size < over.length) throw new ShapeError(`${name}: axes [${named.join(', ')}] name an axis twice`)
  if (count !== null && over.length !== count)
    throw new ValueError(`${name}: axes [${named.join(', ')}]: give ${count}`)
  if (over.some((axis) => x.shape[axis] === 0))
    throw new ShapeError(`${name} of shape ${formatShape(x.shape)}: no axis may be empty`)
  return over
}

/** The transform over some axes, without a factor: its adjoint is the one of the other sign. */
function transform(z: Tensor, axes: readonly number[], sign: -1 | 1): Tensor {
  if (axes.length === 0) return z
  const out = unwritten(z.shape, z)
  let from = z
  for (const axis of axes.toReversed()) {
    alongAxis(z.backend, from, out, axis, sign)
    from = out
  }
  return differentiable(out, [z, (g) => transform(g, axes, sign === 1 ? -1 : 1)])
}

function over(x: Tensor, axes: readonly number[], sign: -1 | 1): Tensor {
  return scope(() => {
    const out = transform(isComplex(x.dtype) ? x : complex(x), axes, sign)
    return sign === 1 ? div(out, sizeOf(axes.map((axis) => x.shape[axis]))) : out
  })
}

/** X[k] = Σ_j x[j] e^{−2πi·jk/n} along the last axis or each of `axes`; real or complex [..., n] → complex [..., n]. */
export const fft = (x: Tensor, options?: FourierOptions): Tensor => over(x, axesOf('fft', x, options, 1, null), -1)
/** Inverse of `fft`: (1/n) Σ_k X[k] e^{2πi·jk/n}. */
export const ifft = (x: Tensor, options?: FourierOptions): Tensor => over(x, axesOf('ifft', x, options, 1, null), 1)
/** 2-D transform over the last two axes, or over `axes`; real or complex [..., h, w] → complex. */
export const fft2 = (x: Tensor, options?: FourierOptions): Tensor => over(x, axesOf('fft2', x, options, 2, 2), -1)
/** Inverse of `fft2`. */
export const ifft2 = (x: Tensor, options?: FourierOptions): Tensor => over(x, axesOf('ifft2', x, options, 2, 2), 1)

/** The half of `fft` of a real array that determines it: [..., n] → complex [..., ⌊n/2⌋ + 1]; or along the one of `axes`. */
export function rfft(x: Tensor, options?: FourierOptions): Tensor {
  const [axis] = axesOf('rfft', x, options, 1, 1)
  if (isComplex(x.dtype)) throw new DTypeError('rfft takes a real array: use fft')
  return scope(() => part(fft(x, { axes: [axis] }), axis, [0, halfOf(x.shape[axis])]).clone())
}

/**
 * The half of `fft2` of a real array that determines it: [..., h, w] → complex [..., h, ⌊w/2⌋ + 1]; of two `axes` the second is
 * halved.
 */
export function rfft2(x: Tensor, options?: FourierOptions): Tensor {
  const axes = axesOf('rfft2', x, options, 2, 2)
  if (isComplex(x.dtype)) throw new DTypeError('rfft2 takes a real array: use fft2')
  return atTheEnd(x, axes, (images) => {
    const [h, w] = images.shape.slice(-2)
    const planes = images.reshape(-1, h, w)
    return halfSpectrum(planes).reshape(...images.shape.with(-1, halfOf(w)))
  })
}

/** The half spectra of planes [n, h, w]. */
function halfSpectrum(planes: Tensor): Tensor {
  const [n, h, w] = planes.shape
  const out = unwritten([n, h, halfOf(w)], { dtype: complexOf(planes.dtype), backend: planes.backend })
  spectrum(planes.backend, planes, out)
  return differentiable(out, [planes, (g) => halfSpectrumAdjoint(g, w)])
}

/** Re Σ g(k)·e^{2πi(k·u)} over the stored half, [n, h, ⌊width/2⌋ + 1] → [n, h, width]. */
function halfSpectrumAdjoint(g: Tensor, width: number): Tensor {
  const out = unwritten([g.shape[0], g.shape[1], width], { dtype: realOf(g.dtype), backend: g.backend })
  spectrumAdjoint(g.backend, g, out)
  return differentiable(out, [g, halfSpectrum])
}

/** Inverse of `rfft`: complex [..., ⌊n/2⌋ + 1] → real [..., n]. `length` is n, since two lengths share one half. */
export function irfft(X: Tensor, length: number, options?: FourierOptions): Tensor {
  const axes = axesOf('irfft', X, options, 1, 1)
  checkHalf('irfft', X, axes[0], length)
  return atTheEnd(X, axes, (half) => realFields(half.expand(-2), length).squeeze(-2))
}

/**
 * Inverse of `rfft2`: complex [..., h, ⌊w/2⌋ + 1] → real [..., h, w]. `width` is w, since two widths share one half.
 */
export function irfft2(X: Tensor, width: number, options?: FourierOptions): Tensor {
  const axes = axesOf('irfft2', X, options, 2, 2)
  checkHalf('irfft2', X, axes[1], width)
  return atTheEnd(X, axes, (half) => realFields(half, width))
}

/** Runs `body` with some axes moved to the end, and brings them back to their places. */
function atTheEnd(x: Tensor, axes: readonly number[], body: (moved: Tensor) => Tensor): Tensor {
  const order = [...x.shape.keys()].filter((axis) => !axes.includes(axis)).concat(axes)
  return scope(() => body(x.transpose(...order)).transpose(...order.map((_, axis) => order.indexOf(axis))))
}

const halfOf = (length: number): number => Math.floor(length / 2) + 1

function checkHalf(name: string, X: Tensor, axis: number, length: number): void {
  if (!Number.isInteger(length) || length < 1)
    throw new ValueError(`${name}: length ${shown(length)}: give the whole number of points of the real array`)
  if (!isComplex(X.dtype) || X.shape[axis] !== halfOf(length)) {
    throw new ShapeError(
      `${name}: half a spectrum of ${length} points is complex with an axis of ${halfOf(length)}, not ${X.dtype} ` +
        formatShape(X.shape),
    )
  }
}

/** A range of one axis. */
const part = (x: Tensor, axis: number, range: SliceRange): Tensor =>
  x.slice(...Array.from({ length: axis }, () => null), range)

/** The real arrays of half spectra [..., h, ⌊w/2⌋ + 1]: numbers that are not their own mirror count twice, for it too. */
function realFields(X: Tensor, width: number): Tensor {
  const [h, half] = X.shape.slice(-2)
  const shares = realArray(realOf(X.dtype), half)
  shares.forEach((_, k) => (shares[k] = (k === 0 || 2 * k === width ? 1 : 2) / (h * width)))
  const counted = mul(X, complex(tensor(shares, [half], { backend: X.backend })))
  return halfSpectrumAdjoint(counted.reshape(-1, h, half), width).reshape(...X.shape.with(-1, width))
}
