// The scattering operations and the Fourier transform of a back end on one heap. Each gives true if it ran, false where it has
// no kernel for these views; then the reference runs in its place.
import { type Buffer, type RegisteredKernel, type View, kernel } from '@scatterlab/tensor'
import * as operations from '@scatterlab/tensor/operations'
import type { SampledKernel, SpectralFilter } from '@scatterlab/tensor/operations'
import type { Kernels } from '../fourier/kernels.ts'
import { fft } from '../fourier/fft.ts'
import type { Address } from '../memory/heap.ts'
import { averageAdjoint } from './adjoint-average.ts'
import { padAdjoint } from './adjoint-pad.ts'
import { spectrumAdjoint } from './adjoint-spectrum.ts'
import { waveletModulusAdjoint } from './adjoint-wavelet.ts'
import { average } from './average.ts'
import { GroupNotes, type GroupSteps, call } from './groups.ts'
import { pack, unpack } from './lanes.ts'
import { pad } from './pad.ts'
import { spectrum } from './spectrum.ts'
import type { Steps } from './steps.ts'
import { waveletModulus } from './wavelet.ts'
import type { Workers } from '../threads/workers.ts'

/** The operations for one set of kernels. */
export class ScatteringOperations {
  readonly #steps: Steps
  readonly #addressOf: (buffer: Buffer) => Address | undefined
  readonly #workers: () => Workers | null
  #notes: GroupNotes | null = null
  readonly #kept = new WeakMap<object, Map<string, Kept>>()
  /** Whether calls are noted down only, to be made for all groups at once. */
  #deferred = false

  /**
   * `addressOf` gives the place of a buffer in the kernels' heap, or undefined if it is not there; `workers` the threads when they
   * are first needed, or null where there is one only.
   */
  constructor(
    kernels: Kernels,
    addressOf: (buffer: Buffer) => Address | undefined,
    workers: () => Workers | null = () => null,
  ) {
    this.#addressOf = addressOf
    this.#workers = workers
    this.#steps = {
      kernels,
      addressOf: ({ buffer, offset }) => {
        const base = addressOf(buffer)
        if (base === undefined) return undefined
        return this.#notes === null ? base + 4 * offset : this.#notes.markBuffer(buffer, base + 4 * offset)
      },
      workspace: (bytes) => {
        const address = kernels.workspace(bytes)
        return this.#notes === null ? address : this.#notes.markWorkspace(address, bytes)
      },
      issue: (kernel, ...args) => {
        this.#notes?.add(kernel, args)
        if (!this.#deferred) call(kernel, args)
      },
    }
  }

  /** The kernels. */
  kernels(): readonly RegisteredKernel[] {
    return [
      kernel(operations.pad, (...args) => this.pad(...args)),
      kernel(operations.spectrum, (...args) => this.spectrum(...args)),
      kernel(operations.waveletModulus, (...args) => this.waveletModulus(...args)),
      kernel(operations.average, (...args) => this.average(...args)),
      kernel(operations.padAdjoint, (...args) => this.padAdjoint(...args)),
      kernel(operations.spectrumAdjoint, (...args) => this.spectrumAdjoint(...args)),
      kernel(operations.waveletModulusAdjoint, (...args) => this.waveletModulusAdjoint(...args)),
      kernel(operations.averageAdjoint, (...args) => this.averageAdjoint(...args)),
      kernel(operations.copy, (...args) => this.copy(...args)),
      kernel(operations.fft, (...args) => this.fft(...args)),
    ]
  }

  /** `Backend.pad`, for images of contiguous rows and lanes that are a multiple of four. Index lists must not change. */
  pad(x: View, rows: Int32Array, columns: Int32Array, out: View): boolean {
    return pad(this.#steps, x, rows, columns, out) || this.outside()
  }

  /** `Backend.spectrum`, for sides up to 2^20. */
  spectrum(x: View, out: View): boolean {
    return spectrum(this.#steps, x, out) || this.outside()
  }

  /** `Backend.waveletModulus`, for the same sides. A filter's values must not change. */
  waveletModulus(xhat: View, psi: SpectralFilter, factor: number, out: View): boolean {
    return waveletModulus(this.#steps, xhat, psi, factor, out) || this.outside()
  }

  /** `Backend.average`. A kernel's taps must not change. */
  average(U: View, rows: SampledKernel, columns: SampledKernel, out: View): boolean {
    return average(this.#steps, U, rows, columns, out) || this.outside()
  }

  /** `Backend.padAdjoint`, for images of contiguous rows, where there are no more of them than gradients. */
  padAdjoint(g: View, rows: Int32Array, columns: Int32Array, out: View, accumulate: boolean): boolean {
    return padAdjoint(this.#steps, g, rows, columns, out, accumulate) || this.outside()
  }

  /** `Backend.spectrumAdjoint`, for the sides of `spectrum`. */
  spectrumAdjoint(g: View, out: View, accumulate: boolean): boolean {
    return spectrumAdjoint(this.#steps, g, out, accumulate) || this.outside()
  }

  /** `Backend.waveletModulusAdjoint`, for the same sides. A filter's values must not change. */
  waveletModulusAdjoint(
    xhat: View,
    psi: SpectralFilter,
    factor: number,
    g: View,
    out: View,
    accumulate: boolean,
  ): boolean {
    return waveletModulusAdjoint(this.#steps, xhat, psi, factor, g, out, accumulate) || this.outside()
  }

  /** `Backend.averageAdjoint`. A kernel's taps must not change. */
  averageAdjoint(g: View, rows: SampledKernel, columns: SampledKernel, out: View, accumulate: boolean): boolean {
    return averageAdjoint(this.#steps, g, rows, columns, out, accumulate) || this.outside()
  }

  /** `Backend.copy`, between images in lanes and images one after the other. */
  copy(x: View, out: View): boolean {
    return unpack(this.#steps, x, out) || pack(this.#steps, x, out) || this.outside()
  }

  /** `Backend.fft`, for lengths up to 2^20 and beyond. */
  fft(x: View, out: View, axis: number, sign: -1 | 1): boolean {
    return fft(this.#steps, x, out, axis, sign) || this.outside()
  }

  /**
   * To be called when an operation runs that is not one of these: a group with such an operation is not repeated from notes,
   * its body is called for every group. Gives false.
   */
  outside(): false {
    if (this.#deferred) {
      this.#deferred = false
      this.#notes?.runFirst()
    }
    this.#notes = null
    return false
  }

  /** Whether memory must be held since calls that use it are still to be made. */
  get holdsMemory(): boolean {
    return this.#deferred
  }

  #keptFor(key: object, input: View, output: View, size: number): Kept {
    let forms = this.#kept.get(key)
    if (forms === undefined) this.#kept.set(key, (forms = new Map()))
    const form = [size, input, output]
      .map((of) => (typeof of === 'number' ? of : `${of.shape.slice(1).join()} ${of.strides.join()} ${of.dtype}`))
      .join('; ')
    const found = forms.get(form) ?? { notes: null, at: null }
    forms.set(form, found)
    return found
  }

  /** Makes all full groups from notes that were kept; gives how many items that were. */
  #runKept({ notes, at }: Kept, input: View, output: View, size: number, steps: GroupSteps): number {
    const groups = Math.floor(input.shape[0]! / size)
    const here = this.#places(input, output)
    const workers = notes !== null && at !== null && here !== null && groups > 1 ? this.#workers() : null
    if (workers === null) return 0
    const moved = { input: here!.input - at!.input, output: here!.output - at!.output }
    return notes!.runOnThreads(this.#steps.kernels, workers, groups, steps, moved) ? groups * size : 0
  }

  /** The addresses of input and output; null where they are not in the heap, or are one buffer. */
  #places(input: View, output: View): GroupSteps | null {
    const [from, to] = [this.#addressOf(input.buffer), this.#addressOf(output.buffer)]
    if (from === undefined || to === undefined || from === to) return null
    return { input: from + 4 * input.offset, output: to + 4 * output.offset }
  }

  /** To be called with each buffer that is allocated, which it gives back: those of a group are its own. */
  allocated<T extends Buffer>(buffer: T): T {
    const address = this.#notes === null ? undefined : this.#addressOf(buffer)
    if (address !== undefined) this.#notes!.owns(buffer, address)
    return buffer
  }

  /**
   * `Backend.forEachGroup`: calls `body` on the first group and repeats its kernel calls for the others of that size. Where there are
   * threads the calls of the first group are noted down only, and made with all others on all threads; meanwhile nothing that is
   * released may be used again (`holdsMemory`). With a `key` the notes are kept for later calls with it. The body is called for every group where that cannot be. `released` is called when
   * memory may be given back.
   */
  forEachGroup(
    input: View,
    output: View,
    size: number,
    body: (input: View, output: View) => void,
    key?: object,
    released: () => void = () => {},
  ): void {
    const count = input.shape[0]!
    const { kernels } = this.#steps
    const steps = { input: size * input.strides[0]! * 4, output: size * output.strides[0]! * 4 }
    const kept = key === undefined || this.#notes !== null ? null : this.#keptFor(key, input, output, size)
    for (
      let start = kept === null ? 0 : this.#runKept(kept, input, output, size, steps);
      start < count;
      start += size
    ) {
      const items = Math.min(size, count - start)
      const later = Math.floor((count - start) / size) - 1
      const noted = later > 0 && this.#notes === null && input.buffer !== output.buffer
      const workers = noted ? this.#workers() : null
      const taken = kernels.memoryTaken
      if (noted) {
        this.#notes = new GroupNotes(input.buffer, output.buffer)
        this.#deferred = workers !== null
      }
      let notes: GroupNotes | null = null
      let deferred = false
      try {
        body(itemsOf(input, start, items), itemsOf(output, start, items))
        notes = noted ? this.#notes : null
        deferred = noted && this.#deferred
      } finally {
        if (noted) {
          this.#notes = null
          this.#deferred = false
        }
        // what a failed body released goes back; what noted calls still use stays until they are made
        if (!deferred && !this.#deferred) released()
      }
      if (notes !== null && deferred) {
        if (!notes.runOnThreads(kernels, workers!, later + 1, steps)) {
          notes.runFirst()
          notes.repeat(later, steps)
        } else if (kept !== null && start === 0) {
          notes.forgetBuffers()
          kept.notes = notes
          kept.at = this.#places(input, output)
        }
        start += later * size
        // Memory that was taken to stay may lie where the group had its own before: then the next group is noted down.
      } else if (notes !== null && kernels.memoryTaken === taken) {
        notes.repeat(later, steps)
        start += later * size
      }
      if (!this.#deferred) released()
    }
  }
}

/** The notes of a key's groups of one form, and where input and output lay when they were taken. */
interface Kept {
  notes: GroupNotes | null
  at: GroupSteps | null
}

function itemsOf(view: View, start: number, count: number): View {
  return { ...view, shape: [count, ...view.shape.slice(1)], offset: view.offset + start * view.strides[0]! }
}
