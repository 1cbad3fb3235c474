// What the tests hold arrays against: elements looked up one by one through strides, results as plain functions of an
// index.
import fc from 'fast-check'
import type { DType } from '../array/dtype.ts'
import { isComplex, realArray, realOf } from '../array/dtype.ts'
import { sizeOf } from '../array/shape.ts'
import { type SliceRange, type Tensor, tensor } from '../array/tensor.ts'

/** Every index of a shape in row-major order. */
export function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (indices, length) => indices.flatMap((index) => Array.from({ length }, (_, i) => [...index, i])),
    [[]],
  )
}

/** The real part (or, with `imag`, the imaginary part) of one element, by its strides. */
export function elementAt(x: Tensor, index: readonly number[], imag = false): number {
  const at = index.reduce((sum, i, axis) => sum + i * x.strides[axis], x.offset)
  return (x.buffer.data as Float64Array)[imag ? at + x.imagStride : at]
}

/** All elements in row-major order, complex ones interleaved, by their strides. */
export function elements(x: Tensor): number[] {
  return indicesOf(x.shape).flatMap((index) =>
    isComplex(x.dtype) ? [elementAt(x, index), elementAt(x, index, true)] : [elementAt(x, index)],
  )
}

/** Numbers without structure that both precisions hold exactly: multiples of 1/64 in [-2, 2). */
export function noise(shape: readonly number[], seed: number, dtype: DType = 'float64'): Tensor {
  const data = realArray(realOf(dtype), sizeOf(shape) * (isComplex(dtype) ? 2 : 1))
  for (let i = 0; i < data.length; i++) {
    let h = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
    h = Math.imul(h ^ (h >>> 13), 0x297a2d39)
    data[i] = (((h ^ (h >>> 16)) & 255) - 128) / 64
  }
  return tensor(data, shape, { dtype })
}

/** Shapes of up to `most` axes of 0 … 4 elements. */
export const shapes = (most = 4, least = 0): fc.Arbitrary<number[]> =>
  fc.array(fc.nat(4), { minLength: least, maxLength: most })

/** An array of a given shape behind any of the views that leave its elements at odd places. */
export function views(shape: readonly number[], dtype: DType = 'float64'): fc.Arbitrary<Tensor> {
  const axes = shape.map((_, axis) => axis)
  return fc
    .record({
      seed: fc.nat(1e6),
      order: fc.shuffledSubarray(axes, { minLength: axes.length }),
      steps: fc.tuple(...axes.map(() => fc.constantFrom(1, 1, 2, -1, -2))),
      margins: fc.tuple(...axes.map(() => fc.nat(2))),
      broadcast: fc.tuple(...axes.map(() => fc.nat(9).map((n) => n === 0))),
      planar: fc.boolean(),
    })
    .map(({ seed, order, steps, margins, broadcast, planar }) => {
      const held = axes.map((axis) => (broadcast[axis] && shape[axis] > 0 ? 1 : shape[axis]))
      const stored = order.map((axis) => margins[axis] + held[axis] * Math.abs(steps[axis]))
      const base =
        isComplex(dtype) && planar
          ? noise([2, ...stored], seed, realOf(dtype))
              .transpose(...stored.map((_, i) => i + 1), 0)
              .asComplex()
          : noise(stored, seed, dtype)
      const back = axes.map((axis) => order.indexOf(axis))
      const ranges = axes.map((axis): SliceRange => {
        const end = margins[axis] + held[axis] * Math.abs(steps[axis])
        if (held[axis] === 0) return [0, 0]
        return steps[axis] > 0 ? [margins[axis], end, steps[axis]] : [end - 1, stopBelow(margins[axis]), steps[axis]]
      })
      const view = base.transpose(...back).slice(...ranges)
      return view.broadcastTo(shape)
    })
}

/** The stop of a falling range whose last element is `first` or above: -1 would count from the end. */
const stopBelow = (first: number): number | undefined => (first === 0 ? undefined : first - 1)
