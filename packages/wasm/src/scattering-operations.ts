// The scattering operations of a back end on one heap, and the repetition of a group's kernel calls for all other groups.
// Each operation gives true if it ran, false where it has no kernel for these views; then the reference runs in its place.
import type { Buffer, SampledKernel, SpectralFilter, View } from '@scatterlab/tensor'
import type { Kernel, Kernels } from './fft-kernels.ts'
import { fft } from './fft.ts'
import type { Address } from './heap.ts'
import { average } from './scattering-average.ts'
import { pad, unpack } from './scattering-pad.ts'
import { spectrum } from './scattering-spectrum.ts'
import type { Steps } from './scattering-steps.ts'
import { waveletModulus } from './scattering-wavelet.ts'

/** While a group is noted down, addresses in its input or output carry one of these, which no address reaches. */
const IN_INPUT = 2 ** 33
const IN_OUTPUT = 2 ** 34

interface Recording {
  readonly input: Buffer
  readonly output: Buffer
  readonly kernels: Kernel[]
  readonly args: number[][]
  /** The arguments that move with the group. */
  readonly moving: { readonly args: number[]; readonly index: number; readonly output: boolean }[]
}

/** The operations for one set of kernels. */
export class ScatteringOperations {
  readonly #steps: Steps
  readonly #addressOf: (buffer: Buffer) => Address | undefined
  #recording: Recording | null = null

  /** `addressOf` gives the place of a buffer in the kernels' heap, or undefined if it is not there. */
  constructor(kernels: Kernels, addressOf: (buffer: Buffer) => Address | undefined) {
    this.#addressOf = addressOf
    this.#steps = {
      kernels,
      addressOf: (view) => this.#place(view),
      issue: (kernel, ...args) => this.#issue(kernel, args),
    }
  }

  /** `Backend.pad`, for images of contiguous rows and lanes that are a multiple of four. */
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
    this.#recording = null
    return false
  }

  /**
   * `Backend.forEachGroup`: calls `body` on the first group and repeats its kernel calls for the others of that size, at their
   * places. The body is called for every group where that cannot be.
   */
  forEachGroup(input: View, output: View, size: number, body: (input: View, output: View) => void): void {
    const count = input.shape[0]!
    const run = (start: number): void =>
      body(items(input, start, Math.min(size, count - start)), items(output, start, Math.min(size, count - start)))
    const { kernels } = this.#steps
    let start = 0
    while (start < count) {
      const whole = Math.floor((count - start) / size)
      const outermost = this.#recording === null
      if (whole < 2 || !outermost || input.buffer === output.buffer) {
        run(start)
        start += size
        continue
      }
      const taken = kernels.memoryTaken
      this.#recording = { input: input.buffer, output: output.buffer, kernels: [], args: [], moving: [] }
      let recording: Recording | null
      try {
        run(start)
      } finally {
        recording = this.#recording
        this.#recording = null
      }
      start += size
      // Memory that was taken to stay may lie where the group had its own before: then the next group is noted down.
      if (recording === null || kernels.memoryTaken !== taken) continue
      repeat(recording, whole - 1, size * input.strides[0]! * 4, size * output.strides[0]! * 4)
      start += (whole - 1) * size
    }
  }

  #place({ buffer, offset }: View): Address | undefined {
    const base = this.#addressOf(buffer)
    if (base === undefined) return undefined
    const address = base + 4 * offset
    if (buffer === this.#recording?.input) return address + IN_INPUT
    if (buffer === this.#recording?.output) return address + IN_OUTPUT
    return address
  }

  #issue(kernel: Kernel, args: number[]): void {
    const recording = this.#recording
    if (recording !== null) {
      recording.kernels.push(kernel)
      recording.args.push(args)
      for (let index = 0; index < args.length; index++) {
        if (args[index]! < IN_INPUT) continue
        const output = args[index]! >= IN_OUTPUT
        args[index]! -= output ? IN_OUTPUT : IN_INPUT
        recording.moving.push({ args, index, output })
      }
    }
    call(kernel, args)
  }
}

function repeat({ kernels, args, moving }: Recording, times: number, inputStep: number, outputStep: number): void {
  for (let group = 0; group < times; group++) {
    for (const moved of moving) moved.args[moved.index]! += moved.output ? outputStep : inputStep
    for (let i = 0; i < kernels.length; i++) call(kernels[i]!, args[i]!)
  }
}

/** The arguments are written out: spreading a list costs more than the call. */
function call(kernel: Kernel, a: readonly number[]): void {
  if (a.length === 5) kernel(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!)
  else if (a.length === 4) kernel(a[0]!, a[1]!, a[2]!, a[3]!)
  else if (a.length === 3) kernel(a[0]!, a[1]!, a[2]!)
  else kernel(...a)
}

function items(view: View, start: number, count: number): View {
  return { ...view, shape: [count, ...view.shape.slice(1)], offset: view.offset + start * view.strides[0]! }
}
