// The n-d array: a strided view of a buffer, with the view operations that copy nothing. Arithmetic lives in its own
// files.
import { copy } from '../operations/copy.ts'
import type { Backend, Buffer, View } from '../backend/backend.ts'
import { shown } from '../check-options.ts'
import { allocate } from './allocate.ts'
import { type DType, type RealArray, checkDType, complexOf, dtypeOf, isComplex, realArray, realOf } from './dtype.ts'
import { DTypeError, ShapeError, ValueError } from '../errors.ts'
import { formatTensor } from './format.ts'
import { imagPart, realPart, realParts, stepOf, wholeView } from '../backend/views.ts'
import { type NestedNumbers, flatten, nested } from './nested.ts'
import { reference } from '../backend/reference.ts'
import { inferShape, reshapeStrides } from './reshape.ts'
import { track } from './scope.ts'
import { type Shape, checkAxis, checkShape, contiguousStrides, formatShape, sizeOf } from './shape.ts'
import { type SliceRange, resolveRange } from './slice-range.ts'
import { type Pullback, type Region, differentiable } from '../gradient/tape.ts'

export type { NestedNumbers } from './nested.ts'
export type { SliceRange } from './slice-range.ts'

/**
 * An n-d array of real or complex numbers. It never owns data of its own: it is a shape and strides over a buffer that
 * a back end owns, so that slices, transposes and reshapes of contiguous arrays share memory with what they were made
 * from.
 */
export class Tensor implements View {
  /** Who owns the numbers and computes on them. */
  readonly backend: Backend
  /** The memory that the numbers lie in; other arrays may share it. */
  readonly buffer: Buffer
  /** Element type: `float32`, `float64`, `complex64` or `complex128`. */
  readonly dtype: DType
  /** The length of each axis; `[]` for a scalar. */
  readonly shape: Shape
  /** Real numbers of the buffer from one element to the next, for each axis; 0 where an axis repeats. */
  readonly strides: readonly number[]
  /** Real numbers of the buffer before the first element. */
  readonly offset: number
  /** From the real part of an element to its imaginary part; 0 for a real array. */
  readonly imagStride: number

  /**
   * A view of `buffer`; see `View` for the units of strides. Most code uses `tensor(data, shape)` or `zeros(shape)`.
   */
  constructor(backend: Backend, view: View) {
    this.backend = backend
    this.buffer = view.buffer
    this.dtype = view.dtype
    this.shape = view.shape
    this.strides = view.strides
    this.offset = view.offset
    this.imagStride = view.imagStride
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape)
  }

  /** Whether elements lie in row-major order without gaps (complex ones interleaved). */
  get isContiguous(): boolean {
    const step = stepOf(this.dtype)
    if (this.imagStride !== step - 1) return false
    const dense = contiguousStrides(this.shape, step)
    return this.size === 0 || this.shape.every((length, axis) => length === 1 || this.strides[axis] === dense[axis])
  }

  /**
   * A view of part of the array: one range per axis, missing ones mean all. `x.slice(0, [1, 5], null)` is NumPy's
   * `x[0, 1:5, :]`. Throws `ShapeError` for an index outside the array or more ranges than axes.
   */
  slice(...ranges: SliceRange[]): Tensor {
    if (ranges.length > this.rank) {
      throw new ShapeError(
        `${ranges.length} ranges for an array of shape ${formatShape(this.shape)}: give at most ${this.rank}`,
      )
    }
    const shape: number[] = []
    const strides: number[] = []
    let offset = this.offset
    this.shape.forEach((length, axis) => {
      const range = ranges[axis]
      const stride = this.strides[axis]
      if (typeof range === 'number') {
        const index = range < 0 ? range + length : range
        if (!Number.isInteger(range) || index < 0 || index >= length) {
          throw new ShapeError(`index ${range} on axis ${axis} is outside shape ${formatShape(this.shape)}`)
        }
        offset += index * stride
      } else {
        const { start, count, step } = resolveRange(range, length)
        offset += count > 0 ? start * stride : 0
        shape.push(count)
        strides.push(stride * step)
      }
    })
    return along(this, shape, strides, { region: (whole) => whole.slice(...ranges) }, offset)
  }

  /** The same axes in another order; without an argument reversed. `x.transpose(0, 2, 1)`. */
  transpose(...axes: number[]): Tensor {
    const named = axes.length === 0 ? this.shape.map((_, i) => -1 - i) : axes
    const order = named.map((a) => checkAxis(a, this.rank))
    if (order.length !== this.rank || new Set(order).size !== this.rank) {
      throw new ShapeError(`transpose(${axes.join(', ')}) must name each of the ${this.rank} axes once`)
    }
    const back = (g: Tensor): Tensor => g.transpose(...order.map((_, axis) => order.indexOf(axis)))
    return along(
      this,
      order.map((a) => this.shape[a]),
      order.map((a) => this.strides[a]),
      back,
    )
  }

  /**
   * The same elements in row-major order with another shape; one length may be -1 and follows from the rest. A view
   * where the strides allow it, else a contiguous copy. Throws `ShapeError` naming both shapes.
   */
  reshape(...lengths: number[]): Tensor {
    const shape = inferShape(lengths, this.shape)
    const strides = reshapeStrides(this.shape, this.strides, shape)
    if (strides !== null) return along(this, shape, strides, (g) => g.reshape(...this.shape))
    return this.contiguous().reshape(...shape)
  }

  /** A view of a larger shape by NumPy's rule: axes of length 1 are repeated without a copy. */
  broadcastTo(shape: Shape): Tensor {
    const lead = shape.length - this.rank
    const fits = lead >= 0 && this.shape.every((length, axis) => length === 1 || length === shape[axis + lead])
    if (!fits) throw new ShapeError(`shape ${formatShape(this.shape)} does not broadcast to ${formatShape(shape)}`)
    checkShape(shape)
    const strides = shape.map((length, axis) => (this.shape[axis - lead] === length ? this.strides[axis - lead] : 0))
    return along(this, [...shape], strides, (g) => g)
  }

  /** A view with a new axis of length 1 before `axis` (negative counts from the end of the result). */
  expand(axis: number): Tensor {
    const at = checkAxis(axis, this.rank + 1)
    return along(this, this.shape.toSpliced(at, 0, 1), this.strides.toSpliced(at, 0, 0), (g) => g.squeeze(at))
  }

  /** A view without one axis of length 1. */
  squeeze(axis: number): Tensor {
    const at = checkAxis(axis, this.rank)
    if (this.shape[at] !== 1)
      throw new ShapeError(`axis ${axis} of shape ${formatShape(this.shape)} is not of length 1`)
    return along(this, this.shape.toSpliced(at, 1), this.strides.toSpliced(at, 1), (g) => g.expand(at))
  }

  /** The real parts, as a view. */
  get real(): Tensor {
    return viewed(this, realPart(this), { region: (whole) => whole.real })
  }

  /** The imaginary parts, as a view. Throws `DTypeError` for a real array. */
  get imag(): Tensor {
    checkComplex('imag', this)
    return viewed(this, imagPart(this), { region: (whole) => whole.imag })
  }

  /** A complex array as real numbers with a last axis of 2 (real, imaginary), as a view. */
  asReal(): Tensor {
    checkComplex('asReal', this)
    return viewed(this, realParts(this), (g) => g.asComplex())
  }

  /** A real array whose last axis has length 2 as complex numbers, as a view. */
  asComplex(): Tensor {
    if (isComplex(this.dtype) || this.shape.at(-1) !== 2) {
      throw new ShapeError(
        `asComplex needs a real array with a last axis of 2, this one is ${this.dtype} ${formatShape(this.shape)}`,
      )
    }
    return viewed(
      this,
      {
        ...realPart(this),
        dtype: complexOf(this.dtype),
        shape: this.shape.slice(0, -1),
        strides: this.strides.slice(0, -1),
        imagStride: this.strides[this.rank - 1],
      },
      (g) => g.asReal(),
    )
  }

  /** This array if it is contiguous, else a contiguous copy. */
  contiguous(): Tensor {
    return this.isContiguous ? this : this.clone()
  }

  /** A contiguous copy, of another element type if one is given (real to real, complex to complex). */
  clone(dtype: DType = this.dtype): Tensor {
    checkDType(dtype)
    if (isComplex(dtype) !== isComplex(this.dtype)) {
      throw new DTypeError(
        `cannot clone ${this.dtype} as ${dtype}: take .real, or build a complex array with complex(re, im)`,
      )
    }
    const out = new Tensor(this.backend, allocate(this.backend, this.shape, dtype, 'any'))
    copy(this.backend, this, out)
    return differentiable(out, [this, (g) => g])
  }

  /**
   * The numbers in row-major order (complex ones interleaved): a copy, on every back end. Throws where the back end computes on a
   * GPU: there, `await x.read()`.
   */
  toTypedArray(): RealArray {
    const numbers = this.asTypedArray()
    return this.isContiguous ? numbers.slice() : numbers
  }

  /**
   * The same numbers without a copy where they lie in a row in host memory: to be read at once, and not written. They may change
   * when anything is computed or released.
   */
  asTypedArray(): RealArray {
    const { data } = this.buffer
    if (data === null) {
      throw new DTypeError(`the ${this.backend.name} back end keeps its arrays on the device: use \`await x.read()\``)
    }
    const step = stepOf(this.dtype)
    if (this.isContiguous) return data.subarray(this.offset, this.offset + this.size * step)
    const flat = realParts(this)
    const out = realArray(this.buffer.dtype, this.size * step)
    copy(reference, flat, wholeView(reference.adopt(out), flat.dtype, flat.shape))
    return out
  }

  /** The numbers in row-major order, once everything issued before has run; always a copy, on every back end. */
  async read(): Promise<RealArray> {
    const { buffer, offset } = this.contiguous()
    const all = this.backend.read(buffer)
    if (buffer !== this.buffer) this.backend.release(buffer)
    return (await all).slice(offset, offset + this.size * stepOf(this.dtype))
  }

  /** The single number of a real array of one element. */
  item(): number {
    if (this.size !== 1 || isComplex(this.dtype)) {
      throw new ShapeError(`item() needs one real element, this is ${this.dtype} ${formatShape(this.shape)}`)
    }
    return this.asTypedArray()[0]
  }

  /** Nested plain arrays; a complex element becomes `[re, im]`; a scalar a number. */
  toNested(): NestedNumbers {
    const flat = this.asTypedArray()
    return nested(realParts(this).shape, (at) => flat[at])
  }

  /** Element type, shape and numbers, long axes cut in the middle. */
  toString(): string {
    return formatTensor(this)
  }

  static {
    // what `console.log` of Node shows
    Object.defineProperty(this.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: this.prototype.toString })
  }
}

/** A typed array of integers, such as the pixels of an image. */
export type IntegerArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array

/** How a new array is made. */
export interface TensorOptions {
  /** Element type; default `float32`, or that of the data. */
  readonly dtype?: DType
  /** Who owns and computes it; default the reference. */
  readonly backend?: Backend
}

/** The options of `name`. Throws `ValueError` for what is no record of a `dtype` and a `backend`, or an array that stands for its own. */
export function checkTensorOptions(name: string, options: TensorOptions): TensorOptions {
  if (options instanceof Tensor) return options
  const isRecord = typeof options === 'object' && options !== null && !Array.isArray(options)
  const stranger = isRecord ? Object.keys(options).find((key) => key !== 'dtype' && key !== 'backend') : shown(options)
  if (stranger !== undefined || Object.prototype.toString.call(options) !== '[object Object]')
    throw new ValueError(`${name} has no option ${stranger ?? shown(options)}: it takes { dtype, backend }`)
  const { backend } = options
  if (backend !== undefined && typeof backend?.allocate !== 'function')
    throw new ValueError(
      `${name}: backend is ${shown(backend)}: it must be a back end, for example createWasmBackend()`,
    )
  return options
}

/** A zeroed array. Released with the innermost scope, if there is one. */
export const empty = (shape: Shape, options: TensorOptions = {}): Tensor => allocated(shape, options, 'zeros')

/**
 * An array whose numbers are yet to be written, all of them, by what follows: until then they may be anything. It spares large
 * results a pass over their memory. Released as `empty` is.
 */
export const unwritten = (shape: Shape, options: TensorOptions = {}): Tensor => allocated(shape, options, 'any')

function allocated(shape: Shape, options: TensorOptions, content: 'zeros' | 'any'): Tensor {
  checkShape(shape)
  const { dtype = 'float32', backend = reference } = options
  checkDType(dtype)
  return new Tensor(backend, allocate(backend, shape, dtype, content))
}

/**
 * An array over data. A `Float32Array` or `Float64Array` of the asked precision is taken as it is where the back end
 * allows it (no copy, writes are seen); typed arrays of integers and nested arrays are copied, to `float32` unless
 * `dtype` says otherwise. Complex data is interleaved. Throws `ShapeError` if the data does not fill the shape or is
 * ragged.
 *
 * @example tensor(new Float32Array([1, 2, 3, 4]), [2, 2]); tensor([[1, 2], [3, 4]])
 */
export function tensor(
  data: RealArray | IntegerArray | NestedNumbers,
  shape?: Shape,
  options: TensorOptions = {},
): Tensor {
  const { backend = reference } = checkTensorOptions('tensor', options)
  if (typeof data !== 'number' && !ArrayBuffer.isView(data) && !Array.isArray(data))
    throw new ValueError(`tensor of ${shown(data)}: give nested arrays, or a typed array and a shape`)
  const own = data instanceof Float32Array || data instanceof Float64Array ? data : null
  const rows = ArrayBuffer.isView(data) ? { flat: data, shape: null } : flatten(data)
  const dtype = options.dtype ?? (own ? dtypeOf(own) : 'float32')
  checkDType(dtype)
  const step = stepOf(dtype)
  const count = rows.flat.length
  const dims = shape ?? rows.shape ?? [count / step]
  checkShape(dims)
  if (sizeOf(dims) * step !== count) {
    throw new ShapeError(
      `${count} numbers do not fill shape ${formatShape(dims)} of ${dtype}: it takes ${sizeOf(dims) * step}`,
    )
  }
  const typed = own && dtypeOf(own) === realOf(dtype) ? own : convert(rows.flat, dtype)
  const buffer = track(backend, backend.adopt(typed))
  return new Tensor(backend, wholeView(buffer, dtype, dims))
}

/** Another view of the buffer of x; `rule` carries a gradient of it back. */
const viewed = (x: Tensor, view: View, rule: Pullback | Region): Tensor =>
  differentiable(new Tensor(x.backend, view), [x, rule])

/** x with other axes. */
function along(
  x: Tensor,
  shape: Shape,
  strides: readonly number[],
  rule: Pullback | Region,
  offset: number = x.offset,
): Tensor {
  const { buffer, dtype, imagStride } = x
  return viewed(x, { buffer, dtype, shape, strides, offset, imagStride }, rule)
}

function checkComplex(name: string, { dtype }: Tensor): void {
  if (!isComplex(dtype)) throw new DTypeError(`${name} needs a complex array, this one is ${dtype}`)
}

function convert(flat: ArrayLike<number>, dtype: DType): RealArray {
  const out = realArray(realOf(dtype), flat.length)
  out.set(flat)
  return out
}
