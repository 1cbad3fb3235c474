// Roto-translation scattering against its definition, its symmetries to rounding, and its gradient against finite differences.
import { type RealArray, grad, random, square, sum, tensor } from '@scatterlab/tensor'
import { angularBank, filterBank2d } from '@scatterlab/wavelets'
import { describe, expect, it } from 'vitest'
import { directRotoTranslation } from './direct-roto-translation.test.oracle.ts'
import { type RotoTranslationOptions, rotoTranslation2d, scattering2d } from './index.ts'

const noise = (shape: readonly number[], seed: number) => ({
  data: random(seed).fillNormal(new Float64Array(shape.reduce((a, b) => a * b, 1))),
  shape: [...shape],
})
const largest = (x: RealArray): number => Float64Array.from(x).reduce((most, v) => Math.max(most, Math.abs(v)), 0)
const inner = (a: RealArray, b: RealArray): number => Float64Array.from(a).reduce((all, v, i) => all + v * b[i], 0)
const apart = (a: RealArray, b: RealArray): number => largest(Float64Array.from(a, (v, i) => v - b[i]))
const relative = (a: RealArray, b: RealArray): number => {
  let [difference, size] = [0, 0]
  a.forEach((v, i) => {
    difference += (v - b[i]) ** 2
    size += b[i] ** 2
  })
  return Math.sqrt(difference / size)
}
/** Each [height, width] map turned counter-clockwise by 90°. */
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
  it('is its definition, where nothing is subsampled', () => {
    const options = { scales: 3, orientations: 3 }
    const x = noise([13, 11], 1)
    const rt = rotoTranslation2d({ shape: [13, 11], ...options, averaging: 'global', padding: 'periodic' })
    const bank = filterBank2d({ shape: [13, 11], ...options, convention: 'exact' })
    const expected = directRotoTranslation(x.data, bank, angularBank({ orientations: 3 }))
    const { data, shape } = rt.transform(x)
    expect(shape).toEqual([expected.length, 1, 1])
    expect(apart(data, Float64Array.from(expected))).toBeLessThan(1e-12)
  })

  it('is near it where moduli are sampled every 2^j pixels', () => {
    const x = noise([20, 20], 2)
    const options = { scales: 2, orientations: 4 }
    const rt = rotoTranslation2d({ shape: [20, 20], ...options, averaging: 'global', padding: 'periodic' })
    const bank = filterBank2d({ shape: [20, 20], ...options, convention: 'exact' })
    const expected = directRotoTranslation(x.data, bank, angularBank({ orientations: 4 }))
    expect(relative(rt.transform(x).data, Float64Array.from(expected))).toBeLessThan(0.05)
  })

  it('of the first order is the mean over orientations of plain scattering', () => {
    const options = { shape: [15, 17], scales: 2, orientations: 5, averaging: 'global', padding: 'periodic' } as const
    const x = noise([15, 17], 3)
    const rt = rotoTranslation2d(options)
    const S = rt.transform(x).data
    const plain = scattering2d({ ...options, filters: { convention: 'exact' } })
    const T = plain.transform(x).data
    for (const path of rt.paths) {
      if (path.order > 1 || path.angularScale !== null) continue
      const same = plain.paths.filter((p) => p.order === path.order && p.scales[0] === path.scales[0])
      const mean = same.reduce((all, p) => all + T[p.index], 0) / same.length
      expect(S[path.index]).toBeCloseTo(mean, 12)
    }
  })

  it('has as many paths as its formula says, in order', () => {
    const count = (options: Partial<RotoTranslationOptions>) =>
      rotoTranslation2d({ shape: [32, 32], scales: 3, orientations: 8, ...options }).paths.length
    // 1 + J(1 + K) + J(J−1)/2·L·(1 + K), K = 3
    expect(count({})).toBe(1 + 3 * 4 + 3 * 8 * 4)
    expect(count({ scales: 4 })).toBe(1 + 4 * 4 + 6 * 8 * 4)
    expect(count({ maxOrder: 1 })).toBe(1 + 3 * 4)
    expect(count({ maxOrder: 0 })).toBe(1)
    expect(count({ angles: { scales: 2 } })).toBe(1 + 3 * 3 + 3 * 8 * 3)
    // every angle of half a turn in the first order, of the turn in the second
    expect(count({ angularAveraging: 'none' })).toBe(1 + 3 * 4 * 8 + 3 * 8 * 4 * 16)
    expect(count({ angularAveraging: 'window', angles: { scales: 2 } })).toBe(1 + 3 * 3 * 2 + 3 * 8 * 3 * 4)
    const { paths } = rotoTranslation2d({ shape: [32, 32], scales: 3 })
    expect(paths.map(({ index }) => index)).toEqual([...paths.keys()])
    expect(paths[0]).toMatchObject({ order: 0, parent: -1, scales: [], relativeAngle: null })
    expect(paths[2]).toMatchObject({ order: 1, parent: 0, scales: [0], angularScale: 0 })
    const last = paths.at(-1)!
    expect(last).toMatchObject({ order: 2, scales: [1, 2], angularScale: 2 })
    expect(last.relativeAngle).toBeCloseTo((7 * Math.PI) / 8, 12)
    expect(last.frequencies[1]).toBeCloseTo(3 / 8 / 4, 12)
    expect(paths[last.parent]).toMatchObject({ order: 1, scales: [1], angularScale: null })
  })

  it('averages along scales what a dilation takes into each other', () => {
    const options = { shape: [16, 16], scales: 3, orientations: 2, averaging: 'global' } as const
    const x = noise([16, 16], 4)
    const [each, mean] = [rotoTranslation2d(options), rotoTranslation2d({ ...options, scaleAveraging: 'global' })]
    const [S, M] = [each.transform(x).data, mean.transform(x).data]
    // 1, then (1 + K) of order 1, and (1 + K)·L for each of J − 1 differences of scales
    expect(mean.paths).toHaveLength(1 + 2 + 2 * 2 * 2)
    for (const path of mean.paths) {
      const members = each.paths.filter(
        (p) =>
          p.order === path.order &&
          (p.scales[1] - p.scales[0] === path.scales[1] - path.scales[0]) === path.order > 1 &&
          p.relativeAngle === path.relativeAngle &&
          p.angularScale === path.angularScale,
      )
      expect(members.flatMap((p) => p.scales.slice(0, 1))).toEqual(path.firstScales)
      expect(M[path.index]).toBeCloseTo(members.reduce((sum, p) => sum + S[p.index], 0) / members.length, 12)
    }
    expect(mean.paths.map((p) => p.firstScales.length)).toEqual([0, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1])
  })

  it('lists what transform gives, with places on the image', () => {
    const rt = rotoTranslation2d({ shape: [16, 12], scales: 2, orientations: 2 })
    const x = noise([3, 16, 12], 5)
    const { data, shape } = rt.transform(x)
    expect(shape).toEqual([3, ...rt.outputShape])
    const list = rt.list(x)
    const [paths, rows, columns] = rt.outputShape
    expect(list).toHaveLength(paths)
    expect(list[5]).toMatchObject({ path: rt.paths[5], step: 4, origin: [1.5, 1.5], shape: [3, rows, columns] })
    const size = rows * columns
    expect([...list[5].data.subarray(size, 2 * size)]).toEqual([
      ...data.subarray((paths + 5) * size, (paths + 6) * size),
    ])
  })
})

describe('symmetries', () => {
  const shapes = [
    [16, 16],
    [15, 15],
    [14, 21],
  ] as const
  const paddings = ['reflect', 'periodic', 'zero'] as const
  const averagings = ['window', 'global'] as const
  const cases = shapes.flatMap((shape) =>
    paddings.flatMap((padding) => averagings.map((averaging) => ({ shape, padding, averaging }))),
  )

  it.each(cases)(
    'a quarter turn of the image turns the maps, and nothing else: $shape $padding $averaging',
    (given) => {
      const [height, width] = given.shape
      const options = { ...given, scales: 2, orientations: 4 }
      const x = noise([height, width], 7)
      const S = rotoTranslation2d(options).transform(x)
      const T = rotoTranslation2d({ ...options, shape: [width, height] }).transform(turned(x))
      expect(largest(S.data)).toBeGreaterThan(0.1)
      expect(apart(turned(S).data, T.data)).toBeLessThan(1e-10)
    },
  )

  it('without angular averaging a quarter turn moves angles by a quarter', () => {
    const options = {
      shape: [16, 16],
      scales: 2,
      orientations: 4,
      averaging: 'global',
      angularAveraging: 'none',
    } as const
    const rt = rotoTranslation2d(options)
    const x = noise([16, 16], 8)
    const [S, T] = [rt.transform(x).data, rt.transform(turned(x)).data]
    const key = ({ scales, relativeAngle, angularScale }: (typeof rt.paths)[0]): string =>
      `${scales.join()} ${relativeAngle} ${angularScale}`
    const byKey = Map.groupBy(rt.paths.slice(1), key)
    let moved = 0
    for (const same of byKey.values()) {
      // 4 angles of half a turn in the first order, 8 of a turn in the second: a quarter turn is 2 or, of 8, 2
      const quarter = 2
      same.forEach((path, i) => {
        const after = same[(i + quarter) % same.length]
        expect(T[after.index]).toBeCloseTo(S[path.index], 10)
        moved = Math.max(moved, Math.abs(T[path.index] - S[path.index]))
      })
    }
    expect(moved).toBeGreaterThan(1e-3)
  })

  it('other rotations change it far less than plain scattering', () => {
    // a smooth figure without symmetries, turned in closed form
    const figure = (angle: number) => ({
      data: Float64Array.from({ length: 32 * 32 }, (_, i) => {
        const [y, x] = [Math.floor(i / 32) - 15.5, (i % 32) - 15.5]
        const [r, c] = [Math.cos(angle) * y + Math.sin(angle) * x, Math.cos(angle) * x - Math.sin(angle) * y]
        return Math.exp(-((r - 3) ** 2) / 8 - c ** 2 / 60) + Math.exp(-((c + 4) ** 2 + r ** 2 / 6) / 10)
      }),
      shape: [32, 32],
    })
    const options = { shape: [32, 32], scales: 3, averaging: 'global' } as const
    const [rt, plain] = [rotoTranslation2d(options), scattering2d(options)]
    const isAbove0 = (values: RealArray): RealArray => values.subarray(1)
    for (const angle of [0.3, 0.8]) {
      const change = (of: typeof rt | typeof plain): number =>
        relative(isAbove0(of.transform(figure(angle)).data), isAbove0(of.transform(figure(0)).data))
      expect(change(rt)).toBeLessThan(0.02)
      expect(change(plain)).toBeGreaterThan(0.1)
    }
  })

  it('knows which orientations stand together, which plain scattering does not', () => {
    // strokes along both axes on a grid, that cross, or stand half a period apart: each orientation alone is the same up to a translation
    const stroke = (y: number, x: number): number => Math.exp(-(y ** 2) / 4.5 - x ** 2 / 72) * Math.cos(2 * y)
    const near = (d: number): number => ((d + 48) % 32) - 16
    const grid = (offset: number) => ({
      data: Float64Array.from({ length: 64 * 64 }, (_, i) => {
        const [y, x] = [Math.floor(i / 64), i % 64]
        return stroke(near(y), near(x)) + stroke(near(x - offset), near(y - offset))
      }),
      shape: [64, 64],
    })
    const options = { shape: [64, 64], scales: 4, averaging: 'global', padding: 'periodic' } as const
    const difference = ({ transform, paths }: ReturnType<typeof rotoTranslation2d | typeof scattering2d>): number => {
      const of = (data: RealArray) =>
        Float64Array.from(
          paths.filter((p) => p.order === 2),
          (p) => data[p.index],
        )
      return relative(of(transform(grid(0)).data), of(transform(grid(16)).data))
    }
    const [plain, joint] = [difference(scattering2d(options)), difference(rotoTranslation2d(options))]
    expect(plain).toBeLessThan(0.05)
    expect(joint).toBeGreaterThan(0.1)
  })
})

describe('the gradient', () => {
  it.each<Partial<RotoTranslationOptions>>([
    {},
    { averaging: 'global', padding: 'zero' },
    { angularAveraging: 'window', angles: { scales: 2 }, oversampling: 1 },
    { angularAveraging: 'none', maxOrder: 1 },
    { scaleAveraging: 'global', shape: [9, 12], scales: 3 },
  ])('is that of finite differences: %o', (options) => {
    const rt = rotoTranslation2d({ shape: [9, 12], scales: 2, orientations: 4, ...options })
    const [x, direction] = [noise([2, 9, 12], 11), noise([2, 9, 12], 12)]
    const g = noise([2, ...rt.outputShape], 13)
    const at = (step: number): number => {
      const moved = { ...x, data: x.data.map((v, i) => v + step * direction.data[i]) }
      return inner(rt.transform(moved).data, g.data)
    }
    const h = 1e-5
    const slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
    const gradient = rt.gradient(x, g)
    expect(gradient.shape).toEqual(x.shape)
    const found = inner(gradient.data, direction.data)
    expect(Math.abs(found - slope)).toBeLessThan(1e-6 * Math.abs(slope))
  })

  it('is 0 where every modulus is, and goes through apply', async () => {
    const rt = rotoTranslation2d({ shape: [8, 8], scales: 1, orientations: 2 })
    const zero = { data: new Float64Array(64), shape: [8, 8] }
    const ones = { data: new Float64Array(rt.paths.length * 16).fill(1), shape: [...rt.outputShape] }
    // only the mean of the image itself has a gradient there
    const only = { ...ones, data: ones.data.map((_, i) => (i < 16 ? 0 : 1)) }
    expect(largest(rt.gradient(zero, only).data)).toBe(0)
    const x = noise([2, 8, 8], 14)
    const loss = grad((images: ReturnType<typeof tensor>) => sum(square(rt.apply(images))))
    const S = rt.transform(x)
    const twice = { ...S, data: Float64Array.from(S.data, (v) => 2 * v) }
    expect(apart(loss(tensor(x.data, x.shape)).toTypedArray(), rt.gradient(x, twice).data)).toBeLessThan(1e-12)
    expect((await rt.transformAsync(x)).data).toEqual(S.data)
    expect((await rt.gradientAsync(x, twice)).data).toEqual(rt.gradient(x, twice).data)
  })
})

describe('what is wrong', () => {
  it.each<[Partial<RotoTranslationOptions>, string]>([
    [{ orientations: 1 }, 'orientations is 1: it must be a whole number, 2 to 4096'],
    [{ scales: 4 }, 'lower `scales` to 3'],
    [{ maxOrder: 3 }, 'maxOrder is 3'],
    [{ angles: { scales: 9 } }, 'lower scales to 3'],
    [{ oversampling: 5 }, 'every pixel is kept already'],
    [{ scale: 2 } as never, 'Did you mean scales?'],
  ])('%o: %s', (options, message) => {
    expect(() => rotoTranslation2d({ shape: [8, 8], scales: 2, orientations: 4, ...options })).toThrow(message)
  })

  it('a picture with NaN is named', () => {
    const rt = rotoTranslation2d({ shape: [8, 8], scales: 1, orientations: 2 })
    expect(() => rt.transform({ data: new Float64Array(64).fill(NaN), shape: [8, 8] })).toThrow('image 0 holds NaN')
  })
})
