import { describe, expect, it } from 'vitest'
import { type Trial, satisfiesWolfe, wolfeSearch } from './wolfe-search.ts'

/** φ and φ′ */
type Line = (t: number) => readonly [value: number, slope: number]

async function search(
  line: Line,
  first: number,
  { c1, c2 }: { c1: number; c2: number },
  noise = 0,
  resolution = 1e-300,
) {
  let evaluations = 0
  const at = (step: number): Trial => {
    const [value, slope] = line(step)
    return { step, value, slope }
  }
  const evaluate = async (step: number): Promise<Trial> => {
    evaluations++
    return at(step)
  }
  const found = await wolfeSearch(at(0), evaluate, { c1, c2, first, noise, resolution })
  return { ...found, evaluations, satisfied: satisfiesWolfe(at(0), found.low, { c1, c2 }) }
}

const yanai =
  (beta1: number, beta2: number): Line =>
  (t) => {
    const gamma = (beta: number): number => Math.sqrt(1 + beta ** 2) - beta
    const [left, right] = [Math.hypot(1 - t, beta2), Math.hypot(t, beta1)]
    return [gamma(beta1) * left + gamma(beta2) * right, (gamma(beta1) * (t - 1)) / left + (gamma(beta2) * t) / right]
  }

/** The six functions of Moré & Thuente (1994), section 5, with their constants. */
const moreThuente: [string, Line, { c1: number; c2: number }][] = [
  ['1', (t) => [-t / (t * t + 2), (t * t - 2) / (t * t + 2) ** 2], { c1: 1e-3, c2: 0.1 }],
  [
    '2',
    (t) => [(t + 0.004) ** 5 - 2 * (t + 0.004) ** 4, 5 * (t + 0.004) ** 4 - 8 * (t + 0.004) ** 3],
    { c1: 0.1, c2: 0.1001 },
  ],
  ['3', oscillating, { c1: 0.1, c2: 0.1001 }],
  ['4', yanai(0.001, 0.001), { c1: 1e-3, c2: 1.001e-3 }],
  ['5', yanai(0.01, 0.001), { c1: 1e-3, c2: 1.001e-3 }],
  ['6', yanai(0.001, 0.01), { c1: 1e-3, c2: 1.001e-3 }],
]

function oscillating(t: number): [number, number] {
  const [beta, l] = [0.01, 39]
  const wave = ((2 * (1 - beta)) / (l * Math.PI)) * Math.sin((l * Math.PI * t) / 2)
  const slope = (1 - beta) * Math.cos((l * Math.PI * t) / 2)
  if (t <= 1 - beta) return [1 - t + wave, -1 + slope]
  if (t >= 1 + beta) return [t - 1 + wave, 1 + slope]
  return [(t - 1) ** 2 / (2 * beta) + beta / 2 + wave, (t - 1) / beta + slope]
}

describe.each(moreThuente)('on function %s of Moré and Thuente', (_, line, constants) => {
  it.each([1e-3, 1e-1, 10, 1e3])('finds a step of both conditions from %f', async (first) => {
    const { accepted, satisfied, evaluations, low } = await search(line, first, constants)
    expect(accepted).toBe(true)
    expect(satisfied).toBe(true)
    expect(low.step).toBeGreaterThan(0)
    expect(evaluations).toBeLessThanOrEqual(18)
  })
})

describe('the search', () => {
  it('takes the first step where that is good enough', async () => {
    const { low, evaluations } = await search((t) => [(t - 1) ** 2, 2 * (t - 1)], 1.2, { c1: 1e-4, c2: 0.9 })
    expect([low.step, evaluations]).toEqual([1.2, 1])
  })

  it('finds the minimum of a parabola in two trials, before it or beyond it', async () => {
    for (const first of [0.3, 3]) {
      const { low, evaluations } = await search((t) => [(t - 1) ** 2, 2 * (t - 1)], first, { c1: 1e-8, c2: 1e-6 })
      expect(low.step).toBeCloseTo(1, 12)
      expect(evaluations).toBe(2)
    }
  })

  it('comes back from where there is no value', async () => {
    const barrier: Line = (t) => [t - Math.log(1 - t) - 3 * t, -2 + 1 / (1 - t)]
    const { satisfied, low } = await search(barrier, 5, { c1: 1e-4, c2: 0.1 })
    expect(satisfied).toBe(true)
    expect(low.step).toBeCloseTo(0.5, 1)
  })

  it('ends at the origin where every other value is missing', async () => {
    const { low, high, accepted } = await search((t) => (t === 0 ? [0, -1] : [NaN, NaN]), 1, { c1: 1e-4, c2: 0.9 })
    expect(accepted).toBe(false)
    expect(low.step).toBe(0)
    expect(high?.value).toBeNaN()
  })

  it('at a kink gives the best decrease it has seen, and says that it is no more', async () => {
    const kink: Line = (t) => [Math.abs(t - 1), Math.sign(t - 1)]
    const { low, accepted, evaluations } = await search(kink, 3, { c1: 1e-4, c2: 0.5 })
    expect(accepted).toBe(false)
    expect(low.value).toBeLessThan(1e-3)
    // and ends earlier where steps cannot be told apart
    const coarse = await search(kink, 3, { c1: 1e-4, c2: 0.5 }, 0, 0.01)
    expect(coarse.low.value).toBeLessThan(0.01)
    expect(coarse.evaluations).toBeLessThan(evaluations / 2)
  })

  it('goes by the slopes where rounding swallows the decrease', async () => {
    // 1 + (t − 1)²·1e-18 is 1 in double precision
    const flat: Line = (t) => [1 + (t - 1) ** 2 * 1e-18, 2e-18 * (t - 1)]
    const { low, accepted } = await search(flat, 0.1, { c1: 1e-4, c2: 0.01 }, 8 * Number.EPSILON)
    expect(accepted).toBe(true)
    expect(low.step).toBeCloseTo(1, 1)
  })
})
