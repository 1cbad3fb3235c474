import { random } from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { inverseHessian } from './inverse-hessian.ts'

const numbers = random(1)
const normal = (n: number): Float64Array => numbers.fillNormal(new Float64Array(n))
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0)

/** Steps and changes of the gradient of a quadratic whose Hessian is diagonal. */
const pairsOf = (curvatures: readonly number[], count: number): [Float64Array, Float64Array][] =>
  Array.from({ length: count }, () => {
    const s = normal(curvatures.length)
    return [s, s.map((value, i) => value * curvatures[i])]
  })

describe('the inverse Hessian', () => {
  const curvatures = [1, 2, 5, 10, 30]

  it('is that of the BFGS formula, from the last steps alone', () => {
    const history = 3
    const estimate = inverseHessian({ history })
    const pairs = pairsOf(curvatures, 7)
    pairs.forEach(([s, y]) => estimate.learn(s, y))
    expect(estimate.size).toBe(history)

    // H ← (I − ρsyᵀ)H(I − ρysᵀ) + ρssᵀ from γI, as matrices
    const n = curvatures.length
    const kept = pairs.slice(-history)
    const [lastS, lastY] = kept.at(-1)!
    const gamma = dot(lastS, lastY) / dot(lastY, lastY)
    let H = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? gamma : 0)))
    for (const [s, y] of kept) {
      const rho = 1 / dot(s, y)
      const left = H.map((_, i) => H.map((_, j) => (i === j ? 1 : 0) - rho * s[i] * y[j]))
      const product = (A: number[][], B: number[][]) =>
        A.map((row) =>
          B[0].map((_, j) =>
            dot(
              row,
              B.map((other) => other[j]),
            ),
          ),
        )
      const transposed = left.map((_, i) => left.map((row) => row[i]))
      H = product(product(left, H), transposed).map((row, i) => row.map((value, j) => value + rho * s[i] * s[j]))
    }
    const g = normal(n)
    expectClose(
      estimate.direction(g),
      H.map((row) => -dot(row, g)),
      { ofLargest: 1e-12 },
    )
    // the secant equation: H y = s for the last step
    expectClose(
      estimate.direction(lastY),
      lastS.map((value) => -value),
      { ofLargest: 1e-12 },
    )
  })

  it('leads down the gradient while it knows nothing, and again when it has forgotten', () => {
    const estimate = inverseHessian({ history: 5 })
    const g = normal(5)
    expectClose(
      estimate.direction(g),
      g.map((value) => -value),
    )
    pairsOf(curvatures, 2).forEach(([s, y]) => estimate.learn(s, y))
    estimate.forget()
    expect(estimate.size).toBe(0)
    expectClose(
      estimate.direction(g),
      g.map((value) => -value),
    )
  })

  it('learns nothing where the curvature is not positive', () => {
    const estimate = inverseHessian({ history: 5 })
    const s = normal(5)
    estimate.learn(
      s,
      s.map((value) => -value),
    )
    estimate.learn(s, new Float64Array(5))
    estimate.learn(new Float64Array(5), s)
    expect(estimate.size).toBe(0)
  })

  it('remembers in single precision what is said to be no more exact', () => {
    const [exact, rounded] = [inverseHessian({ history: 3 }), inverseHessian({ history: 3, single: true })]
    for (const [s, y] of pairsOf(curvatures, 5)) for (const estimate of [exact, rounded]) estimate.learn(s, y)
    const g = normal(5)
    expectClose(rounded.direction(g), exact.direction(g), { ofLargest: 1e-5 })
    expect(rounded.direction(g)).not.toEqual(exact.direction(g))
  })
})
