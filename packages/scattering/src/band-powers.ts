// E|x ⋆ ψ|² of every band at once: a product of |x̂|² with a matrix that is made once. And spectra that have such powers.
import { type Backend, type RealDType, Tensor, add, matmul, realArray, realOf, rfft2, square } from '@scatterlab/tensor'
import { fittedSpectrum } from './fitted-spectrum.ts'

/** The powers of the bands of images of one size; a signal is an image of one row. */
export interface BandPowers {
  /** Images [..., height, width] on the back end → [images, bands]: a differentiable operation. */
  of(x: Tensor): Tensor
  /** Amplitudes of a spectrum whose bands have these powers, in those of white noise of variance 1: [height, ⌊width/2⌋ + 1]. */
  spectrum(powers: readonly number[]): Float64Array
  dispose(): void
}

/** The bands of images of one size. */
export interface Bank {
  readonly shape: readonly [height: number, width: number]
  /** ψ̂ of each wavelet on the whole grid. */
  readonly filters: () => readonly Float64Array[]
}

/** E|x ⋆ ψ|² for the wavelets of a bank, on periodic images. */
export function bandPowers(backend: Backend, { shape: [height, width], filters }: Bank): BandPowers {
  const bands = new Map<RealDType, Tensor>()
  const half = Math.floor(width / 2) + 1

  /** For each of the half spectrum's frequencies its share in the power of each band: [frequencies, bands]. */
  function shares(): Float64Array {
    const psi = filters()
    const data = new Float64Array(height * half * psi.length)
    psi.forEach((filter, band) => {
      // E|x ⋆ ψ|² = Σ_ω |x̂|²|ψ̂|²/N², and |x̂| is the same at ω and −ω
      filter.forEach((value, at) => {
        const [row, column] = [Math.floor(at / width), at % width]
        const mirror = (height - row) % height
        const share = (value / (height * width)) ** 2
        const add = (y: number, x: number, part: number): number =>
          (data[(y * half + x) * psi.length + band] += part * share)
        // where both of a pair are kept each has one half
        if (column === 0 || 2 * column === width) for (const y of [row, mirror]) add(y, column, 1 / 2)
        else if (column < half) add(row, column, 1)
        else add(mirror, width - column, 1)
      })
    })
    return data
  }

  function bandsFor(dtype: RealDType): Tensor {
    const found = bands.get(dtype)
    if (found) return found
    const values = shares()
    const data = realArray(dtype, values.length)
    data.set(values)
    const count = values.length / (height * half)
    // it outlives the scope of the call that made it
    const made = new Tensor(backend, {
      buffer: backend.adopt(data),
      dtype,
      shape: [height * half, count],
      strides: [count, 1],
      offset: 0,
      imagStride: 0,
    })
    bands.set(dtype, made)
    return made
  }

  return {
    of(x) {
      const spectrum = rfft2(x.reshape(-1, height, width))
      const power = add(square(spectrum.real), square(spectrum.imag))
      return matmul(power.reshape(-1, height * half), bandsFor(realOf(x.dtype)))
    },
    spectrum: (powers) => fittedSpectrum(height * width, shares(), powers),
    dispose() {
      for (const { buffer } of bands.values()) backend.release(buffer)
      bands.clear()
    },
  }
}
