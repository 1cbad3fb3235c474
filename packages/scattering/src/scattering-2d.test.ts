import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RealArray, ShapeError, ValueError, random, tensor, toNdarray } from '@scatterlab/tensor'
import { expectClose, readNpz } from '@scatterlab/testing'
import { filterBank2d } from '@scatterlab/wavelets'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { directScattering } from './direct-scattering.test.oracle.ts'
import { complete } from './options-2d.ts'
import { imageAxis } from './axis-2d.ts'
import { halvings } from './sampling.ts'
import { type Images, type Scattering2dOptions, scattering2d } from './index.ts'

const noise = (length: number, seed = 1): Float64Array =>
  random(seed).fillNormal(new Float64Array(length)) as Float64Array
const total = (x: RealArray): number => Array.from(x).reduce((sum, v) => sum + v, 0)
const norm = (x: RealArray): number => Math.sqrt(total(Float64Array.from(x, (v) => v * v)))
const distance = (a: RealArray, b: RealArray): number => norm(Float64Array.from(a, (v, i) => v - b[i]))

/** One image through the definition, on the same grid. */
function oracle(image: Float64Array, options: Scattering2dOptions, coarsest?: number): number[] {
  const full = complete(options)
  const [rows, columns] = [imageAxis(full.shape[0], full), imageAxis(full.shape[1], full)]
  const grid = [rows.padded, columns.padded] as const
  const padded = new Float64Array(grid[0] * grid[1])
  rows.source.forEach((y, r) =>
    columns.source.forEach((x, c) => (padded[r * grid[1] + c] = y < 0 || x < 0 ? 0 : image[y * full.shape[1] + x])),
  )
  const bank = filterBank2d({ ...full.filters, shape: grid, scales: full.scales, orientations: full.orientations })
  return directScattering(padded, {
    bank,
    maxOrder: full.maxOrder,
    coarsest: coarsest ?? Math.min(halvings(grid[0]), halvings(grid[1])),
    keptRows: rows.kept,
    keptColumns: columns.kept,
  }).flat()
}

describe('against the definition by direct sums, in double precision', () => {
  it.each<Scattering2dOptions>([
    { shape: [28, 28], scales: 2, orientations: 4 },
    { shape: [16, 24], scales: 2, orientations: 3 },
    { shape: [13, 9], scales: 3, orientations: 2, maxOrder: 3 },
    { shape: [16, 16], scales: 3, orientations: 2, maxOrder: 3, padding: 'zero' },
    { shape: [16, 8], scales: 3, orientations: 2, padding: 'periodic' },
    { shape: [15, 21], scales: 2, orientations: 3, padding: 'periodic' },
    { shape: [12, 12], scales: 2, orientations: 5, oversampling: 1 },
    { shape: [11, 16], scales: 1, orientations: 5, maxOrder: 1 },
    { shape: [10, 10], scales: 2, orientations: 1, maxOrder: 0 },
  ])('%o', (options) => {
    const image = noise(options.shape[0] * options.shape[1])
    const { data } = scattering2d(options).transform({ data: image, shape: options.shape })
    // sums of a thousand terms in double precision
    expectClose(data, oracle(image, options), { absolute: 1e-12, relative: 1e-10 })
  })

  it('differs from the transform without any subsampling by no more than the aliases of U', () => {
    const options = { shape: [32, 32], scales: 2, orientations: 4 } as const
    const image = noise(32 * 32)
    const { data } = scattering2d(options).transform({ data: image, shape: options.shape })
    const unsampled = Float64Array.from(oracle(image, options, 0))
    // white noise has the most above the subsampled band; round wavelets (L = 4) reach farthest beyond it
    expect(distance(data, unsampled) / norm(unsampled)).toBeLessThan(0.02)
  })

  it('keeps samples between those of U exactly where they fall on them', () => {
    const shape = [16, 16] as const
    const image = { data: noise(256), shape }
    const dense = scattering2d({ shape, scales: 2, oversampling: 2 }).list(image)
    const sparse = scattering2d({ shape, scales: 2 }).list(image)
    expect(dense[0].step).toBe(1)
    sparse.forEach(({ data, shape: [rows, columns] }, p) => {
      for (let y = 0; y < rows; y++) {
        for (let x = 0; x < columns; x++) {
          expectClose(dense[p].data[y * 4 * dense[p].shape[1] + x * 4], data[y * columns + x], { absolute: 1e-13 })
        }
      }
    })
  })
})

const golden = join(process.env.SCATTERLAB_DATA ?? '', 'kymatio-golden', 'test_data_2d.npz')
describe.skipIf(!existsSync(golden))("kymatio's stored case", () => {
  const stored = existsSync(golden) ? readNpz(readFileSync(golden)) : {}
  const [x, Sx] = [stored.x, stored.Sx] as { data: Float32Array; shape: readonly number[] }[]

  it('holds in single precision within 1e-6', () => {
    const { data, shape } = scattering2d({ shape: [32, 32], scales: 4 }).transform({ data: x.data, shape: x.shape })
    expect(shape).toEqual(Sx.shape)
    expect(distance(data, Sx.data) / norm(Sx.data)).toBeLessThan(1e-6)
    expectClose(data, Sx.data, { relative: 1e-5, absolute: 1e-7 })
  })

  it("holds in double precision within the fixture's own rounding", () => {
    const { data } = scattering2d({ shape: [32, 32], scales: 4 }).transform({
      data: Float64Array.from(x.data),
      shape: x.shape,
    })
    // the fixture was computed with filters in complex64
    expect(distance(data, Sx.data) / norm(Sx.data)).toBeLessThan(1.5e-7)
    expectClose(data, Sx.data, { absolute: 7e-8 })
  })

  it('has its first 33 paths at order 1', () => {
    const { data, shape } = scattering2d({ shape: [32, 32], scales: 4, maxOrder: 1 }).transform({
      data: x.data,
      shape: x.shape,
    })
    expect(shape).toEqual([2, 3, 33, 2, 2])
    const first = new Float32Array(6 * 33 * 4)
    for (let i = 0; i < 6; i++) first.set(Sx.data.subarray(i * 417 * 4, i * 417 * 4 + 33 * 4), i * 33 * 4)
    expectClose(data, first, { relative: 1e-5, absolute: 1e-7 })
  })
})

describe('properties', () => {
  const small = fc.record({
    shape: fc.tuple(fc.integer({ min: 8, max: 24 }), fc.integer({ min: 8, max: 24 })),
    scales: fc.integer({ min: 1, max: 3 }),
    orientations: fc.integer({ min: 1, max: 5 }),
    maxOrder: fc.integer({ min: 0, max: 3 }),
    padding: fc.constantFrom('reflect' as const, 'periodic' as const, 'zero' as const),
  })
  const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k)

  it('counts L^m·C(J, m) paths of order m', () => {
    fc.assert(
      fc.property(small, (options) => {
        const { paths } = scattering2d(options)
        for (let m = 0; m <= options.maxOrder; m++) {
          const expected = m > options.scales ? 0 : options.orientations ** m * choose(options.scales, m)
          expect(paths.filter((p) => p.order === m)).toHaveLength(expected)
        }
        expect(paths.map((p) => p.index)).toEqual(paths.map((_, i) => i))
      }),
    )
  })

  it('contracts once the frame is renormalised: ‖Sx − Sy‖ ≤ ‖x − y‖ on a periodic image, all samples kept', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 3 }),
        fc.double({ min: 1e-3, max: 10, noNaN: true }),
        (seed, scales, size) => {
          const shape = [16, 16] as const
          const scatter = scattering2d({
            shape,
            scales,
            orientations: 4,
            oversampling: scales,
            padding: 'periodic',
            filters: { renormalise: 'frame' },
          })
          const x = noise(256, seed)
          const y = noise(256, seed + 1).map((v, i) => x[i] + size * v)
          const [Sx, Sy] = [x, y].map((data) => scatter.list({ data, shape }))
          const squared = Sx.reduce((total, { data }, p) => total + distance(data, Sy[p].data) ** 2, 0)
          expect(Math.sqrt(squared)).toBeLessThanOrEqual(distance(x, y))
        },
      ),
      { numRuns: 15 },
    )
  })

  it('moves with the image: a periodic shift by the stride shifts the coefficients by one', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }), (seed, down, right) => {
        const [n, shape] = [16, [16, 16]] as const
        const scatter = scattering2d({ shape, scales: 2, orientations: 3, padding: 'periodic' })
        const x = noise(n * n, seed)
        const moved = x.map((_, i) => x[((Math.floor(i / n) - 4 * down + n) % n) * n + (((i % n) - 4 * right + n) % n)])
        const [before, after] = [x, moved].map((data) => scatter.transform({ data, shape }).data)
        const m = n / 4
        const expected = before.map((_, i) => {
          const [p, y, c] = [Math.floor(i / (m * m)), Math.floor(i / m) % m, i % m]
          return before[p * m * m + ((y - down + m) % m) * m + ((c - right + m) % m)]
        })
        expectClose(after, expected, { absolute: 1e-12 })
      }),
      { numRuns: 15 },
    )
  })

  it('does not mind the shape of the batch, nor the images beside one', () => {
    const shape = [12, 10] as const
    const scatter = scattering2d({ shape, scales: 2, orientations: 3 })
    const data = noise(21 * 120)
    const all = scatter.transform({ data, shape: [21, 12, 10] })
    const nested = scatter.transform({ data, shape: [3, 7, 1, 12, 10] })
    expect(nested.shape).toEqual([3, 7, 1, ...scatter.outputShape])
    expect(nested.data).toEqual(all.data)
    const size = all.data.length / 21
    for (const i of [0, 8, 20]) {
      const alone = scatter.transform({ data: data.slice(i * 120, (i + 1) * 120), shape })
      expectClose(alone.data, all.data.subarray(i * size, (i + 1) * size), { absolute: 1e-14 })
    }
  })

  it('loses energy from order to order, and gives nearly all of it to the first three', () => {
    // a smooth random image of zero mean on a periodic grid; the frame is not tight, so the sum stays within its bounds
    const [n, shape] = [32, [32, 32]] as const
    const rough = noise(n * n, 3)
    const x = rough.map((_, i) => {
      const near = [0, 1, -1, n, -n, n + 1, -n - 1].map((d) => rough[(i + d + n * n) % (n * n)])
      return near.reduce((a, b) => a + b, 0) / 7
    })
    const scatter = scattering2d({ shape, scales: 3, maxOrder: 3, oversampling: 3, padding: 'periodic' })
    const energy = [0, 0, 0, 0]
    for (const { path, data } of scatter.list({ data: x, shape })) energy[path.order] += norm(data) ** 2 / norm(x) ** 2
    expect(energy[1]).toBeGreaterThan(energy[2])
    expect(energy[2]).toBeGreaterThan(energy[3])
    const total = energy.reduce((a, b) => a + b, 0)
    expect(total).toBeGreaterThan(0.6)
    expect(total).toBeLessThan(1.04)
  })

  it('is zero for an image of zeros', () => {
    const { data } = scattering2d({ shape: [8, 8], scales: 2 }).transform({ data: new Float32Array(64), shape: [8, 8] })
    expect(data.every((v) => v === 0)).toBe(true)
  })
})

describe('what comes out', () => {
  const shape = [16, 16] as const
  const image = { data: noise(256), shape }

  it('gives moduli that average to the coefficients', () => {
    const scatter = scattering2d({ shape, scales: 2, orientations: 3, averaging: 'global' })
    const S = scatter.transform(image)
    expect(S.shape).toEqual([1 + 6 + 9, 1, 1])
    scatter.moduli(image).forEach(({ data, path, step }) => {
      expect(step).toBe(2 ** (path.scales.at(-1) ?? 0))
      expectClose(S.data[path.index], total(data) / data.length, { absolute: 1e-13 })
    })
  })

  it('keeps U[∅] = x', () => {
    const [whole] = scattering2d({ shape, scales: 2 }).moduli(image)
    expect(whole.shape).toEqual([16, 16])
    expect(whole.data).toEqual(image.data)
  })

  it('lists moduli when nothing is averaged, and refuses one array of them', () => {
    const scatter = scattering2d({ shape, scales: 2, orientations: 2, averaging: 'none' })
    expect(scatter.list(image)).toEqual(scatter.moduli(image))
    expect(() => scatter.transform(image)).toThrow("averaging is 'none'")
  })

  it('lists what the array holds', () => {
    const scatter = scattering2d({ shape, scales: 2, orientations: 2 })
    const batch = { data: noise(3 * 256), shape: [3, 16, 16] }
    const { data, shape: whole } = scatter.transform(batch)
    const [paths, rows, columns] = scatter.outputShape
    expect(whole).toEqual([3, paths, rows, columns])
    for (const part of scatter.list(batch)) {
      const size = rows * columns
      const first = [0, 1, 2].map((i) => (i * paths + part.path.index) * size)
      const expected = first.flatMap((at) => Array.from(data.subarray(at, at + size)))
      expect([...part.data]).toEqual(expected)
      expect(part.step).toBe(4)
      expect(part.origin).toEqual([0, 0])
    }
  })

  it('has the precision of what goes in', () => {
    const scatter = scattering2d({ shape, scales: 2 })
    const single = scatter.transform({ data: Float32Array.from(image.data), shape }).data
    const double = scatter.transform(image).data
    expect(single).toBeInstanceOf(Float32Array)
    expect(double).toBeInstanceOf(Float64Array)
    expect(distance(single, double) / norm(double)).toBeLessThan(3e-7)
  })

  it.each([
    { size: [32, 32], scales: 2 },
    { size: [24, 40], scales: 3 },
    { size: [64, 64], scales: 4 },
  ] as const)('is right in single precision at every oversampling: %o', ({ size, scales }) => {
    const x = Float64Array.from({ length: size[0] * size[1] }, (_, i) => Math.sin(i * i * 0.37))
    for (const convention of ['kymatio', 'exact'] as const) {
      for (let oversampling = 0; oversampling <= scales; oversampling++) {
        const scatter = scattering2d({ shape: size, scales, orientations: 2, oversampling, filters: { convention } })
        const [double, single] = [x, Float32Array.from(x)].map((data) => scatter.transform({ data, shape: size }).data)
        expectClose(single, double, { absolute: 3e-7 * Math.max(...double.map(Math.abs)) })
      }
    }
  })

  it('describes each path', () => {
    const { paths } = scattering2d({ shape, scales: 2, orientations: 8 })
    expect(paths[0]).toMatchObject({ order: 0, scales: [], angles: [] })
    expect(paths[1 + 16]).toMatchObject({ order: 2, scales: [0, 1], orientations: [0, 0] })
    expect(paths[1 + 16].frequencies).toEqual([0.375, 0.1875])
    expect(paths[1 + 16].bandwidths[0]).toBeCloseTo(1 / (2 * Math.PI * 0.8), 12)
  })

  it('takes wavelets between octaves', () => {
    const { paths, outputShape } = scattering2d({ shape, scales: 4, orientations: 2, filters: { scalesPerOctave: 2 } })
    // second scales lie an octave, two wavelets, lower: pairs (0,2) (0,3) (1,3)
    expect(paths.filter((p) => p.order === 2)).toHaveLength(3 * 4)
    expect(outputShape.slice(1)).toEqual([4, 4])
  })
})

describe('what goes in', () => {
  const shape = [8, 12] as const
  const scatter = scattering2d({ shape, scales: 2, orientations: 2 })
  const data = Float32Array.from(noise(96))
  const expected = scatter.transform({ data, shape }).data

  it('may be nested arrays, an ndarray, a tensor, or a transposed view of one', () => {
    const x = tensor(data, shape)
    expect(scatter.transform(x.toNested() as number[][]).data).toEqual(expected)
    expect(scatter.transform(toNdarray(x)).data).toEqual(expected)
    expect(scatter.transform(x).data).toEqual(expected)
    expect(scatter.transform(x.transpose().contiguous().transpose()).data).toEqual(expected)
    expect(scatter.apply(x).toTypedArray()).toEqual(expected)
  })

  it.each([
    [
      'a pixel that is not a number',
      { data: data.map((v, i) => (i === 14 ? NaN : v)), shape },
      'image 0 holds NaN at row 1, column 2',
    ],
    ['an infinite pixel', { data: data.map((v, i) => (i === 0 ? Infinity : v)), shape }, 'holds Infinity at row 0'],
    ['another size', { data, shape: [12, 8] }, 'images of shape 12×8 for a transform of 8×12'],
    ['one axis', { data, shape: [96] }, 'the last two axes must be 8×12'],
    ['an empty batch', { data: new Float32Array(0), shape: [0, 8, 12] }, 'the batch 0×8×12 is empty'],
    ['bytes', { data: new Uint8Array(96) as unknown as Float32Array, shape }, 'images are a Uint8Array: convert them'],
    ['no images', undefined as unknown as Images, 'images are undefined: give a Tensor'],
    ['a bare array', data as unknown as Images, 'images have no `shape`: give a Tensor'],
    ['no shape', { data } as unknown as Images, 'images have no `shape`: give a Tensor'],
    ['too few numbers', { data: data.subarray(1), shape }, '95 numbers do not fill shape 8×12'],
  ])('is refused: %s', (_, images, message) => {
    expect(() => scatter.transform(images)).toThrow(message)
  })

  it.each<[Scattering2dOptions, string]>([
    [{ shape: [28, 28], scales: 5 }, 'image 28×28 is smaller than 2^J = 32: lower `scales` to 4'],
    [{ shape: [1, 1], scales: 1 }, 'give larger images'],
    [{ shape: [0, 8], scales: 1 }, 'shape is [0, 8]'],
    [{ shape: [8, 8], scales: 0 }, 'scales is 0'],
    [{ shape: [8, 8], scales: 1, orientations: 0 }, 'orientations is 0'],
    [{ shape: [8, 8], scales: 1, maxOrder: -1 }, 'maxOrder is -1'],
    [{ shape: [8, 8], scales: 1, oversampling: 2 }, 'oversampling is 2'],
    [{ shape: [1e9, 1e9], scales: 2 }, 'shape is [1000000000, 1000000000]: it must be a list of 2 whole numbers, each'],
    [{ shape: [2 ** 20, 2 ** 20], scales: 2 }, 'has more than 67108864 pixels: cut it into pieces'],
    [{ shape: [16, 16], scales: 2, orientations: 1e6 }, 'are too many wavelets: lower orientations to 32768'],
    [
      { shape: [8, 8], scales: 3, orientations: 64, maxOrder: 6 },
      'paths to order 3, more than 262144: lower `maxOrder` to 2',
    ],
    [{ shape: [16, 16], scales: 2, filters: { sigma: 1e-3 } }, 'filters: sigma is 0.001'],
    [{ shape: [16, 16], scales: 2, filters: { sigmaLowPass: 1e-9 } }, 'filters: sigmaLowPass is 1e-9'],
    [
      { shape: [8, 8], scales: 1, padding: 'mirror' as 'reflect' },
      "padding is 'mirror': it must be one of 'reflect', 'periodic', 'zero'",
    ],
  ])('is refused as options: %o', (options, message) => {
    const refusal = { name: ValueError.name, message: expect.stringContaining(message) as string }
    expect(() => scattering2d(options)).toThrow(expect.objectContaining(refusal))
  })

  const good = { shape: [16, 16], scales: 2 }
  it.each<[unknown, string]>([
    [undefined, 'scattering2d needs shape: a list of 2 whole numbers'],
    [{ scales: 2 }, 'scattering2d needs shape'],
    [{ ...good, shape: 32 }, 'shape is 32'],
    [{ ...good, shape: '16' }, "shape is '16'"],
    [{ ...good, scales: '2' }, "scales is '2': it must be a whole number, 1 or more"],
    [{ ...good, orientation: 4 }, 'scattering2d has no option orientation. Did you mean orientations?'],
    [{ ...good, backend: 'wasm' }, "backend is 'wasm': it must be a back end, for example createWasmBackend()"],
    [{ ...good, backend: true }, 'backend is true'],
    [{ ...good, backend: {} }, 'backend is an object'],
    [{ ...good, backend: null }, 'backend is null'],
    [{ ...good, filters: { convention: 'kymatic' } }, "filters: convention is 'kymatic'"],
    [{ ...good, filters: { family: 'morlett' } }, "filters: family is 'morlett'"],
    [{ ...good, filters: { renormalise: 'frames' } }, "filters: renormalise is 'frames'"],
    [{ ...good, filters: { orientations: 4 } }, 'filters has no option orientations'],
    [{ ...good, filters: 'exact' }, 'filters takes its options by name, { scalesPerOctave, convention'],
  ])('is refused as options, of any type: %o', (options, message) => {
    expect(() => scattering2d(options as Scattering2dOptions)).toThrow(ValueError)
    expect(() => scattering2d(options as Scattering2dOptions)).toThrow(message)
  })

  it('may leave options undefined', () => {
    const options = { shape, scales: 2, orientations: 2, backend: undefined, filters: undefined } as unknown
    expect(scattering2d(options as Scattering2dOptions).transform({ data, shape }).data).toEqual(expected)
  })

  it('may ask for an order that no path has', () => {
    expect(scattering2d({ shape, scales: 2, orientations: 2, maxOrder: 1e9 }).paths).toHaveLength(1 + 4 + 4)
  })
})

describe('the gradient', () => {
  it.each<Scattering2dOptions>([
    { shape: [9, 12], scales: 2, orientations: 3 },
    { shape: [8, 8], scales: 3, orientations: 2, maxOrder: 3, padding: 'zero' },
    { shape: [7, 10], scales: 2, orientations: 2, padding: 'periodic', averaging: 'global' },
  ])('is that of finite differences: %o', (options) => {
    const scatter = scattering2d(options)
    const size = options.shape[0] * options.shape[1]
    const [images, shape] = [noise(10 * size, 2), [10, ...options.shape]]
    const direction = noise(10 * size, 3)
    const coefficients = scatter.transform({ data: images, shape })
    const g = { data: noise(coefficients.data.length, 4), shape: coefficients.shape }
    const at = (step: number): number => {
      const moved = images.map((v, i) => v + step * direction[i])
      return total(Float64Array.from(scatter.transform({ data: moved, shape }).data, (v, i) => v * g.data[i]))
    }
    const step = 1e-6
    const gradient = scatter.gradient({ data: images, shape }, g)
    expect(gradient.shape).toEqual(shape)
    const along = total(Float64Array.from(gradient.data, (v, i) => v * direction[i]))
    // central differences: error of order step² and rounding / step
    expectClose(along, (at(step) - at(-step)) / (2 * step), { relative: 1e-6, absolute: 1e-7 })
  })

  it('is zero where every modulus is, and refuses a gradient of another shape', () => {
    const scatter = scattering2d({ shape: [8, 8], scales: 2, orientations: 2 })
    const x = { data: new Float64Array(64), shape: [8, 8] }
    const S = scatter.transform(x)
    const order1 = S.data.map((_, i) => (i < S.shape[1] * S.shape[2] ? 0 : 1))
    expect(scatter.gradient(x, { data: order1, shape: S.shape }).data.every((v) => v === 0)).toBe(true)
    expect(() => scatter.gradient(x, { data: S.data, shape: [1, ...S.shape] })).toThrow('g has shape 1×')
    for (const data of [S.data.subarray(0, 3), new Float64Array(S.data.length + 1)])
      expect(() => scatter.gradient(x, { data, shape: S.shape })).toThrow(ShapeError)
    expect(() => scatter.gradient(x, undefined as unknown as Images)).toThrow('g are undefined')
    const [paths] = S.shape
    const tooLong = { data: new Float64Array(paths), shape: S.shape }
    expect(() => scatter.gradient(x, tooLong)).toThrow(`${paths} numbers do not fill shape`)
  })
})

describe('transformAsync', () => {
  it('rejects with the errors of `transform`', async () => {
    const scatter = scattering2d({ shape: [8, 8], scales: 1 })
    await expect(scatter.transformAsync({ data: new Float32Array(9), shape: [3, 3] })).rejects.toThrow('8×8')
    await expect(scattering2d({ shape: [8, 8], scales: 1, averaging: 'none' }).transformAsync([[1]])).rejects.toThrow(
      'averaging',
    )
  })
})
