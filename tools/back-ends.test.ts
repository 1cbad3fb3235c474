// The same transform on every back end: what no single package may test, since scattering does not know who computes.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rotoTranslation2d, scattering2d } from '@scatterlab/scattering'
import { type Backend, type RealArray, random, reference } from '@scatterlab/tensor'
import { readNpz } from '@scatterlab/testing'
import { createWasmBackend } from '@scatterlab/wasm'
import { describe, expect, it } from 'vitest'

const relativeError = (a: RealArray, b: RealArray): number => {
  let [difference, size] = [0, 0]
  for (let i = 0; i < a.length; i++) {
    difference += (a[i] - b[i]) ** 2
    size += b[i] ** 2
  }
  return Math.sqrt(difference / size)
}

const backEnds: [string, () => Backend][] = [
  ['reference', () => reference],
  ['wasm, two threads', () => createWasmBackend({ threads: 2 })],
  ['wasm, one thread', () => createWasmBackend({ threads: 1 })],
  ['wasm, one thread, memory that is not shared', () => createWasmBackend({ shared: false })],
  ['wasm, deterministic', () => createWasmBackend({ deterministic: true, threads: 1 })],
]

const file = join(process.env.SCATTERLAB_DATA ?? '', 'kymatio-golden', 'test_data_2d.npz')

describe.each(backEnds)('scattering on %s', (_, create) => {
  const backend = create()

  it.skipIf(!existsSync(file))("meets kymatio's stored case within 1e-6", () => {
    const { x, Sx } = readNpz(readFileSync(file)) as Record<string, { data: Float32Array; shape: readonly number[] }>
    const { data, shape } = scattering2d({ shape: [32, 32], scales: 4, backend }).transform({
      data: x.data,
      shape: x.shape,
    })
    expect(shape).toEqual(Sx.shape)
    expect(relativeError(data, Sx.data)).toBeLessThan(1e-6)
  })

  it.each([
    { shape: [28, 28], scales: 3 },
    { shape: [17, 40], scales: 2, orientations: 5, maxOrder: 3 },
    { shape: [24, 32], scales: 3, padding: 'periodic', averaging: 'global' },
    { shape: [64, 64], scales: 3, oversampling: 1 },
    // sides with the factor 7 have no kernel: the reference computes them
    { shape: [21, 14], scales: 1, padding: 'periodic' },
  ] as const)('agrees with double precision, gradient too: %o', (options) => {
    const [height, width] = options.shape
    // 9 images: groups that are full, and one that is not
    const images = random(1).fillNormal(new Float64Array(9 * height * width))
    const shape = [9, height, width]
    const exact = scattering2d(options)
    const expected = exact.transform({ data: images, shape })
    const transform = scattering2d({ ...options, backend })
    const single = Float32Array.from(images)
    const S = transform.transform({ data: single, shape })
    // rounding of a few hundred operations in single precision
    expect(relativeError(S.data, expected.data)).toBeLessThan(5e-7)
    const g = { data: random(2).fillNormal(new Float64Array(S.data.length)), shape: S.shape }
    const gradient = transform.gradient({ data: single, shape }, { ...g, data: Float32Array.from(g.data) })
    expect(relativeError(gradient.data, exact.gradient({ data: images, shape }, g).data)).toBeLessThan(2e-6)
    transform.dispose()
  })
})

describe.each(backEnds)('roto-translation scattering on %s', (_, create) => {
  it.each([
    { shape: [28, 28], scales: 2 },
    { shape: [17, 24], scales: 3, orientations: 6, averaging: 'global', angularAveraging: 'window' },
    { shape: [16, 16], scales: 2, orientations: 4, angularAveraging: 'none', scaleAveraging: 'global' },
    { shape: [24, 17], scales: 3, orientations: 6, alongScales: {} },
    {
      shape: [16, 16],
      scales: 3,
      orientations: 4,
      angularAveraging: 'window',
      scaleAveraging: 'global',
      alongScales: { waveletsPerOctave: 2 },
    },
  ] as const)('agrees with double precision, gradient too: %o', (options) => {
    const shape = [5, ...options.shape]
    const images = random(1).fillNormal(new Float64Array(5 * options.shape[0] * options.shape[1]))
    const exact = rotoTranslation2d(options)
    const transform = rotoTranslation2d({ ...options, backend: create() })
    const single = Float32Array.from(images)
    const S = transform.transform({ data: single, shape })
    expect(relativeError(S.data, exact.transform({ data: images, shape }).data)).toBeLessThan(1e-6)
    const g = { data: random(2).fillNormal(new Float64Array(S.data.length)), shape: S.shape }
    const gradient = transform.gradient({ data: single, shape }, { ...g, data: Float32Array.from(g.data) })
    expect(relativeError(gradient.data, exact.gradient({ data: images, shape }, g).data)).toBeLessThan(5e-6)
  })
})

it('gives the same bits on any number of threads', () => {
  const images = { data: random(3).fillNormal(new Float32Array(37 * 32 * 32)), shape: [37, 32, 32] }
  const [one, two] = [1, 2].map((threads) =>
    scattering2d({
      shape: [32, 32],
      scales: 3,
      backend: createWasmBackend({ threads, deterministic: true }),
    }).transform(images),
  )
  expect(two.data).toEqual(one.data)
})

it('gives a batch the same answer at every call, whatever was computed before with the same transform', () => {
  const backend = createWasmBackend({ threads: 2 })
  const transform = scattering2d({ shape: [32, 32], scales: 3, backend })
  const batch = (seed: number, count: number) => ({
    data: random(seed).fillNormal(new Float32Array(count * 32 * 32)),
    shape: [count, 32, 32],
  })
  const batches = [batch(1, 20), batch(2, 20), batch(3, 9), batch(4, 41), batch(1, 20)]
  const found = batches.map((images) => transform.transform(images).data)
  expect(found[4]).toEqual(found[0])
  const exact = scattering2d({ shape: [32, 32], scales: 3 })
  for (const [i, images] of batches.entries()) {
    expect(relativeError(found[i], exact.transform(images).data)).toBeLessThan(5e-7)
  }
})

it('gives the memory of a transform back when it is disposed of, without waiting for a garbage collection', () => {
  for (const threads of [1, 2]) {
    const backend = createWasmBackend({ threads })
    const images = { data: random(1).fillNormal(new Float32Array(9 * 256)), shape: [9, 16, 16] }
    const used = Array.from({ length: 5 }, () => {
      const transform = scattering2d({ shape: [16, 16], scales: 2, orientations: 4, backend })
      transform.gradient(images, transform.transform(images))
      transform.dispose()
      return backend.memory().liveBytes
    })
    // the first leaves kernels' constants and work space
    expect(used).toEqual(used.map(() => used[0]))
    backend.close()
  }
})

it('works on after it was disposed of', () => {
  const transform = scattering2d({ shape: [16, 16], scales: 2, backend: createWasmBackend({ threads: 1 }) })
  const images = { data: random(1).fillNormal(new Float32Array(9 * 256)), shape: [9, 16, 16] }
  const before = transform.transform(images)
  transform.dispose()
  expect(transform.transform(images)).toEqual(before)
})
