import { type View, random, reference } from '@scatterlab/tensor'
import { spectrumAdjoint } from '@scatterlab/tensor/operations'
import { expectClose } from '@scatterlab/testing'
import { expect, it } from 'vitest'
import { createWasmBackend } from '../index.ts'

// images that fill eight rows, some, none, one signal and several
it.each([
  [4, 128, 128],
  [3, 12, 21],
  [9, 1, 4096],
  [5, 3, 6],
  [2, 17, 7],
])('is the adjoint of the half spectrum of %i planes of %i×%i, interleaved or planar', (n, h, w) => {
  const backend = createWasmBackend({ threads: 1 })
  const half = Math.floor(w / 2) + 1
  const size = n * h * half
  const numbers = random(w).fillNormal(new Float32Array(2 * size))
  const layouts = [
    { strides: [2 * h * half, 2 * half, 2], imagStride: 1 },
    { strides: [h * half, half, 1], imagStride: size },
  ]
  for (const layout of layouts) {
    const g = { dtype: 'complex64', shape: [n, h, half], offset: 0, ...layout } as const
    const out = { dtype: 'float32', shape: [n, h, w], strides: [h * w, w, 1], offset: 0, imagStride: 0 } as const
    const on = (which: typeof reference): Float32Array => {
      const [from, to]: View[] = [
        { ...g, buffer: which.adopt(numbers.slice()) },
        { ...out, buffer: which.adopt(new Float32Array(n * h * w).fill(NaN)) },
      ]
      spectrumAdjoint(which, from, to)
      return Float32Array.from(to.buffer.data as Float32Array)
    }
    expectClose(on(backend), on(reference), { ofLargest: 1e-6 })
  }
  expect(Object.fromEntries(backend.declined)).toEqual({})
})
