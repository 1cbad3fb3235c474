import { ValueError, mul, square, sum, tensor, valueAndGrad } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { sgd } from './sgd.ts'

/** The weight after each of `count` steps on L = curvature·w²/2 from w = 1. */
function trajectory(recipe: Parameters<typeof sgd>[0], curvature: number, count: number): number[] {
  const parameters = { w: tensor(new Float64Array([1]), [1]) }
  const loss = ({ w }: typeof parameters) => mul(sum(square(w)), curvature / 2)
  const optimizer = sgd(recipe)
  let state = optimizer.init(parameters)
  return Array.from({ length: count }, () => {
    state = optimizer.update(parameters, valueAndGrad(loss)(parameters).gradient, state)
    return parameters.w.item()
  })
}

/** wₜ of wₜ₊₁ = trace·wₜ − determinant·wₜ₋₁ with complex roots, from w₀ = 1 and w₁. */
function closedForm(trace: number, determinant: number, w1: number): (t: number) => number {
  const rho = Math.sqrt(determinant)
  const theta = Math.acos(trace / (2 * rho))
  const b = (w1 / rho - Math.cos(theta)) / Math.sin(theta)
  return (t) => rho ** t * (Math.cos(theta * t) + b * Math.sin(theta * t))
}

describe('sgd on a quadratic', () => {
  const curvature = 2

  it("follows the lecture's rule: (v, w) is multiplied by [[μ, −r], [μ, 1 − r]], r = ε(curvature + decay)", () => {
    const [rate, momentum, decay] = [0.05, 0.9, 0.0005]
    const r = rate * (curvature + decay)
    const expected = closedForm(momentum + 1 - r, momentum, 1 - r)
    trajectory({ rate, momentum, decay }, curvature, 40).forEach((w, t) =>
      expect(Math.abs(w - expected(t + 1))).toBeLessThan(1e-14),
    )
  })

  it('with Nesterov, by [[μ, −r], [μ², 1 − r − μr]]', () => {
    const [rate, momentum, decay] = [0.05, 0.9, 0.01]
    const r = rate * (curvature + decay)
    const corner = 1 - r - momentum * r
    const expected = closedForm(momentum + corner, momentum * corner + r * momentum ** 2, corner)
    trajectory({ rate, momentum, decay, nesterov: true }, curvature, 40).forEach((w, t) =>
      expect(Math.abs(w - expected(t + 1))).toBeLessThan(1e-14),
    )
  })

  it('without momentum, by 1 − r', () => {
    trajectory({ rate: 0.1 }, curvature, 20).forEach((w, t) => expect(w).toBeCloseTo(0.8 ** (t + 1), 14))
  })
})

describe('sgd of gradients', () => {
  it.each([false, true])('takes the same steps at a constant rate, nesterov %s', (nesterov) => {
    const recipe = { rate: 0.05, momentum: 0.9, decay: 0.01, nesterov }
    const own = trajectory({ ...recipe, velocity: 'gradients' }, 2, 40)
    trajectory(recipe, 2, 40).forEach((w, t) => expect(Math.abs(w - own[t])).toBeLessThan(1e-14))
  })

  it.each([false, true])("follows PyTorch's recursion where the rate falls, nesterov %s", (nesterov) => {
    const [momentum, decay] = [0.85, 0.1]
    const parameters = { w: tensor(new Float64Array([1]), [1]) }
    const optimizer = sgd({ rate: 0.1, momentum, decay, nesterov, velocity: 'gradients' })
    let state = optimizer.init(parameters)
    let [w, buffer] = [1, 0]
    for (let step = 0; step < 10; step++) {
      const [rate, gradient] = [0.1 * (1 - step / 10), Math.sin(step)]
      state = optimizer.update(parameters, { w: tensor(new Float64Array([gradient]), [1]) }, state, { rate })
      // torch.optim.SGD: d_p = g + wd·w; buf = μ·buf + d_p; w −= lr·(nesterov ? d_p + μ·buf : buf)
      const pull = gradient + decay * w
      buffer = momentum * buffer + pull
      w -= rate * (nesterov ? pull + momentum * buffer : buffer)
      expect(Math.abs(parameters.w.item() - w)).toBeLessThan(1e-15)
    }
  })
})

describe('sgd refuses', () => {
  it.each([
    [{ rate: -0.1 }, 'rate is -0.1'],
    [{ rate: NaN }, 'rate is NaN'],
    [{ rate: 0.1, momentum: 1 }, 'momentum is 1'],
    [{ rate: 0.1, decay: -1 }, 'decay is -1'],
    [{ rate: 0.1, weightDecay: 0.1 }, 'sgd has no option weightDecay'],
    [{ rate: 0.1, nesterow: true }, 'Did you mean nesterov?'],
    [{ rate: 0.1, nesterov: 'no' }, "nesterov is 'no'"],
    [{ rate: 0.1, velocity: 'gradient' }, 'velocity'],
    [{ rate: 0.1, groups: 3 }, 'groups is 3'],
    [{}, 'sgd needs rate'],
    [undefined, 'sgd needs rate'],
    [{ rate: 0.1, groups: [{ match: /w/, momentum: 1.5 }] }, 'groups[0]: momentum is 1.5'],
    [{ rate: 0.1, groups: [{ match: /w/, rate: -1 }] }, 'groups[0]: rate is -1'],
    [{ rate: 0.1, groups: [{ match: /w/, lr: 1 }] }, 'groups[0] has no option lr'],
    [{ rate: 0.1, groups: [{ rate: 1 }] }, 'groups[0] needs match'],
  ])('%o', (recipe, message) => {
    const make = () => sgd(recipe as Parameters<typeof sgd>[0])
    expect(make).toThrow(ValueError)
    expect(make).toThrow(message)
  })
})
