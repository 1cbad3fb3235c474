// Where a view of images lies in the heap, four images to a vector.
import type { View } from '@scatterlab/tensor'
import type { Address } from '../memory/heap.ts'
import type { Steps } from '../replay/steps.ts'

/** A single-precision view [images, height, width] with the images innermost; strides in bytes. */
export interface Field {
  readonly address: Address
  readonly height: number
  readonly width: number
  readonly row: number
  readonly element: number
  /** From a real part to its imaginary part; 0 for real fields. */
  readonly imag: number
  /** Images come in fours: vector q lies 16·q bytes behind the first. */
  readonly quads: number
}

/** The field of a view, or null where vectors do not run across its images. */
export function fieldOf({ addressOf }: Steps, view: View, dtype: 'float32' | 'complex64'): Field | null {
  const { shape, strides, imagStride } = view
  if (view.dtype !== dtype || shape.length !== 3 || strides[0] !== 1 || shape[0] % 4 !== 0) return null
  if (shape.includes(0) || strides[1] < 0 || strides[2] < 0 || imagStride < 0) return null
  const address = addressOf(view)
  if (address === undefined) return null
  return {
    address,
    height: shape[1],
    width: shape[2],
    row: strides[1] * 4,
    element: strides[2] * 4,
    imag: imagStride * 4,
    quads: shape[0] / 4,
  }
}

/** Sets a field to zero. */
export function clear({ kernels, issue }: Steps, { address, height, width, row, element, imag, quads }: Field): void {
  const kernel = kernels.kernel(`clear ${width} ${row} ${element} ${imag}`, 2, (v, [target, rows], f) => {
    const [at, left] = f.locals('i32', 2)
    const zero = f.let(v.constant(0))
    f.repeat(rows, () => {
      f.set(at, target)
      f.set(left, width)
      f.repeat(left, () => {
        for (const part of imag === 0 ? [0] : [0, imag]) f.store(at, zero, part)
        f.advance(at, element)
      })
      f.advance(target, row)
    })
  })
  if (quads <= height * width) {
    for (let q = 0; q < quads; q++) issue(kernel, address + 16 * q, height)
    return
  }
  // the numbers of all images side by side: a row of them for each place
  const line = kernels.kernel(`clear images ${imag}`, 2, (v, [target, left], f) => {
    const zero = f.let(v.constant(0))
    f.repeat(left, () => {
      for (const part of imag === 0 ? [0] : [0, imag]) f.store(target, zero, part)
      f.advance(target, 16)
    })
  })
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) issue(line, address + y * row + x * element, quads)
}

/** Bytes of a row of `length` elements of `size` bytes: a power of two would put a column into few sets of the cache. */
export const pitch = (length: number, size: number): number =>
  (length * size) % 512 === 0 ? length * size + size : length * size
