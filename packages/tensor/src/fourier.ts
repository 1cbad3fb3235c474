// Fourier transforms of arrays, any length, along the last axis or the last two. Forward transforms carry no factor, inverse
// ones 1/n (per axis), as in NumPy.
import { complexOf, isComplex, realOf } from './dtype.ts'
import { DTypeError, ShapeError } from './errors.ts'
import { complex, mul } from './elementwise.ts'
import { formatShape } from './shape.ts'
import { type Tensor, empty } from './tensor.ts'

function along(x: Tensor, axes: readonly number[], sign: -1 | 1): Tensor {
  if (x.rank < axes.length || axes.some((axis) => x.shape[x.rank + axis] === 0)) {
    throw new ShapeError(`cannot transform shape ${formatShape(x.shape)}: it needs ${axes.length} axes of length 1 or more`)
  }
  const out = empty(x.shape, { dtype: complexOf(x.dtype), backend: x.backend })
  let from = isComplex(x.dtype) ? x : complex(x)
  for (const axis of axes) {
    x.backend.fft(from, out, x.rank + axis, sign)
    from = out
  }
  const points = axes.reduce((product, axis) => product * x.shape[x.rank + axis], 1)
  return sign === 1 ? mul(out, 1 / points) : out
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
  return half(x, fft(x))
}

/** The half of `fft2` of a real array that determines it: [..., h, w] → complex [..., h, ⌊w/2⌋ + 1]. */
export function rfft2(x: Tensor): Tensor {
  if (isComplex(x.dtype)) throw new DTypeError('rfft2 takes a real array: use fft2')
  if (x.rank < 2 || x.shape.includes(0)) throw new ShapeError(`cannot transform shape ${formatShape(x.shape)} in two axes`)
  const [h, w] = x.shape.slice(-2)
  const flat = x.reshape(-1, h, w)
  const out = empty([flat.shape[0], h, Math.floor(w / 2) + 1], { dtype: complexOf(x.dtype), backend: x.backend })
  x.backend.spectrum(flat, out)
  return out.reshape(...x.shape.slice(0, -1), Math.floor(w / 2) + 1)
}

/** Inverse of `rfft`: complex [..., ⌊n/2⌋ + 1] → real [..., n]. `length` is n, since two lengths share one half. */
export function irfft(X: Tensor, length: number): Tensor {
  return realPart(ifft(whole(X, [length])))
}

/** Inverse of `rfft2`: complex [..., h, ⌊w/2⌋ + 1] → real [..., h, w]. `width` is w. */
export function irfft2(X: Tensor, width: number): Tensor {
  return realPart(ifft2(whole(X, [X.shape[X.rank - 2], width])))
}

function half(x: Tensor, full: Tensor): Tensor {
  if (isComplex(x.dtype)) throw new DTypeError('rfft takes a real array: use fft')
  const all = x.shape.slice(0, -1).map(() => null)
  return full.slice(...all, [0, Math.floor(x.shape[x.rank - 1] / 2) + 1]).clone()
}

/** Completes a half spectrum by X(−k) = conj X(k). */
function whole(X: Tensor, lengths: readonly number[]): Tensor {
  const width = lengths[lengths.length - 1]
  const given = X.shape[X.rank - 1]
  if (!isComplex(X.dtype) || given !== Math.floor(width / 2) + 1) {
    throw new ShapeError(`a half spectrum of ${width} points has ${Math.floor(width / 2) + 1} columns, not ${given} of ${X.dtype}`)
  }
  const lead = X.shape.slice(0, X.rank - lengths.length)
  const out = empty([...lead, ...lengths], { dtype: X.dtype, backend: X.backend })
  const every = lead.map(() => null)
  X.backend.copy(X, out.slice(...every, ...lengths.slice(0, -1).map(() => null), [0, given]))
  const columns: [number, number?, number?] = [width - given, 0, -1]
  if (width - given <= 0) return out
  // the columns that are missing, width−1 … given, mirror columns 1 … width−given; rows mirror too, but for row 0
  const target = (rows: [number, number?, number?] | number | null): Tensor =>
    rows === null ? out.slice(...every, [given, width]) : out.slice(...every, rows, [given, width])
  const source = (rows: [number, number?, number?] | number | null): Tensor =>
    rows === null ? X.slice(...every, columns) : X.slice(...every, rows, columns)
  if (lengths.length === 1) X.backend.map('conj', source(null), target(null))
  else {
    X.backend.map('conj', source(0), target(0))
    if (lengths[0] > 1) X.backend.map('conj', source([lengths[0] - 1, 0, -1]), target([1, lengths[0]]))
  }
  return out
}

function realPart(x: Tensor): Tensor {
  return x.real.clone(realOf(x.dtype))
}
