// The scattering operations and the Fourier transform of a back end on one heap. Each gives true if it ran, false where it has
// no kernel for these views; then the reference runs in its place.
import type { Buffer, SampledKernel, SpectralFilter, View } from '@scatterlab/tensor'
import type { Kernels } from './fft-kernels.ts'
import { fft } from './fft.ts'
import type { Address } from './heap.ts'
import { average } from './scattering-average.ts'
import { GroupNotes, call } from './scattering-groups.ts'
import { pad, unpack } from './scattering-pad.ts'
import { spectrum } from './scattering-spectrum.ts'
import type { Steps } from './scattering-steps.ts'
import { waveletModulus } from './scattering-wavelet.ts'
import type { Workers } from './workers.ts'

/** The operations for one set of kernels. */
export class ScatteringOperations {
  readonly #steps: Steps
  readonly #addressOf: (buffer: Buffer) => Address | undefined
  readonly #workers: () => Workers | null
  #notes: GroupNotes | null = null

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
        call(kernel, args)
      },
    }
  }

  /** `Backend.pad`, for images of contiguous rows and lanes that are a multiple of four. Index lists must not change. */
  pad(x: View, rows: Int32Array, columns: Int32Array, out: View): boolean {
    return pad(this.#steps, x, rows, columns, out) || this.outside()
  }

  /** `Backend.spectrum`, for sides 2^a·3^b·5^c ≤ 2048. */
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

  /** `Backend.copy`, from images in lanes to images one after the other. */
  copy(x: View, out: View): boolean {
    return unpack(this.#steps, x, out) || this.outside()
  }

  /** `Backend.fft`, for lengths 2^a·3^b·5^c. */
  fft(x: View, out: View, axis: number, sign: -1 | 1): boolean {
    return fft(this.#steps, x, out, axis, sign) || this.outside()
  }

  /**
   * To be called when an operation runs that is not one of these: a group with such an operation is not repeated from notes,
   * its body is called for every group. Gives false.
   */
  outside(): false {
    this.#notes = null
    return false
  }

  /** To be called with each buffer that is allocated, which it gives back: those of a group are its own. */
  allocated<T extends Buffer>(buffer: T): T {
    const address = this.#notes === null ? undefined : this.#addressOf(buffer)
    if (address !== undefined) this.#notes!.owns(buffer, address)
    return buffer
  }

  /**
   * `Backend.forEachGroup`: calls `body` on the first group and repeats its kernel calls for the others of that size, on all
   * threads. The body is called for every group where that cannot be.
   */
  forEachGroup(input: View, output: View, size: number, body: (input: View, output: View) => void): void {
    const count = input.shape[0]!
    const { kernels } = this.#steps
    const steps = { input: size * input.strides[0]! * 4, output: size * output.strides[0]! * 4 }
    for (let start = 0; start < count; start += size) {
      const items = Math.min(size, count - start)
      const later = Math.floor((count - start) / size) - 1
      const noted = later > 0 && this.#notes === null && input.buffer !== output.buffer
      const taken = kernels.memoryTaken
      if (noted) this.#notes = new GroupNotes(input.buffer, output.buffer)
      let notes: GroupNotes | null
      try {
        body(itemsOf(input, start, items), itemsOf(output, start, items))
      } finally {
        notes = noted ? this.#notes : null
        if (noted) this.#notes = null
      }
      // Memory that was taken to stay may lie where the group had its own before: then the next group is noted down.
      if (notes === null || kernels.memoryTaken !== taken) continue
      const workers = later > 1 ? this.#workers() : null
      if (workers === null || !notes.repeatOnThreads(kernels, workers, later, steps)) notes.repeat(later, steps)
      start += later * size
    }
  }
}

function itemsOf(view: View, start: number, count: number): View {
  return { ...view, shape: [count, ...view.shape.slice(1)], offset: view.offset + start * view.strides[0]! }
}
