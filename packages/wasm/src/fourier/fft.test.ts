import * as operations from '@scatterlab/tensor/operations'
import { fft } from '@scatterlab/tensor/operations'
import { type View, dft, random, reference } from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasCodelet } from './codelet.ts'
import { convolutionLength, factors, indexMap, isSmooth } from './factors.ts'
import { powers } from './prime.ts'
import { foursteps } from './single.ts'
import { host } from '../scattering/host.test.host.ts'

const hosts = { relaxed: host(true), plain: host(false) }
const forms = ['relaxed', 'plain'] as const
/** A rounding of single precision in each of log₂ n stages, of the largest result. */
const tolerance = { ofLargest: 1e-6 }

/** A complex view of a shape: interleaved, or planar with `lanes` as its last axis in memory. */
function complexView(
  form: 'relaxed' | 'plain',
  shape: readonly number[],
  planar: boolean,
  order: readonly number[],
): View {
  const strides = shape.map(() => 0)
  let step = planar ? 1 : 2
  for (const axis of order.toReversed()) {
    strides[axis] = step
    step *= shape[axis]!
    // Real parts along the innermost axis, then the imaginary ones.
    if (planar && axis === order.at(-1)) step *= 2
  }
  const innermost = shape[order.at(-1)!]!
  const buffer = hosts[form].allocate('float32', 2 * shape.reduce((a, b) => a * b, 1))
  return { buffer, dtype: 'complex64', shape, strides, offset: 0, imagStride: planar ? innermost : 1 }
}

function fill({ buffer }: View, seed: number): void {
  let state = seed >>> 0
  const data = buffer.data!
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    data[i] = state / 2 ** 32 - 0.5
  }
}

function check(form: 'relaxed' | 'plain', x: View, out: View, axis: number, sign: -1 | 1, inPlace = false): void {
  const backend = hosts[form]
  const expected = { ...out, buffer: reference.allocate('float32', out.buffer.length) }
  fft(reference, x, expected, axis, sign)
  const target = inPlace ? x : out
  fft(backend, x, target, axis, sign)
  expectClose(target.buffer.data!, expected.buffer.data!, tolerance)
}

/** What single precision leaves of a transform, as a share of the norm: some roundings, which add up as their root. */
const ACCURACY = 5e-7

/** Fills four planar lines; those of one length are the same. */
const draw = (x: View): unknown => random(x.shape[0]!).fillUniform(x.buffer.data!, -1, 1)

const known = new Map<number, Float64Array>()

/** Σ_j x_j exp(−2πi jk/n) of the first line that was drawn, at the frequencies k of its length, by that sum: re, im of each. */
function sumsOf(x: View, frequencies: readonly number[]): Float64Array {
  const [n, from] = [x.shape[0]!, x.buffer.data!]
  const found = known.get(n)
  if (found) return found
  const cosines = Float64Array.from({ length: n }, (_, i) => Math.cos((2 * Math.PI * i) / n))
  const sines = Float64Array.from({ length: n }, (_, i) => -Math.sin((2 * Math.PI * i) / n))
  const sums = new Float64Array(2 * frequencies.length)
  frequencies.forEach((k, at) => {
    let [re, im, place] = [0, 0, 0]
    for (let j = 0; j < n; j++) {
      const [c, s] = [cosines[place]!, sines[place]!]
      re += from[8 * j]! * c - from[8 * j + 4]! * s
      im += from[8 * j]! * s + from[8 * j + 4]! * c
      place += place + k < n ? k : k - n
    }
    sums.set([re, im], 2 * at)
  })
  known.set(n, sums)
  return sums
}

/** ‖out − F x‖ / (‖x‖·√count) of the first line over some frequencies, always the same of a length; with sign 1 over their mirrors. */
function errorOf(x: View, out: View, sign: -1 | 1, frequencies: readonly number[]): number {
  const n = x.shape[0]!
  const [from, to] = [x.buffer.data!, out.buffer.data!]
  let [error, norm] = [0, 0]
  for (let j = 0; j < n; j++) norm += from[8 * j]! ** 2 + from[8 * j + 4]! ** 2
  const sums = sumsOf(x, frequencies)
  frequencies.forEach((k, at) => {
    const place = 8 * (sign === -1 ? k : (n - k) % n)
    error += (to[place]! - sums[2 * at]!) ** 2 + (to[place + 4]! - sums[2 * at + 1]!) ** 2
  })
  return Math.sqrt(error / (norm * frequencies.length))
}

describe('factors', () => {
  it('are coprime where that is possible at no great imbalance, and make the length', () => {
    expect([12, 20, 24, 36, 40, 48, 80].map((n) => factors(n))).toEqual([
      [4, 3],
      [5, 4],
      [8, 3],
      [9, 4],
      [8, 5],
      [16, 3],
      [16, 5],
    ])
    expect([8, 5, 1].map((n) => factors(n))).toEqual([null, null, null])
    for (let n = 1; n <= 2048; n++) {
      const pair = factors(n)
      if (pair !== null) expect(pair[0] * pair[1]).toBe(n)
    }
    // Primes, and factors that are not written out in full.
    expect([31, 331, 2 * 331, 31 * 37, 31 * 64, 64 * 331, 2 ** 20].map((n) => factors(n))).toEqual([
      null,
      null,
      [331, 2],
      [37, 31],
      [31, 64],
      [331, 64],
      [16384, 64],
    ])
  })

  it('knows smooth lengths', () => {
    expect([1, 2, 60, 1024, 1296, 2025].map(isSmooth)).toEqual([true, true, true, true, true, true])
    expect([7, 14, 121, 17 * 13, 31, 2046].map(isSmooth)).toEqual([true, true, true, true, false, false])
    expect([0, 1, 331, 2 ** 20, 2 ** 20 + 1].map(hasCodelet)).toEqual([false, true, true, true, false])
  })

  it('of a prime become a convolution of p − 1 or of a smooth length', () => {
    expect([31, 47, 61, 331].map(convolutionLength)).toEqual([30, 46, 60, 330])
    const padded = convolutionLength(2879) // 2·1439 + 1
    expect(padded).toBeGreaterThanOrEqual(2 * 2879 - 3)
    expect(isSmooth(padded)).toBe(true)
  })

  it('of a convolution run through all residues, and back', () => {
    for (const p of [19, 331, 1009]) {
      const [up, down] = [powers(p, 1), powers(p, -1)]
      expect(up.toSorted((a, b) => a - b)).toEqual(Array.from({ length: p - 1 }, (_, i) => i + 1))
      expect(up.every((power, q) => (power * down[q]!) % p === 1)).toBe(true)
    }
  })

  it('map every input and output once', () => {
    for (const [a, b] of [
      [5, 4],
      [8, 5],
      [4, 4],
      [9, 4],
      [8, 8],
    ] as const) {
      const map = indexMap(a, b)
      const all = (at: (i: number, j: number) => number): number[] =>
        Array.from({ length: a * b }, (_, i) => at(i % a, Math.floor(i / a))).toSorted((x, y) => x - y)
      const range = Array.from({ length: a * b }, (_, i) => i)
      expect(all(map.input)).toEqual(range)
      expect(all(map.output)).toEqual(range)
    }
  })

  it('of a long line are at least four, and multiples of four where there are such', () => {
    expect([16, 64, 8192, 65536, 2 ** 22].map(foursteps)).toEqual([
      [4, 4],
      [8, 8],
      [64, 128],
      [32, 2048],
      [2048, 2048],
    ])
    expect([24, 100, 16 * 7, 16 * 1009, 2 ** 24].map(foursteps)).toEqual([
      [4, 6],
      [10, 10],
      [4, 28],
      [16, 1009],
      [4096, 4096],
    ])
    expect([8, 10007, 2 * 331].map(foursteps)).toEqual([null, null, null])
  })
})

describe.each(forms)('fft, %s', (form) => {
  it('is the transform for every length up to 200, in lanes', () => {
    for (let n = 1; n <= 200; n++) {
      const [x, out] = [0, 1].map(() => complexView(form, [n, 4], true, [0, 1])) as [View, View]
      draw(x)
      const all = Array.from({ length: n }, (_, k) => k)
      for (const sign of [-1, 1] as const) {
        fft(hosts[form], x, out, 0, sign)
        expect(errorOf(x, out, sign, all), `length ${n}`).toBeLessThan(ACCURACY)
      }
      for (const { buffer } of [x, out]) hosts[form].release(buffer)
    }
    expect(hosts[form].declined.size).toBe(0)
  })

  it.each([
    227,
    317,
    331,
    343,
    361,
    437,
    646,
    899,
    1009,
    2053,
    2879,
    10_007,
    16 * 1009,
    44_100,
    65_536,
    74_431,
    2 ** 20,
  ])('is the transform for length %i, in lanes', (n) => {
    const [x, out] = [0, 1].map(() => complexView(form, [n, 4], true, [0, 1])) as [View, View]
    draw(x)
    const count = n < 100_000 ? 12 : 2
    const some = Array.from({ length: count }, (_, i) => (i < count / 2 ? i + 1 : Math.floor((i * n) / count) + 1))
    for (const sign of [-1, 1] as const) {
      fft(hosts[form], x, out, 0, sign)
      expect(errorOf(x, out, sign, some)).toBeLessThan(ACCURACY)
    }
    for (const { buffer } of [x, out]) hosts[form].release(buffer)
    expect(hosts[form].declined.size).toBe(0)
  })

  it.each([125, 144, 160, 256, 320, 675, 1024, 2048])('is the transform for length %i, in lanes and in place', (n) => {
    const x = complexView(form, [n, 4], true, [0, 1])
    const out = complexView(form, [n, 4], true, [0, 1])
    fill(x, n)
    check(form, x, out, 0, -1)
    check(form, x, out, 0, 1, true)
    expect(hosts[form].declined.size).toBe(0)
  })

  it('takes any axis, order of axes and layout', () => {
    const length = fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9, 11, 13, 15, 16, 17, 19, 20, 22, 23, 27, 34, 37)
    fc.assert(
      fc.property(
        fc.array(length, { minLength: 1, maxLength: 3 }),
        fc.nat(),
        fc.constantFrom<-1 | 1>(-1, 1),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        fc.nat(),
        (shape, pick, sign, planar, planarOut, reversed, seed) => {
          const axes = shape.map((_, axis) => axis)
          const x = complexView(form, shape, planar, axes)
          const out = complexView(form, shape, planarOut, reversed ? axes.toReversed() : axes)
          fill(x, seed)
          check(form, x, out, pick % shape.length, sign)
          for (const { buffer } of [x, out]) hosts[form].release(buffer)
        },
      ),
      { numRuns: 60 },
    )
  })

  it.each([21, 24, 67, 1024, 4096, 8192, 6400, 32768, 44_100, 4 * 1009, 2053])(
    'is the transform of one line of %i, to both layouts',
    (n) => {
      const declined = (): number => hosts[form].declined.get('fft') ?? 0
      const before = declined()
      for (const [planar, planarOut] of [
        [false, false],
        [true, false],
        [false, true],
      ] as const) {
        const x = complexView(form, [n], planar, [0])
        const out = complexView(form, [n], planarOut, [0])
        fill(x, n)
        check(form, x, out, 0, -1)
      }
      expect(declined()).toBe(before)
    },
  )

  it('inverts a batch of long lines', () => {
    const [x, y, z] = [0, 1, 2].map(() => complexView(form, [3, 4096], false, [0, 1])) as [View, View, View]
    fill(x, 9)
    operations.fft(hosts[form], x, y, 1, -1)
    operations.fft(hosts[form], y, z, 1, 1)
    expectClose(
      z.buffer.data!.map((v) => v / 4096),
      x.buffer.data!,
      tolerance,
    )
  })

  it.each([1000, 1517, 3003, 4 * 1009])(
    'is the transform of some lines of %i side by side and one after the other',
    (n) => {
      const declined = hosts[form].declined.get('fft')
      const order = [
        [0, 1],
        [1, 0],
      ]
      for (const axes of order) {
        const [x, out] = [0, 1].map(() => complexView(form, [5, n], false, axes)) as [View, View]
        fill(x, n)
        check(form, x, out, 1, -1)
        for (const { buffer } of [x, out]) hosts[form].release(buffer)
      }
      expect(hosts[form].declined.get('fft')).toBe(declined)
    },
  )

  it('does in place, where vectors do not fill the lanes, what it does out of place', () => {
    const [x, out] = [complexView(form, [16, 6], true, [0, 1]), complexView(form, [16, 6], true, [0, 1])]
    fill(x, 1)
    check(form, x, out, 0, -1)
    check(form, x, out, 0, -1, true)
  })

  it('looks for imaginary parts where each view has them', () => {
    for (const imagStride of [4, 8]) {
      const [x, out] = [0, 1].map((): View => {
        const buffer = hosts[form].allocate('float32', 16 * 16)
        return { buffer, dtype: 'complex64', shape: [16, 4], strides: [16, 1], offset: 0, imagStride }
      }) as [View, View]
      fill(x, imagStride)
      check(form, x, out, 0, -1)
    }
  })

  it('leaves double precision to the reference, and counts it', () => {
    const own = host(form === 'relaxed')
    const buffer = own.allocate('float64', 14)
    buffer.data!.fill(1)
    const x: View = { buffer, dtype: 'complex128', shape: [7], strides: [2], offset: 0, imagStride: 1 }
    const out = { ...x, buffer: own.allocate('float64', 14) }
    operations.fft(own, x, out, 0, -1)
    expect([...own.declined]).toEqual([['fft', 1]])
    expectClose(out.buffer.data!, [7, 7, ...new Array<number>(12).fill(0)], { absolute: 1e-14 })
  })
})

describe('the plain form', () => {
  it('has the same bits everywhere', () => {
    const x = complexView('plain', [40, 48, 4], true, [0, 1, 2])
    const y = complexView('plain', [40, 48, 4], true, [0, 1, 2])
    fill(x, 1)
    operations.fft(hosts.plain, x, y, 0, -1)
    operations.fft(hosts.plain, y, x, 1, -1)
    const data = x.buffer.data!
    const bits = new Int32Array(data.buffer, data.byteOffset, data.length)
    expect(bits.reduce((hash, word) => Math.imul(hash ^ word, 16777619), 0x811c9dc5)).toBe(-947606122)
  })

  it('rounds as a transform in double precision to within single precision', () => {
    const n = 320
    const x = complexView('plain', [n, 4], true, [0, 1])
    const out = complexView('plain', [n, 4], true, [0, 1])
    fill(x, 5)
    operations.fft(hosts.plain, x, out, 0, -1)
    const [re, im] = [0, 4].map((part) => Float64Array.from({ length: n }, (_, i) => x.buffer.data![8 * i + part + 2]!))
    dft(n).transform(re!, im!, -1)
    expectClose(
      Float64Array.from({ length: n }, (_, i) => out.buffer.data![8 * i + 2]!),
      re!,
      { ofLargest: 3e-7 },
    )
    expectClose(
      Float64Array.from({ length: n }, (_, i) => out.buffer.data![8 * i + 6]!),
      im!,
      { ofLargest: 3e-7 },
    )
  })
})
