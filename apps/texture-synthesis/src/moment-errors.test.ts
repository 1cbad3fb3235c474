import { moments2d } from '@scatterlab/scattering'
import { reference } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { relativeErrors } from './moment-errors.ts'

const side = 32
const moments = moments2d({ shape: [side, side], scales: 4, orientations: 2, backend: reference })
const picture = (at: (x: number, y: number) => number) => ({
  data: Float32Array.from({ length: side * side }, (_, i) => at(i % side, Math.floor(i / side))),
  shape: [side, side],
})
// repeats every eight pixels: the coarsest bands hold nothing
const stripes = picture((x) => (x % 8 < 4 ? 1 : -1))

it('is finite for a pattern whose coarse bands are empty, 0 for itself, and the share by which another one is off', async () => {
  const target = await moments.transform(stripes)
  expect(Math.min(...target.data.subarray(1))).toBe(0)
  const [own, weaker] = await Promise.all(
    [1, 0.9].map((factor) =>
      relativeErrors(moments, target, [{ ...stripes, data: stripes.data.map((v) => factor * v) }]),
    ),
  )
  expect(own.all).toBe(0)
  // means are off by 0.1, powers by 0.19
  expect(weaker.all).toBeGreaterThan(0.07)
  expect(weaker.all).toBeLessThan(0.19)
  // a share of two second moments of one band, which no factor changes
  expect(weaker.sparsity).toBeCloseTo(own.sparsity, 6)
})
