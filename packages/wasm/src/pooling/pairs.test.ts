// The gradient of windows of 2×2 side by side, which has a kernel of its own, on planes of even and odd sides.
import { maxPool, maxPoolGradient } from '@scatterlab/tensor/operations'
import { type Tensor, random, reference, tensor, zeros } from '@scatterlab/tensor'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createWasmBackend } from '../index.ts'

const options = { size: 2, stride: 2 }

/** The gradient by a back end, of images that are columns of wider ones where `margin` is not 0; the margin stays as it was. */
function gradientBy(backend: typeof reference, shape: readonly number[], margin: number, seed: number): Float32Array {
  const [n, c, h, w] = shape
  const stream = random(seed)
  // few values, so that windows have several largest pixels
  const coarse = (length: number) => Float32Array.from({ length }, () => stream.integer(-2, 3))
  const within = (x: Tensor): Tensor => x.slice([0, n], [0, c], [0, h], [margin, margin + w])
  const wide = [n, c, h, w + 2 * margin]
  const x = tensor(coarse(n * c * h * wide[3]), wide, { backend })
  const [oh, ow] = [Math.floor(h / 2), Math.floor(w / 2)]
  const out = zeros([n, c, oh, ow], { backend })
  const gradOut = tensor(coarse(n * c * oh * ow), [n, c, oh, ow], { backend })
  const gradX = tensor(coarse(n * c * h * wide[3]), wide, { backend })
  maxPool(backend, within(x), out, options)
  maxPoolGradient(backend, within(x), out, gradOut, within(gradX), options)
  return gradX.toTypedArray() as Float32Array
}

it('is that of the reference', () => {
  const backend = createWasmBackend({ threads: 1 })
  const side = fc.integer({ min: 2, max: 19 })
  const few = fc.integer({ min: 1, max: 3 })
  fc.assert(
    fc.property(few, few, side, side, fc.nat(2), fc.nat(), (n, c, h, w, margin, seed) => {
      const shape = [n, c, h, w]
      expect(gradientBy(backend, shape, margin, seed)).toEqual(gradientBy(reference, shape, margin, seed))
    }),
    { numRuns: 300 },
  )
  expect([...backend.declined.keys()]).toEqual([])
})
