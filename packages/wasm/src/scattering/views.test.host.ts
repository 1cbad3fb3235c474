// Arrays for the tests of the scattering kernels: images side by side as the cascade keeps them, filters, random numbers.
import { type Backend, type View, reference } from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import fc from 'fast-check'
import { host } from './host.test.host.ts'

/** The two arithmetics. */
export type Form = 'relaxed' | 'plain'
type Host = ReturnType<typeof host>
/** A host of each. */
export const hosts: Readonly<Record<Form, Host>> = { relaxed: host(true), plain: host(false) }
export const forms: readonly Form[] = ['relaxed', 'plain']
/** Roundings of single precision through two transforms, of the largest result. */
export const tolerance = { ofLargest: 2e-6 }
/** Sides of all kinds of factors: short rows, and rows that are gathered first. */
const SIDES = [
  1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 16, 20, 24, 25, 27, 30, 36, 40, 96, 100, 125, 7, 11, 13, 14, 17, 19, 21, 22, 23,
  26, 34, 37, 38, 41, 46, 49, 61, 68, 83, 91, 104, 119, 127,
]
export const side: fc.Arbitrary<number> = fc.constantFrom(...SIDES)
export const seed: fc.Arbitrary<number> = fc.integer({ min: 1, max: 2 ** 31 })
export const lanes: fc.Arbitrary<number> = fc.constantFrom(4, 8)

/** Numbers in [-1/2, 1/2). */
export function numbers(length: number, seed_: number): Float32Array {
  let state = seed_
  return Float32Array.from({ length }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5)
}

/** Images side by side. */
export const real = (backend: Backend, n: number, height: number, width: number): View => ({
  buffer: backend.allocate('float32', n * height * width),
  dtype: 'float32',
  shape: [n, height, width],
  strides: [1, width * n, n],
  offset: 0,
  imagStride: 0,
})

/** Half spectra side by side. */
export function half(backend: Backend, n: number, height: number, width: number): View {
  const kept = Math.floor(width / 2) + 1
  const buffer = backend.allocate('float32', 2 * n * height * kept)
  return {
    buffer,
    dtype: 'complex64',
    shape: [n, height, kept],
    strides: [1, 2 * n * kept, 2 * n],
    offset: 0,
    imagStride: n,
  }
}

/** Rows of numbers. */
export const table = (backend: Backend, values: Float32Array, columns: number): View => ({
  buffer: backend.adopt(values),
  dtype: 'float32',
  shape: [values.length / columns, columns],
  strides: [columns, 1],
  offset: 0,
  imagStride: 0,
})

/** A copy of a view and all that its buffer holds, for the reference. */
export function onReference(view: View): View {
  const buffer = reference.allocate('float32', view.buffer.length)
  buffer.data!.set(view.buffer.data!)
  return { ...view, buffer }
}

export const fill = (view: View, seed_: number): void => view.buffer.data!.set(numbers(view.buffer.length, seed_))

/** Compares whole buffers: also what nobody may write to, the numbers that no element of the view is. */
export function same(actual: View, expected: View): void {
  expectClose(actual.buffer.data!, expected.buffer.data!, tolerance)
}
