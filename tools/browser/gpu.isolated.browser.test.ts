// A whole scattering transform in a page on the GPU back end, in both of its modes, beside kymatio's stored case and the reference;
// and as much alive after many transforms as after one.
import { scattering2d } from '@scatterlab/scattering'
import { createGpuBackend } from '@scatterlab/gpu'
import { type RealArray, type Tensor, grad, random, square, sum, tensor } from '@scatterlab/tensor'
import { expectClose, readNpz } from '@scatterlab/testing'
import { describe, expect, inject, it } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    readonly kymatio: string | null
  }
}

const stored = inject('kymatio')
const noise = (length: number): Float32Array => random(1).fillNormal(new Float32Array(length)) as Float32Array

function relativeError(a: RealArray, b: RealArray): number {
  let [difference, size] = [0, 0]
  for (let i = 0; i < a.length; i++) {
    difference += (a[i] - b[i]) ** 2
    size += b[i] ** 2
  }
  return Math.sqrt(difference / size)
}

describe.each(['webgl2', 'webgpu'] as const)('scattering on %s', (mode) => {
  it.skipIf(stored === null)(
    "meets kymatio's stored case within 1e-4, and within 1e-6",
    { timeout: 300_000 },
    async () => {
      const { x, Sx } = readNpz(Uint8Array.from(atob(stored!), (c) => c.charCodeAt(0))) as Record<
        string,
        { data: Float32Array; shape: readonly number[] }
      >
      const backend = await createGpuBackend({ mode })
      const { data, shape } = await scattering2d({ shape: [32, 32], scales: 4, backend }).transformAsync(x)
      expect(shape).toEqual(Sx.shape)
      const error = relativeError(data, Sx.data)
      console.info(`${mode}: kymatio's case within ${error.toExponential(1)}`)
      expect(error).toBeLessThan(1e-6)
      expect([...backend.declined]).toEqual([])
      await backend.close()
    },
  )

  it.each([
    { shape: [28, 28], scales: 2, batch: 3 },
    { shape: [33, 47], scales: 2, batch: 2, orientations: 3 },
    { shape: [16, 12], scales: 2, batch: 2, orientations: 2, maxOrder: 3, padding: 'periodic' },
  ] as const)('agrees with the reference: %o', async ({ batch, ...options }) => {
    const backend = await createGpuBackend({ mode })
    const [height, width] = options.shape
    const images = { data: noise(batch * height * width), shape: [batch, height, width] }
    const transform = scattering2d({ ...options, backend })
    const { data, shape } = await transform.transformAsync(images)
    const expected = scattering2d(options).transform(images)
    expect(shape).toEqual(expected.shape)
    // Single precision: a few roundings of values up to 1, through four transforms of a thousand points.
    expectClose(data, expected.data, { absolute: 1e-6 })
    const g = { data: noise(data.length).reverse(), shape }
    const gradient = await transform.gradientAsync(images, g)
    const exact = scattering2d(options).gradient(images, g)
    expect(relativeError(gradient.data, exact.data)).toBeLessThan(5e-6)
    const onGpu = tensor(images.data, images.shape, { backend })
    const squares = (of: typeof transform) => grad((x: Tensor) => sum(square(of.apply(x))))
    const recorded = squares(scattering2d(options))(tensor(images.data, images.shape)).toTypedArray()
    expect(relativeError(await squares(transform)(onGpu).read(), recorded)).toBeLessThan(5e-6)
    const moduli = await transform.moduliAsync(images)
    const raw = scattering2d(options).moduli(images)
    for (const [p, { data }] of moduli.entries()) expectClose(data, raw[p].data, { absolute: 1e-5 })
    expect([...backend.declined]).toEqual([])
    expect(() => transform.transform(images)).toThrow('await')
    transform.dispose()
    await backend.close()
  })

  it('holds as much after many transforms as after one', async () => {
    const backend = await createGpuBackend({ mode })
    const transform = scattering2d({ shape: [8, 8], scales: 1, orientations: 2, maxOrder: 1, backend })
    const images = { data: noise(2 * 64), shape: [2, 8, 8] }
    await transform.transformAsync(images)
    const before = backend.memory()
    for (let i = 0; i < 50; i++) await transform.transformAsync(images)
    expect(backend.memory()).toEqual(before)
    await backend.close()
  })
})
