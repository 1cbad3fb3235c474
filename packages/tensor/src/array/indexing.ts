// Elements picked by lists of indices, and edges around arrays.
import { padAdjoint as putBack } from '../operations/scattering-adjoints.ts'
import { pad as pick } from '../operations/scattering.ts'
import { checkArgument, checkOptions, oneOf, shown, someNumbers } from '../check-options.ts'
import { ShapeError, ValueError } from '../errors.ts'
import { differentiable } from '../gradient/tape.ts'
import { checkTensor } from './checks.ts'
import { isComplex } from './dtype.ts'
import { checkAxis, formatShape, sizeOf } from './shape.ts'
import { type Tensor, empty, unwritten } from './tensor.ts'

/**
 * The elements at some indices along an axis (default 0), in the order of the list: NumPy's `take`. Negative indices count from the
 * end; an index may come twice, and its gradient is the sum. Throws `ShapeError` for an index outside the array.
 */
export function take(x: Tensor, indices: ArrayLike<number>, axis = 0): Tensor {
  checkTensor('take', x)
  checkArgument('take: indices', indices, someNumbers)
  const along = checkAxis(axis, x.rank)
  const length = x.shape[along]
  const places = Int32Array.from(indices, (index) => {
    if (!Number.isInteger(index) || index < -length || index >= length)
      throw new ShapeError(`index ${shown(index)} on axis ${axis} is outside shape ${formatShape(x.shape)}`)
    return index < 0 ? index + length : index
  })
  return picked(x, along, places)
}

/** What stands beyond the ends of an array: zeros, the mirrored array with or without its end element, the end element, or the array again. */
export type EdgeMode = 'zero' | 'reflect' | 'symmetric' | 'edge' | 'periodic'

/** How an array is padded. */
export interface PadOptions {
  /** Default `zero`. NumPy's names, but for `zero` (`constant`) and `periodic` (`wrap`). */
  readonly mode?: EdgeMode
}

/**
 * The array with more elements on both sides of its last axes: one number for each of these axes, or a pair [before, after]. `pad(x, [4, 4])` frames
 * images by 4 pixels. Throws `ValueError` for a width that is no whole number from 0.
 */
export function pad(
  x: Tensor,
  widths: readonly (number | readonly [before: number, after: number])[],
  options?: PadOptions,
): Tensor {
  checkTensor('pad', x)
  const { mode = 'zero' } = checkOptions('pad', options, {
    mode: oneOf('zero', 'reflect', 'symmetric', 'edge', 'periodic'),
  })
  if (!Array.isArray(widths) || widths.length > x.rank)
    throw new ShapeError(
      `pad of shape ${formatShape(x.shape)} by ${shown(widths)}: give a width for each of the last axes`,
    )
  return widths.reduce<Tensor>((padded, width, i) => {
    const [before, after] = Array.isArray(width) ? (width as readonly number[]) : [width as number, width as number]
    for (const count of [before, after])
      if (!Number.isInteger(count) || count < 0)
        throw new ValueError(`pad by ${shown(width)}: give whole numbers from 0`)
    const axis = x.rank - widths.length + i
    const length = x.shape[axis]
    if (length === 0 && mode !== 'zero')
      throw new ShapeError(`pad of shape ${formatShape(x.shape)}: mode ${mode} needs an element on axis ${axis}`)
    const places = Int32Array.from({ length: before + length + after }, (_, at) => PLACES[mode](at - before, length))
    return picked(padded, axis, places)
  }, x)
}

const modulo = (at: number, period: number): number => ((at % period) + period) % period

/** Which element of a line of `length` stands at a place that may lie outside; −1 for zero. */
const PLACES: Record<EdgeMode, (at: number, length: number) => number> = {
  zero: (at, length) => (at >= 0 && at < length ? at : -1),
  edge: (at, length) => Math.min(Math.max(at, 0), length - 1),
  periodic: (at, length) => modulo(at, length),
  reflect: (at, length) => (length === 1 ? 0 : folded(modulo(at, 2 * length - 2), 2 * length - 2)),
  symmetric: (at, length) => folded(modulo(at, 2 * length), 2 * length - 1),
}

const folded = (at: number, last: number): number => Math.min(at, last - at)

/** The elements at `places` along an axis, −1 standing for zero. */
function picked(x: Tensor, axis: number, places: Int32Array): Tensor {
  const parts = isComplex(x.dtype) ? x.asReal() : x
  const inner = sizeOf(parts.shape.slice(axis + 1))
  const outer = sizeOf(parts.shape.slice(0, axis))
  const lines = parts.reshape(outer, parts.shape[axis], inner)
  const every = Int32Array.from({ length: inner }, (_, i) => i)
  const out = unwritten([outer, places.length, inner], lines)
  pick(x.backend, lines, places, every, out)
  differentiable(out, [
    lines,
    (g) => {
      const back = empty(lines.shape, lines)
      putBack(x.backend, g, places, every, back)
      return back
    },
  ])
  const shaped = out.reshape(...parts.shape.with(axis, places.length))
  return isComplex(x.dtype) ? shaped.asComplex() : shaped
}
