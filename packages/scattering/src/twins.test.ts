import { ShapeError, ValueError, random, rfft2, tensor } from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import { expect, it } from 'vitest'
import { gaussianTwin, histogramTwin, moments2d } from './index.ts'

/** Sparse points, as far from Gaussian as can be. */
const points = (height: number, width: number) => ({
  data: (random(1).fillUniform(new Float64Array(height * width)) as Float64Array).map((v) => (v > 0.97 ? 1 : 0)),
  shape: [height, width],
})
const spectrumOf = ({ data, shape }: { data: Float64Array; shape: readonly number[] }): number[] => {
  const parts = rfft2(tensor(data, shape)).asReal().toTypedArray()
  return Array.from({ length: parts.length / 2 }, (_, i) => Math.hypot(parts[2 * i], parts[2 * i + 1]))
}

it.each([
  [32, 32],
  [15, 21],
])('the Gaussian twin has the spectrum of the image, on %i×%i', (height, width) => {
  const image = points(height, width)
  const twin = gaussianTwin(image, { seed: 2 })
  expectClose(spectrumOf(twin), spectrumOf(image), { absolute: 1e-12 * height * width })
  expect(twin.data).not.toEqual(gaussianTwin(image, { seed: 3 }).data)
})

it('order 1 tells points from their twin, which has no sparsity left', async () => {
  const image = points(64, 64)
  const moments = moments2d({ shape: [64, 64], scales: 3, orientations: 4, maxOrder: 1 })
  const sparsity = async (x: Parameters<typeof moments.transform>[0]): Promise<number> => {
    const { data } = await moments.transform(x)
    // (E|x ⋆ ψ|)² / E|x ⋆ ψ|², which is π/4 for Gaussian fields
    return data[1] ** 2 / data[1 + 12]
  }
  expect(await sparsity(image)).toBeLessThan(0.4)
  expect(Math.abs((await sparsity(gaussianTwin(image))) - Math.PI / 4)).toBeLessThan(0.08)
})

it('the equal-histogram twin has the grey levels of the image', () => {
  const image = points(16, 16)
  expect(histogramTwin(image).data.toSorted()).toEqual(image.data.toSorted())
})

it('refuses what is not one finite image', () => {
  expect(() => gaussianTwin({ data: new Float64Array(8), shape: [2, 2, 2] })).toThrow(ShapeError)
  expect(() => gaussianTwin({ data: Float64Array.of(1, NaN), shape: [1, 2] })).toThrow(ValueError)
})
