import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RealArray, random, square, sum, tensor } from '@scatterlab/tensor'
import { deviceBackend, expectClose, gradientCheck, readNpz } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { type DirectOptions, directSignals, wavelets } from './direct-signals.test.oracle.ts'
import { type Scattering1dOptions, scattering1d } from './index.ts'

const noise = (length: number, seed = 1): Float64Array =>
  random(seed).fillNormal(new Float64Array(length)) as Float64Array
const norm = (x: RealArray): number => Math.sqrt(Array.from(x).reduce((s, v) => s + v * v, 0))
const relative = (a: RealArray, b: RealArray): number => norm(Float64Array.from(a, (v, i) => v - b[i])) / norm(b)

const golden = join(process.env.SCATTERLAB_DATA ?? '', 'kymatio-golden', 'test_data_1d.npz')
describe.skipIf(!existsSync(golden))("kymatio's stored case", () => {
  const stored = existsSync(golden) ? readNpz(readFileSync(golden)) : {}
  const scatter = scattering1d({ length: 512, scales: 6, waveletsPerOctave: 16 })

  it('in double precision', () => {
    const { data, shape } = scatter.transform({ data: Float64Array.from(stored.x.data), shape: stored.x.shape })
    expect(shape).toEqual([4, 222, 8])
    // 7.4e-9: what is stored is in single precision
    expectClose(data, Float64Array.from(stored.Sx.data), { absolute: 1e-7 })
  })

  it('in single precision', () => {
    const { data } = scatter.transform({ data: Float32Array.from(stored.x.data), shape: stored.x.shape })
    expect(data).toBeInstanceOf(Float32Array)
    expectClose(data, Float64Array.from(stored.Sx.data), { absolute: 1e-5 })
  })
})

describe('against the definition by direct sums', () => {
  it.each<DirectOptions & { readonly length: number }>([
    { length: 101, scales: 4, Q: [3] },
    { length: 64, scales: 5, Q: [8, 2] },
    { length: 97, scales: 3, Q: [1], T: 24 },
    { length: 60, scales: 4, Q: [4], T: 16, stride: 2 },
    { length: 128, scales: 4, Q: [2, 1, 1], maxOrder: 3, stride: 8 },
    { length: 50, scales: 2, Q: [12], pad: 'zero' },
    { length: 33, scales: 2, Q: [5], maxOrder: 1, T: 1 },
    { length: 20, scales: 1, Q: [1], maxOrder: 0 },
  ])('$length samples, J = $scales, Q = $Q', ({ length, Q, scales, T, stride, maxOrder, pad, ...rest }) => {
    const x = noise(length)
    const { data } = scattering1d({
      length,
      scales,
      waveletsPerOctave: Q,
      ...(T !== undefined && { averaging: T }),
      ...(stride !== undefined && { stride }),
      ...(maxOrder !== undefined && { maxOrder }),
      ...(pad !== undefined && { padding: pad }),
    }).transform({ data: x, shape: [length] })
    const expected = directSignals(x, {
      scales,
      Q,
      ...rest,
      ...(T !== undefined && { T }),
      ...(stride !== undefined && { stride }),
      ...(maxOrder !== undefined && { maxOrder }),
      ...(pad !== undefined && { pad }),
    })
    // sums of some hundred terms in double precision
    expectClose(data, Float64Array.from(expected.flat()), { absolute: 1e-12, relative: 1e-10 })
  })

  it('takes long signals of any length: a prime, and 2^16', () => {
    for (const length of [10_007, 2 ** 16]) {
      const scatter = scattering1d({ length, scales: 10, waveletsPerOctave: 1, maxOrder: 1 })
      // a tone of the second wavelet's frequency comes out where that wavelet is
      const [, , second] = scatter.paths
      const x = Float32Array.from({ length }, (_, t) => Math.cos(2 * Math.PI * second.frequencies[0] * t))
      const { data, shape } = scatter.transform({ data: x, shape: [length] })
      expect(shape).toEqual(scatter.outputShape)
      const loudest = scatter.paths
        .slice(1)
        .reduce((a, b) => (data[a.index * shape[1]] > data[b.index * shape[1]] ? a : b))
      expect(loudest.index).toBe(2)
    }
  })
})

describe('paths', () => {
  it('are as many as the banks say: one for each wavelet, and for each pair of growing octaves', () => {
    for (const [scales, Q, length] of [
      [6, 16, 512],
      [8, 12, 8192],
      [5, 1, 256],
    ] as const) {
      const [bank1, bank2] = [wavelets(scales, Q), wavelets(scales, 1)]
      const pairs = bank1.flatMap((a) => bank2.filter((b) => b.j > a.j))
      const { paths } = scattering1d({ length, scales, waveletsPerOctave: Q })
      expect(paths).toHaveLength(1 + bank1.length + pairs.length)
    }
    expect(scattering1d({ length: 8192, scales: 8, waveletsPerOctave: 12 }).paths).toHaveLength(337)
    expect(scattering1d({ length: 65536, scales: 12, waveletsPerOctave: 8 }).paths).toHaveLength(546)
  })

  it('say what they mean in samples, and in hertz and seconds where there is a sample rate', () => {
    const options = { length: 1024, scales: 5, waveletsPerOctave: 8 }
    const [plain, timed] = [scattering1d(options), scattering1d({ ...options, sampleRate: 8000 })]
    const first = wavelets(5, 8)
    for (const [i, path] of timed.paths.entries()) {
      const bare = plain.paths[i]
      expect(bare.physical).toBe(null)
      expect(path.physical!.frequencies).toEqual(bare.frequencies.map((f) => 8000 * f))
      expect(path.physical!.bandwidths).toEqual(bare.bandwidths.map((b) => 8000 * b))
      expect(path.physical!.reach).toBeCloseTo(bare.reach / 8000, 12)
      if (path.order === 0) continue
      const { xi, sigma, j } = first[path.wavelets[0]]
      expect(path.frequencies[0]).toBeCloseTo(xi, 12)
      expect(path.bandwidths[0]).toBeCloseTo(sigma, 12)
      expect(path.octaves[0]).toBe(j)
      expect(path.parent).toBe(path.order === 1 ? 0 : 1 + path.wavelets[0])
    }
  })

  it('reach as far as they say: a click beyond leaves less than a hundredth of what one close by leaves', () => {
    const length = 512
    const scatter = scattering1d({ length, scales: 4, waveletsPerOctave: 2, stride: 8, averaging: 16 })
    const places = [256, ...scatter.paths.map(({ reach }) => 256 + Math.ceil(reach))]
    const clicks = new Float64Array(places.length * length)
    places.forEach((place, i) => (clicks[i * length + place] = 1))
    const { data, shape } = scatter.transform({ data: clicks, shape: [places.length, length] })
    const middle = scatter.list({ data: clicks, shape: [places.length, length] })[0]
    const kept = (256 - middle.origin) / 8
    const at = (click: number, path: number): number => Math.abs(data[(click * shape[1] + path) * shape[2] + kept])
    for (const { index } of scatter.paths) expect(at(1 + index, index)).toBeLessThan(0.01 * at(0, index))
  })
})

describe('averages', () => {
  const x = { data: noise(300), shape: [300] }
  const options = { length: 300, scales: 5, waveletsPerOctave: 4 }

  it('are taken at places that the list tells', () => {
    const scatter = scattering1d({ ...options, stride: 8 })
    const list = scatter.list(x)
    const fine = scattering1d({ ...options, oversampling: 5 }).list(x)
    const { data, shape } = scatter.transform(x)
    const kept = Math.ceil((300 - list[0].origin) / 8)
    expect(shape).toEqual([scatter.paths.length, kept])
    for (const [i, { path, step, origin, data: own, shape: each }] of list.entries()) {
      expect([path, step, each]).toEqual([scatter.paths[i], 8, [kept]])
      expect(own).toEqual(data.slice(kept * i, kept * (i + 1)))
      // moduli are sampled less densely for the coarser stride
      own.forEach((v, k) => expect(Math.abs(v - fine[i].data[origin + 8 * k])).toBeLessThan(2e-3))
    }
  })

  it('over the whole signal are the means of the moduli', () => {
    const scatter = scattering1d({ ...options, averaging: 'global' })
    expect(scatter.outputShape).toEqual([scatter.paths.length, 1])
    const moduli = scatter.moduli(x)
    const { data } = scatter.transform(x)
    moduli.forEach(({ data: U }, i) =>
      expect(data[i]).toBeCloseTo(Array.from(U).reduce((a, b) => a + b, 0) / U.length, 12),
    )
  })

  it('may be left out', () => {
    const raw = scattering1d({ ...options, averaging: 'none' })
    expect(() => raw.transform(x)).toThrow("averaging is 'none'")
    const list = raw.list(x)
    expect(list).toEqual(raw.moduli(x))
    expect(list[0].data).toEqual(x.data)
    for (const { path, step, origin, shape } of list) {
      expect(step).toBe(path.order === 0 ? 1 : 2 ** path.octaves.at(-1)!)
      expect(origin).toBeGreaterThanOrEqual(0)
      expect(shape).toEqual([Math.ceil((300 - origin) / step)])
    }
  })

  it('do not change when a periodic signal moves by their distance', () => {
    const scatter = scattering1d({ length: 256, scales: 4, waveletsPerOctave: 2, padding: 'periodic', stride: 4 })
    const signal = noise(256, 3)
    const moved = signal.map((_, t) => signal[(t - 4 + 256) % 256])
    const [a, b] = [signal, moved].map((data) => scatter.transform({ data, shape: [256] }))
    const kept = a.shape[1]
    a.data.forEach((v, i) => expect(b.data[Math.floor(i / kept) * kept + (((i % kept) + 1) % kept)]).toBeCloseTo(v, 12))
  })
})

describe('bandwidth sampling', () => {
  const options = { length: 2048, scales: 7, waveletsPerOctave: 8 } as const

  it('has the same paths and places, of moduli that are sampled less densely', () => {
    const [exact, sparse] = [scattering1d(options), scattering1d({ ...options, sampling: 'bandwidth' })]
    expect(sparse.paths.map(({ wavelets: n }) => n)).toEqual(exact.paths.map(({ wavelets: n }) => n))
    expect(sparse.outputShape).toEqual(exact.outputShape)
    const samples = (of: typeof exact): number =>
      of.moduli({ data: noise(2048), shape: [2048] }).reduce((total, { data }) => total + data.length, 0)
    expect(samples(sparse)).toBeLessThan(samples(exact) / 2)
  })

  it('stays within a thousandth of the transform that subsamples nothing', () => {
    const small = { length: 256, scales: 5, waveletsPerOctave: 8 } as const
    const x = noise(256)
    const truth = Float64Array.from(directSignals(x, { scales: 5, Q: [8], unsampled: true }).flat())
    const sparse = scattering1d({ ...small, sampling: 'bandwidth' }).transform({ data: x, shape: [256] })
    const compatible = scattering1d(small).transform({ data: x, shape: [256] })
    expect(relative(sparse.data, truth)).toBeLessThan(1e-3)
    expect(relative(compatible.data, truth)).toBeLessThan(1e-3)
  })
})

describe('gradients', () => {
  it.each<Scattering1dOptions & { readonly batch: readonly number[] }>([
    { batch: [2], length: 41, scales: 3, waveletsPerOctave: 3 },
    { batch: [], length: 32, scales: 2, maxOrder: 3, padding: 'zero', averaging: 'global' },
    { batch: [3], length: 48, scales: 3, padding: 'periodic', stride: 2, sampling: 'bandwidth' },
  ])('have the slope of differences: %o', ({ batch, ...options }) => {
    const scatter = scattering1d(options)
    const x = tensor(noise(batch.reduce((a, b) => a * b, options.length)), [...batch, options.length])
    expect(() => gradientCheck((signals) => scatter.apply(signals), [x])).not.toThrow()
    expect(() => gradientCheck((signals) => sum(square(scatter.apply(signals))), [x])).not.toThrow()
  })

  it('are 0 in every path whose moduli are, and finite everywhere', () => {
    const scatter = scattering1d({ length: 64, scales: 3, waveletsPerOctave: 2 })
    const zero = { data: new Float64Array(64), shape: [64] }
    const S = scatter.transform(zero)
    const g = { data: S.data.map((_, i) => (i < S.shape[1] ? 0 : 1)), shape: S.shape }
    expect(scatter.gradient(zero, g).data.every((v) => v === 0)).toBe(true)
  })

  it('are those of the awaited twin', async () => {
    const options = { length: 40, scales: 2 } as const
    const [host, device] = [scattering1d(options), scattering1d({ ...options, backend: deviceBackend() })]
    const x = { data: noise(80), shape: [2, 40] }
    const S = host.transform(x)
    expect(await device.transformAsync(x)).toEqual(S)
    expect(await device.gradientAsync(x, S)).toEqual(host.gradient(x, S))
  })
})

describe('what goes in', () => {
  const right = { length: 64, scales: 3 }
  it.each<[Record<string, unknown>, string]>([
    [{ scales: 7 }, 'a signal of 64 samples is shorter than 2^J = 128: lower `scales` to 6'],
    [{ averaging: 65 }, "averaging is 65, longer than the signal: give at most 64, or 'global'"],
    [{ averaging: 0 }, "averaging is 0: it must be a number of samples from 1, 'global' or 'none'"],
    [{ waveletsPerOctave: 0 }, 'waveletsPerOctave is 0'],
    [{ waveletsPerOctave: [8, 0.5] }, 'waveletsPerOctave is '],
    [{ sampleRate: 0 }, 'sampleRate is 0'],
    [{ stride: 3 }, 'stride is 3: give a power of two up to 8, the greatest within T = 8'],
    [{ stride: 16 }, 'stride is 16: give a power of two up to 8'],
    [{ stride: 2, oversampling: 1 }, 'stride is 2 and oversampling is 1: give one of the two'],
    [{ stride: 2, averaging: 'global' }, "stride is 2, but averaging is 'global': leave it out"],
    [{ oversampling: 4 }, 'oversampling is 4: at 3 every sample is kept already, lower it'],
    [{ samplerate: 8000 }, 'Did you mean sampleRate?'],
    [{ sampling: 'dense' }, 'sampling is '],
  ])('is refused as options: %o', (wrong, message) => {
    expect(() => scattering1d({ ...right, ...wrong } as Scattering1dOptions)).toThrow(message)
  })

  it('is refused as signals', () => {
    const scatter = scattering1d(right)
    expect(() => scatter.transform({ data: new Float32Array(63), shape: [63] })).toThrow(
      'signals of shape 63 for a transform of 64: the last axis must be 64',
    )
    const x = new Float32Array(128)
    x[70] = NaN
    expect(() => scatter.transform({ data: x, shape: [2, 64] })).toThrow(
      'signal 1 holds NaN at sample 6: replace it by a finite number first',
    )
  })
})
