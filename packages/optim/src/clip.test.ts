import { type Tensor, ValueError, onBackend, random, randomNormal, scope, tensor, zeros } from '@scatterlab/tensor'
import { deviceBackend, expectClose } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { clipByNorm, clipByValue } from './clip.ts'

const gradients = () => ({
  a: tensor(new Float64Array([3, 0]), [2]),
  b: tensor(new Float64Array([0, 4, 0, 12]), [2], { dtype: 'complex128' }),
})

describe('clipByNorm', () => {
  it('scales all together to the largest norm allowed, and gives the norm from before', () => {
    const g = gradients()
    expect(clipByNorm(g, 6.5).item()).toBe(13)
    expectClose(g.a, [1.5, 0])
    expectClose(g.b, [0, 2, 0, 6])
  })

  it('leaves shorter ones as they are, bit for bit', () => {
    const g = { a: randomNormal([50], random(1)) }
    const before = g.a.clone().toTypedArray()
    expect(clipByNorm(g, 1000).item()).toBeLessThan(10)
    expect(g.a.toTypedArray()).toEqual(before)
    const none = { a: zeros([3]) }
    expect(clipByNorm(none, 1).item()).toBe(0)
    expectClose(none.a, [0, 0, 0])
  })

  it('of every magnitude, in single precision', () => {
    for (const size of [1e-30, 1e30]) {
      const g = { a: tensor(Float32Array.of(3 * size), [1]), b: tensor(Float32Array.of(4 * size), [1]) }
      expect(clipByNorm(g, size).item() / size).toBeCloseTo(5, 5)
      expectClose([g.a.item() / size, g.b.item() / size], [0.6, 0.8], { relative: 1e-6 })
    }
  })

  it('takes arrays of any strides and precisions', () => {
    const data = new Float32Array([3, 100, 0, 100])
    const g = { a: tensor(data, [4]).slice([0, 4, 2]), b: tensor(new Float64Array([4]), [1]) }
    expect(clipByNorm(g, 1).item()).toBe(5)
    expectClose(data, [0.6, 100, 0, 100], { relative: 1e-7 })
    expectClose(g.b, [0.8], { relative: 1e-15 })
  })

  it('reads nothing, and holds no memory but the norm', async () => {
    const backend = deviceBackend()
    const g = { a: onBackend(gradients().a, backend), b: onBackend(gradients().b, backend) }
    const norm: Tensor = clipByNorm(g, 1)
    expect(backend.live.size).toBe(3)
    expect(await norm.read()).toEqual(new Float64Array([13]))
    scope(() => void clipByNorm(g, 0.5))
    expect(backend.live.size).toBe(3)
    expectClose(await g.b.read(), [0, 2 / 13, 0, 6 / 13], { absolute: 1e-15 })
  })

  it('refuses no gradients, no norm, and gradients whose elements are one', () => {
    expect(() => clipByNorm({}, 1)).toThrow(ValueError)
    expect(() => clipByNorm(gradients(), 0)).toThrow('maxNorm is 0')
    expect(() => clipByNorm({ w: zeros([1]).broadcastTo([3]) }, 1)).toThrow('the gradient of `w` is a broadcast view')
  })
})

describe('clipByValue', () => {
  it('holds every element, and of complex ones each part, within the limit', async () => {
    const backend = deviceBackend()
    const g = {
      a: onBackend(tensor(new Float32Array([3, -0.5, -7]), [3]), backend),
      b: onBackend(gradients().b, backend),
    }
    clipByValue(g, 5)
    expect(await g.a.read()).toEqual(new Float32Array([3, -0.5, -5]))
    expect(await g.b.read()).toEqual(new Float64Array([0, 4, 0, 5]))
    expect(backend.live.size).toBe(2)
  })

  it('refuses a limit that is none', () => {
    expect(() => clipByValue(gradients(), -1)).toThrow('limit is -1')
    expect(() => clipByValue({ w: zeros([1]).broadcastTo([3]) }, 1)).toThrow('`w`')
  })
})
