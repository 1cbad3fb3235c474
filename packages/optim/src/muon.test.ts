import {
  DTypeError,
  type Named,
  ShapeError,
  type Tensor,
  mean,
  onBackend,
  random,
  randomNormal,
  scope,
  square,
  sub,
  matmul,
  tensor,
  valueAndGrad,
} from '@scatterlab/tensor'
import { deviceBackend } from '@scatterlab/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { muon, orthogonalise } from './muon.ts'

/** What one iteration makes of a singular value. */
const quintic = (x: number): number => 3.4445 * x - 4.775 * x ** 3 + 2.0315 * x ** 5
const iterated = (x: number, times: number): number => (times === 0 ? x : iterated(quintic(x), times - 1))

const matrix = (rows: number, columns: number, at: (i: number, j: number) => number): Tensor =>
  tensor(
    Float64Array.from({ length: rows * columns }, (_, k) => at(Math.floor(k / columns), k % columns)),
    [rows, columns],
  )

/** An orthogonal matrix, a product of rotations in the planes of neighbours. */
function rotation(size: number, seed: number): number[][] {
  const stream = random(seed)
  const q = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) => Number(i === j)))
  for (let turn = 0; turn < 3 * size; turn++) {
    const [i, angle] = [turn % Math.max(1, size - 1), stream.uniform() * 6]
    if (size < 2) break
    for (const row of q) {
      const [a, b] = [row[i], row[i + 1]]
      row[i] = Math.cos(angle) * a - Math.sin(angle) * b
      row[i + 1] = Math.sin(angle) * a + Math.cos(angle) * b
    }
  }
  return q
}

describe('orthogonalise', () => {
  it('makes five iterations, and muon as many', () => {
    const x = matrix(3, 2, (i, j) => Math.sin(1 + 2 * i + 5 * j))
    expect(orthogonalise(x).toTypedArray()).toEqual(orthogonalise(x, { iterations: 5 }).toTypedArray())
    expect(orthogonalise(x).toTypedArray()).not.toEqual(orthogonalise(x, { iterations: 4 }).toTypedArray())
    expect(muon({ rate: 0.1 }).settings).toMatchObject({ iterations: 5, momentum: 0.95, nesterov: true })
  })

  it('makes of U·S·Vᵀ the matrix U·p(S / ‖S‖)·Vᵀ, p the iterated polynomial', () => {
    const sizes = fc.integer({ min: 1, max: 7 })
    fc.assert(
      fc.property(sizes, sizes, fc.integer({ min: 1, max: 6 }), fc.nat(1000), (rows, columns, iterations, seed) => {
        const [U, V] = [rotation(rows, seed), rotation(columns, seed + 1)]
        const stream = random(seed + 2)
        const S = Array.from({ length: Math.min(rows, columns) }, () => 0.1 + stream.uniform())
        const length = Math.hypot(...S)
        const product = (values: number[]) => (i: number, j: number) =>
          values.reduce((sum, s, k) => sum + U[i][k] * s * V[j][k], 0)
        const found = orthogonalise(matrix(rows, columns, product(S)), { iterations }).toTypedArray()
        const expected = matrix(rows, columns, product(S.map((s) => iterated(s / length, iterations)))).toTypedArray()
        // some hundred roundings, which the slopes of p enlarge: 3.4 at 0 in each iteration
        found.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-11))
      }),
    )
  })

  it('in five iterations brings singular values of 1 % and more to between 0.7 and 1.2', () => {
    for (let s = 0.01; s <= 1; s += 0.001) {
      expect(iterated(s, 5)).toBeGreaterThan(0.68)
      expect(iterated(s, 5)).toBeLessThan(1.21)
    }
  })

  it('of zeros is zeros', () => {
    expect(Array.from(orthogonalise(matrix(2, 3, () => 0)).toTypedArray())).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('takes real matrices only', () => {
    expect(() => orthogonalise(tensor([1, 2]))).toThrow(ShapeError)
    expect(() => orthogonalise(randomNormal([2, 2], random(1), { dtype: 'complex64' }))).toThrow(DTypeError)
  })
})

describe('muon', () => {
  const diagonal = (a: number, b: number) => matrix(2, 2, (i, j) => (i === j ? [a, b][i] : 0))

  it('steps by the closed form on diagonal matrices', () => {
    const [rate, momentum, iterations, decay] = [0.1, 0.6, 3, 0.5]
    const w = { w: diagonal(1, -2) }
    const optimizer = muon({ rate, momentum, iterations, decay })
    let state = optimizer.init(w)
    let [weight, velocity] = [
      [1, -2],
      [0, 0],
    ]
    for (const g of [
      [3, 4],
      [-1, 2],
      [0.5, 0.25],
    ]) {
      state = optimizer.update(w, { w: diagonal(g[0], g[1]) }, state)
      velocity = velocity.map((v, i) => momentum * v + g[i])
      const ahead = velocity.map((v, i) => g[i] + momentum * v)
      const length = Math.hypot(...ahead)
      weight = weight.map((x, i) => (1 - rate * decay) * x - rate * iterated(ahead[i] / length, iterations))
      const found = Array.from(w.w.toTypedArray())
      ;[weight[0], 0, 0, weight[1]].forEach((value, i) => expect(found[i]).toBeCloseTo(value, 13))
    }
    expect(state.step).toBe(3)
  })

  it('without nesterov goes along the velocity; with normalise the weight has the norm √rows before its step', () => {
    const w = { w: diagonal(3, 4) }
    const optimizer = muon({ rate: 0.1, momentum: 0.5, nesterov: false, iterations: 1, normalise: true })
    optimizer.update(w, { w: diagonal(1, 0) }, optimizer.init(w))
    const found = Array.from(w.w.toTypedArray())
    expect(found[0]).toBeCloseTo((3 * Math.SQRT2) / 5 - 0.1 * quintic(1), 14)
    expect(found[3]).toBeCloseTo((4 * Math.SQRT2) / 5, 14)
  })

  it('takes longer steps in tall matrices, by √(rows / columns), and those of filters as matrices', () => {
    const tall = { w: matrix(8, 2, () => 0).reshape(8, 1, 2, 1) }
    const g = { w: matrix(8, 2, (i, j) => Number(i === j)).reshape(8, 1, 2, 1) }
    const step = iterated(Math.SQRT1_2, 5)
    for (const [scale, factor] of [
      ['shape', 2],
      ['none', 1],
    ] as const) {
      const own = { w: tall.w.clone() }
      const optimizer = muon({ rate: 0.1, scale })
      optimizer.update(own, g, optimizer.init(own))
      expect(own.w.toTypedArray()[0]).toBeCloseTo(-0.1 * factor * step, 13)
      expect(own.w.toTypedArray()[1]).toBeCloseTo(0, 13)
    }
  })

  it('refuses what is no real matrix, when it is told of the parameters', () => {
    const optimizer = muon({ rate: 0.1, groups: [{ match: /^frozen/, rate: 0 }] })
    const frozen = tensor([1])
    expect(() => optimizer.init({ frozen, bias: tensor([1, 2]) })).toThrow(ShapeError)
    expect(() => optimizer.init({ frozen, bias: tensor([1, 2]) })).toThrow(
      '`bias` of shape 2 is no matrix: train it by',
    )
    const complex = randomNormal([2, 2], random(1), { dtype: 'complex64' })
    expect(() => optimizer.init({ frozen, complex })).toThrow(DTypeError)
    expect(Object.keys(optimizer.init({ frozen, w: diagonal(1, 2) }).tensors)).toEqual(['momentum/w'])
  })

  it('goes on bit for bit from a state that was written out and read in', async () => {
    const begin = (): Named => ({ w: randomNormal([4, 3, 3, 3], random(1)) })
    const gradient = (step: number): Named => ({ w: randomNormal([4, 3, 3, 3], random(step)) })
    const optimizer = muon({ rate: 0.24, momentum: 0.6, iterations: 3, normalise: true })
    const whole = begin()
    let state = optimizer.init(whole)
    for (let step = 0; step < 6; step++) state = optimizer.update(whole, gradient(step), state)
    const cut = begin()
    let first = optimizer.init(cut)
    for (let step = 0; step < 3; step++) first = optimizer.update(cut, gradient(step), first)
    const copyOf = async (arrays: Named) =>
      Object.fromEntries(
        await Promise.all(
          Object.entries(arrays).map(async ([name, x]) => [name, tensor(await x.read(), x.shape)] as const),
        ),
      )
    const again = await copyOf(cut)
    let rest = { step: 3, tensors: await copyOf(first.tensors) }
    for (let step = 3; step < 6; step++) rest = { ...optimizer.update(again, gradient(step), rest) } as typeof rest
    expect(again.w.toTypedArray()).toEqual(whole.w.toTypedArray())
  })

  it('learns a matrix from examples, and holds no memory from step to step, reading nothing', async () => {
    const backend = deviceBackend()
    const there = (x: Tensor): Tensor => onBackend(x, backend)
    const truth = randomNormal([5, 4], random(1))
    const x = randomNormal([4, 30], random(2))
    const [X, y] = [there(x), there(matmul(truth, x))]
    const weights = { w: there(matrix(5, 4, () => 0).clone('float32')) }
    const loss = ({ w }: typeof weights): Tensor => mean(square(sub(matmul(w, X), y)))
    const optimizer = muon({ rate: 0.1 })
    let state = optimizer.init(weights)
    const before = backend.live.size
    for (let step = 0; step < 150; step++) {
      state = scope(() =>
        optimizer.update(weights, valueAndGrad(loss)(weights).gradient, state, { rate: 0.2 * (1 - step / 150) }),
      )
      expect(backend.live.size).toBe(before)
    }
    const found = await weights.w.read()
    truth.toTypedArray().forEach((value, i) => expect(Math.abs(found[i] - value)).toBeLessThan(0.02))
  })
})
