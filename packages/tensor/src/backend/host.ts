// Buffers as the references see them: in host memory.
import type { RealArray } from '../array/dtype.ts'
import { DTypeError } from '../errors.ts'
import type { Buffer } from './backend.ts'

/** The numbers of a buffer; the reference only ever sees host memory. */
export function dataOf(buffer: Buffer): RealArray {
  if (buffer.data === null) throw new DTypeError('the reference back end reads host memory: `await x.read()` first')
  return buffer.data
}

/** Copies n numbers between memories of any precision, from one place and by one step to another; rounded as they are stored. */
export function move(n: number, from: RealArray, i: number, si: number, to: RealArray, o: number, so: number): void {
  if (si === 1 && so === 1 && n > 16) to.set(from.subarray(i, i + n), o)
  else for (let k = 0; k < n; k++) to[o + k * so] = from[i + k * si]
}
