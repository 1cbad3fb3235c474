// What a back end is: it owns buffers and runs the operations (../operations) on them. Algorithms are written over operations
// and never name a back end.
import type { DType, RealArray, RealDType } from '../array/dtype.ts'
import type { Operation } from './operation.ts'
import type { Shape } from '../array/shape.ts'

/** Memory that a back end owns: `length` real numbers of one type. */
export interface Buffer {
  /** Their type. */
  readonly dtype: RealDType
  /** How many real numbers it holds. */
  readonly length: number
  /** The numbers themselves where the back end computes on the CPU (the same memory, never a copy); null on a GPU. */
  readonly data: RealArray | null
}

/**
 * A strided view of a buffer. `strides` and `offset` count real numbers. A complex element has its imaginary part
 * `imagStride` numbers after its real part (1 when interleaved); `imagStride` is 0 for real views.
 */
export interface View {
  /** The memory; other views may share it. */
  readonly buffer: Buffer
  /** Element type; that of the buffer where it is real. */
  readonly dtype: DType
  /** The length of each axis. */
  readonly shape: Shape
  /** From one element to the next, for each axis; 0 where an axis repeats. */
  readonly strides: readonly number[]
  /** From the start of the buffer to the first element. */
  readonly offset: number
  /** From the real part of an element to its imaginary part. */
  readonly imagStride: number
}

/** Owns buffers and runs operations on them. Nothing is awaited but `read`. */
export interface Backend {
  /** `reference`, `wasm`, … */
  readonly name: string
  /** What really runs, in words: the form that was chosen, threads. */
  readonly description: string
  /** How many images the scattering cascade should carry side by side, innermost in memory. */
  readonly lanes: number
  /** Groups of images are filled up to a multiple of this. */
  readonly laneStep: number
  /** How many long signals it should carry, and fill groups up to, instead; left out where that is the same. */
  readonly signalLanes?: number
  /** How often each operation ran on the reference, since the back end has no kernel for it or for its arguments. */
  readonly declined: ReadonlyMap<string, number>

  /** Zeroed memory; with `any` its numbers may be anything, for what is written as a whole at once. */
  allocate(dtype: RealDType, length: number, content?: 'zeros' | 'any'): Buffer
  /** Takes host memory: without a copy where the back end can use it as it is. */
  adopt(data: RealArray): Buffer
  /** Gives memory back; its views must not be used any more. Twice is harmless. */
  release(buffer: Buffer): void
  /** The numbers of a buffer when everything issued before has run, also if it is released meanwhile. A copy. */
  read(buffer: Buffer): Promise<RealArray>

  /** Computes an operation from prepared arguments: by a kernel, or, declined and counted, by the reference. Operations call it. */
  run<A extends readonly unknown[], P extends readonly unknown[]>(operation: Operation<A, P>, args: P): void

  /**
   * Calls `body` on each group of `size` consecutive items along the first axis of `input` and `output` (the last group
   * may be smaller). The body issues operations only, the same ones for every group of one size, so that an accelerated
   * back end may record it once and replay it on many threads. A `key` promises the same operations for the same shapes at
   * every call with it, so that the record may be kept for as long as the key lives.
   */
  forEachGroup(input: View, output: View, size: number, body: (input: View, output: View) => void, key?: object): void
}
