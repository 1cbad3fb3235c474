import { type Tensor, add, fft, grad, mul, random, randomNormal, sum, tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { daubechiesTaps } from './daubechies.ts'
import { littlewoodPaley } from './littlewood-paley.ts'
import { type Transfer, highPassTransfer, lowPassTransfer } from './orthogonal-filters.ts'
import { type OrthogonalOptions, orthogonalWavelets } from './orthogonal-wavelets.ts'

const noise = (shape: readonly number[], seed = 1): Tensor => randomNormal(shape, random(seed), { dtype: 'float64' })
const worst = (a: Tensor, b: Tensor): number => {
  const [these, those] = [Array.from(a.toTypedArray()), Array.from(b.toTypedArray())]
  return these.reduce((top, v, i) => Math.max(top, Math.abs(v - those[i])), 0)
}
const inner = (a: Tensor, b: Tensor): number => sum(mul(a, b)).item()

const transforms: OrthogonalOptions[] = [
  { shape: [64], scales: 4 },
  { shape: [40], scales: 3, family: 'spline', order: 1 },
  { shape: [48], scales: 4, family: 'spline', order: 2 },
  { shape: [32], scales: 5, family: 'shannon' },
  { shape: [24], scales: 2, family: 'daubechies', order: 1 },
  { shape: [64], scales: 5, family: 'daubechies' },
  { shape: [96], scales: 3, family: 'daubechies', order: 12 },
  { shape: [16, 24], scales: 3 },
  { shape: [32, 8], scales: 2, family: 'daubechies', order: 6 },
  { shape: [12, 20], scales: 2, family: 'shannon' },
]

describe.each(transforms)('$family $order, $shape, J=$scales', (options) => {
  const W = orthogonalWavelets(options)
  const x = noise([2, ...options.shape])

  it('reconstructs perfectly, and keeps the norm', () => {
    const { details, approximation } = W.analyse(x)
    expect(worst(W.synthesise({ details, approximation }), x)).toBeLessThan(1e-12)
    const energy = [...details, approximation].reduce((total, c) => total + inner(c, c), 0)
    expect(energy / inner(x, x)).toBeCloseTo(1, 12)
    expect([...details, approximation].reduce((count, c) => count + c.size, 0)).toBe(x.size)
  })

  it('has its synthesis for adjoint: ⟨Wx, y⟩ = ⟨x, W*y⟩, and so says the tape', () => {
    const Wx = W.analyse(x)
    const y = {
      details: Wx.details.map((d, i) => noise(d.shape, i + 2)),
      approximation: noise(Wx.approximation.shape, 99),
    }
    const left = Wx.details.reduce(
      (total, d, i) => total + inner(d, y.details[i]),
      inner(Wx.approximation, y.approximation),
    )
    expect(Math.abs(left - inner(x, W.synthesise(y)))).toBeLessThan(1e-12 * Math.abs(left) + 1e-12)
    const taped = grad((v: Tensor) => {
      const { details, approximation } = W.analyse(v)
      return details.reduce(
        (total, d, i) => add(total, sum(mul(d, y.details[i]))),
        sum(mul(approximation, y.approximation)),
      )
    })
    expect(worst(taped(x), W.synthesise(y))).toBeLessThan(1e-12)
  })

  it('is a tight frame: A(ω) = 1', () => {
    const { upper, lower } = littlewoodPaley(W, 10)
    expect(upper).toBeCloseTo(1, 12)
    expect(lower).toBeCloseTo(1, 12)
  })
})

describe('against direct sums in time', () => {
  /** a[p] = Σ_n h[n − 2p] x[n], periodic; g[n] = (−1)^{1−n} h[1 − n]. */
  function direct(x: Float64Array, taps: ReadonlyMap<number, number>): Float64Array {
    return Float64Array.from({ length: x.length / 2 }, (_, p) => {
      let value = 0
      taps.forEach((tap, n) => (value += tap * x[(((n + 2 * p) % x.length) + x.length) % x.length]))
      return value
    })
  }

  it.each([1, 2, 4, 7])('Daubechies with %i moments, signals', (order) => {
    const taps = daubechiesTaps(order)
    const h = new Map([...taps].map((tap, n) => [n, tap]))
    const g = new Map([...taps].map((tap, n) => [1 - n, (n % 2 === 0 ? 1 : -1) * tap]))
    const x = noise([64])
    const { details, approximation } = orthogonalWavelets({
      shape: [64],
      scales: 4,
      family: 'daubechies',
      order,
    }).analyse(x)
    let a = x.toTypedArray() as Float64Array
    for (const detail of details) {
      expect(worst(detail, tensor(direct(a, g)))).toBeLessThan(1e-12)
      a = direct(a, h)
    }
    expect(worst(approximation, tensor(a))).toBeLessThan(1e-12)
  })

  it('images are rows, then columns', () => {
    const order = 3
    const [one, two] = [[16], [16, 16]].map((shape) =>
      orthogonalWavelets({ shape, scales: 1, family: 'daubechies', order }),
    )
    const x = noise([16, 16])
    const { details, approximation } = two.analyse(x)
    const along = one.analyse(x)
    const both = (c: Tensor): ReturnType<typeof one.analyse> => one.analyse(c.transpose().clone())
    const [low, high] = [both(along.approximation), both(along.details[0])]
    expect(worst(approximation, low.approximation.transpose())).toBeLessThan(1e-12)
    // fine along rows of the image (its first axis), along columns, along both
    expect(worst(details[0].slice(0), low.details[0].transpose())).toBeLessThan(1e-12)
    expect(worst(details[0].slice(1), high.approximation.transpose())).toBeLessThan(1e-12)
    expect(worst(details[0].slice(2), high.details[0].transpose())).toBeLessThan(1e-12)
  })

  it.each(['spline', 'daubechies', 'shannon'] as const)(
    '%s: details are x ⋆ the equivalent filters at the samples that are kept',
    (family) => {
      const [N, J] = [48, 4]
      const x = noise([N])
      const X = fft(x).asReal().toTypedArray()
      const order = family === 'daubechies' ? 4 : family === 'spline' ? 3 : 0
      const W = orthogonalWavelets({ shape: [N], scales: J, family, order })
      // ψ̂_j(ω) = ĝ(2^jω) Π_{i<j} ĥ(2^iω), with its phase
      let low = { re: new Float64Array(N).fill(1), im: new Float64Array(N) }
      W.analyse(x).details.forEach((detail, j) => {
        const h = lowPassTransfer(family, order, N / 2 ** j)
        const psi = times(low, highPassTransfer(h))
        const step = 2 ** (j + 1)
        const direct = Float64Array.from({ length: N / step }, (_, p) => {
          let value = 0
          for (let k = 0; k < N; k++) {
            const [c, s] = [Math.cos((2 * Math.PI * k * p * step) / N), Math.sin((2 * Math.PI * k * p * step) / N)]
            // X conj(ψ̂) e^{iωn}, real part
            const [re, im] = [
              X[2 * k] * psi.re[k] + X[2 * k + 1] * psi.im[k],
              X[2 * k + 1] * psi.re[k] - X[2 * k] * psi.im[k],
            ]
            value += (re * c - im * s) / N
          }
          return value
        })
        expect(worst(detail, tensor(direct))).toBeLessThan(1e-12)
        const moduli = W.psi[j].atLevel(0).values
        psi.re.forEach((v, k) => expect(moduli[k]).toBeCloseTo(Math.hypot(v, psi.im[k]) / Math.sqrt(step), 13))
        low = times(low, h)
      })
    },
  )
})

/** A product of transfers, the second on a grid that divides the first's. */
const times = (a: Transfer, b: Transfer): { re: Float64Array<ArrayBuffer>; im: Float64Array<ArrayBuffer> } => {
  const at = (k: number): number => k % b.re.length
  return {
    re: Float64Array.from(a.re, (v, k) => v * b.re[at(k)] - a.im[k] * b.im[at(k)]),
    im: Float64Array.from(a.re, (v, k) => v * b.im[at(k)] + a.im[k] * b.re[at(k)]),
  }
}

describe('filters', () => {
  it("has Daubechies' own taps", () => {
    const r = Math.sqrt(3)
    const two = [1 + r, 3 + r, 3 - r, 1 - r].map((v) => v / (4 * Math.SQRT2))
    expect([...daubechiesTaps(2)]).toEqual(two.map((v) => expect.closeTo(v, 14)))
    // Daubechies 1988, table 1, N = 4
    const four = [
      0.230377813309, 0.714846570553, 0.63088076793, -0.027983769417, -0.187034811719, 0.030841381836, 0.032883011667,
      -0.010597401785,
    ]
    expect([...daubechiesTaps(4)]).toEqual(four.map((v) => expect.closeTo(v, 11)))
  })

  it.each([1, 2, 3, 5, 8, 12])('%i moments vanish, and shifts by two are orthonormal', (p) => {
    const h = daubechiesTaps(p)
    expect(h.length).toBe(2 * p)
    for (let shift = 0; shift < p; shift++) {
      let product = 0
      for (let n = 2 * shift; n < 2 * p; n++) product += h[n] * h[n - 2 * shift]
      expect(product).toBeCloseTo(shift === 0 ? 1 : 0, 12)
    }
    // Σ (−1)^n (n/2p)^q h[n] = 0, q < p
    for (let q = 0; q < p; q++) {
      let moment = 0
      h.forEach((v, n) => (moment += (n % 2 === 0 ? 1 : -1) * (n / (2 * p)) ** q * v))
      expect(Math.abs(moment)).toBeLessThan(1e-12)
    }
  })

  it.each([
    ['spline', 0],
    ['spline', 3],
    ['spline', 4],
    ['spline', 9],
    ['shannon', 0],
  ] as const)('%s %i is a conjugate mirror filter of real taps', (family, order) => {
    const N = 48
    const { re, im } = lowPassTransfer(family, order, N)
    for (let k = 0; k < N; k++) {
      const other = (k + N / 2) % N
      expect(re[k] ** 2 + im[k] ** 2 + re[other] ** 2 + im[other] ** 2).toBeCloseTo(2, 12)
      expect(re[(N - k) % N]).toBeCloseTo(re[k], 13)
      expect(im[(N - k) % N]).toBeCloseTo(-im[k], 13)
    }
  })

  it('gives the linear spline its known taps: Battle–Lemarié of degree 1', () => {
    // Mallat 2009, table 7.1: h[0], h[1], h[2] for m = 1, whose printed digits are right to the sixth
    const N = 256
    const { re } = lowPassTransfer('spline', 1, N)
    const tap = (n: number): number =>
      re.reduce((total, v, k) => total + (v * Math.cos((2 * Math.PI * k * n) / N)) / N, 0)
    expect([tap(0), tap(1), tap(2)]).toEqual([0.817645956, 0.39729643, -0.06910102].map((v) => expect.closeTo(v, 5)))
  })

  it('is the Haar filter, as a spline of degree 0 and with one vanishing moment', () => {
    const [spline, daubechies] = [lowPassTransfer('spline', 0, 16), lowPassTransfer('daubechies', 1, 16)]
    spline.re.forEach((v, k) => {
      expect(v).toBeCloseTo(daubechies.re[k], 14)
      expect(spline.im[k]).toBeCloseTo(daubechies.im[k], 14)
    })
  })
})

describe('bad options', () => {
  it.each([
    [{ shape: [36], scales: 3 }, '36 cannot be halved 3 times, pad it to a multiple of 8 or lower scales'],
    [{ shape: [8, 8, 8], scales: 1 }, 'shape is [8, 8, 8]: it must be a list of one or two whole numbers'],
    [{ shape: [8], scales: 1, family: 'haar' }, "family is 'haar': it must be one of"],
    [
      { shape: [8], scales: 1, family: 'daubechies', order: 0 },
      'order is 0: it is the vanishing moments, from 1 to 12',
    ],
    [{ shape: [8], scales: 1, order: 10 }, 'order is 10: it is the degree of a spline, from 0 to 9'],
    [{ shape: [8], scale: 1 }, 'has no option scale. Did you mean scales?'],
  ])('%o', (options, message) => {
    expect(() => orthogonalWavelets(options as OrthogonalOptions)).toThrow(message)
  })

  it('names the shape that does not fit', () => {
    const W = orthogonalWavelets({ shape: [8, 8], scales: 1 })
    expect(() => W.analyse(noise([8, 6]))).toThrow('x is of shape 8×6: its last axes must be 8×8')
    const { approximation } = W.analyse(noise([8, 8]))
    expect(() => W.synthesise({ details: [], approximation })).toThrow('{ details, approximation } with 1 details')
    expect(() => W.psi[0].atLevel(1)).toThrow('level is 1: it must be 0')
  })
})
