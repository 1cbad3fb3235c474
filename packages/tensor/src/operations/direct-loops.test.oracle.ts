// What the tests of the network operations hold them against: direct loops over every index, straight from the formulas.
import fc from 'fast-check'
import type { View } from '../backend/backend.ts'
import { type Random, random } from '../random/random.ts'
import { sizeOf } from '../array/shape.ts'

/** A view of random numbers in double precision, with the axes in any order of memory, gaps and an offset. */
export function randomView(stream: Random, shape: readonly number[], scramble = true): View {
  const order = scramble ? stream.permutation(shape.length) : Int32Array.from(shape.keys())
  const strides = shape.map(() => 0)
  let stride = scramble ? stream.integer(1, 3) : 1
  for (const axis of scramble ? order : order.toReversed()) {
    strides[axis] = stride
    stride *= shape[axis] + (scramble ? stream.integer(0, 2) : 0)
  }
  const offset = scramble ? stream.integer(0, 4) : 0
  const data = stream.fillNormal(new Float64Array(offset + stride + 1))
  return {
    buffer: { dtype: 'float64', length: data.length, data },
    dtype: 'float64',
    shape,
    strides,
    offset,
    imagStride: 0,
  }
}

/** A stream of random numbers, as an arbitrary. */
export const stream: fc.Arbitrary<Random> = fc.integer({ min: 0, max: 2 ** 31 }).map((seed) => random(seed))

const place = ({ offset, strides }: View, index: readonly number[]): number =>
  index.reduce((sum, i, axis) => sum + i * strides[axis], offset)

/** One element; 0 outside the array. */
export function at(view: View, ...index: number[]): number {
  if (index.some((i, axis) => i < 0 || i >= view.shape[axis])) return 0
  return view.buffer.data![place(view, index)]
}

/** Writes one element. */
export function put(view: View, value: number, ...index: number[]): void {
  view.buffer.data![place(view, index)] = value
}

/** Every index of a shape in row-major order. */
export function* indices(shape: readonly number[]): Generator<number[]> {
  const index = shape.map(() => 0)
  for (let left = sizeOf(shape); left > 0; left--) {
    yield [...index]
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0
  }
}

/** All elements in row-major order. */
export const elements = (view: View): number[] => [...indices(view.shape)].map((index) => at(view, ...index))

/** ⟨a, b⟩ over all elements. */
export const inner = (a: View, b: View): number => {
  const right = elements(b)
  return elements(a).reduce((sum, x, k) => sum + x * right[k], 0)
}

/**
 * The derivative of ⟨weights, f(x)⟩ in x, element by element, by central differences: `run` computes `out` from the present
 * elements of `x`.
 */
export function differences(x: View, out: View, weights: View, run: () => void, step = 1e-5): number[] {
  return [...indices(x.shape)].map((index) => {
    const value = at(x, ...index)
    const [above, below] = [step, -step].map((by) => {
      put(x, value + by, ...index)
      run()
      return inner(out, weights)
    })
    put(x, value, ...index)
    return (above - below) / (2 * step)
  })
}
