// Roto-translation scattering with wavelets along scales: against its definition, its symmetries, what it tells apart, its energy, and
// its gradient against finite differences.
import { type RealArray, random } from '@scatterlab/tensor'
import { angularBank, filterBank1d, filterBank2d, littlewoodPaley } from '@scatterlab/wavelets'
import { describe, expect, it } from 'vitest'
import { directScaleRotation } from './direct-scale-rotation.test.oracle.ts'
import { type RotoTranslationOptions, type RotoTranslationPath, rotoTranslation2d } from './index.ts'

const noise = (shape: readonly number[], seed: number) => ({
  data: random(seed).fillNormal(new Float64Array(shape.reduce((a, b) => a * b, 1))),
  shape: [...shape],
})
const inner = (a: RealArray, b: RealArray): number => Float64Array.from(a).reduce((all, v, i) => all + v * b[i], 0)
const relative = (a: RealArray, b: RealArray): number => {
  const difference = Float64Array.from(a, (v, i) => v - b[i])
  return Math.sqrt(inner(difference, difference) / inner(b, b))
}

/** An image turned counter-clockwise by 90°, map by map. */
function turned({ data, shape }: { data: RealArray; shape: readonly number[] }) {
  const [height, width] = shape.slice(-2)
  const out = new Float64Array(data.length)
  for (let m = 0; m < data.length; m += height * width) {
    for (let r = 0; r < height; r++)
      for (let c = 0; c < width; c++) out[m + (width - 1 - c) * height + r] = data[m + r * width + c]
  }
  return { data: out, shape: [...shape.slice(0, -2), width, height] }
}

describe('the transform', () => {
  const periodic = { shape: [13, 11], orientations: 3, padding: 'periodic', averaging: 'global' } as const
  /** The bank of so many octaves along J scales, with zeros of 8 times the longest wavelet. */
  const alongOf = (J: number, scales: number, options: object) =>
    filterBank1d({
      ...options,
      length: (Math.ceil(J / 2 ** scales) + 8) * 2 ** scales,
      scales,
      spins: 'both',
      convention: 'exact',
    })
  const x = noise([13, 11], 1)

  it.each<[number, RotoTranslationOptions['alongScales'] & object, Partial<RotoTranslationOptions>]>([
    [3, {}, {}],
    [3, { waveletsPerOctave: 2, xi: 2 }, { angularAveraging: 'none' }],
    [4, { scales: 2 }, { filters: { scalesPerOctave: 2 } }],
  ])('is its definition, where nothing is subsampled: J = %o, %o, %o', (scales, alongScales, given) => {
    const L = 3
    const rt = rotoTranslation2d({ ...periodic, ...given, scales, alongScales })
    const along = alongOf(scales, alongScales.scales ?? 1, alongScales)
    const bank = filterBank2d({ ...given.filters, shape: [13, 11], scales, orientations: L, convention: 'exact' })
    const direct = directScaleRotation(x.data, bank, angularBank({ orientations: L }), along)
    const S = rt.transform(x).data
    expect(rt.paths.length).toBeGreaterThan(100)
    for (const path of rt.paths.slice(1)) {
      const [j1, j2] = path.scales
      const [k, s] = [path.angularScale ?? -1, path.scaleWavelet ?? -1]
      const means =
        path.order === 1 ? direct.first(k, s) : direct.second(j2, Math.round((path.relativeAngle! * L) / Math.PI), k, s)
      const at = means[j1]
      const expected =
        path.angle === null ? at.reduce((a, b) => a + b, 0) / (2 * L) : at[Math.round((path.angle * L) / Math.PI)]
      expect(Math.abs(S[path.index] - expected)).toBeLessThan(1e-12)
    }
  })

  it('leaves out what it has already: negative frequencies at the angular low-pass are half a turn on', () => {
    const L = 4
    const bank = filterBank2d({ shape: [13, 11], scales: 3, orientations: L, convention: 'exact' })
    const along = alongOf(3, 1, {})
    const direct = directScaleRotation(x.data, bank, angularBank({ orientations: L, scales: 1 }), along)
    const opposite = along.psi.length / 2
    const [positive, negative] = [0, opposite].map((s) => direct.second(2, 1, -1, s)[1])
    for (const theta of positive.keys()) expect(negative[theta]).toBeCloseTo(positive[(theta + L) % (2 * L)], 12)
    expect(relative(positive, negative)).toBeGreaterThan(1e-3)
    // with wavelets along angles the mean over the turn tells both signs apart
    const [mean, other] = [0, opposite].map((s) => direct.second(2, 1, 0, s)[1].reduce((a, b) => a + b, 0))
    expect(Math.abs(other / mean - 1)).toBeGreaterThan(1e-3)
  })

  it('has as many paths as its formula says, which name their wavelet along scales', () => {
    const options = { shape: [32, 32], scales: 3, orientations: 8 } as const
    const rt = rotoTranslation2d({ ...options, alongScales: { scales: 1 } })
    // K = 3, M = 2: (1 + K)(1 + M) + K·M bands
    const bands = 4 * 3 + 3 * 2
    expect(rt.paths).toHaveLength(1 + 3 * bands + 3 * 8 * bands)
    expect(rt.paths.map(({ index }) => index)).toEqual([...rt.paths.keys()])
    expect(rt.paths[1]).toMatchObject({ order: 1, angularScale: null, scaleWavelet: null, scaleFrequency: 0 })
    expect(rt.paths[5]).toMatchObject({ order: 1, angularScale: null, scaleWavelet: 0, scales: [0] })
    expect(rt.paths[5].scaleFrequency).toBeCloseTo(0.35, 12)
    expect(rt.paths.at(-1)).toMatchObject({ order: 2, scales: [1, 2], angularScale: 2, scaleWavelet: 3 })
    expect(rt.paths.at(-1)!.scaleFrequency).toBeCloseTo(-0.175, 12)
    const plain = rotoTranslation2d(options)
    expect(plain.paths.every((p) => p.scaleWavelet === null && p.scaleFrequency === 0)).toBe(true)
    // the mean over common dilations: j2 − j1 stays
    const means = rotoTranslation2d({ ...options, alongScales: { scales: 1 }, scaleAveraging: 'global' })
    expect(means.paths).toHaveLength(1 + bands + 2 * 8 * bands)
  })
})

describe('symmetries', () => {
  it.each([
    { shape: [16, 16], padding: 'reflect', averaging: 'window' },
    { shape: [15, 15], padding: 'periodic', averaging: 'global' },
    { shape: [14, 21], padding: 'zero', averaging: 'window', scaleAveraging: 'global' },
  ] as const)('a quarter turn of the image turns the maps, and nothing else: %o', (given) => {
    const [height, width] = given.shape
    const options = { ...given, scales: 3, orientations: 4, alongScales: {} }
    const image = noise([height, width], 7)
    const S = rotoTranslation2d(options).transform(image)
    const T = rotoTranslation2d({ ...options, shape: [width, height] }).transform(turned(image))
    expect(relative(turned(S).data, T.data)).toBeLessThan(1e-10)
  })

  it('a scaling by two moves coefficients by one scale', () => {
    // a smooth figure with waves, without symmetries, scaled in closed form
    const figure = (scale: number) => ({
      data: Float64Array.from({ length: 96 * 96 }, (_, i) => {
        const [y, c] = [(Math.floor(i / 96) - 47.5) / (2 * scale), ((i % 96) - 47.5) / (2 * scale)]
        return (
          Math.exp(-((y - 2) ** 2) / 20 - c ** 2 / 40) * Math.cos(1.1 * c + 0.3 * y) +
          Math.exp(-((c + 3) ** 2 + y ** 2) / 30) * Math.cos(0.5 * y)
        )
      }),
      shape: [96, 96],
    })
    const options = { shape: [96, 96], scales: 5, orientations: 4, averaging: 'global', padding: 'zero' } as const
    const rt = rotoTranslation2d({ ...options, alongScales: { scales: 1 } })
    // the figure has four times the area
    const [small, large] = [1, 2].map((scale) => rt.transform(figure(scale)).data.map((v) => v / scale ** 2))
    const key = ({ scales, relativeAngle, angularScale, scaleWavelet }: RotoTranslationPath, by: number): string =>
      [...scales.map((j) => j + by), relativeAngle, angularScale, scaleWavelet].join(' ')
    const byKey = new Map(rt.paths.map((path) => [key(path, 0), path.index]))
    const some = rt.paths.filter((p) => p.order === 2 && p.scaleWavelet !== null && p.scales[1] < 4)
    const of = (data: RealArray, by: number) => Float64Array.from(some, (path) => data[byKey.get(key(path, by))!])
    expect(relative(of(large, 1), of(small, 0))).toBeLessThan(0.1)
    expect(relative(of(large, 0), of(small, 0))).toBeGreaterThan(0.5)
  })

  it('knows which scales stand together, which each scale by itself does not', () => {
    // fine and coarse waves in patches at the same places, or half a period apart: each alone is the same up to a translation
    const near = (d: number): number => ((d + 36) % 24) - 12
    const patch = (y: number, c: number, omega: number): number =>
      Math.exp(-(near(y) ** 2 + near(c) ** 2) / 32) * Math.cos(omega * near(c))
    const texture = (offset: number) => ({
      data: Float64Array.from({ length: 48 * 48 }, (_, i) => {
        const [y, c] = [Math.floor(i / 48), i % 48]
        return patch(y, c, 2.36) + patch(y, c - offset, 0.59)
      }),
      shape: [48, 48],
    })
    // wavelets narrow enough that none sees both
    const filters = { sigma: 1.6 }
    const options = { shape: [48, 48], scales: 4, averaging: 'global', padding: 'periodic', filters } as const
    const difference = ({ transform, paths }: ReturnType<typeof rotoTranslation2d>): number => {
      const of = (data: RealArray) =>
        Float64Array.from(
          paths.filter((p) => p.order === 2),
          (p) => data[p.index],
        )
      return relative(of(transform(texture(0)).data), of(transform(texture(12)).data))
    }
    const [each, joint] = [{}, { alongScales: {} }].map((more) =>
      difference(rotoTranslation2d({ ...options, ...more })),
    )
    expect(each).toBeLessThan(0.03)
    expect(joint).toBeGreaterThan(0.3)
  })
})

describe('energy', () => {
  it('of the coefficients is at most that of the image, with banks of Littlewood–Paley sums up to 1', () => {
    const [L, shape] = [4, [15, 15]] as const
    const alongScales = { scales: 1, renormalise: 'frame' } as const
    const rt = rotoTranslation2d({
      shape,
      scales: 3,
      orientations: L,
      padding: 'periodic',
      averaging: 'global',
      angularAveraging: 'none',
      filters: { renormalise: 'frame' },
      alongScales,
    })
    const along = filterBank1d({ ...alongScales, length: 20, spins: 'both', convention: 'exact' })
    expect(littlewoodPaley(along).upper).toBeCloseTo(1, 12)
    expect(littlewoodPaley(angularBank({ orientations: L })).upper).toBeCloseTo(1, 12)
    const energyOf = (image: { data: Float64Array; shape: number[] }): number => {
      const S = rt.transform(image).data
      return rt.paths.reduce((sum, path) => {
        // half a turn of the second order's angles; and the other sign along scales, where it is left out
        const turns = path.order === 2 ? 0.5 : 1
        const signs = path.angularScale === null && path.scaleWavelet !== null ? 2 : 1
        return sum + turns * signs * S[path.index] ** 2
      }, 0)
    }
    // moduli of waves are constant: their means lose nothing
    const wave = (a: number, b: number) => ({
      data: Float64Array.from({ length: 225 }, (_, i) =>
        Math.cos((2 * Math.PI * (a * Math.floor(i / 15) + b * i)) / 15 + 0.3),
      ),
      shape: [...shape],
    })
    const waves = Array.from({ length: 64 }, (_, i) => wave(Math.floor(i / 8), i % 8)).slice(1)
    const shares = [...waves, noise(shape, 1)].map(
      (image) => energyOf(image) / (inner(image.data, image.data) / image.data.length),
    )
    expect(Math.max(...shares)).toBeLessThan(1)
    expect(Math.max(...shares)).toBeGreaterThan(0.2)
  })
})

describe('the gradient', () => {
  it.each<Partial<RotoTranslationOptions>>([
    {},
    { averaging: 'global', padding: 'zero', scales: 2 },
    { angularAveraging: 'window', angles: { scales: 2 }, oversampling: 1 },
    { angularAveraging: 'none', maxOrder: 1 },
    { scaleAveraging: 'global', alongScales: { waveletsPerOctave: 2 } },
  ])('is that of finite differences: %o', (options) => {
    const rt = rotoTranslation2d({ shape: [9, 12], scales: 3, orientations: 4, alongScales: {}, ...options })
    const [image, direction] = [noise([2, 9, 12], 11), noise([2, 9, 12], 12)]
    const g = noise([2, ...rt.outputShape], 13)
    const at = (step: number): number => {
      const moved = { ...image, data: image.data.map((v, i) => v + step * direction.data[i]) }
      return inner(rt.transform(moved).data, g.data)
    }
    const h = 1e-6
    const slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
    const found = inner(rt.gradient(image, g).data, direction.data)
    expect(Math.abs(found - slope)).toBeLessThan(1e-6 * Math.abs(slope))
  })

  it('is 0 where every modulus is', () => {
    const rt = rotoTranslation2d({ shape: [8, 8], scales: 2, orientations: 2, alongScales: {} })
    const size = rt.outputShape[1] * rt.outputShape[2]
    // only the mean of the image itself has a gradient there
    const g = new Float64Array(rt.paths.length * size).fill(1).fill(0, 0, size)
    const { data } = rt.gradient({ data: new Float64Array(64), shape: [8, 8] }, { data: g, shape: [...rt.outputShape] })
    expect([...data]).toEqual([...new Float64Array(64)])
  })
})

describe('what is wrong', () => {
  it.each<[Partial<RotoTranslationOptions>, string]>([
    [{ scales: 1, alongScales: {} }, 'alongScales needs 2 scales or more: raise `scales` from 1, or leave it out'],
    [
      { alongScales: { scales: 2 } },
      'alongScales.scales is 2: 2^2 is more than the 3 scales of the images, lower it to 1',
    ],
    [{ alongScales: { scale: 1 } as never }, 'Did you mean scales?'],
    [{ alongScales: { waveletsPerOctave: 0 } }, 'waveletsPerOctave is 0'],
    [{ alongScales: 'wavelets' as never }, 'alongScales'],
  ])('%o: %s', (options, message) => {
    expect(() => rotoTranslation2d({ shape: [8, 8], scales: 3, orientations: 4, ...options })).toThrow(message)
  })
})
