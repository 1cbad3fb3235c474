// Several arrays as one.
import { copy } from '../operations/copy.ts'
import { backendOf } from '../backend/backend-of.ts'
import { shown } from '../check-options.ts'
import { checkTensor } from './checks.ts'
import { isComplex, promote } from './dtype.ts'
import { DTypeError, ShapeError, ValueError } from '../errors.ts'
import { checkAxis, formatShape, sameShape } from './shape.ts'
import { type Source, differentiable } from '../gradient/tape.ts'
import { type SliceRange, type Tensor, unwritten } from './tensor.ts'

/**
 * Arrays one after the other along `axis` (default 0), where alone their lengths may differ. Throws `ShapeError` naming
 * both shapes, or `DTypeError` for real and complex arrays together.
 */
export function concat(arrays: readonly Tensor[], axis = 0): Tensor {
  checkArrays('concat', arrays)
  const [first] = arrays
  const along = checkAxis(axis, first.rank)
  for (const x of arrays) {
    if (!sameShape(first.shape.with(along, 0), x.rank === first.rank ? x.shape.with(along, 0) : x.shape)) {
      throw new ShapeError(`cannot join ${formatShape(first.shape)} and ${formatShape(x.shape)} along axis ${axis}`)
    }
    if (isComplex(x.dtype) !== isComplex(first.dtype)) {
      throw new DTypeError(`cannot join ${first.dtype} and ${x.dtype}: make the real one complex with complex(x)`)
    }
  }
  const length = arrays.reduce((sum, x) => sum + x.shape[along], 0)
  const dtype = arrays.map((x) => x.dtype).reduce(promote)
  const out = unwritten(first.shape.with(along, length), { dtype, backend: backendOf(first, ...arrays) })
  let end = 0
  const sources = arrays.map((x): Source => {
    const ranges = part(along, [end, (end += x.shape[along])])
    copy(out.backend, x, out.slice(...ranges))
    return [x, (g) => g.slice(...ranges)]
  })
  return differentiable(out, ...sources)
}

/** Arrays of one shape side by side along a new axis (default 0). Throws as `concat` does. */
export function stack(arrays: readonly Tensor[], axis = 0): Tensor {
  checkArrays('stack', arrays)
  return concat(
    arrays.map((x) => x.expand(axis)),
    axis,
  )
}

function checkArrays(name: string, arrays: unknown): asserts arrays is readonly Tensor[] {
  if (!Array.isArray(arrays)) throw new ValueError(`${name} takes a list of arrays, not ${shown(arrays)}`)
  if (arrays.length === 0) throw new ValueError(`${name} of no arrays: give at least one`)
  for (const x of arrays as unknown[]) checkTensor(name, x)
}

const part = (axis: number, range: SliceRange): SliceRange[] => [...Array.from({ length: axis }, () => null), range]
