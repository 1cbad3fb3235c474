import { adamUpdate, sgdUpdate } from './updates.ts'
import { describe, expect, it } from 'vitest'
import type { View } from '../backend/backend.ts'
import { ValueError } from '../errors.ts'
import { random } from '../random/random.ts'
import { reference } from '../backend/reference.ts'
import { at, elements, indices, put, randomView } from './direct-loops.test.oracle.ts'

const views = (count: number, ...shape: number[]): View[] => {
  const numbers = random(count)
  return Array.from({ length: count }, () => randomView(numbers, shape))
}

describe('sgdUpdate', () => {
  it("follows the lecture's rule for any strides, element by element", () => {
    const [w, v, g] = views(3, 3, 4, 2)
    const before = { w: elements(w), v: elements(v), g: elements(g) }
    sgdUpdate(reference, w, v, g, { rate: 0.1, momentum: 0.9, decay: 0.0005 })
    elements(v).forEach((value, k) => {
      const expected = 0.9 * before.v[k] - 0.0005 * 0.1 * before.w[k] - 0.1 * before.g[k]
      expect(value).toBeCloseTo(expected, 14)
      expect(elements(w)[k]).toBeCloseTo(before.w[k] + expected, 14)
    })
    expect(elements(g)).toEqual(before.g)
  })

  it('matches the closed recursion on a quadratic: w is a power of a 2×2 matrix', () => {
    // With g = c·w: (v, w) ← M (v, w), M = [[μ, −r], [μ, 1 − r]], r = ε(c + decay).
    const [w, v, g] = views(3, 1)
    put(w, 1, 0)
    put(v, 0, 0)
    const [rate, momentum, decay, curvature] = [0.05, 0.9, 0.01, 2]
    const r = rate * (curvature + decay)
    const [trace, determinant] = [momentum + 1 - r, momentum]
    // w satisfies w[t+1] = trace·w[t] − determinant·w[t−1], here with complex roots ρe^{±iθ}, ρ² = determinant.
    const rho = Math.sqrt(determinant)
    const theta = Math.acos(trace / (2 * rho))
    // w[0] = 1 and w[1] = 1 − r fix the constants of ρᵗ(cos θt + b sin θt).
    const b = ((1 - r) / rho - Math.cos(theta)) / Math.sin(theta)
    for (let t = 1; t <= 40; t++) {
      put(g, curvature * at(w, 0), 0)
      sgdUpdate(reference, w, v, g, { rate, momentum, decay })
      expect(Math.abs(at(w, 0) - rho ** t * (Math.cos(theta * t) + b * Math.sin(theta * t)))).toBeLessThan(1e-14)
    }
  })

  it('with Nesterov takes the gradient where the momentum leads', () => {
    // In u = w + μv′ the sequence is Sutskever's: v ← μv − ε∇(θ + μv), θ ← θ + v, where w stands for θ + μv.
    const [w, v, g] = views(3, 1)
    const gradient = (x: number): number => 2 * x + Math.sin(x)
    let [theta, speed] = [0.7, 0.2]
    const [rate, momentum] = [0.1, 0.8]
    put(w, theta + momentum * speed, 0)
    put(v, speed, 0)
    for (let t = 0; t < 20; t++) {
      speed = momentum * speed - rate * gradient(theta + momentum * speed)
      theta += speed
      put(g, gradient(at(w, 0)), 0)
      sgdUpdate(reference, w, v, g, { rate, momentum, nesterov: true })
      expect(at(v, 0)).toBeCloseTo(speed, 13)
      expect(at(w, 0)).toBeCloseTo(theta + momentum * speed, 13)
    }
  })
})

describe('adamUpdate', () => {
  it.each([false, true])('follows the paper over ten steps, with decoupled decay: %s', (decoupled) => {
    const [w, m, s, g] = views(4, 2, 3)
    for (const view of [m, s]) for (const index of indices(view.shape)) put(view, 0, ...index)
    const state = elements(w).map((value) => ({ w: value, m: 0, s: 0 }))
    const [rate, beta1, beta2, epsilon, decay] = [0.02, 0.5, 0.99, 1e-6, 0.1]
    const numbers = random(9)
    for (let step = 1; step <= 10; step++) {
      for (const index of indices(g.shape)) put(g, numbers.normal(), ...index)
      elements(g).forEach((slope, k) => {
        const own = state[k]
        const total = decoupled ? slope : slope + decay * own.w
        own.m = beta1 * own.m + (1 - beta1) * total
        own.s = beta2 * own.s + (1 - beta2) * total ** 2
        if (decoupled) own.w -= rate * decay * own.w
        own.w -= (rate * own.m) / (1 - beta1 ** step) / (Math.sqrt(own.s / (1 - beta2 ** step)) + epsilon)
      })
      adamUpdate(reference, w, m, s, g, { rate, beta1, beta2, epsilon, decay, decoupled, step })
    }
    elements(w).forEach((value, k) => expect(value).toBeCloseTo(state[k].w, 13))
    elements(m).forEach((value, k) => expect(value).toBeCloseTo(state[k].m, 13))
    elements(s).forEach((value, k) => expect(value).toBeCloseTo(state[k].s, 13))
  })

  it('makes a first step of the rate in each direction, whatever the gradient', () => {
    const [w, m, s, g] = views(4, 5)
    const before = elements(w)
    for (const view of [m, s]) for (const index of indices(view.shape)) put(view, 0, ...index)
    adamUpdate(reference, w, m, s, g, { rate: 0.01, step: 1 })
    elements(w).forEach((value, k) => expect(value).toBeCloseTo(before[k] - 0.01 * Math.sign(elements(g)[k]), 6))
  })

  it('counts steps from 1', () => {
    const [w, m, s, g] = views(4, 2)
    expect(() => adamUpdate(reference, w, m, s, g, { rate: 0.1, step: 0 })).toThrow(ValueError)
  })
})
