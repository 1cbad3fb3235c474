// The same wavelet transforms on every back end, both precisions, with their gradients: what wavelets, which does not know who
// computes, may not test.
import {
  type Backend,
  type Tensor,
  abs,
  add,
  grad,
  mul,
  onBackend,
  random,
  randomNormal,
  reference,
  square,
  sum,
} from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import { createWasmBackend } from '@scatterlab/wasm'
import { filterBank1d, filterBank2d, morletPyramid, orthogonalWavelets, waveletTransform } from '@scatterlab/wavelets'
import { describe, expect, it } from 'vitest'

/** What a transform gives, as a list of arrays. */
type Run = (x: Tensor) => Tensor[]

const images = waveletTransform(filterBank2d({ shape: [24, 20], scales: 2, orientations: 4, convention: 'exact' }))
const signals = waveletTransform(filterBank1d({ length: 96, scales: 4 }))
const splines = orthogonalWavelets({ shape: [16, 24], scales: 2 })
const daubechies = orthogonalWavelets({ shape: [96], scales: 4, family: 'daubechies' })
const pyramid = morletPyramid({ shape: [19, 22], scales: 2, orientations: 3 })

const transforms: [string, number[], Run][] = [
  ['the bank of images', [2, 24, 20], (x) => Object.values(images.forward(x))],
  ['the inverse', [2, 24, 20], (x) => [images.inverse(images.forward(x))]],
  ['the bank of signals', [3, 96], (x) => Object.values(signals.forward(x))],
  ['splines', [2, 16, 24], (x) => [...splines.analyse(x).details, splines.synthesise(splines.analyse(x))]],
  ['Daubechies', [3, 96], (x) => [...daubechies.analyse(x).details, daubechies.analyse(x).approximation]],
  ['the pyramid', [2, 19, 22], (x) => [...pyramid.analyse(x).details, pyramid.analyse(x).approximation]],
]

const numbers = (x: Tensor): number[] => Array.from(x.clone().toTypedArray())

describe.each([1, 2])('on WebAssembly with %d threads', (threads) => {
  const backend = createWasmBackend({ threads })

  it.each(transforms)('%s gives what the reference gives', (_, shape, run) => {
    for (const [dtype, tolerance] of [
      ['float32', 2e-6],
      ['float64', 1e-13],
    ] as const) {
      const x = randomNormal(shape, random(1), { dtype })
      // some product with the result, so that every part has a gradient of its own
      const loss = (v: Tensor): Tensor =>
        run(v)
          .map((part) => sum(square(abs(part))))
          .reduce((a, b) => add(a, mul(b, 0.5)))
      const on = (where: Backend): Tensor[] => {
        const there = onBackend(x, where)
        return [...run(there), grad(loss)(there)]
      }
      const [expected, found] = [on(reference), on(backend)]
      expect(found.map((part) => part.shape)).toEqual(expected.map((part) => part.shape))
      found.forEach((part, i) => expectClose(numbers(part), numbers(expected[i]), { ofLargest: tolerance }))
    }
  })
})
