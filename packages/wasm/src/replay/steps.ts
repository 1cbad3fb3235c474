// The queue of the kernel calls that may be repeated for every group of images.
import type { View } from '@scatterlab/tensor'
import type { Kernels } from '../fourier/kernels.ts'
import type { Kernel } from '../threads/compiled.ts'
import type { Address } from '../memory/heap.ts'

/** What a step is given: kernels, the place of a view, and the way to run a kernel. */
export interface Steps {
  readonly kernels: Kernels
  /** The address of a view's first number; undefined where it is not in the kernels' heap. */
  readonly addressOf: (view: View) => Address | undefined
  /** Memory for results in between, at least `bytes`; the next call may give the same memory. */
  readonly workspace: (bytes: number) => Address
  /** Calls a kernel, and notes the call down where it is to be made for every group of images. */
  readonly issue: (kernel: Kernel, ...args: number[]) => void
}
