import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Backend, Buffer } from '../backend/backend.ts'
import { countingBackend } from '../backend/counting.test.backend.ts'
import { onBackend, zeros } from '../array/create.ts'
import { abs, add, div, exp, maximum, mul, neg, relu, square, sub, tanh } from '../array/elementwise.ts'
import { ShapeError, ValueError } from '../errors.ts'
import { fft2, ifft2 } from '../fourier/fourier.ts'
import { grad, stopGradient, valueAndGrad } from './grad.ts'
import { matmul } from '../array/matmul.ts'
import { elements, noise } from '../fourier/naive.test.oracle.ts'
import { max, mean, min, norm, sum, variance } from '../array/reduction.ts'
import { scope } from '../array/scope.ts'
import { differentiable, isRecording } from './tape.ts'
import { type Tensor, empty, tensor } from '../array/tensor.ts'

const f64 = (data: number[]): Tensor => tensor(data, [data.length], { dtype: 'float64' })

describe('grad', () => {
  it('is the derivative, by hand', () => {
    const { value, gradient } = valueAndGrad((x: Tensor) => sum(mul(x, square(x))))(f64([1, 2, 3]))
    expect(value.item()).toBe(36)
    expect(elements(gradient)).toEqual([3, 12, 27])
    expect(elements(grad((x: Tensor) => x)(f64([7])))).toEqual([1])
  })

  it('has the form of its variables, and is zero where nothing depends on one', () => {
    const variables = { w: [f64([1, 2]), f64([3])], deep: { b: f64([4]), idle: noise([2, 3], 1, 'complex64') } }
    const gradient = grad(({ w, deep }: typeof variables) => sum(mul(mul(w[0], w[1]), deep.b)))(variables)
    expect(gradient.w.map(elements)).toEqual([[12, 12], [12]])
    expect(elements(gradient.deep.b)).toEqual([9])
    expect([gradient.deep.idle.dtype, gradient.deep.idle.shape]).toEqual(['complex64', [2, 3]])
    expect(elements(gradient.deep.idle).every((v) => v === 0)).toBe(true)
  })

  it('takes other arguments as constants and gives what follows the value', () => {
    const f = (x: Tensor, scale: Tensor, power: number) => [sum(mul(scale, x)), x.shape, mul(x, power)] as const
    const { value, gradient } = valueAndGrad(f)(f64([1, 2]), f64([5]), 3)
    expect(value[0].item()).toBe(15)
    expect(value[1]).toEqual([2])
    expect(elements(value[2])).toEqual([3, 6])
    expect(elements(gradient)).toEqual([5, 5])
  })

  it('adds up over every way that a variable is used, in any order', () => {
    const x = f64([1, 2, 3])
    // x + x aliases one gradient twice, slices write into parts of it, reshapes share memory with it
    const f = (x: Tensor): Tensor => {
      const twice = add(x, x)
      const ends = mul(x.slice([0, 1]), x.slice([2, 3]))
      const flipped = mul(x.slice([-1, undefined, -1]), f64([1, 10, 100]))
      return sum(add(add(twice, ends), add(flipped, x.reshape(3, 1).reshape(3))))
    }
    // Σ (2x + x₁x₃ + flipped + x), ends broadcast over three
    expect(elements(grad(f)(x))).toEqual([2 + 3 * 3 + 100 + 1, 2 + 10 + 1, 2 + 3 + 1 + 1])
  })

  it('never writes into a gradient that another one shares', () => {
    const [x, y] = [f64([1, 2]), f64([3, 4])]
    const f = ([x, y]: readonly [Tensor, Tensor]): Tensor => {
      const early = square(x)
      // both gradients begin as the one of the sum; then that of x² is added to x's
      return sum(add(mul(add(x, y), f64([10, 20])), early))
    }
    expect(grad(f)([x, y] as const).map(elements)).toEqual([
      [12, 24],
      [10, 20],
    ])
    // and one that begins as a single number repeated
    const repeated = (x: Tensor): Tensor => {
      const early = square(x)
      return add(mul(sum(x), 2), mul(sum(early), 3))
    }
    expect(elements(grad(repeated)(x))).toEqual([8, 14])
  })

  it('is shared by equals where one is the extremum', () => {
    expect(elements(grad((x: Tensor) => max(x))(f64([3, 1, 3, 2])))).toEqual([0.5, 0, 0.5, 0])
    expect(elements(grad((x: Tensor) => min(x))(f64([1, 1, 1, 2])))).toEqual([1 / 3, 1 / 3, 1 / 3, 0])
    const pair = grad(([a, b]: readonly [Tensor, Tensor]) => sum(maximum(a, b)))([f64([1, 2]), f64([1, 1])] as const)
    expect(pair.map(elements)).toEqual([
      [0.5, 1],
      [0.5, 0],
    ])
  })

  it('gives each variable memory of its own, dense', () => {
    const [a, b] = [f64([1, 2]), f64([3, 4])]
    const [ga, gb] = grad(([a, b]: readonly [Tensor, Tensor]) => sum(add(a, b)))([a, b] as const)
    expect(ga.buffer).not.toBe(gb.buffer)
    expect([ga.isContiguous, gb.isContiguous]).toEqual([true, true])
    neg.into(ga, ga)
    expect(elements(gb)).toEqual([1, 1])
    // a rule that hands out an array of the forward computation
    const through = grad((x: Tensor) => sum(differentiable(mul(x, 1), [x, () => b])))(a)
    neg.into(through, through)
    expect(elements(b)).toEqual([3, 4])
  })

  it('keeps element types', () => {
    const w = noise([3], 1, 'float32')
    const z = noise([3], 2, 'complex128')
    const gradient = grad((v: { w: Tensor; z: Tensor }) => sum(abs(mul(v.w, v.z))))({ w, z })
    expect([gradient.w.dtype, gradient.z.dtype]).toEqual(['float32', 'complex128'])
  })

  it('takes ∂/∂Re + i·∂/∂Im for the gradient of a complex array', () => {
    const z = tensor(new Float64Array([3, 4]), [1], { dtype: 'complex128' })
    // |z|: the direction z/|z|; |z|²: 2z; Re(w·z): conj w
    expect(elements(grad((z: Tensor) => sum(abs(z)))(z))).toEqual([0.6, 0.8])
    expect(elements(grad((z: Tensor) => sum(square(abs(z))))(z)).map((v) => Math.round(v * 1e12) / 1e12)).toEqual([
      6, 8,
    ])
    const w = tensor(new Float64Array([5, 7]), [1], { dtype: 'complex128' })
    expect(elements(grad((z: Tensor) => sum(mul(w, z)).real)(z))).toEqual([5, -7])
  })

  it('is 0 where a modulus, a norm or a rectifier bends', () => {
    const zero = zeros([2], { dtype: 'complex128' })
    expect(elements(grad((z: Tensor) => sum(abs(z)))(zero))).toEqual([0, 0, 0, 0])
    expect(elements(grad((z: Tensor) => norm(z))(zero))).toEqual([0, 0, 0, 0])
    expect(elements(grad((x: Tensor) => sum(abs(x)))(f64([0])))).toEqual([0])
    expect(elements(grad((x: Tensor) => sum(relu(x)))(f64([0, 2, -2])))).toEqual([0, 1, 0])
  })

  it('stops at constants', () => {
    expect(elements(grad((x: Tensor) => sum(mul(stopGradient(x), x)))(f64([2, 3])))).toEqual([2, 3])
    expect(stopGradient(f64([2])).item()).toBe(2)
  })

  it('asks for a real scalar, and refuses gradients of gradients', () => {
    expect(() => grad((x: Tensor) => x)(f64([1, 2]))).toThrow(ShapeError)
    expect(() => grad((x: Tensor) => x)(f64([1, 2]))).toThrow(
      'a gradient needs a real scalar, the function gave float64 2',
    )
    expect(() => grad((z: Tensor) => sum(z))(noise([2], 1, 'complex64'))).toThrow('gave complex64 scalar')
    expect(() => grad((x: Tensor) => sum(grad((y: Tensor) => sum(square(y)))(x)))(f64([1]))).toThrow(ValueError)
    expect(isRecording()).toBe(false)
  })

  it('agrees with finite differences on a network of mixed operations', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const [x, w, u] = [noise([4, 3], seed), noise([3, 5], seed + 1), noise([5], seed + 2)]
        const f = (w: Tensor): Tensor => {
          const hidden = tanh(add(matmul(x, w), u))
          const spectrum = fft2(hidden)
          const filtered = ifft2(mul(spectrum, exp(hidden))).real
          return add(
            add(mean(abs(spectrum)), sum(variance(filtered, { axes: [0] }))),
            norm(hidden.transpose().slice([1, 4])),
          )
        }
        const direction = noise([3, 5], seed + 3)
        const along = (h: number): number => f(add(w, mul(direction, h))).item()
        const slope = (along(1e-5) - along(-1e-5)) / 2e-5
        const predicted = sum(mul(grad(f)(w), direction)).item()
        // h² curvature and 1e-16/h rounding of values of size 10
        expect(Math.abs(slope - predicted)).toBeLessThan(1e-6 * Math.max(1, Math.abs(slope)))
      }),
      { numRuns: 30 },
    )
  })
})

describe('memory', () => {
  const layer = (x: Tensor, w: Tensor): Tensor => relu(matmul(x, w))
  const loss = ({ w1, w2 }: Record<'w1' | 'w2', Tensor>, x: Tensor): Tensor => mean(square(layer(layer(x, w1), w2)))

  it('of a step is given back when the step ends, but the value and the gradient', () => {
    const backend = countingBackend()
    const there = (x: Tensor): Tensor => onBackend(x, backend)
    const weights = { w1: there(noise([6, 8], 1, 'float32')), w2: there(noise([8, 3], 2, 'float32')) }
    const x = there(noise([5, 6], 3, 'float32'))
    const { value, gradient } = valueAndGrad(loss)(weights, x)
    const held = [...Object.values(weights), x, value, ...Object.values(gradient)].map((t) => t.buffer)
    expect(new Set(backend.live)).toEqual(new Set(held))
    expect(value.toTypedArray().every(Number.isFinite)).toBe(true)
    expect(elements(gradient.w1)).toEqual(
      elements(
        grad(loss)({ w1: noise([6, 8], 1, 'float32'), w2: noise([8, 3], 2, 'float32') }, noise([5, 6], 3, 'float32'))
          .w1,
      ),
    )
  })

  it('is flat over a thousand steps of training', () => {
    const backend = countingBackend()
    const there = (x: Tensor): Tensor => onBackend(x, backend)
    const weights = { w1: there(noise([6, 8], 1, 'float32')), w2: there(noise([8, 3], 2, 'float32')) }
    const x = there(noise([5, 6], 3, 'float32'))
    const before = backend.live.size
    const losses: number[] = []
    for (let step = 0; step < 1000; step++) {
      scope(() => {
        const { value, gradient } = valueAndGrad(loss)(weights, x)
        losses.push(value.item())
        for (const name of ['w1', 'w2'] as const) {
          const change = mul(gradient[name], -0.01)
          add.into(weights[name], weights[name], change)
        }
      })
      expect(backend.live.size).toBe(before)
    }
    expect(losses[999]).toBeLessThan(losses[0] / 10)
  })

  it('holds no more than the forward arrays and two gradients at a time', () => {
    const sizes = { now: 0, peak: 0 }
    const base = countingBackend()
    const backend: Backend = {
      ...base,
      allocate: (dtype, length): Buffer => {
        const buffer = base.allocate(dtype, length)
        sizes.peak = Math.max(sizes.peak, base.live.size)
        return buffer
      },
    }
    const x = onBackend(noise([4], 1), backend)
    const depth = 40
    const chain = (x: Tensor): Tensor => {
      let y = x
      for (let i = 0; i < depth; i++) y = tanh(y)
      return sum(y)
    }
    grad(chain)(x)
    // x, the chain, its sum, and for one step of the way back: a gradient, its successor and two temporaries with a
    // number
    expect(sizes.peak).toBeLessThanOrEqual(depth + 10)
  })

  it('is given back when the function throws', () => {
    const backend = countingBackend()
    const x = onBackend(noise([4], 1), backend)
    const failing = (x: Tensor): Tensor => {
      scope(() => exp(square(x)))
      throw new Error('no')
    }
    expect(() => grad(failing)(x)).toThrow('no')
    expect(backend.live.size).toBe(1)
    expect(isRecording()).toBe(false)
  })

  it('of scopes inside the function stays until the gradient is known', () => {
    const backend = countingBackend()
    const x = onBackend(noise([4], 1), backend)
    const f = (x: Tensor): Tensor => scope(() => sum(exp(scope(() => square(sub(x, 1))))))
    const expected = elements(noise([4], 1)).map((v) => 2 * (v - 1) * Math.exp((v - 1) ** 2))
    elements(grad(f)(x)).forEach((v, i) => expect(v).toBeCloseTo(expected[i], 12))
    expect(backend.live.size).toBe(2)
  })
})

describe('differentiable', () => {
  it('gives an operation a rule of its own', () => {
    const halfCube = (x: Tensor): Tensor => {
      const y = empty(x.shape, x)
      elements(x).forEach((v, i) => (y.buffer.data![i] = v ** 3 / 2))
      return differentiable(y, [x, (g) => mul(g, div(mul(square(x), 3), 2))])
    }
    expect(elements(grad((x: Tensor) => sum(halfCube(x)))(f64([1, 2])))).toEqual([1.5, 6])
  })

  it('records nothing when nobody asks', () => {
    const x = f64([1])
    expect(differentiable(x)).toBe(x)
    expect(isRecording()).toBe(false)
    grad((v: Tensor) => {
      expect(isRecording()).toBe(true)
      return sum(v)
    })(x)
    expect(isRecording()).toBe(false)
  })
})
