// What every group of cases is given, and small ways to make arrays for them.
import { type Backend, type RealArray, type Tensor, random, tensor } from '@scatterlab/tensor'
import type { Case } from '../measure.ts'
import type { Torch } from '../torch.ts'

/** Who computes, on how many threads. */
export interface BenchContext {
  readonly backend: Backend
  readonly threads: number
  /** Whether a GPU is timed, or something beside one: sizes are larger. */
  readonly onGpu?: boolean
  /** A back end whose convolutions are all direct, made when it is asked for. */
  readonly direct?: (() => Backend) | undefined
  /** PyTorch, where it is asked for. */
  readonly torch?: Torch | null
}

/** The cases of one group, made one after the other so that each has the memory to itself. */
export type Group = (context: BenchContext) => AsyncGenerator<Case>

/** Normal numbers of one fixed stream. */
export const noise = (length: number): Float32Array =>
  random('bench').fillNormal(new Float32Array(length)) as Float32Array

/** Normal numbers as an array on the back end. */
export const noiseTensor = (
  shape: readonly number[],
  backend: Backend,
  data: RealArray = noise(shape.reduce((a, b) => a * b, 1)),
): Tensor => tensor(data, shape, { backend })
