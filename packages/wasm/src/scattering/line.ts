// One signal by itself: a view of one image of one row whose numbers lie side by side. Vectors run inside it.
import type { View } from '@scatterlab/tensor'
import { foursteps } from '../fourier/single.ts'
import type { Address } from '../memory/heap.ts'
import type { Steps } from '../replay/steps.ts'

/** Where a line lies, and how many numbers it has. */
export interface Line {
  readonly address: Address
  readonly length: number
}

/** The line that a single-precision view is, real or interleaved complex; null if it is none. */
export function lineOf({ addressOf }: Steps, view: View, dtype: 'float32' | 'complex64'): Line | null {
  const { shape, strides, imagStride } = view
  if (view.dtype !== dtype || shape.length !== 3 || shape[0] !== 1 || shape[1] !== 1 || shape[2]! < 1) return null
  const [step, imag] = dtype === 'float32' ? [1, 0] : [2, 1]
  if (strides[2] !== step || imagStride !== imag) return null
  const address = addressOf(view)
  return address === undefined ? null : { address, length: shape[2]! }
}

/** How a transform of n points is done along a line: n1·n2, both multiples of four; null where there is no kernel. */
export function linePair(n: number): readonly [number, number] | null {
  const pair = n % 16 === 0 ? foursteps(n) : null
  return pair !== null && pair.every((m) => m % 4 === 0) ? pair : null
}
