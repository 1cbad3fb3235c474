// Orbits and measures on curves and maps whose answers are known in closed form.
import { random } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import {
  curvature,
  firstOrderResidual,
  linearity,
  lineThroughZero,
  noiseLike,
  orbit,
  orbitDistances,
  principalAngles,
  principalDirections,
  relativeDistances,
  relativeStability,
  separation,
  translate,
} from './index.ts'

const rows = (...list: number[][]) => ({ data: Float64Array.from(list.flat()), shape: [list.length, list[0].length] })
const values = (...list: number[]) => ({ data: Float64Array.from(list), shape: [list.length] })
const circle = (radius: number, step: number, count: number) =>
  rows(...Array.from({ length: count }, (_, i) => [radius * Math.cos(i * step), radius * Math.sin(i * step), 1]))

describe('orbits', () => {
  it('gathers the points of an action', () => {
    const x = { data: Float64Array.of(1, 2, 3), shape: [3] }
    const points = orbit(x, [0, 1, 2], (signal, t) => translate(signal, t))
    expect(points).toEqual({ data: Float64Array.of(1, 2, 3, 3, 1, 2, 2, 3, 1), shape: [3, 3] })
  })

  it('curvature is 1/r of a circle, whatever the step, and 0 of a line', () => {
    for (const step of [0.01, 0.02]) for (const k of curvature(circle(5, step, 7))) expect(k).toBeCloseTo(1 / 5, 4)
    expect([...curvature(rows([0, 0], [1, 2], [2, 4]))]).toEqual([0])
    expect([...curvature(rows([1, 1], [1, 1], [1, 1]))]).toEqual([0])
  })

  it('the residual of a parabola is t/√(1 + t²), of a line 0', () => {
    const t = [-0.1, 0, 0.1, 1, 2]
    const residual = firstOrderResidual(rows(...t.map((s) => [s, s * s])), t)
    t.forEach((s, i) => expect(residual[i]).toBeCloseTo(Math.abs(s) / Math.sqrt(1 + s * s), 12))
    expect(Math.max(...firstOrderResidual(rows(...t.map((s) => [s, -3 * s])), t))).toBeLessThan(1e-14)
    expect(() => firstOrderResidual(rows([1], [2]), [1, 2])).toThrow('must hold 0')
  })

  it('distances along an orbit are relative to its origin', () => {
    expect([...orbitDistances(rows([0, 2], [0, 2], [2, 2]))]).toEqual([0, 0, 1])
    expect([...relativeDistances(rows([0, 2], [3, 4]), rows([0, 1], [3, 4]))]).toEqual([0.5, 0])
  })
})

describe('principal directions', () => {
  it('finds axes and shares of the variance', () => {
    const { shares, directions, mean } = principalDirections(rows([3, 1], [-3, 1], [0, 2], [0, 0]), 2)
    expect([...mean]).toEqual([0, 1])
    expect([...shares].map((s) => Number(s.toFixed(12)))).toEqual([0.9, 0.1])
    expect(Math.abs(directions.data[0])).toBeCloseTo(1, 12)
    expect(directions.shape).toEqual([2, 2])
    // a line has one direction
    expect(principalDirections(rows([0, 0], [1, 2], [2, 4]), 2).shares).toHaveLength(1)
  })

  it('directions of many features are orthonormal, and shares sum to 1', () => {
    const points = { data: random(4).fillNormal(new Float64Array(6 * 50)), shape: [6, 50] }
    const { shares, directions } = principalDirections(points, 5)
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
    for (let i = 0; i < 5; i++)
      for (let j = 0; j < 5; j++) {
        let sum = 0
        for (let k = 0; k < 50; k++) sum += directions.data[i * 50 + k] * directions.data[j * 50 + k]
        expect(sum).toBeCloseTo(i === j ? 1 : 0, 12)
      }
  })

  it('angles of planes are those of geometry', () => {
    const [c, s] = [Math.cos(0.3), Math.sin(0.3)]
    const cosines = principalAngles(rows([1, 0, 0, 0], [0, 1, 0, 0]), rows([5, 0, 0, 0], [1, c, s, 0], [0, 0, 0, 0]))
    expect(cosines[0]).toBeCloseTo(1, 12)
    expect(cosines[1]).toBeCloseTo(c, 12)
    expect([...principalAngles(rows([1, 0]), rows([0, 2]))]).toEqual([0])
    expect(() => principalAngles(rows([0, 0]), rows([0, 2]))).toThrow('all rows are 0')
  })
})

describe('linearisation', () => {
  const stream = random(7)
  const plane = Array.from({ length: 300 }, () => {
    const [r, a] = [stream.uniform(0.5, 2), stream.uniform(0, 2 * Math.PI)]
    return [r * Math.cos(a), r * Math.sin(a)]
  })
  const radius2 = values(...plane.map(([x, y]) => x * x + y * y))

  it('r² is linear in the exact change of variable, and hardly in the plane', () => {
    const exact = linearity(rows(...plane.map(([x, y]) => [x * x, 1, y * y, x])), radius2)
    expect(exact.unexplained).toBeLessThan(1e-12)
    expect(exact.weights[0]).toBeCloseTo(1, 10)
    expect(exact.weights[1]).toBe(0)
    expect(exact.projections[5]).toBeCloseTo(radius2.data[5], 10)
    expect(linearity(rows(...plane), radius2).unexplained).toBeGreaterThan(0.95)
  })

  it('is least squares: the residual is orthogonal to every feature', () => {
    const features = rows(...plane.map(([x, y]) => [x, y, x * y, x + 1e-3 * y * y]))
    const { projections, unexplained } = linearity(features, radius2)
    expect(unexplained).toBeGreaterThan(0)
    for (let k = 0; k < 4; k++) {
      const sum = projections.reduce((all, p, i) => all + (radius2.data[i] - p) * features.data[i * 4 + k], 0)
      expect(Math.abs(sum)).toBeLessThan(1e-8)
    }
  })

  it('separation scales with Φ, and finds the nearest pair', () => {
    const once = separation(rows([0], [1], [3]), values(0, 1, 2))
    expect(once.least).toBe(1)
    expect(separation(rows([0], [2], [6]), values(0, 1, 2)).least).toBe(2)
    expect(separation(rows([0], [1], [3]), values(0, 1, 2), { quantile: 1 }).quantile).toBe(2)
    expect(() => separation(rows([0], [1]), values(3, 3))).toThrow('give two that differ')
  })
})

describe('stability', () => {
  it('a line through 0 is found, and how far others are from it', () => {
    expect(lineThroughZero([1, 2, 3], [0.5, 1, 1.5])).toEqual({ slope: 0.5, residual: 0 })
    const { slope, residual } = lineThroughZero([1, 2], [1, 4])
    expect(slope).toBeCloseTo(9 / 5, 12)
    expect(residual).toBeCloseTo(Math.sqrt((0.8 ** 2 + 0.4 ** 2) / 17), 12)
  })

  it('R of the identity is near 1: noise has the norm of the deformation', () => {
    const x = { data: random(1).fillNormal(new Float64Array(20 * 64)), shape: [20, 8, 8] }
    const moved = translate(x, [0.5, 0.5])
    const noisy = noiseLike(x, moved, random(2))
    expect(noisy.shape).toEqual([20, 8, 8])
    const { ratio, deformation, noise } = relativeStability(x, moved, noisy)
    // ⟨‖d‖²⟩/⟨‖d‖⟩² of these 20 samples
    expect(ratio).toBeGreaterThan(1)
    expect(ratio).toBeLessThan(1.1)
    expect(deformation / noise).toBeCloseTo(ratio, 12)
    const invariant = { ...x, data: x.data.slice() }
    expect(relativeStability(x, invariant, noisy).ratio).toBe(0)
  })
})
