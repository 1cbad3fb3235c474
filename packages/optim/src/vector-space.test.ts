import { ValueError, random, randomNormal, tensor, zeros } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { addScaled, dot, largest, vectorSpace } from './vector-space.ts'

describe('a vector space', () => {
  const like = {
    single: tensor(new Float32Array([1, 2]), [2, 1]),
    complex: tensor(new Float64Array([3, 4, 5, 6]), [2], { dtype: 'complex128' }),
  }

  it('lays arrays one behind the other, and back', async () => {
    const space = vectorSpace(like)
    const vector = await space.read(like)
    expect(Array.from(vector)).toEqual([1, 2, 3, 4, 5, 6])
    const { single, complex } = space.arrays(vector)
    expect([single.shape, single.dtype, complex.shape, complex.dtype]).toEqual([[2, 1], 'float32', [2], 'complex128'])
    expect([...single.toTypedArray(), ...complex.toTypedArray()]).toEqual([1, 2, 3, 4, 5, 6])
    // new ones: the vector stays as it is
    complex.toTypedArray()[0] = 100
    expect(vector[2]).toBe(3)
  })

  it('rounds coordinates to what the arrays hold, so that points are what was computed at', async () => {
    const space = vectorSpace(like)
    const vector = random(1).fillNormal(new Float64Array(6))
    const before = vector.slice()
    const rounded = space.round(vector)
    expect(Array.from(await space.read(space.arrays(rounded)))).toEqual(Array.from(rounded))
    expect(rounded.slice(2)).toEqual(before.slice(2))
    expect(Array.from(rounded.slice(0, 2))).toEqual(Array.from(before.slice(0, 2), Math.fround))
    expect([space.single, vectorSpace(like.complex).single]).toEqual([true, false])
  })

  it('reads strided arrays, and refuses none', async () => {
    const x = randomNormal([3, 4], random(1))
    expect(await vectorSpace(x).read(x.transpose().clone().transpose())).toEqual(Float64Array.from(x.toTypedArray()))
    expect(() => vectorSpace({})).toThrow(ValueError)
    expect(() => vectorSpace(zeros([2, 0]))).toThrow(ValueError)
  })
})

it('vectors are multiplied, added and measured', () => {
  const [a, b] = [Float64Array.of(1, -2, 3), Float64Array.of(4, 5, -7)]
  expect(dot(a, b)).toBe(-27)
  addScaled(a, 2, b)
  expect(Array.from(a)).toEqual([9, 8, -11])
  expect(largest(a)).toBe(11)
})
