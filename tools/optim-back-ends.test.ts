// The same training and the same minimisation on every back end: what optim, which does not know who computes, may not test.
import { adamW, clipByNorm, lbfgs, mixed, muon, sgd, triangular } from '@scatterlab/optim'
import {
  type Backend,
  type Named,
  type Tensor,
  abs,
  add,
  fft2,
  matmul,
  mean,
  mul,
  onBackend,
  random,
  randomNormal,
  reference,
  relu,
  scope,
  square,
  sub,
  sum,
  valueAndGrad,
} from '@scatterlab/tensor'

import { expectClose } from '@scatterlab/testing'
import { createWasmBackend } from '@scatterlab/wasm'
import { describe, expect, it } from 'vitest'

const groups = [{ match: /bias/, decay: 0, rate: 2 }]

/** The weights of a small network after 20 steps. */
function train(backend: Backend, optimizer: ReturnType<typeof sgd>): Named {
  const numbers = random(1)
  const there = (...shape: number[]) => onBackend(mul(randomNormal(shape, numbers), 0.3), backend)
  const weights = { first: there(9, 17), bias: there(17), second: there(17, 3) }
  const [x, y] = [there(32, 9), there(32, 3)]
  const loss = ({ first, bias, second }: typeof weights): Tensor =>
    mean(square(sub(matmul(relu(add(matmul(x, first), bias)), second), y)))
  let state = optimizer.init(weights)
  for (let i = 0; i < 20; i++) {
    state = scope(() => {
      const { gradient } = valueAndGrad(loss)(weights)
      clipByNorm(gradient, 0.05)
      return optimizer.update(weights, gradient, state)
    })
  }
  return weights
}

describe.each([1, 2])('on WebAssembly with %d threads', (threads) => {
  const backend = createWasmBackend({ threads })

  it.each([
    ['sgd', sgd({ rate: 0.1, momentum: 0.9, decay: 0.0005, groups })],
    ['Nesterov', sgd({ rate: 0.1, momentum: 0.9, nesterov: true, groups })],
    ['adamW', adamW({ rate: 0.01, groups })],
    ['sgd of gradients', sgd({ rate: 0.1, momentum: 0.9, nesterov: true, velocity: 'gradients', groups })],
    [
      'Muon beside sgd',
      mixed([
        { match: /bias/, optimizer: sgd({ rate: 0.1 }) },
        { match: /./, optimizer: muon({ rate: 0.05, normalise: true }), schedule: triangular({ steps: 20, rise: 5 }) },
      ]),
    ],
  ])('%s arrives where the reference does', (_, optimizer) => {
    const expected = train(reference, optimizer)
    // rounding of 20 steps in single precision
    Object.entries(train(backend, optimizer)).forEach(([name, weights]) =>
      expectClose(weights, expected[name], { ofLargest: 1e-5 }),
    )
    expect([...backend.declined.keys()].filter((name) => name.endsWith('Update'))).toEqual([])
  })

  it('lbfgs arrives where the reference does in double precision', async () => {
    const target = randomNormal([8, 8], random(1), { dtype: 'float64' })
    const kernel = randomNormal([8, 8], random(2), { dtype: 'complex128' })
    const minimise = (on: Backend, dtype: 'float32' | 'float64') => {
      const H = onBackend(kernel.clone(dtype === 'float32' ? 'complex64' : 'complex128'), on)
      const goal = onBackend(target.clone(dtype), on)
      const away = (x: Tensor): Tensor => sum(square(abs(mul(H, fft2(sub(x, goal))))))
      return lbfgs((x) => add(away(x), sum(square(x))), onBackend(mul(target, 0).clone(dtype), on), { iterations: 200 })
    }
    const exact = await minimise(reference, 'float64')
    const found = await minimise(backend, 'float32')
    expect(exact.reason).toBe('gradient')
    expect(found.x.backend).toBe(backend)
    expectClose(await found.x.read(), exact.x.toTypedArray(), { ofLargest: 1e-4 })
    expectClose(found.value, exact.value, { relative: 1e-5 })
  })
})
