import { type RealArray, random, square, sum, tensor } from '@scatterlab/tensor'
import { deviceBackend, expectClose, gradientCheck } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { directJoint } from './direct-joint.test.oracle.ts'
import { wavelets } from './direct-signals.test.oracle.ts'
import { type TimeFrequencyOptions, scattering1d, timeFrequencyScattering } from './index.ts'

const noise = (length: number, seed = 1): Float64Array =>
  random(seed).fillNormal(new Float64Array(length)) as Float64Array
const norm = (x: RealArray): number => Math.sqrt(Array.from(x).reduce((s, v) => s + v * v, 0))
const distance = (a: RealArray, b: RealArray): number => norm(Float64Array.from(a, (v, i) => v - b[i]))

describe('against the definition by direct sums', () => {
  it.each([
    {},
    { F: 2 },
    { F: 'global' },
    { F: 'none' },
    { T: 'global', F: 'none' },
    { T: 'global', F: 'global' },
  ] as const)('%o', (averaging) => {
    const [length, J, Q, J_fr] = [60, 3, 4, 2]
    const x = noise(length)
    const { F, T } = { F: undefined, T: undefined, ...averaging }
    const scatter = timeFrequencyScattering({
      length,
      scales: J,
      waveletsPerOctave: Q,
      frequencyScales: J_fr,
      ...(F !== undefined && { frequencyAveraging: F }),
      ...(T !== undefined && { averaging: T }),
    })
    const expected = directJoint(x, { J, Q, J_fr, ...(F !== undefined && { F }), ...(T !== undefined && { T }) })
    const { data, shape } = scatter.transform({ data: x, shape: [length] })
    expect(shape).toEqual(scatter.outputShape)
    expectClose(data, Float64Array.from(expected.flatMap(({ rows }) => rows.flat())), {
      absolute: 1e-12,
      relative: 1e-9,
    })
    expect(scatter.paths.map(({ order }) => order)).toEqual(
      expected.flatMap(({ order, rows }) => rows.map(() => order)),
    )
  })
})

describe('paths', () => {
  const options = { length: 512, scales: 6, waveletsPerOctave: 8, frequencyScales: 3 } as const

  it('are as many as the banks say', () => {
    const [first, second, along] = [wavelets(6, 8), wavelets(6, 1), wavelets(3, 1)]
    const rows = (n: number): number => Math.ceil(n / 8)
    const blocks1 = 1 + along.length
    const blocks2 = second.map(({ j }) => first.filter((psi) => psi.j < j).length).filter((n) => n > 0)
    const count =
      1 + blocks1 * rows(first.length) + blocks2.reduce((total, n) => total + (1 + 2 * along.length) * rows(n), 0)
    const time = timeFrequencyScattering(options)
    expect(time.paths).toHaveLength(count)
    const joint = timeFrequencyScattering({ ...options, format: 'joint' })
    expect(joint.paths).toHaveLength(blocks1 + blocks2.length * (1 + 2 * along.length))
    expect(joint.outputShape).toEqual([joint.paths.length, (7 * 8 + 8 * 8) / 8, time.outputShape[1]])
  })

  it('say what they mean: wavelets, spins, frequencies', () => {
    const { paths } = timeFrequencyScattering({ ...options, sampleRate: 1000 })
    expect(paths[0]).toMatchObject({ order: 0, spin: null, frequency: null })
    const along = wavelets(3, 1)
    for (const path of paths.filter(({ order }) => order === 2)) {
      const n = path.frequencyWavelet!
      const xi = n === 0 ? 0 : n <= along.length ? along[n - 1].xi : -along[n - 1 - along.length].xi
      expect(path.spin).toBe(Math.sign(xi))
      expect(path.quefrency).toBeCloseTo(8 * xi, 10)
      expect(path.frequency).toBeCloseTo(wavelets(6, 1)[path.wavelet!].xi, 10)
      expect(path.hertz).toBeCloseTo(1000 * path.frequency!, 8)
    }
  })

  it('have the same numbers in both formats, where all rows are kept in the one', () => {
    const x = { data: noise(512), shape: [512] }
    const [time, joint] = [timeFrequencyScattering(options), timeFrequencyScattering({ ...options, format: 'joint' })]
    const list = joint.list(x)
    for (const { path, data } of time.list(x)) {
      if (path.order === 0) continue
      const same = list.find(
        ({ path: p }) =>
          p.order === path.order && p.wavelet === path.wavelet && p.frequencyWavelet === path.frequencyWavelet,
      )!
      const row = (path.firstOrder as number) / 8
      expect(data).toEqual(same.data.slice(row * data.length, (row + 1) * data.length))
    }
  })
})

describe('what it tells apart', () => {
  const length = 1024
  const options = { length, scales: 6, waveletsPerOctave: 8, averaging: 'global' } as const
  /** A tone that goes up two octaves, in the middle of silence, from a frequency in cycles per sample. */
  const chirp = (from: number): Float64Array =>
    Float64Array.from({ length }, (_, t) => {
      const u = (t - length / 2) / 256
      return Math.exp(-8 * u * u) * Math.cos((2 * Math.PI * from * 256 * 2 ** (2 * u)) / (2 * Math.LN2))
    })

  it('time reversal swaps the spins', () => {
    const scatter = timeFrequencyScattering({ ...options, frequencyScales: 3, frequencyAveraging: 'global' })
    const x = noise(length)
    const [S, reversed] = [x, x.toReversed()].map((data) => scatter.transform({ data, shape: [length] }).data)
    const filters = wavelets(3, 1).length
    for (const path of scatter.paths) {
      const n = path.frequencyWavelet
      const other =
        path.order < 2 || n === 0 || n === null
          ? path
          : scatter.paths.find(
              (p) =>
                p.order === 2 &&
                p.wavelet === path.wavelet &&
                p.frequencyWavelet === (n <= filters ? n + filters : n - filters),
            )!
      // padding is not quite symmetric, and samples are not taken at mirrored places
      expect(Math.abs(reversed[other.index] / S[path.index] - 1)).toBeLessThan(0.02)
    }
  })

  it('rising and falling chirps part by spins, and not in plain scattering', () => {
    const up = chirp(0.1)
    const down = up.toReversed()
    const far = (of: { transform: ReturnType<typeof scattering1d>['transform'] }): number => {
      const [a, b] = [up, down].map((data) => of.transform({ data, shape: [length] }).data)
      return distance(a, b) / norm(a)
    }
    expect(far(scattering1d(options))).toBeLessThan(0.01)
    const scatter = timeFrequencyScattering({ ...options, frequencyScales: 3, frequencyAveraging: 'global' })
    const [a, b] = [up, down].map((data) => scatter.transform({ data, shape: [length] }).data)
    const energy = (S: RealArray, spin: number): number =>
      scatter.paths.reduce((total, p) => total + (p.order === 2 && p.spin === spin ? S[p.index] ** 2 : 0), 0)
    for (const [S, sign] of [
      [a, 1],
      [b, -1],
    ] as const)
      expect(energy(S, sign)).toBeGreaterThan(2 * energy(S, -sign))
    expect(far(scatter)).toBeGreaterThan(0.05)
  })

  it('transposition by k wavelets moves log-frequency by k, and leaves means over it nearly as they were', () => {
    const tone = (f: number): Float64Array =>
      Float64Array.from({ length }, (_, t) => (1 + Math.cos(0.011 * Math.PI * t)) * Math.cos(2 * Math.PI * f * t))
    const [low, high] = [tone(0.15), tone(0.3)]
    const each = timeFrequencyScattering({ ...options, frequencyScales: 3, frequencyAveraging: 'none' })
    const [a, b] = [low, high].map((data) => each.transform({ data, shape: [length] }).data)
    // an octave is eight first-order wavelets; the strongest rows of a joint wavelet move by as many
    const chosen = each.paths.filter(
      ({ order, wavelet, frequencyWavelet }) => order === 2 && wavelet === 6 && frequencyWavelet === 2,
    )
    const centre = (S: RealArray): number => {
      const weights = chosen.map(({ index }) => S[index] ** 2)
      return (
        weights.reduce((s, w, i) => s + w * (chosen[i].firstOrder as number), 0) / weights.reduce((s, w) => s + w, 0)
      )
    }
    expect(centre(a) - centre(b)).toBeGreaterThan(7)
    expect(centre(a) - centre(b)).toBeLessThan(9)
    const whole = timeFrequencyScattering({ ...options, frequencyScales: 3, frequencyAveraging: 'global' })
    const [A, B] = [low, high].map((data) => whole.transform({ data, shape: [length] }).data)
    const second = (S: RealArray): number[] =>
      whole.paths
        .filter(({ order, spin, wavelet }) => order === 2 && wavelet === 6 && spin !== 0)
        .map(({ index }) => S[index])
    const plain = scattering1d(options)
    const [p, q] = [low, high].map((data) => plain.transform({ data, shape: [length] }).data)
    expect(
      distance(Float64Array.from(second(A)), Float64Array.from(second(B))) / norm(Float64Array.from(second(A))),
    ).toBeLessThan(0.5 * (distance(p, q) / norm(p)))
  })
})

describe('gradients', () => {
  it.each<Partial<TimeFrequencyOptions>>([
    {},
    { averaging: 'global', frequencyAveraging: 'none' },
    { format: 'joint', frequencyAveraging: 'global', padding: 'zero' },
  ])('have the slope of differences: %o', (given) => {
    const scatter = timeFrequencyScattering({
      length: 33,
      scales: 3,
      waveletsPerOctave: 2,
      frequencyScales: 1,
      ...given,
    })
    const x = tensor(noise(66), [2, 33])
    expect(() => gradientCheck((signals) => scatter.apply(signals), [x])).not.toThrow()
    expect(() => gradientCheck((signals) => sum(square(scatter.apply(signals))), [x])).not.toThrow()
  })

  it('are 0 where every modulus is, and those of the awaited twin', async () => {
    const options = { length: 32, scales: 3, frequencyScales: 2 } as const
    const [host, device] = [options, { ...options, backend: deviceBackend() }].map((o) => timeFrequencyScattering(o))
    const zero = { data: new Float64Array(32), shape: [32] }
    const S = host.transform(zero)
    const g = { data: S.data.map((_, i) => (i < S.shape[1] ? 0 : 1)), shape: S.shape }
    expect(host.gradient(zero, g).data.every((v) => v === 0)).toBe(true)
    const x = { data: noise(32), shape: [32] }
    const own = host.transform(x)
    expect(await device.transformAsync(x)).toEqual(own)
    expect(await device.gradientAsync(x, own)).toEqual(host.gradient(x, own))
  })
})

describe('what goes in', () => {
  const right = { length: 64, scales: 3, waveletsPerOctave: 2, frequencyScales: 2 }
  it.each<[Record<string, unknown>, string]>([
    [{ frequencyScales: 0 }, 'frequencyScales is 0'],
    [{ frequencyAveraging: 9 }, 'frequencyAveraging is 9, more than the 8 first-order wavelets: lower it'],
    [{ frequencyStride: 3 }, 'frequencyStride is 3: give a power of two up to 4'],
    [{ frequencyStride: 2, frequencyAveraging: 'none' }, 'frequencyStride is 2, but frequencyAveraging is'],
    [{ format: 'joint', frequencyAveraging: 'none' }, "format is 'joint', but frequencyAveraging is 'none'"],
    [{ averaging: 65 }, 'averaging is 65, longer than the signal'],
    [{ maxOrder: 2 }, 'timeFrequencyScattering has no option maxOrder'],
  ])('is refused as options: %o', (wrong, message) => {
    expect(() => timeFrequencyScattering({ ...right, ...wrong } as TimeFrequencyOptions)).toThrow(message)
  })

  it('without averages in time comes as a list', () => {
    const raw = timeFrequencyScattering({ ...right, averaging: 'none' })
    const x = { data: noise(64), shape: [64] }
    expect(() => raw.transform(x)).toThrow("averaging is 'none'")
    for (const { path, data, shape, step, origin } of raw.list(x)) {
      expect(shape).toEqual([Math.ceil((64 - origin) / step)])
      if (path.order === 0) expect(data).toEqual(x.data)
    }
  })
})
