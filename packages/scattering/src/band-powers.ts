// E|x ⋆ ψ|² of every band at once: a product of |x̂|² with a matrix that is made once.
import { type Backend, type RealDType, Tensor, add, matmul, realArray, realOf, rfft2, square } from '@scatterlab/tensor'
import { type FilterBankOptions, filterBank2d, toGrid } from '@scatterlab/wavelets'

/** The powers of the bands of images of one size. */
export interface BandPowers {
  /** Images [..., height, width] on the back end → [images, bands]: a differentiable operation. */
  of(x: Tensor): Tensor
  dispose(): void
}

/** E|x ⋆ ψ|² for the wavelets of a bank, on periodic images. */
export function bandPowers(backend: Backend, options: FilterBankOptions): BandPowers {
  const bands = new Map<RealDType, Tensor>()

  /** For each of the half spectrum's frequencies its share in the power of each band: [frequencies, bands]. */
  function bandsFor(dtype: RealDType): Tensor {
    const found = bands.get(dtype)
    if (found) return found
    const [height, width] = options.shape
    const half = Math.floor(width / 2) + 1
    const { psi } = filterBank2d(options)
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

  return {
    of(x) {
      const spectrum = rfft2(x)
      const power = add(square(spectrum.real), square(spectrum.imag))
      return matmul(power.reshape(-1, power.shape.at(-1)! * power.shape.at(-2)!), bandsFor(realOf(x.dtype)))
    },
    dispose() {
      for (const { buffer } of bands.values()) backend.release(buffer)
      bands.clear()
    },
  }
}
