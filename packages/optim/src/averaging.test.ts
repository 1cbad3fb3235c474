import { ShapeError, type Tensor, ValueError, random, randomNormal, tensor } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { ema, followWeights, lookahead } from './averaging.ts'

const f64 = (...data: number[]): { w: Tensor } => ({ w: tensor(Float64Array.from(data), [data.length]) })

it('ema is the sum of past weights, each a factor of decay less than the next', () => {
  const [average, decay] = [f64(2), 0.9]
  const seen = [1, 4, -2, 3]
  seen.forEach((w, step) => followWeights(average, f64(w), ema({ decay }), step + 1))
  const expected = seen.reduce((sum, w, i) => sum + (1 - decay) * decay ** (3 - i) * w, decay ** 4 * 2)
  expect(average.w.item()).toBeCloseTo(expected, 14)
})

it('moves only at every so many steps, by what decay says of the step', () => {
  const average = f64(0)
  const how = ema({ every: 3, decay: (step) => step / 10 })
  for (let step = 0; step < 7; step++) followWeights(average, f64(1), how, step)
  // at 3: 0.7; at 6: 0.6·0.7 + 0.4
  expect(average.w.item()).toBeCloseTo(0.6 * 0.7 + 0.4, 14)
})

it('lookahead puts the weights back to the slow ones: the recursion of algorithm 1', () => {
  const [slow, fast] = [f64(1, 2), f64(1, 2)]
  let [phi, theta] = [
    [1, 2],
    [1, 2],
  ]
  for (let step = 1; step <= 12; step++) {
    theta = theta.map((x, i) => x - 0.1 * (x - i) ** 3)
    const moved = Array.from(fast.w.toTypedArray(), (x, i) => x - 0.1 * (x - i) ** 3)
    fast.w = tensor(Float64Array.from(moved), [2])
    followWeights(slow, fast, lookahead({ decay: 0.3, every: 4 }), step)
    if (step % 4 === 0) {
      phi = phi.map((x, i) => 0.3 * x + 0.7 * theta[i])
      theta = [...phi]
    }
    theta.forEach((x, i) => expect(fast.w.toTypedArray()[i]).toBeCloseTo(x, 14))
    phi.forEach((x, i) => expect(slow.w.toTypedArray()[i]).toBeCloseTo(x, 14))
  }
})

it('takes complex weights in their parts', () => {
  const [average, weights] = [1, 2].map((seed) => ({ w: randomNormal([3], random(seed), { dtype: 'complex64' }) }))
  const parts = { w: average.w.asReal().clone() }
  followWeights(average, weights, ema({ decay: 0.5 }), 1)
  followWeights(parts, { w: weights.w.asReal() }, ema({ decay: 0.5 }), 1)
  expect(average.w.toTypedArray()).toEqual(parts.w.toTypedArray())
})

it.each([
  [() => ema({ decay: 1.5 }), ValueError, 'decay is 1.5'],
  [() => lookahead({ every: 0 }), ValueError, 'every is 0'],
  [() => ema({ dekay: 0.5 } as never), ValueError, 'Did you mean decay?'],
  [() => followWeights(f64(1), f64(1), ema({ decay: () => 2 }), 4), ValueError, 'ema: decay after 4 steps is 2'],
  [() => followWeights({}, f64(1), ema(), 1), ValueError, 'the average has no `w`'],
  [() => followWeights(f64(1, 2), f64(1), ema(), 1), ShapeError, "the average's `w` is of another shape"],
])('refuses, case %#', (run, type, message) => {
  expect(run).toThrow(type)
  expect(run).toThrow(message)
})
