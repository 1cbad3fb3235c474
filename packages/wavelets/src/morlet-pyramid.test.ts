import { type Tensor, add, complex, conj, grad, mul, random, randomNormal, sum } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { littlewoodPaley } from './littlewood-paley.ts'
import { type PyramidOptions, morletPyramid } from './morlet-pyramid.ts'
import { waveletTransform } from './wavelet-transform.ts'

const noise = (shape: readonly number[], seed: number): Tensor =>
  randomNormal(shape, random(seed), { dtype: 'float64' })
const worst = (a: Tensor, b: Tensor): number => {
  const [these, those] = [Array.from(a.toTypedArray()), Array.from(b.toTypedArray())]
  return these.reduce((top, v, i) => Math.max(top, Math.abs(v - those[i])), 0)
}

describe("Littlewood–Paley sums of ScatNet's pyramid on 64×64", () => {
  // max of A, and min on the disk
  it.each([
    [8, 'scatnet', 0.09],
    [6, 'scatnet', 0.146],
    [8, 'mass', 0.3597],
    [6, 'mass', 0.3285],
  ] as const)('L=%i, %s: %f', (orientations, normalise, least) => {
    const { upper, lower } = littlewoodPaley(morletPyramid({ shape: [64, 64], scales: 3, orientations, normalise }))
    expect(upper).toBeCloseTo(1, 3)
    expect(Math.abs(lower - least)).toBeLessThan(1e-3)
  })
})

describe.each<PyramidOptions>([
  { shape: [32, 32], scales: 3 },
  { shape: [16, 24], scales: 3, orientations: 5, gain: 2, normalise: 'scatnet' },
])('the cascade on $shape', (options) => {
  const pyramid = morletPyramid({ ...options, edges: 'periodic' })
  const [height, width] = options.shape
  const x = noise([2, ...options.shape], 1)

  it('is its equivalent filters at the pixels that are kept', () => {
    const L = pyramid.options.orientations
    const direct = waveletTransform(pyramid).forward(x)
    const { details, approximation } = pyramid.analyse(x)
    details.forEach((detail, j) => {
      const step = 2 ** j
      const kept = direct.psi.slice(null, [j * L, (j + 1) * L], [0, height, step], [0, width, step])
      expect(worst(detail, kept)).toBeLessThan(1e-12)
    })
    const step = 2 ** options.scales
    expect(worst(approximation, direct.phi.slice(null, [0, height, step], [0, width, step]))).toBeLessThan(1e-12)
  })

  it('has an adjoint on the tape: ⟨Wx, y⟩ = ⟨x, W*y⟩', () => {
    const fields = pyramid.analyse(x)
    const y = fields.details.map((d, j) => complex(noise(d.shape, j + 2), noise(d.shape, j + 12)))
    const inner = (v: Tensor): Tensor =>
      pyramid
        .analyse(v)
        .details.map((d, j) => sum(mul(d, conj(y[j])).real))
        .reduce((a, b) => add(a, b))
    const adjoint = grad(inner)(x)
    const z = noise(x.shape, 50)
    expect(sum(mul(z, adjoint)).item()).toBeCloseTo(inner(z).item(), 10)
  })
})

it('mirrors at the edges: a constant image has no details and stays as it is, at any size', () => {
  const { analyse } = morletPyramid({ shape: [23, 30], scales: 3 })
  const { details, approximation } = analyse({ data: new Float64Array(23 * 30).fill(2), shape: [23, 30] })
  expect(details.map((d) => d.shape)).toEqual([
    [8, 23, 30],
    [8, 12, 15],
    [8, 6, 8],
  ])
  for (const d of details) expect(Math.max(...d.asReal().toTypedArray().map(Math.abs))).toBeLessThan(1e-14)
  expect([...approximation.toTypedArray()]).toEqual(Array.from({ length: 3 * 4 }, () => expect.closeTo(2, 13)))
})

describe('bad options', () => {
  it.each([
    [{ shape: [20, 32], scales: 3, edges: 'periodic' }, '20 must be halved 3 times without rest; take a multiple of 8'],
    [{ shape: [20, 32], scales: 3, edge: 'periodic' }, 'has no option edge. Did you mean edges?'],
    [{ shape: [20], scales: 3 }, 'shape is [20]: it must be a list of 2 whole numbers'],
  ])('%o', (options, message) => {
    expect(() => morletPyramid(options as never)).toThrow(message)
  })

  it('names the level and the shape that do not fit', () => {
    const pyramid = morletPyramid({ shape: [8, 8], scales: 1 })
    expect(() => pyramid.phi.atLevel(1)).toThrow('level is 1: it must be 0')
    expect(() => pyramid.analyse(noise([8, 9], 1))).toThrow('its last axes must be 8×8')
    const hole = new Float32Array(64).fill(NaN, 5, 6)
    expect(() => pyramid.analyse({ data: hole, shape: [8, 8] })).toThrow('x holds NaN at number 5: replace it')
  })
})
