// The wavelet transform by a bank, at every sample: x ⋆ φ and x ⋆ ψ for all of its wavelets, periodic, in Fourier, over the operations
// of tensors; its adjoint and its inverse. Nothing is decimated and no modulus taken: that is scattering's.
import {
  type ArrayInput,
  Tensor,
  ValueError,
  add,
  checkArgument,
  complex,
  fft2,
  ifft2,
  isComplex,
  mul,
  realOf,
  scope,
  sum,
  tensor,
} from '@scatterlab/tensor'
import { toGrid } from './box.ts'
import { type Bank, aBank, littlewoodPaley, lowPassOnGrid } from './littlewood-paley.ts'
import { checkSignal } from './signal.ts'

/** Wx of a bank of P wavelets. */
export interface WaveletFields {
  /** x ⋆ ψ, complex [..., P, height, width]; of signals [..., P, N]. */
  readonly psi: Tensor
  /** x ⋆ φ, real [..., height, width] or [..., N]. */
  readonly phi: Tensor
}

/** The transform by a bank, for real x. All three work on the back end of what they are given, and are recorded on the tape. */
export interface WaveletTransform {
  /** Wx of [..., height, width], or [..., N] where the grid is one row. Throws `ShapeError`, `DTypeError`. */
  readonly forward: (x: ArrayInput) => WaveletFields
  /** W*y = y_φ ⋆ φ̃ + Re Σ y_λ ⋆ ψ̃_λ: ⟨Wx, y⟩ = ⟨x, W*y⟩, the real parts of products of fields. Throws as `forward`. */
  readonly adjoint: (fields: WaveletFields) => Tensor
  /** (W*W)⁻¹W*y: x itself from its fields, W*W being the product with A(ω). Throws `ValueError` where no filter covers a frequency. */
  readonly inverse: (fields: WaveletFields) => Tensor
}

/** Of the largest A(ω): what is below cannot be divided by. */
const LEAST = 1e-10

/** The transform by a bank (Mallat 2009, sections 4.3 and 5.1). Throws `ValueError` for what is no bank. */
export function waveletTransform(bank: Bank): WaveletTransform {
  checkArgument('waveletTransform: bank', bank, aBank)
  const [height, width] = bank.grid
  const shape = height === 1 ? [width] : [height, width]
  const kept: { filters?: Float64Array; phi?: Float64Array; A?: Float64Array } = {}
  const filters = (): Float64Array => (kept.filters ??= joined(bank.psi.map((psi) => toGrid(psi.atLevel(0)))))
  const phi = (): Float64Array => (kept.phi ??= lowPassOnGrid(bank))
  const power = (): Float64Array => (kept.A ??= covering(bank))
  const like = (x: Tensor, values: Float64Array, of: readonly number[]): Tensor =>
    tensor(values, of, { dtype: realOf(x.dtype), backend: x.backend })

  const adjoint = (fields: WaveletFields): Tensor => {
    const { psi, phi: low } = checkFields(fields, shape, bank.psi.length)
    const lead = low.shape.slice(0, low.rank - shape.length)
    const spectra = fft2(psi.reshape(...lead, bank.psi.length, height, width))
    const through = sum(mul(spectra, like(low, filters(), [bank.psi.length, height, width])), { axes: [-3] })
    const average = mul(fft2(low.reshape(...lead, height, width)), like(low, phi(), [height, width]))
    return ifft2(add(through, average))
      .real.clone()
      .reshape(...lead, ...shape)
  }
  return {
    forward: (given) =>
      scope(() => {
        const x = checkSignal(given, shape)
        const lead = x.shape.slice(0, x.rank - shape.length)
        const spectrum = fft2(x.reshape(...lead, 1, height, width))
        const psi = ifft2(mul(spectrum, like(x, filters(), [bank.psi.length, height, width])))
        const low = ifft2(mul(spectrum, like(x, phi(), [height, width]))).real.clone()
        return { psi: psi.reshape(...lead, bank.psi.length, ...shape), phi: low.reshape(...lead, ...shape) }
      }),
    adjoint: (fields) => scope(() => adjoint(fields)),
    inverse: (fields) =>
      scope(() => {
        const gathered = adjoint(fields)
        const lead = gathered.shape.slice(0, gathered.rank - shape.length)
        const gain = power().map((a) => 1 / a)
        const spectrum = mul(fft2(gathered.reshape(...lead, height, width)), like(gathered, gain, [height, width]))
        return ifft2(spectrum)
          .real.clone()
          .reshape(...lead, ...shape)
      }),
  }
}

function joined(grids: readonly Float64Array[]): Float64Array {
  const size = grids[0]?.length ?? 0
  const all = new Float64Array(grids.length * size)
  grids.forEach((grid, i) => all.set(grid, i * size))
  return all
}

function covering(bank: Bank): Float64Array {
  const { sum: A, upper, shape } = littlewoodPaley(bank)
  const bare = A.findIndex((a) => !(a > LEAST * upper))
  if (bare >= 0)
    throw new ValueError(
      `inverse: no filter of the bank covers frequency (${Math.floor(bare / shape[1])}, ${bare % shape[1]}) of the grid ${shape.join('×')}: ` +
        'give wider wavelets, or more of them',
    )
  return A
}

function checkFields(fields: WaveletFields, shape: readonly number[], count: number): WaveletFields {
  checkArgument('fields', fields, (value) => {
    const { psi, phi } = (value ?? {}) as Partial<WaveletFields>
    return psi instanceof Tensor && phi instanceof Tensor ? undefined : 'what forward gives, { psi, phi }'
  })
  const phi = checkSignal(fields.phi, shape, 'fields: phi')
  const psi = isComplex(fields.psi.dtype) ? fields.psi : complex(checkSignal(fields.psi, shape, 'fields: psi'))
  checkSignal(psi.real, [...phi.shape.slice(0, phi.rank - shape.length), count, ...shape], 'fields: psi')
  return { psi, phi }
}
