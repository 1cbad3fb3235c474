import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ValueError } from '../errors.ts'
import { random, type RandomState } from './random.ts'
import { normalQuantile } from './random-normal.ts'

const DRAWS = 100_000

function mean(x: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i]
  return sum / x.length
}

function moment(x: Float64Array, order: number): number {
  const centre = mean(x)
  return mean(x.map((v) => (v - centre) ** order))
}

/** √n·sup|F_n - F|: above 1.95 with probability 0.001 where x is drawn from F (Kolmogorov). */
function kolmogorov(x: Float64Array, distribution: (v: number) => number): number {
  const sorted = x.toSorted()
  let distance = 0
  sorted.forEach((v, i) => {
    const expected = distribution(v)
    distance = Math.max(distance, expected - i / x.length, (i + 1) / x.length - expected)
  })
  return distance * Math.sqrt(x.length)
}

/** Φ by Marsaglia's series (J. Stat. Software 11 (2004) 4), which shares nothing with the quantile's fractions. */
function normalDistribution(x: number): number {
  let term = x
  let sum = x
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) sum += term *= (x * x) / k
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI)
}

function correlation(x: Float64Array, y: Float64Array): number {
  const [mx, my] = [mean(x), mean(y)]
  const covariance = mean(x.map((v, i) => (v - mx) * (y[i] - my)))
  return covariance / Math.sqrt(moment(x, 2) * moment(y, 2))
}

const uniforms = (seed: number | string) => random(seed).fillUniform(new Float64Array(DRAWS))
const normals = (seed: number | string) => random(seed).fillNormal(new Float64Array(DRAWS))

describe('the stream', () => {
  it('of a seed is the same for ever', () => {
    const first = (seed?: number | string) => {
      const r = random(seed)
      return [r.uniform(), r.normal(), r.integer(0, 1000), r.permutation(8).join('')]
    }
    expect(first(0)).toEqual([0.5152081543873311, -0.7248138300529385, 965, '36207541'])
    expect(first(1)).toEqual([0.6353845068771787, 0.5629430166952545, 428, '01365247'])
    expect(first('mnist')).toEqual([0.1658012244485494, -0.8614792414897996, 461, '03476512'])
    expect(first()).toEqual(first(0))
    expect(first('1')).toEqual(first(1))
  })

  it('is xoroshiro128+ (a = 24, b = 16, c = 37), written out with BigInt', () => {
    const mask = (1n << 64n) - 1n
    const rotate = (x: bigint, k: bigint) => ((x << k) | (x >> (64n - k))) & mask
    const r = random('oracle')
    const [s01, s00, s11, s10] = r.state.map((word) => BigInt(word >>> 0))
    let [s0, s1] = [(s01 << 32n) | s00, (s11 << 32n) | s10]
    const next = () => {
      const word = Number((s0 + s1) & 0xffffffffn)
      s1 ^= s0
      s0 = rotate(s0, 24n) ^ s1 ^ ((s1 << 16n) & mask)
      s1 = rotate(s1, 37n)
      return word
    }
    for (let i = 0; i < 1000; i++) {
      const [upper, lower] = [next() >>> 5, next() >>> 6]
      expect(r.uniform()).toBe((upper * 2 ** 26 + lower) / 2 ** 53)
    }
  })

  it('goes on exactly from a saved state, also through JSON', () => {
    const r = random(11)
    r.fillNormal(new Float64Array(17))
    const saved = JSON.stringify(r.state)
    const later = (s: typeof r) => [
      s.normal(),
      s.uniform(),
      s.integer(0, 9),
      [...s.permutation(20)],
      s.split().uniform(),
    ]
    const expected = later(r)
    expect(later(random(JSON.parse(saved) as RandomState))).toEqual(expected)
    expect(later(random(11))).not.toEqual(expected)
  })

  it('is another one for each of many neighbouring seeds', () => {
    const first = Float64Array.from({ length: 10_000 }, (_, seed) => random(seed).uniform())
    expect(new Set(first).size).toBe(first.length)
    expect(kolmogorov(first, (v) => v)).toBeLessThan(1.95)
    const texts = ['', 'a', 'b', 'ab', 'ba', 'a\0', '\0a', 'aa', 'é', '1.0', '-0', '0']
    expect(new Set(texts.map((text) => random(text).uniform())).size).toBe(texts.length)
  })
})

// Bounds: four standard errors, that is 1 in 16,000 for a fair sample; the seeds are fixed, so a pass stays a pass.
describe('uniform numbers', () => {
  it('fit U(0, 1)', () => {
    const x = uniforms('u')
    expect(Math.min(...x.subarray(0, 1000))).toBeGreaterThanOrEqual(0)
    expect(Math.abs(mean(x) - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / DRAWS))
    expect(Math.abs(moment(x, 2) - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / DRAWS))
    expect(kolmogorov(x, (v) => v)).toBeLessThan(1.95)
    expect(Math.abs(correlation(x.subarray(1), x.subarray(0, -1)))).toBeLessThan(4 / Math.sqrt(DRAWS))
  })

  it('have 53 bits, each of them fair', () => {
    const x = uniforms('bits')
    for (let bit = 1; bit <= 53; bit++) {
      const ones = mean(x.map((v) => Math.floor(v * 2 ** bit) % 2))
      expect(Math.abs(ones - 1 / 2), `bit ${bit}`).toBeLessThan(4 * Math.sqrt(1 / 4 / DRAWS))
    }
  })

  it('fill a range, and in single precision never reach 1', () => {
    const x = random(3).fillUniform(new Float64Array(DRAWS), -3, 5)
    expect(kolmogorov(x, (v) => (v + 3) / 8)).toBeLessThan(1.95)
    expect(random(3).uniform(-3, 5)).toBe(x[0])
    const single = random(3).fillUniform(new Float32Array(2 ** 22))
    const double = random(3).fillUniform(new Float64Array(2 ** 22))
    expect(single.every((v, i) => v <= double[i] && double[i] < v + 2 ** -24)).toBe(true)
  })
})

describe('normal numbers', () => {
  it('fit N(0, 1)', () => {
    const x = normals('n')
    expect(Math.abs(mean(x))).toBeLessThan(4 / Math.sqrt(DRAWS))
    expect(Math.abs(moment(x, 2) - 1)).toBeLessThan(4 * Math.sqrt(2 / DRAWS))
    expect(Math.abs(moment(x, 3))).toBeLessThan(4 * Math.sqrt(6 / DRAWS))
    expect(Math.abs(moment(x, 4) - 3)).toBeLessThan(4 * Math.sqrt(96 / DRAWS))
    expect(kolmogorov(x, normalDistribution)).toBeLessThan(1.95)
    expect(Math.abs(correlation(x.subarray(1), x.subarray(0, -1)))).toBeLessThan(4 / Math.sqrt(DRAWS))
  })

  it('go beyond four deviations as often as they should, on both sides', () => {
    const draws = 2 ** 22
    const x = random('tail').fillNormal(new Float64Array(draws))
    const expected = draws * normalDistribution(-4) // 132.8 on each side
    for (const side of [1, -1]) {
      const beyond = x.filter((v) => side * v > 4).length
      expect(Math.abs(beyond - expected), `side ${side}`).toBeLessThan(4 * Math.sqrt(expected))
    }
    expect(x.every(Number.isFinite)).toBe(true)
  })

  it('have mean and deviation, and the same values one by one as in an array', () => {
    const x = random(4).fillNormal(new Float64Array(DRAWS), 10, 0.5)
    expect(Math.abs(mean(x) - 10)).toBeLessThan((4 * 0.5) / Math.sqrt(DRAWS))
    expect(Math.abs(moment(x, 2) - 0.25)).toBeLessThan(4 * 0.25 * Math.sqrt(2 / DRAWS))
    const r = random(4)
    expect(x[0]).toBe(r.normal(10, 0.5))
    expect(x[1]).toBe(r.normal(10, 0.5))
    expect(random(4).fillNormal(new Float32Array(1), 10, 0.5)[0]).toBe(Math.fround(x[0]))
  })

  // √2·erfinv(2q) with 40 digits by mpmath. Wichura states 1e-16 relative; four roundings more are allowed for.
  it.each([
    [0.0625, 0.1573106846101707],
    [0.3, 0.8416212335729142],
    [0.425, 1.439531470938456],
    [0.4251, 1.4402382675279635],
    [0.499, 3.090232306167813],
    [0.4999, 3.7190164854557084],
    [0.49999999, 5.612001244265849],
    [0.5 - 2 ** -36, 6.651035379893011],
    [0.5 - 2 ** -37, 6.752300431407015],
    [0.5 - 2 ** -53, 8.209536151601387],
    [0.5 - 2 ** -54, 8.292361075813595],
  ])('quantile of 1/2 + %d', (q, expected) => {
    expect(Math.abs(normalQuantile(q) / expected - 1)).toBeLessThan(1e-15)
    expect(normalQuantile(-q)).toBe(-normalQuantile(q))
  })
})

describe('integers', () => {
  it('are all equally likely', () => {
    const r = random('dice')
    const counts = new Float64Array(6)
    for (let i = 0; i < DRAWS; i++) counts[r.integer(-2, 4) + 2]++
    const expected = DRAWS / 6
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    expect(chiSquare).toBeLessThan(20.5) // 5 degrees of freedom: p = 0.001
  })

  it('have no bias where the range is not a divisor: of 3·2^51 numbers a third is below 2^51', () => {
    const r = random('bias')
    let low = 0
    for (let i = 0; i < DRAWS; i++) if (r.integer(0, 3 * 2 ** 51) < 2 ** 51) low++
    expect(Math.abs(low / DRAWS - 1 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / DRAWS))
  })

  it('stay in any range', () => {
    const bound = fc.maxSafeInteger()
    fc.assert(
      fc.property(bound, bound, fc.nat(), (a, b, seed) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)]
        fc.pre(low < high && high - low <= 2 ** 53)
        const value = random(seed).integer(low, high)
        expect(Number.isSafeInteger(value) && low <= value && value < high).toBe(true)
      }),
    )
    expect(random(1).integer(7, 8)).toBe(7)
  })
})

describe('permutations', () => {
  it('are bijections', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(), (n, seed) => {
        const sorted = random(seed).permutation(n).toSorted()
        expect(sorted).toEqual(Int32Array.from({ length: n }, (_, i) => i))
      }),
    )
  })

  it('of four come in 24 orders, equally often', () => {
    const r = random('orders')
    const counts = new Map<string, number>()
    for (let i = 0; i < 24_000; i++) {
      const order = r.permutation(4).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(24)
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
    expect(chiSquare).toBeLessThan(49.7) // 23 degrees of freedom: p = 0.001
  })
})

describe('split streams', () => {
  it('are uncorrelated with the parent, with each other and with their own children', () => {
    const parent = random(5)
    const children = [parent.split(), parent.split()]
    const streams = [parent, ...children, children[0].split(), children[1].split()].map((r) =>
      r.fillUniform(new Float64Array(DRAWS)),
    )
    for (let i = 0; i < streams.length; i++)
      for (let j = 0; j < i; j++)
        for (const lag of [-1, 0, 1]) {
          const x = streams[i].subarray(1, -1)
          const y = streams[j].subarray(1 + lag, DRAWS - 1 + lag)
          expect(Math.abs(correlation(x, y)), `${i} and ${j}, lag ${lag}`).toBeLessThan(4 / Math.sqrt(DRAWS))
        }
  })

  it('do not depend on what is drawn from the parent or a sibling afterwards', () => {
    const draw = (disturbed: boolean) => {
      const parent = random(6)
      const child = parent.split()
      if (disturbed) parent.fillNormal(new Float64Array(100))
      return child.normal()
    }
    expect(draw(true)).toBe(draw(false))
  })
})

describe('bad input', () => {
  const r = random(1)
  it.each<[string, () => unknown]>([
    ['seed is NaN', () => random(Number.NaN)],
    ['seed is Infinity', () => random(Infinity)],
    ['state [1, 2, 3]', () => random([1, 2, 3])],
    ['state [1, 2, 3, 0.5]', () => random([1, 2, 3, 0.5])],
    ['state [0, 0, 0, 0]', () => random([0, 0, 0, 0])],
    ['from 2 to 1', () => r.uniform(2, 1)],
    ['from 0 to Infinity', () => r.fillUniform(new Float64Array(1), 0, Infinity)],
    ['deviation -1', () => r.normal(0, -1)],
    ['mean NaN', () => r.fillNormal(new Float64Array(1), Number.NaN)],
    ['integer(3, 3)', () => r.integer(3, 3)],
    ['integer(0.5, 3)', () => r.integer(0.5, 3)],
    ['permutation(-1)', () => r.permutation(-1)],
    ['permutation(1.5)', () => r.permutation(1.5)],
  ])('%s is refused by name', (named, call) => {
    expect(call).toThrow(ValueError)
    expect(call).toThrow(named)
  })
})
