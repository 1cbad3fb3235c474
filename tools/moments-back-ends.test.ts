// Moments of images and signals on the WebAssembly back end, again and again: what a call gives back must not be what the next one needs.
import { lbfgs } from '@scatterlab/optim'
import { covariances1d, covariances2d, moments1d, moments2d, synthesise } from '@scatterlab/scattering'
import {
  type Backend,
  type Tensor,
  onBackend,
  random,
  reference,
  square,
  sum,
  tensor,
  valueAndGrad,
} from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import { createWasmBackend } from '@scatterlab/wasm'
import { expect, it } from 'vitest'

const side = 16
const image = random(1).fillNormal(new Float32Array(side * side)) as Float32Array
const ofImages = { shape: [side, side], scales: 3, orientations: 2 } as const
const ofSignals = { length: side * side, scales: 5 }

it.each([
  ['moments of images', (backend: Backend) => moments2d({ ...ofImages, backend })],
  ['covariances of images', (backend: Backend) => covariances2d({ ...ofImages, backend })],
  ['moments of signals', (backend: Backend) => moments1d({ ...ofSignals, backend })],
  ['covariances of signals', (backend: Backend) => covariances1d({ ...ofSignals, backend })],
])('%s have the reference’s value and gradient at every call', (_, make) => {
  const at = (backend: Backend) => {
    const moments = make(backend)
    const x = onBackend(tensor(image.slice(), moments.inputShape), backend)
    return () => {
      const { value, gradient } = valueAndGrad((z: Tensor) => sum(square(moments.apply(z))))(x)
      return [value, gradient].map((part) => part.toTypedArray())
    }
  }
  const wasm = createWasmBackend({ threads: 1 })
  const [expected, onWasm] = [at(reference)(), at(wasm)]
  for (let call = 0; call < 3; call++) {
    // sums of single-precision products
    onWasm().forEach((part, i) => expectClose(part, expected[i], { relative: 1e-4, absolute: 1e-6 }))
  }
  // the last numbers are picked, and |x̂|² of images that do not lie innermost goes back, on the reference: all else has kernels
  for (const name of wasm.declined.keys()) expect(['pad', 'padAdjoint', 'spectrumAdjoint']).toContain(name)
})

it('draws images that share them to a thousandth, each with a curvature of its own, by L-BFGS', async () => {
  const shape = [32, 32] as const
  const moments = moments2d({ shape, scales: 4, orientations: 2, backend: createWasmBackend({ threads: 1 }) })
  const points = (random(1).fillNormal(new Float32Array(1024)) as Float32Array).map((v) => (v > 2 ? 5 : 0.1 * v))
  const target = await moments.transform({ data: points, shape })
  const { error, x } = await synthesise(target, moments, { minimise: lbfgs, iterations: 45, count: 2, seed: 1 })
  // 2.7e-3 where errors are not decorrelated, frequencies not equalised, and the curvature is that of both images together
  expect(error).toBeLessThan(5e-4)
  expect(x.data[0]).not.toBe(x.data[1024])
})
