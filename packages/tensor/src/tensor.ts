// The n-d array: a strided view of a buffer, with the view operations that copy nothing. Arithmetic lives in its own files.
import type { Backend, Buffer, View } from './backend.ts'
import { type DType, type RealArray, complexOf, dtypeOf, isComplex, realArray, realOf } from './dtype.ts'
import { DTypeError, ShapeError } from './errors.ts'
import { reference } from './reference.ts'
import { track } from './scope.ts'
import { type Shape, checkAxis, checkShape, contiguousStrides, formatShape, sameShape, sizeOf } from './shape.ts'

/**
 * One axis of `slice`: an index (drops the axis), null for all, or `[start, stop, step]`, where negative positions count from
 * the end and a missing stop means as far as there is: `[-1, undefined, -1]` reverses.
 */
export type SliceRange = number | readonly [start: number, stop?: number | undefined, step?: number] | null

/**
 * An n-d array of real or complex numbers. It never owns data of its own: it is a shape and strides over a buffer that a back
 * end owns, so that slices, transposes and reshapes of contiguous arrays share memory with what they were made from.
 */
export class Tensor implements View {
  readonly backend: Backend
  readonly buffer: Buffer
  readonly dtype: DType
  readonly shape: Shape
  readonly strides: readonly number[]
  readonly offset: number
  readonly imagStride: number

  /** A view of `buffer`; see `View` for the units of strides. Most code uses `tensor(data, shape)` or `zeros(shape)`. */
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
    const step = isComplex(this.dtype) ? 2 : 1
    if (step === 2 && this.imagStride !== 1) return false
    const dense = contiguousStrides(this.shape, step)
    return this.size === 0 || this.shape.every((length, axis) => length === 1 || this.strides[axis] === dense[axis])
  }

  private with(change: Partial<View>): Tensor {
    return new Tensor(this.backend, { ...pickView(this), ...change })
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
      const range = ranges[axis] ?? null
      const stride = this.strides[axis]
      if (typeof range === 'number') {
        const index = range < 0 ? range + length : range
        if (!Number.isInteger(range) || index < 0 || index >= length) {
          throw new ShapeError(`index ${range} on axis ${axis} is outside shape ${formatShape(this.shape)}`)
        }
        offset += index * stride
        return
      }
      const { start, count, step } = resolveRange(range, length)
      offset += count > 0 ? start * stride : 0
      shape.push(count)
      strides.push(stride * step)
    })
    return this.with({ shape, strides, offset })
  }

  /** The same axes in another order; without an argument reversed. `x.transpose(0, 2, 1)`. */
  transpose(...axes: number[]): Tensor {
    const order =
      axes.length === 0 ? this.shape.map((_, i) => this.rank - 1 - i) : axes.map((a) => checkAxis(a, this.rank))
    if (order.length !== this.rank || new Set(order).size !== this.rank) {
      throw new ShapeError(`transpose(${axes.join(', ')}) must name each of the ${this.rank} axes once`)
    }
    return this.with({ shape: order.map((a) => this.shape[a]), strides: order.map((a) => this.strides[a]) })
  }

  /**
   * The same elements in row-major order with another shape; one length may be -1 and follows from the rest. A view where
   * the strides allow it, else a contiguous copy. Throws `ShapeError` naming both shapes.
   */
  reshape(...lengths: number[]): Tensor {
    const shape = inferShape(lengths, this.shape)
    const strides = reshapeStrides(this.shape, this.strides, shape)
    if (strides !== null) return this.with({ shape, strides })
    return this.contiguous().reshape(...shape)
  }

  /** A view of a larger shape by NumPy's rule: axes of length 1 are repeated without a copy. */
  broadcastTo(shape: Shape): Tensor {
    const lead = shape.length - this.rank
    const fits = lead >= 0 && this.shape.every((length, axis) => length === 1 || length === shape[axis + lead])
    if (!fits) throw new ShapeError(`shape ${formatShape(this.shape)} does not broadcast to ${formatShape(shape)}`)
    checkShape(shape)
    const strides = shape.map((length, axis) => {
      const own = axis - lead
      return own < 0 || (this.shape[own] === 1 && length !== 1) ? 0 : this.strides[own]
    })
    return this.with({ shape: [...shape], strides })
  }

  /** A view with a new axis of length 1 before `axis` (negative counts from the end of the result). */
  expand(axis: number): Tensor {
    const at = checkAxis(axis, this.rank + 1)
    return this.with({ shape: this.shape.toSpliced(at, 0, 1), strides: this.strides.toSpliced(at, 0, 0) })
  }

  /** A view without one axis of length 1. */
  squeeze(axis: number): Tensor {
    const at = checkAxis(axis, this.rank)
    if (this.shape[at] !== 1)
      throw new ShapeError(`axis ${axis} of shape ${formatShape(this.shape)} is not of length 1`)
    return this.with({ shape: this.shape.toSpliced(at, 1), strides: this.strides.toSpliced(at, 1) })
  }

  /** The real parts, as a view. */
  get real(): Tensor {
    return this.with({ dtype: realOf(this.dtype), imagStride: 0 })
  }

  /** The imaginary parts, as a view. Throws `DTypeError` for a real array. */
  get imag(): Tensor {
    if (!isComplex(this.dtype)) throw new DTypeError(`imag needs a complex array, this one is ${this.dtype}`)
    return this.with({ dtype: realOf(this.dtype), imagStride: 0, offset: this.offset + this.imagStride })
  }

  /** A complex array as real numbers with a last axis of 2 (real, imaginary), as a view. */
  asReal(): Tensor {
    if (!isComplex(this.dtype)) throw new DTypeError(`asReal needs a complex array, this one is ${this.dtype}`)
    return this.with({
      dtype: realOf(this.dtype),
      shape: [...this.shape, 2],
      strides: [...this.strides, this.imagStride],
      imagStride: 0,
    })
  }

  /** A real array whose last axis has length 2 as complex numbers, as a view. */
  asComplex(): Tensor {
    if (isComplex(this.dtype) || this.shape.at(-1) !== 2) {
      throw new ShapeError(
        `asComplex needs a real array with a last axis of 2, this one is ${this.dtype} ${formatShape(this.shape)}`,
      )
    }
    return this.with({
      dtype: complexOf(this.dtype),
      shape: this.shape.slice(0, -1),
      strides: this.strides.slice(0, -1),
      imagStride: this.strides[this.rank - 1],
    })
  }

  /** This array if it is contiguous, else a contiguous copy. */
  contiguous(): Tensor {
    return this.isContiguous ? this : this.clone()
  }

  /** A contiguous copy, of another element type if one is given (real to real, complex to complex). */
  clone(dtype: DType = this.dtype): Tensor {
    if (isComplex(dtype) !== isComplex(this.dtype)) {
      throw new DTypeError(
        `cannot clone ${this.dtype} as ${dtype}: take .real, or build a complex array with complex(re, im)`,
      )
    }
    const out = empty(this.shape, { dtype, backend: this.backend })
    this.backend.copy(this, out)
    return out
  }

  /**
   * The numbers in row-major order (complex ones interleaved). A copy, but for a contiguous array of the reference, whose memory
   * it shares: other back ends use theirs again once an array is released or forgotten. Throws where the back end
   * computes on a GPU: there, `await x.read()`.
   */
  toTypedArray(): RealArray {
    const data = hostData(this)
    const step = isComplex(this.dtype) ? 2 : 1
    const end = this.offset + this.size * step
    if (this.isContiguous)
      return this.backend === reference ? data.subarray(this.offset, end) : data.slice(this.offset, end)
    const flat = step === 2 ? this.asReal() : this
    const out = realArray(this.buffer.dtype, this.size * step)
    reference.copy(flat, {
      buffer: reference.adopt(out),
      dtype: this.buffer.dtype,
      shape: flat.shape,
      strides: contiguousStrides(flat.shape),
      offset: 0,
      imagStride: 0,
    })
    return out
  }

  /** The numbers in row-major order, once everything issued before has run; always a copy, on every back end. */
  async read(): Promise<RealArray> {
    const { buffer, offset } = this.contiguous()
    const all = this.backend.read(buffer)
    if (buffer !== this.buffer) this.backend.release(buffer)
    return (await all).slice(offset, offset + this.size * (isComplex(this.dtype) ? 2 : 1))
  }

  /** The single number of a real array of one element. */
  item(): number {
    if (this.size !== 1 || isComplex(this.dtype)) {
      throw new ShapeError(`item() needs one real element, this is ${this.dtype} ${formatShape(this.shape)}`)
    }
    return this.toTypedArray()[0]
  }

  /** Nested plain arrays; a complex element becomes `[re, im]`; a scalar a number. */
  toNested(): NestedNumbers {
    const source = isComplex(this.dtype) ? this.asReal() : this
    const flat = source.toTypedArray()
    let at = 0
    const build = (axis: number): NestedNumbers =>
      axis === source.rank ? flat[at++] : Array.from({ length: source.shape[axis] }, () => build(axis + 1))
    return build(0)
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

/** Numbers in nested arrays, one level an axis. */
export type NestedNumbers = number | NestedNumbers[]

/** How a new array is made. */
export interface TensorOptions {
  /** Element type; default `float32`, or that of the data. */
  readonly dtype?: DType
  /** Who owns and computes it; default the reference. */
  readonly backend?: Backend
}

/** A zeroed array. Released with the innermost scope, if there is one. */
export function empty(shape: Shape, options: TensorOptions = {}): Tensor {
  checkShape(shape)
  const { dtype = 'float32', backend = reference } = options
  const step = isComplex(dtype) ? 2 : 1
  const buffer = track(backend, backend.allocate(realOf(dtype), sizeOf(shape) * step))
  return new Tensor(backend, {
    buffer,
    dtype,
    shape: [...shape],
    strides: contiguousStrides(shape, step),
    offset: 0,
    imagStride: step - 1,
  })
}

/**
 * An array over data. A `Float32Array` or `Float64Array` of the asked precision is taken as it is where the back end allows it
 * (no copy, writes are seen); typed arrays of integers and nested arrays are copied, to `float32` unless `dtype` says
 * otherwise. Complex data is interleaved. Throws `ShapeError` if the data does not fill the shape or is ragged.
 *
 * @example tensor(new Float32Array([1, 2, 3, 4]), [2, 2]); tensor([[1, 2], [3, 4]])
 */
export function tensor(
  data: RealArray | IntegerArray | NestedNumbers,
  shape?: Shape,
  options: TensorOptions = {},
): Tensor {
  const { backend = reference } = options
  const own = data instanceof Float32Array || data instanceof Float64Array ? data : null
  const nested = ArrayBuffer.isView(data) ? { flat: data, shape: null } : flatten(data)
  const dtype = options.dtype ?? (own ? dtypeOf(own) : 'float32')
  const step = isComplex(dtype) ? 2 : 1
  const count = nested.flat.length
  const dims = [...(shape ?? nested.shape ?? [count / step])]
  checkShape(dims)
  if (sizeOf(dims) * step !== count) {
    throw new ShapeError(
      `${count} numbers do not fill shape ${formatShape(dims)} of ${dtype}: it takes ${sizeOf(dims) * step}`,
    )
  }
  const typed = own && dtypeOf(own) === realOf(dtype) ? own : convert(nested.flat, dtype)
  const buffer = track(backend, backend.adopt(typed))
  return new Tensor(backend, {
    buffer,
    dtype,
    shape: dims,
    strides: contiguousStrides(dims, step),
    offset: 0,
    imagStride: step - 1,
  })
}

function pickView(view: View): View {
  const { buffer, dtype, shape, strides, offset, imagStride } = view
  return { buffer, dtype, shape, strides, offset, imagStride }
}

function hostData(x: Tensor): RealArray {
  const { data } = x.buffer
  if (data === null) {
    throw new DTypeError(`the ${x.backend.name} back end keeps its arrays on the device: use \`await x.read()\``)
  }
  return data
}

function convert(flat: ArrayLike<number>, dtype: DType): RealArray {
  const out = realArray(realOf(dtype), flat.length)
  out.set(flat)
  return out
}

function flatten(data: NestedNumbers): { flat: number[]; shape: number[] } {
  const shape: number[] = []
  for (let level: NestedNumbers = data; Array.isArray(level); level = level[0]) shape.push(level.length)
  const flat: number[] = []
  const visit = (level: NestedNumbers, axis: number): void => {
    if (Array.isArray(level) !== axis < shape.length || (Array.isArray(level) && level.length !== shape[axis])) {
      throw new ShapeError(`nested arrays are ragged: axis ${axis} is not ${shape[axis] ?? 'a number'} everywhere`)
    }
    if (Array.isArray(level)) for (const inner of level) visit(inner, axis + 1)
    else if (typeof level === 'number') flat.push(level)
    else throw new DTypeError(`nested arrays hold ${typeof level} where a number is expected`)
  }
  visit(data, 0)
  return { flat, shape }
}

function resolveRange(range: Exclude<SliceRange, number>, length: number) {
  const [from, to, step = 1] = range ?? [0]
  if (![from, to ?? 0, step].every(Number.isInteger) || step === 0) {
    throw new ShapeError(`slice range [${range?.join(', ')}] must hold integers, the step not 0`)
  }
  const clamp = (index: number, low: number, high: number): number =>
    Math.min(Math.max(index < 0 ? index + length : index, low), high)
  const start = step > 0 ? clamp(from, 0, length) : clamp(from, -1, length - 1)
  const stop = to === undefined ? (step > 0 ? length : -1) : step > 0 ? clamp(to, 0, length) : clamp(to, -1, length - 1)
  return { start, step, count: Math.max(0, Math.ceil((stop - start) / step)) }
}

function inferShape(lengths: readonly number[], from: Shape): number[] {
  const known = lengths.filter((n) => n !== -1)
  const rest = sizeOf(known)
  const size = sizeOf(from)
  const shape = lengths.map((n) => (n === -1 ? (rest === 0 ? 0 : size / rest) : n))
  if (lengths.length - known.length > 1 || !shape.every(Number.isInteger) || sizeOf(shape) !== size) {
    throw new ShapeError(`cannot reshape ${formatShape(from)} (${size} elements) to ${lengths.join('×') || 'scalar'}`)
  }
  checkShape(shape)
  return shape
}

/** Strides of the reshaped view, or null where only a copy serves: axes are merged and split within runs that are dense. */
function reshapeStrides(shape: Shape, strides: readonly number[], target: Shape): number[] | null {
  if (sameShape(shape, target)) return [...strides]
  if (sizeOf(shape) === 0) return contiguousStrides(target)
  const axes = shape.map((length, i) => ({ length, stride: strides[i] })).filter((axis) => axis.length !== 1)
  const runs: { length: number; stride: number }[] = []
  for (const axis of axes) {
    const last = runs.at(-1)
    if (last && last.stride === axis.length * axis.stride) {
      last.length *= axis.length
      last.stride = axis.stride
    } else runs.push({ ...axis })
  }
  const out = new Array<number>(target.length).fill(0)
  let run = runs.pop()
  let left = run?.length ?? 1
  for (let i = target.length - 1; i >= 0; i--) {
    if (target[i] === 1) continue
    while (left === 1) {
      run = runs.pop()
      left = run?.length ?? 1
    }
    if (run === undefined || left % target[i] !== 0) return null
    out[i] = run.stride * (run.length / left)
    left /= target[i]
  }
  return out
}
