import {
  DTypeError,
  type Named,
  ShapeError,
  type Tensor,
  ValueError,
  add,
  mean,
  onBackend,
  random,
  randomNormal,
  scope,
  square,
  sum,
  tensor,
  valueAndGrad,
} from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { adam, adamW } from './adam.ts'
import { clipByNorm } from './clip.ts'
import { deviceBackend } from '@scatterlab/testing'
import type { Optimizer, OptimizerState } from './optimizer.ts'
import { mixed } from './mixed.ts'
import { sgd } from './sgd.ts'

const f64 = (...data: number[]) => tensor(new Float64Array(data), [data.length])
const numbers = (arrays: Named): Record<string, number[]> =>
  Object.fromEntries(Object.entries(arrays).map(([name, x]) => [name, Array.from(x.toTypedArray())]))

const optimizers: [string, () => Optimizer][] = [
  ['sgd', () => sgd({ rate: 0.05, momentum: 0.9, decay: 0.001 })],
  ['sgd, Nesterov', () => sgd({ rate: 0.05, momentum: 0.9, nesterov: true })],
  ['adam', () => adam({ rate: 0.05, decay: 0.01 })],
  ['adamW', () => adamW({ rate: 0.05 })],
  ['sgd of gradients', () => sgd({ rate: 0.05, momentum: 0.9, nesterov: true, decay: 0.001, velocity: 'gradients' })],
  ['mixed', () => mixed([{ match: /./, optimizer: adamW({ rate: 1, decay: 0.001 }) }])],
]

it('says by what settings it goes, in plain JSON', () => {
  const groups = [{ match: /bias$/, rate: 2, decay: 0 }]
  const { settings } = sgd({ rate: 0.1, momentum: 0.9, groups })
  const found = [{ match: '/bias$/', rate: 2, decay: 0 }]
  expect(settings).toEqual({ rule: 'sgd', momentum: 0.9, decay: 0, nesterov: false, groups: found })
  expect(JSON.parse(JSON.stringify(settings))).toEqual(settings)
  const own = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, groups: [] }
  expect(adam({ rate: 0.1 }).settings).toEqual({ rule: 'adam', decay: 0, ...own })
  expect(adamW({ rate: 0.1 }).settings).toEqual({ rule: 'adamW', decay: 0.01, ...own })
})

describe.each(optimizers)('%s', (_, create) => {
  const fresh = (): Named => ({
    matrix: randomNormal([3, 4], random(1)),
    bias: randomNormal([4], random(2), { dtype: 'float64' }),
    filter: randomNormal([2, 3], random(3), { dtype: 'complex64' }),
    // every second number of a longer array
    strided: randomNormal([10], random(4)).slice([0, 10, 2]),
  })
  const gradientsAt = (parameters: Named, step: number): Named =>
    Object.fromEntries(
      Object.entries(parameters).map(([name, { shape, dtype }], i) => [
        name,
        randomNormal(shape, random(100 * step + i), { dtype }),
      ]),
    )
  const run = (optimizer: Optimizer, parameters: Named, state: OptimizerState, count: number): OptimizerState => {
    for (let i = 0; i < count; i++) state = optimizer.update(parameters, gradientsAt(parameters, state.step), state)
    return state
  }

  it('goes on bit for bit from a state that was written out and read in', async () => {
    const uninterrupted = fresh()
    const last = run(create(), uninterrupted, create().init(uninterrupted), 10)

    const first = fresh()
    const half = run(create(), first, create().init(first), 5)
    const copies = async (arrays: Named): Promise<Named> => {
      const entries = Object.entries(arrays).map(
        async ([name, x]) => [name, tensor(await x.read(), x.shape, { dtype: x.dtype })] as const,
      )
      return Object.fromEntries(await Promise.all(entries))
    }
    const step = (JSON.parse(JSON.stringify({ step: half.step })) as { step: number }).step
    const parameters = await copies(first)
    const resumed = run(create(), parameters, { step, tensors: await copies(half.tensors) }, 5)

    expect(resumed.step).toBe(10)
    expect(numbers(parameters)).toEqual(numbers(uninterrupted))
    expect(numbers(resumed.tensors)).toEqual(numbers(last.tensors))
  })

  it('changes complex weights in real and imaginary parts', () => {
    const { filter } = fresh()
    const parts = { filter: filter.asReal().clone() }
    const whole = { filter }
    const g = randomNormal([2, 3], random(9), { dtype: 'complex64' })
    const optimizer = create()
    optimizer.update(whole, { filter: g }, optimizer.init(whole))
    optimizer.update(parts, { filter: g.asReal() }, optimizer.init(parts))
    expect(whole.filter.toTypedArray()).toEqual(parts.filter.toTypedArray())
  })

  it('takes a rate for one step in the place of its own', () => {
    const [one, two] = [{ w: f64(1, 2) }, { w: f64(1, 2) }]
    const g = { w: f64(0.3, -0.4) }
    const optimizer = create()
    optimizer.update(one, g, optimizer.init(one), { rate: 0 })
    expect(numbers(one)).toEqual({ w: [1, 2] })
    optimizer.update(one, g, optimizer.init(one), { rate: optimizer.rate })
    optimizer.update(two, g, optimizer.init(two))
    expect(numbers(one)).toEqual(numbers(two))
    expect(() => optimizer.update(one, g, optimizer.init(one), { rate: -1 })).toThrow('rate is -1')
  })

  it('holds the same memory over a thousand steps, on a back end that shows no numbers, and learns', async () => {
    const backend = deviceBackend()
    const there = (x: Tensor): Tensor => onBackend(x, backend)
    const weights = { w: there(f64(1, -2, 3)), b: there(f64(0.5)) }
    const loss = ({ w, b }: typeof weights): Tensor => add(mean(square(w)), sum(square(b)))
    const optimizer = create()
    // zeros that are made in a scope outlive it
    const made: OptimizerState[] = []
    scope(() => void made.push(optimizer.init(weights)))
    let [state] = made
    const before = backend.live.size
    expect(before).toBe(2 + Object.keys(state.tensors).length)
    for (let i = 0; i < 1000; i++) {
      state = scope(() => {
        const { gradient } = valueAndGrad(loss)(weights)
        clipByNorm(gradient, 1)
        return optimizer.update(weights, gradient, state, { rate: 0.05 / (1 + i / 50) })
      })
      expect(backend.live.size).toBe(before)
    }
    for (const value of await weights.w.read()) expect(Math.abs(value)).toBeLessThan(0.05)
  })

  it('refuses what does not fit, by name, before anything is changed', () => {
    const parameters = { a: f64(1, 2), 'conv1.weight': f64(1, 2, 3) }
    const g = { a: f64(1, 1), 'conv1.weight': f64(1, 1, 1) }
    const optimizer = create()
    const state = optimizer.init(parameters)
    const before = numbers(parameters)
    const remembered = numbers(state.tensors)
    const slot = Object.keys(state.tensors).find((name) => name.endsWith('/conv1.weight'))!
    const { [slot]: _, ...rest } = state.tensors
    const cases: [Named, OptimizerState, new (message: string) => Error, string][] = [
      [{ a: g.a }, state, ValueError, 'no gradient for `conv1.weight`'],
      [{ ...g, 'conv1.weight': f64(1, 1) }, state, ShapeError, 'the gradient of `conv1.weight` is 2, the parameter 3'],
      [{ ...g, 'conv1.weight': g['conv1.weight'].clone('float32') }, state, DTypeError, '`conv1.weight` is float32'],
      [{ ...g, 'conv1.weight': onBackend(g.a, deviceBackend()) }, state, ShapeError, '`conv1.weight`'],
      [{ ...g, a: onBackend(g.a, deviceBackend()) }, state, DTypeError, 'on the device back end'],
      [g, { ...state, tensors: rest }, ValueError, `the state has no \`${slot}\``],
      [g, { ...state, tensors: { ...rest, [slot]: f64(1) } }, ShapeError, `the state's \`${slot}\` is 1`],
    ]
    for (const [gradients, from, type, message] of cases) {
      expect(() => optimizer.update(parameters, gradients, from)).toThrow(type)
      expect(() => optimizer.update(parameters, gradients, from)).toThrow(message)
    }
    expect(numbers(parameters)).toEqual(before)
    expect(numbers(state.tensors)).toEqual(remembered)
  })
})

describe('groups', () => {
  const parameters = () => ({ 'conv1.weight': f64(1), 'conv1.bias': f64(1), 'fc.weight': f64(1), 'fc.bias': f64(1) })
  const g = { 'conv1.weight': f64(1), 'conv1.bias': f64(1), 'fc.weight': f64(1), 'fc.bias': f64(1) }

  it('have their own rate, decay and momentum; the first that matches wins', () => {
    const w = parameters()
    const optimizer = sgd({
      rate: 0.1,
      momentum: 0.5,
      decay: 1,
      groups: [
        { match: /\.bias$/g, rate: 2, decay: 0 },
        { match: (name) => name.startsWith('conv1'), rate: 3, momentum: 0 },
      ],
    })
    let state = optimizer.init(w)
    // v = −rate·(g + decay·w)
    state = optimizer.update(w, g, state)
    expect(w['conv1.weight'].item()).toBeCloseTo(1 - 0.3 * 2, 14)
    expect(w['conv1.bias'].item()).toBeCloseTo(1 - 0.2, 14)
    expect(w['fc.bias'].item()).toBeCloseTo(1 - 0.2, 14)
    expect(w['fc.weight'].item()).toBeCloseTo(1 - 0.1 * 2, 14)
    // a momentum of 0 and of 1/2
    optimizer.update(w, g, state)
    expect(w['conv1.weight'].item()).toBeCloseTo(0.4 - 0.3 * 1.4, 14)
    expect(w['fc.weight'].item()).toBeCloseTo(0.8 - 0.1 * 1.8 - 0.5 * 0.2, 14)
  })

  it('of adam have their own rate and decay', () => {
    const w = parameters()
    const optimizer = adamW({ rate: 0.1, decay: 1, epsilon: 1e-12, groups: [{ match: /bias/, decay: 0, rate: 0.5 }] })
    optimizer.update(w, g, optimizer.init(w))
    expect(w['fc.weight'].item()).toBeCloseTo(1 - 0.1 - 0.1, 11)
    expect(w['fc.bias'].item()).toBeCloseTo(1 - 0.05, 11)
  })

  it.each([sgd, adam, adamW])('with rate 0 are frozen: nothing changes, nothing is asked or remembered', (make) => {
    const w = parameters()
    const optimizer = make({ rate: 0.1, decay: 0.1, groups: [{ match: /^conv1/, rate: 0 }] })
    const state = optimizer.init(w)
    expect(Object.keys(state.tensors).filter((name) => name.includes('conv1'))).toEqual([])
    optimizer.update(w, { 'fc.weight': f64(1), 'fc.bias': f64(1) }, state)
    expect(w['conv1.weight'].item()).toBe(1)
    expect(w['fc.weight'].item()).not.toBe(1)
  })

  it('arguments that are no arrays by name are refused', () => {
    const optimizer = sgd({ rate: 0.1 })
    const state = optimizer.init(parameters())
    for (const wrong of [undefined, null, 3, [f64(1)], f64(1), { w: 1 }]) {
      expect(() => optimizer.init(wrong as never)).toThrow(ValueError)
      expect(() => optimizer.update(parameters(), wrong as never, state)).toThrow('the gradients')
      expect(() => clipByNorm(wrong as never, 1)).toThrow(ValueError)
      expect(() => optimizer.update(parameters(), parameters(), wrong as never)).toThrow('the state')
    }
  })

  it('that no parameter belongs to are a mistake', () => {
    const optimizer = sgd({ rate: 0.1, groups: [{ match: /conv9/, rate: 0 }] })
    expect(() => optimizer.init(parameters())).toThrow(ValueError)
    expect(() => optimizer.init(parameters())).toThrow(
      'groups[0] (/conv9/) matches no parameter: there are conv1.weight',
    )
  })
})
