// The modulus of a windowed Fourier transform of images: the spectrum around each place. All of its frequencies have the same
// bandwidth, where those of wavelets grow with the frequency. No phases, and no way back.
import {
  type ArrayInput,
  type Backend,
  type Rules,
  type ShapedArray,
  DTypeError,
  ShapeError,
  ValueError,
  aBackend,
  abs,
  asTensor,
  checkOptions,
  formatShape,
  isComplex,
  realArray,
  realOf,
  reference,
  rfft2,
  scope,
  tensor,
  wholeNumber,
} from '@scatterlab/tensor'

/** Options of `windowedFourierModulus`. */
export interface WindowedFourierOptions {
  /** Side M of the square window, pixels. */
  readonly window: number
  /** From one window to the next, pixels: M, or M divided by a whole number; it must divide height and width. Default M/2. */
  readonly step?: number
  /** Who computes the Fourier transforms. Default the plain reference. */
  readonly backend?: Backend
}

const rules: Rules<WindowedFourierOptions> = { window: wholeNumber(1), step: wholeNumber(1), backend: aBackend }

/**
 * |Σ_u x(u) w(u − v) e^{−iω·(u − v)}| / M for windows at every v = (k·step, l·step) of a periodic image: [..., height, width] →
 * [..., height/step, width/step, M, M/2 + 1], frequencies in the order of `rfft2`. w is a product of sines over M pixels, scaled so that
 * Σ_v w² = 1 (constant where the step is M: then a window of the image's size gives its Fourier modulus). Frequencies that stand for
 * their mirror image too count √2, so that the result has the norm of x. The precision is that of x; it reads memory of the host.
 */
export function windowedFourierModulus(images: ArrayInput, options: WindowedFourierOptions): ShapedArray {
  const given = checkOptions('windowedFourierModulus', options, rules, ['window'])
  const { window: M, backend = reference } = given
  const { step = M % 2 === 0 ? M / 2 : M } = given
  const x = asTensor(images, 'images')
  if (isComplex(x.dtype)) throw new DTypeError(`images are ${x.dtype}: give real ones, for example x.real`)
  if (x.rank < 2 || x.shape.some((n) => n === 0))
    throw new ShapeError(`images are of shape ${formatShape(x.shape)}: give [..., height, width], none of them empty`)
  const [height, width] = x.shape.slice(-2)
  if (M % step !== 0)
    throw new ValueError(`step ${step} of windows of ${M} pixels: give ${M}, or it divided by a whole number`)
  if (M > Math.min(height, width))
    throw new ValueError(`window ${M} for images of ${height}×${width}: give ${Math.min(height, width)} at most`)
  if (height % step !== 0 || width % step !== 0)
    throw new ValueError(`step ${step} for images of ${height}×${width}: give a step that divides both sides`)
  const data = x.asTypedArray()
  const bad = data.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) throw new ValueError(`images hold ${data[bad]} at number ${bad}: replace it by a finite number first`)

  const lead = x.shape.slice(0, -2)
  const [rows, columns, count] = [height / step, width / step, data.length / (height * width)]
  const w = sines(M, M / step)
  const patches = realArray(realOf(x.dtype), count * rows * columns * M * M)
  let at = 0
  for (let image = 0; image < count; image++) {
    for (let place = 0; place < rows * columns; place++) {
      const [top, left] = [Math.floor(place / columns) * step, (place % columns) * step]
      for (let r = 0; r < M; r++) {
        const line = (image * height + ((top + r) % height)) * width
        for (let c = 0; c < M; c++) patches[at++] = (data[line + ((left + c) % width)] * w[r] * w[c]) / M
      }
    }
  }
  const moduli = scope(() => abs(rfft2(tensor(patches, [count * rows * columns, M, M], { backend }))))
  const out = moduli.toTypedArray()
  backend.release(moduli.buffer)
  const half = Math.floor(M / 2) + 1
  for (let k = 0; k < out.length; k++) if (k % half > 0 && 2 * (k % half) !== M) out[k] *= Math.SQRT2
  return { data: out, shape: [...lead, rows, columns, M, half] }
}

/** w(u) ∝ sin(π(u + ½)/M), whose squares at distances M/overlap sum to 1; constant without overlap. */
const sines = (M: number, overlap: number): Float64Array =>
  Float64Array.from({ length: M }, (_, u) =>
    overlap === 1 ? 1 : Math.sqrt(2 / overlap) * Math.sin((Math.PI * (u + 0.5)) / M),
  )
