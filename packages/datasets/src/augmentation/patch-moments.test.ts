import { random } from '@scatterlab/tensor'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { patchMoments } from './patch-moments.ts'

it('is the mean of p·pᵀ over all patches, read as filters are', () => {
  const side = fc.integer({ min: 1, max: 5 })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      side,
      side,
      side,
      (n, c, h, w, size) => {
        const images = { data: random(1).fillNormal(new Float32Array(n * c * h * w)), shape: [n, c, h, w] as const }
        if (size > Math.min(h, w)) {
          expect(() => patchMoments(images, { size })).toThrow('no patches')
          return
        }
        const patches: number[][] = []
        for (let i = 0; i < n; i++)
          for (let y = 0; y + size <= h; y++)
            for (let x = 0; x + size <= w; x++) {
              const patch: number[] = []
              for (let k = 0; k < c; k++)
                for (let v = 0; v < size; v++)
                  for (let u = 0; u < size; u++) patch.push(images.data[((i * c + k) * h + y + v) * w + x + u])
              patches.push(patch)
            }
        const { data, shape } = patchMoments(images, { size })
        const length = c * size * size
        expect(shape).toEqual([length, length])
        for (let a = 0; a < length; a++)
          for (let b = 0; b < length; b++) {
            const expected = patches.reduce((sum, p) => sum + p[a] * p[b], 0) / patches.length
            // sums of at most 75 products in double precision
            expect(Math.abs(data[a * length + b] - expected)).toBeLessThan(1e-12)
          }
      },
    ),
  )
})
