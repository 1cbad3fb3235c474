// Moments of stationary images: means of moduli, which tell of sparsity and of how structures lie to one another, and the powers of the
// bands, which a Gaussian process knows too. They are coefficients like any other: differentiable, with typed paths.
import {
  type ArrayInput,
  type Backend,
  type RealDType,
  type Rules,
  type ShapedArray,
  DTypeError,
  Tensor,
  aBackend,
  add,
  anything,
  asTensor,
  checkOptions,
  concat,
  matmul,
  onBackend,
  realArray,
  realOf,
  reference,
  rfft2,
  scope,
  square,
  trueOrFalse,
  unrecorded,
  wholeNumber,
  wholeNumbers,
} from '@scatterlab/tensor'
import { type FilterOptions, filterBank2d, toGrid } from '@scatterlab/wavelets'
import type { Path } from './paths-2d.ts'
import { scattering2d } from './scattering-2d.ts'

/** Options of `moments2d`. The paper's letters in brackets. */
export interface Moments2dOptions {
  /** Size of the images in pixels; they go on periodically. */
  readonly shape: readonly [height: number, width: number]
  /** Number of scales [J]. */
  readonly scales: number
  /** Number of orientations in half a turn [L]. Default 8. */
  readonly orientations?: number
  /** How many wavelet moduli follow each other, at most. Default 2. */
  readonly maxOrder?: number
  /** Whether the powers of the bands, E|x ⋆ ψ|², belong to them. Default true. */
  readonly powers?: boolean
  /** The filters: centre frequency, widths, wavelets per octave, convention, renormalisation. */
  readonly filters?: FilterOptions
  /** Who computes. Default the plain reference. */
  readonly backend?: Backend
}

/** One moment, and the wavelets in it. */
export interface MomentPath extends Path {
  /** `mean`: E|…|x ⋆ ψ|…⋆ ψ|, and E x of order 0; `power`: E|x ⋆ ψ|². */
  readonly kind: 'mean' | 'power'
}

/** The moments of images of one size. */
export interface Moments2d {
  readonly backend: Backend
  readonly inputShape: readonly [height: number, width: number]
  readonly outputShape: readonly [moments: number]
  readonly paths: readonly MomentPath[]
  /** Images [..., height, width] → [..., moments], of the same precision. */
  transform(x: ArrayInput): Promise<ShapedArray>
  /** The same of a tensor, which stays on the back end: a differentiable operation. */
  apply(x: Tensor): Tensor
  /** Gives the memory of the filters on the back end back. */
  dispose(): void
}

const rules: Rules<Moments2dOptions> = {
  shape: wholeNumbers(2, 1, 2 ** 13),
  scales: wholeNumber(1),
  orientations: wholeNumber(1),
  maxOrder: wholeNumber(1),
  powers: trueOrFalse,
  filters: anything,
  backend: aBackend,
}

/**
 * E x, E|x ⋆ ψ|, E||x ⋆ ψ| ⋆ ψ|, … and E|x ⋆ ψ|², means over the image (Bruna & Mallat 2018; the lecture's translation invariant models).
 * Throws `ValueError` naming the option, its value and the fix.
 *
 * @example moments2d({ shape: [256, 256], scales: 6 })
 */
export function moments2d(given: Moments2dOptions): Moments2d {
  const { powers = true, ...checked } = checkOptions('moments2d', given, rules, ['shape', 'scales'])
  const { backend = reference, shape, scales, orientations = 8, filters = {} } = checked
  const means = scattering2d({ ...checked, averaging: 'global', padding: 'periodic' })
  const first = means.paths.filter(({ order }) => order === 1)
  const paths: MomentPath[] = means.paths.map((path) => ({ ...path, kind: 'mean' }))
  if (powers) paths.push(...first.map((path, i): MomentPath => ({ ...path, index: paths.length + i, kind: 'power' })))
  const bands = new Map<RealDType, Tensor>()

  /** For each of the half spectrum's frequencies its share in the power of each band: [frequencies, bands]. */
  function bandsFor(dtype: RealDType): Tensor {
    const found = bands.get(dtype)
    if (found) return found
    const [height, width] = shape
    const half = Math.floor(width / 2) + 1
    const { psi } = filterBank2d({ ...filters, shape, scales, orientations })
    const data = realArray(dtype, height * half * psi.length)
    psi.forEach((wavelet, band) => {
      const filter = toGrid(wavelet.atLevel(0))
      // E|x ⋆ ψ|² = Σ_ω |x̂|²|ψ̂|²/N², and |x̂| is the same at ω and −ω
      filter.forEach((value, at) => {
        const [row, column] = [Math.floor(at / width), at % width]
        const isKept = column < half
        const k = isKept ? row * half + column : ((height - row) % height) * half + (width - column)
        data[k * psi.length + band] += (value / (height * width)) ** 2
      })
    })
    // it outlives the scope of the call that made it
    const made = new Tensor(backend, {
      buffer: backend.adopt(data),
      dtype,
      shape: [height * half, psi.length],
      strides: [psi.length, 1],
      offset: 0,
      imagStride: 0,
    })
    bands.set(dtype, made)
    return made
  }

  function powersOf(x: Tensor): Tensor {
    const spectrum = rfft2(x)
    const power = add(square(spectrum.real), square(spectrum.imag))
    return matmul(power.reshape(-1, power.shape.at(-1)! * power.shape.at(-2)!), bandsFor(realOf(x.dtype)))
  }

  function apply(x: Tensor): Tensor {
    if (!(x instanceof Tensor))
      throw new DTypeError('`apply` takes a tensor: give tensor(data, shape), or call `transform`')
    const here = onBackend(x, backend)
    const S = means.apply(here).reshape(-1, means.paths.length)
    const batch = x.shape.slice(0, -2)
    return (powers ? concat([S, powersOf(here)], -1) : S).reshape(...batch, paths.length)
  }

  return {
    backend,
    inputShape: shape,
    outputShape: [paths.length],
    paths,
    apply,
    async transform(x) {
      const S = unrecorded(() => scope(() => apply(asTensor(x, 'images'))))
      const { shape: of } = S
      const data = await S.read()
      backend.release(S.buffer)
      return { data, shape: of }
    },
    dispose() {
      means.dispose()
      for (const { buffer } of bands.values()) backend.release(buffer)
      bands.clear()
    },
  }
}
