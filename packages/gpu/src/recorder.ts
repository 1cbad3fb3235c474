// What an operation on the GPU consists of: passes of kernels over buffers, with memory for what lies between them. They are
// recorded when the operation is called, and run when the queue comes to them.
import { type DType, type Shape, type View, complexOf, contiguousStrides, isComplex, sizeOf } from '@scatterlab/tensor'
import { GpuBuffer } from './buffers.ts'
import { MOST_NUMBERS } from './device.ts'
import { type Body, type Inputs, type KernelText, kernelText } from './kernel-text.ts'

/** Arrays that a kernel may read: eight buffers, of which one is the result, are what every WebGPU device has. */
const MOST_INPUTS = 7

/** One kernel: what it reads, and the buffer whose numbers it computes anew. */
export interface Pass extends KernelText {
  readonly inputs: readonly GpuBuffer[]
  readonly out: GpuBuffer
}

/** Numbers that stay the same from call to call, kept on the device under a key. */
export type Tables = (key: string, make: () => Float32Array) => GpuBuffer

/** Records the passes of one operation. */
export class Recorder {
  readonly passes: Pass[] = []
  readonly temporaries: GpuBuffer[] = []
  readonly #tables: Tables
  #declined = false

  constructor(tables: Tables) {
    this.#tables = tables
  }

  /** Whether the operation has no kernel for its arguments: nothing of it may run. */
  get declined(): boolean {
    return this.#declined
  }

  /** Leaves the operation to the reference. */
  decline(): void {
    this.#declined = true
  }

  /** Computes every element of `out` from the inputs. An input may be `out`: it is read as it was before. */
  pass<K extends string>(
    out: View,
    inputs: Inputs<K>,
    body: Body<K>,
    numbers: Readonly<Record<string, number>> = {},
  ): void {
    if (sizeOf(out.shape) === 0) return
    const text = kernelText(out, inputs, body, numbers)
    if (text === null) return this.decline()
    const read = Object.values<View | undefined>(inputs).flatMap((view) => (view === undefined ? [] : bufferOf(view)))
    const written = bufferOf(out)
    const arrays = text.keeps ? [...read, written] : read
    if (arrays.length > MOST_INPUTS) return this.decline()
    this.passes.push({ ...text, inputs: arrays, out: written })
  }

  /** Memory until the operation ends, whose axes lie in memory as those of `like`, or row-major; not zeroed. */
  temporary(shape: Shape, dtype: DType = 'float32', like?: View): View {
    const complex = isComplex(dtype)
    const lengths = complex ? [...shape, 2] : [...shape]
    const wanted = like === undefined ? contiguousStrides(lengths) : [...like.strides, like.imagStride || 1]
    const order = lengths.map((_, axis) => axis).sort((a, b) => Math.abs(wanted[b]) - Math.abs(wanted[a]) || a - b)
    const strides = lengths.map(() => 0)
    let extent = 1
    for (const axis of order.toReversed()) {
      strides[axis] = extent
      extent *= lengths[axis]
    }
    const imagStride = complex ? strides.pop()! : 0
    return { buffer: this.#hold(extent), dtype, shape: [...shape], strides, offset: 0, imagStride }
  }

  /** A real vector of numbers that differ from call to call. */
  vector(data: ArrayLike<number>): View {
    const numbers = Float32Array.from(data)
    return vectorOn(this.#hold(numbers.length, numbers))
  }

  /** A real vector that is computed once for each key. */
  table(key: string, make: () => ArrayLike<number>): View {
    return vectorOn(this.#tables(key, () => Float32Array.from(make())))
  }

  #hold(length: number, data?: Float32Array): GpuBuffer {
    if (length > MOST_NUMBERS) this.decline()
    const buffer = new GpuBuffer('float32', length, data === undefined ? { kind: 'zero' } : { kind: 'host', data })
    this.temporaries.push(buffer)
    return buffer
  }
}

/** A complex type in single precision. */
export const COMPLEX: DType = complexOf('float32')

const vectorOn = (buffer: GpuBuffer): View => ({
  buffer,
  dtype: 'float32',
  shape: [buffer.length],
  strides: [1],
  offset: 0,
  imagStride: 0,
})

function bufferOf({ buffer }: View): GpuBuffer {
  if (buffer instanceof GpuBuffer) return buffer
  throw new TypeError('a view on a buffer of another back end')
}
