// What a back end is: a small set of operations on buffers that it owns. Algorithms are written over these and never
// name a back end. The plain-TypeScript reference (reference.ts) is the specification; every other one is proven
// against it.
import type { DType, RealArray, RealDType } from './dtype.ts'
import type { NetworkOperations } from './network-operations.ts'
import type { Shape } from './shape.ts'

/** Memory that a back end owns: `length` real numbers of one type. */
export interface Buffer {
  readonly dtype: RealDType
  readonly length: number
  /** The numbers themselves where the back end computes on the CPU (the same memory, never a copy); null on a GPU. */
  readonly data: RealArray | null
}

/**
 * A strided view of a buffer. `strides` and `offset` count real numbers. A complex element has its imaginary part
 * `imagStride` numbers after its real part (1 when interleaved); `imagStride` is 0 for real views.
 */
export interface View {
  readonly buffer: Buffer
  readonly dtype: DType
  readonly shape: Shape
  readonly strides: readonly number[]
  readonly offset: number
  readonly imagStride: number
}

/**
 * Element-wise functions of one argument. Complex views take `neg`, `conj` and `abs`, the modulus, which goes to a real
 * view; `conj` of a real view is a copy. `sign` of 0 is 0; `relu` is max(x, 0).
 */
export type UnaryOperation =
  | 'neg'
  | 'abs'
  | 'sign'
  | 'square'
  | 'sqrt'
  | 'reciprocal'
  | 'exp'
  | 'log'
  | 'sin'
  | 'cos'
  | 'tanh'
  | 'sigmoid'
  | 'relu'
  | 'conj'

/** Element-wise functions of two arguments. Complex views (all three are complex, or none) take the first four. */
export type BinaryOperation = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'pow'

/** Reductions. Complex views take `sum`. */
export type Reduction = 'sum' | 'max' | 'min'

/**
 * A filter that is real in Fourier and given on its support only: a box of frequencies, cyclic over the grid.
 * Entry (r, c) of `values` belongs to the frequency (row + r, column + c), modulo the grid of the spectrum.
 */
export interface SpectralFilter {
  /** Real view of shape [rows, columns], contiguous; never larger than the grid. */
  readonly values: View
  readonly row: number
  readonly column: number
}

/**
 * A low-pass filter sampled at chosen positions along one axis, as a banded matrix: output o is
 * Σ_t taps[o, t]·x[(starts[o] + t) mod n].
 */
export interface SampledKernel {
  /** Real view of shape [outputs, width], contiguous. */
  readonly taps: View
  readonly starts: Int32Array
}

/**
 * The operations. Outputs are allocated by the caller; an output never overlaps an input unless it is the same view of
 * an element-wise operation. Nothing is awaited but `read`. An accelerated back end may decline an operation: the
 * reference then runs in its place, and `declined` counts it.
 */
export interface Backend extends NetworkOperations {
  /** `reference`, `wasm`, … */
  readonly name: string
  /** What really runs, in words: the form that was chosen, threads. */
  readonly description: string
  /** How many images the scattering cascade should carry side by side, innermost in memory. */
  readonly lanes: number
  /** Groups of images are filled up to a multiple of this. */
  readonly laneStep: number
  /** How often each operation was declined and ran on the reference instead. */
  readonly declined: ReadonlyMap<string, number>

  /** Zeroed memory; with `any` its numbers may be anything, for what is written as a whole at once. */
  allocate(dtype: RealDType, length: number, content?: 'zeros' | 'any'): Buffer
  /** Takes host memory: without a copy where the back end can use it as it is. */
  adopt(data: RealArray): Buffer
  /** Gives memory back; its views must not be used any more. Twice is harmless. */
  release(buffer: Buffer): void
  /** The numbers of a buffer when everything issued before has run, also if it is released meanwhile. A copy. */
  read(buffer: Buffer): Promise<RealArray>

  /** out ← x, between any strides and element types (complex to complex, real to real). */
  copy(x: View, out: View): void
  /** out ← op(x), element-wise. */
  map(op: UnaryOperation, x: View, out: View): void
  /**
   * out ← op(a, b), element-wise; all three views have the same shape (broadcast axes have stride 0). Precisions may
   * differ.
   */
  zip(op: BinaryOperation, a: View, b: View, out: View): void
  /** out ← reduction of x over `axes` (each named once); `out` has length 1 on them. A sum of nothing is 0. */
  reduce(op: Reduction, x: View, axes: readonly number[], out: View): void
  /** out[m, n] ← Σ_k a[m, k]·b[k, n] (+ out if `accumulate`), real; leading axes are a batch. */
  matmul(a: View, b: View, out: View, accumulate?: boolean): void

  /** out ← Σ_j x[j] e^{sign·2πi·jk/n} along `axis`, unnormalised, complex to complex of one shape. `out` may be x. */
  fft(x: View, out: View, axis: number, sign: -1 | 1): void

  /**
   * out[i, y, x] ← x[i, rows[y], columns[x]], where an index of -1 stands for zero. Images beyond x's first axis are
   * zero.
   */
  pad(x: View, rows: Int32Array, columns: Int32Array, out: View): void
  /**
   * x̂ = F x: out[i, ky, kx] ← Σ x[i, u, v] e^{-2πi(ky·u/H + kx·v/W)} for kx = 0 … ⌊W/2⌋; x real [n, H, W], out complex
   * [n, H, ⌊W/2⌋ + 1]. The other half follows from x̂(-k) = conj x̂(k).
   */
  spectrum(x: View, out: View): void
  /**
   * U = |F⁻¹ periodise(x̂·ψ̂)|: xhat as `spectrum` gives it, of a field of [H, W] = [out's H·factor, out's W·factor];
   * out real [n, H/factor, W/factor], the modulus of the inverse DFT (normalised by 1/(H·W)) at every `factor`-th
   * sample.
   */
  waveletModulus(xhat: View, psi: SpectralFilter, factor: number, out: View): void
  /** S = U⋆φ at the kept samples: out[i, a, b] ← Σ rows[a, y]·columns[b, x]·U[i, y, x]; separable. */
  average(U: View, rows: SampledKernel, columns: SampledKernel, out: View): void

  /** Adjoint of `pad`: out[i, rows[y], columns[x]] += g[i, y, x] for the images that `out` has. */
  padAdjoint(g: View, rows: Int32Array, columns: Int32Array, out: View): void
  /**
   * Adjoint of `spectrum`: out[i, u, v] += Re Σ g[i, ky, kx] e^{2πi(ky·u/H + kx·v/W)} over the stored half. Gradients
   * of complex numbers are ∂/∂Re + i·∂/∂Im.
   */
  spectrumAdjoint(g: View, out: View): void
  /** Gradient of `waveletModulus` at xhat: adds to `out`, of xhat's shape, what g = ∂L/∂U says of it; 0 where U = 0. */
  waveletModulusAdjoint(xhat: View, psi: SpectralFilter, factor: number, g: View, out: View): void
  /** Adjoint of `average`: out[i, y, x] += Σ rows[a, y]·columns[b, x]·g[i, a, b]. */
  averageAdjoint(g: View, rows: SampledKernel, columns: SampledKernel, out: View): void

  /**
   * Calls `body` on each group of `size` consecutive items along the first axis of `input` and `output` (the last group
   * may be smaller). The body issues operations only, the same ones for every group of one size, so that an accelerated
   * back end may record it once and replay it on many threads. A `key` promises the same operations for the same shapes at
   * every call with it, so that the record may be kept for as long as the key lives.
   */
  forEachGroup(input: View, output: View, size: number, body: (input: View, output: View) => void, key?: object): void
}
