import { describe, expect, it } from 'vitest'
import { arange, eye, full, onBackend, ones, randomNormal, randomUniform, zeros } from './create.ts'
import { countingBackend } from '../backend/counting.test.backend.ts'
import { ShapeError, ValueError } from '../errors.ts'
import { elements, noise } from '../fourier/naive.test.oracle.ts'
import { random } from '../random/random.ts'
import { reference } from '../backend/reference.ts'

describe('arrays by a rule', () => {
  it('zeros, ones, full', () => {
    expect(zeros([2, 2]).toNested()).toEqual([
      [0, 0],
      [0, 0],
    ])
    expect(ones([2], { dtype: 'float64' }).toTypedArray()).toEqual(new Float64Array([1, 1]))
    expect(full([2], 0.5, { dtype: 'complex64' }).toNested()).toEqual([
      [0.5, 0],
      [0.5, 0],
    ])
    expect(full([], 3).item()).toBe(3)
    expect(full([0, 2], 3).shape).toEqual([0, 2])
    expect(() => full([-1], 1)).toThrow(ShapeError)
    expect(() => randomNormal([1.5], random(1))).toThrow(ShapeError)
  })

  it('arange counts up or down to its end', () => {
    expect(arange(0, 5).toNested()).toEqual([0, 1, 2, 3, 4])
    expect(arange(1, 0, -0.25).toNested()).toEqual([1, 0.75, 0.5, 0.25])
    expect(arange(2, 2).shape).toEqual([0])
    expect(arange(2, 0).shape).toEqual([0])
    expect(arange(0, 2, 1, { dtype: 'complex128' }).toNested()).toEqual([
      [0, 0],
      [1, 0],
    ])
    expect(() => arange(0, 5, 0)).toThrow(ValueError)
  })

  it('eye is the identity', () => {
    expect(eye(2).toNested()).toEqual([
      [1, 0],
      [0, 1],
    ])
    expect(eye(2, { dtype: 'complex64' }).imag.toNested()).toEqual([
      [0, 0],
      [0, 0],
    ])
    expect(eye(0).shape).toEqual([0, 0])
  })

  it('random ones follow their stream', () => {
    expect(elements(randomNormal([2, 3], random(7)))).toEqual(Array.from(random(7).fillNormal(new Float32Array(6))))
    expect(elements(randomUniform([4], random(7), { dtype: 'float64' }))).toEqual(
      Array.from(random(7).fillUniform(new Float64Array(4))),
    )
    const z = randomNormal([50], random(7), { dtype: 'complex64' })
    expect(z.shape).toEqual([50])
    expect(new Set(elements(z)).size).toBe(100)
  })

  it('are made on the back end that is asked for, with no memory but their own', () => {
    const backend = countingBackend()
    const options = { backend, dtype: 'complex64' } as const
    const made = [
      full([2], 1, options),
      eye(2, options),
      arange(0, 2, 1, options),
      randomUniform([2], random(1), options),
    ]
    expect(made.every((x) => x.backend === backend)).toBe(true)
    expect([...backend.live]).toEqual(made.map((x) => x.buffer))
  })
})

describe('onBackend', () => {
  it('moves a copy of any view, once', () => {
    const backend = countingBackend()
    const x = noise([3, 4], 1, 'complex64').transpose()
    const moved = onBackend(x, backend)
    expect([moved.backend, moved.shape, moved.dtype]).toEqual([backend, [4, 3], 'complex64'])
    expect(elements(moved)).toEqual(elements(x))
    expect(backend.made).toBe(1)
    expect(onBackend(moved, backend)).toBe(moved)
  })

  it('shares no memory with a back end that takes arrays as they are', () => {
    const backend = countingBackend()
    const there = onBackend(noise([3], 1), backend)
    const here = onBackend(there, reference)
    backend.release(there.buffer)
    expect(elements(here)).toEqual(elements(noise([3], 1)))
  })
})
