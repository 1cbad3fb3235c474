// A scattering layer and the gradient of its energy, in groups as the cascade runs them: every step once, each on what the one
// before wrote.
import {
  average,
  averageAdjoint,
  pad,
  padAdjoint,
  spectrum,
  spectrumAdjoint,
  waveletModulus,
  waveletModulusAdjoint,
} from '@scatterlab/tensor/operations'
import { type Backend, type RealArray, type View, random, tensor } from '@scatterlab/tensor'

/** Sides of the images and of their grid, which is subsampled by two. */
const [SIDE, GRID] = [8, 12]

/** A layer on a back end; its filters stay, so that one key stands for its calls. */
export function scatteringLayer(backend: Backend): {
  /** The gradient of |S|²/2 with respect to images [n, 8, 8], for a back end whose numbers may be awaited. */
  readonly gradient: (images: Float32Array, key?: object) => Promise<RealArray>
} {
  const noise = (seed: number, shape: readonly number[]): View =>
    tensor(random(seed).fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1))), shape, { backend })
  const psi = { values: noise(1, [7, 9]), row: -2, column: 1 }
  const window = (seed: number) => ({ taps: noise(seed, [3, 4]), starts: Int32Array.of(0, 2, 5) })
  const [rows, columns] = [window(2), window(3)]
  const index = Int32Array.from({ length: GRID }, (_, i) => Math.min(SIDE - 1, Math.max(0, i - 2)))

  const body = (x: View, out: View): void => {
    const count = Math.ceil(x.shape[0] / backend.laneStep) * backend.laneStep
    const field = (size: number): View => ({
      buffer: backend.allocate('float32', count * size * size),
      dtype: 'float32',
      shape: [count, size, size],
      strides: [1, count * size, count],
      offset: 0,
      imagStride: 0,
    })
    const half = (): View => ({
      buffer: backend.allocate('float32', 2 * count * GRID * (GRID / 2 + 1)),
      dtype: 'complex64',
      shape: [count, GRID, GRID / 2 + 1],
      strides: [1, 2 * count * (GRID / 2 + 1), 2 * count],
      offset: 0,
      imagStride: count,
    })
    const [padded, moduli, averages, gradients] = [field(GRID), field(GRID / 2), field(3), field(GRID / 2)]
    const [xhat, back, whole] = [half(), half(), field(GRID)]
    pad(backend, x, index, index, padded)
    spectrum(backend, padded, xhat)
    waveletModulus(backend, xhat, psi, 2, moduli)
    average(backend, moduli, rows, columns, averages)
    averageAdjoint(backend, averages, rows, columns, gradients)
    waveletModulusAdjoint(backend, xhat, psi, 2, gradients, back)
    spectrumAdjoint(backend, back, whole)
    padAdjoint(backend, whole, index, index, out)
    for (const { buffer } of [padded, moduli, averages, gradients, xhat, back, whole]) backend.release(buffer)
  }
  return {
    async gradient(images, key) {
      const shape = [images.length / SIDE ** 2, SIDE, SIDE]
      const x = tensor(images, shape, { backend })
      const out = tensor(new Float32Array(images.length), shape, { backend })
      backend.forEachGroup(x, out, backend.lanes, body, key)
      const result = backend.read(out.buffer)
      for (const { buffer } of [x, out]) backend.release(buffer)
      return result
    },
  }
}
