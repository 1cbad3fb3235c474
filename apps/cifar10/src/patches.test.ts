import { random } from '@scatterlab/tensor'
import { createWasmBackend } from '@scatterlab/wasm'
import { expect, it } from 'vitest'
import { patchFeatures } from './patches.ts'
import { type Images, gaussianKernel, linearStream, lumaAndColours, waveletFeatures } from './wavelets.ts'

const backend = createWasmBackend({ threads: 1 })
const stream = random(1)
/** Smooth coloured noise. */
const images: Images = { data: new Uint8Array(6 * 3072), shape: [6, 3, 32, 32] }
for (let plane = 0; plane < 18; plane++) {
  const [a, b, c] = [stream.uniform(0, 1), stream.uniform(0, 1), stream.uniform(20, 90)]
  for (let p = 0; p < 1024; p++) {
    const wave = Math.sin(a * (p >> 5) + b * (p & 31)) + 0.4 * stream.normal()
    images.data[plane * 1024 + p] = Math.max(0, Math.min(255, 128 + c * wave))
  }
}
const mirrored: Images = {
  data: images.data.map((_, at) => images.data[(at & ~31) + 31 - (at & 31)]),
  shape: images.shape,
}

it('patches: an image and its mirror image have the same features', async () => {
  const filters = 5
  const { stream: of, dispose } = await patchFeatures(images, {
    filters,
    threshold: 0.25,
    epsilon: 0.1,
    seed: 1,
    backend,
  })
  const [own, other] = await Promise.all([images, mirrored].map(async (some) => (await of(some).block(0, 6)).read()))
  expect(own).toHaveLength(6 * 8 * filters)
  // single precision: responses are sums of 108 products
  own.forEach((value, i) => expect(other[i]).toBeCloseTo(value, 5))
  expect(Math.max(...own)).toBeGreaterThan(0.1)
  const part = await (await of(images).block(2, 4)).read()
  part.forEach((value, i) => expect(value).toBeCloseTo(own[2 * 8 * filters + i], 5))
  dispose()
})

it('wavelets: an image and its mirror image have the same features; each scale has one weight', async () => {
  const features = await waveletFeatures(images, { scales: 2, measured: 6, backend })
  const [own, other] = [await features.rows(images, 0, 6), await features.rows(mirrored, 0, 6)]
  expect(features.columns).toBe(2 * 3 * 81 * 64)
  own.forEach((value, i) => expect(other[i]).toBeCloseTo(value, 4))
  const { data, shape } = {
    data: await (await linearStream(features, images, backend).block(0, 6)).read(),
    shape: [6, features.means],
  }
  expect(data).toHaveLength(shape[0] * shape[1])
  expect(data[features.means]).toBeCloseTo(own[features.columns], 6)
  const mean = Array.from({ length: 6 }, (_, i) => data[i * features.means + 1000]).reduce((a, b) => a + b) / 6
  expect(mean).toBeCloseTo(0, 4)

  // squares of means and half differences are those of the image and its mirror image: as many in all as there are places, for order 0,
  // for the 8 paths of a scale, and for the 64 of two scales
  for (const [from, to] of [
    [0, 1],
    [1, 9],
    [9, 17],
    [17, 81],
  ]) {
    let squares = 0
    for (let i = 0; i < 6; i++)
      for (const half of [0, features.means])
        for (let k = from * 64; k < to * 64; k++) squares += own[i * features.columns + half + k] ** 2 / 6
    expect(squares).toBeCloseTo(64, 1)
  }

  // the kernel is that of its definition
  const kernel = await gaussianKernel(features, images, Int32Array.of(4, 1), 0.5, backend)
  const K = await (await kernel.stream(images).block(0, 6)).read()
  const d = features.columns
  const distance = (i: number, j: number): number => {
    let sum = 0
    for (let k = 0; k < d; k++) sum += (own[i * d + k] - own[j * d + k]) ** 2
    return sum
  }
  const spread = distance(1, 4) / 2 // the mean over all ordered pairs of two landmarks
  for (let i = 0; i < 6; i++)
    for (const [j, landmark] of [1, 4].entries())
      expect(K[2 * i + j]).toBeCloseTo(Math.exp((-0.5 * distance(i, landmark)) / spread), 4)
  kernel.dispose()
  features.dispose()
})

it('luma and colours: grey has no colour, and mirroring turns rows round', () => {
  const grey: Images = { data: new Uint8Array(3072).map((_, at) => (at % 32) * 8), shape: [1, 3, 32, 32] }
  const [plain, turned] = [false, true].map((mirror) => lumaAndColours(grey, 0, 1, mirror))
  expect(plain[5]).toBeCloseTo(40 / 255, 6)
  expect(turned[5]).toBeCloseTo((26 * 8) / 255, 6)
  expect(Math.max(...plain.subarray(1024).map(Math.abs))).toBeLessThan(1e-6)
})
