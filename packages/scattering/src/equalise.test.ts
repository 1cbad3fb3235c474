import { type Tensor, abs, random, rfft2, tensor } from '@scatterlab/tensor'
import { expectClose, gradientCheck } from '@scatterlab/testing'
import { expect, it } from 'vitest'
import { equalised } from './equalise.ts'

const normal = (length: number, seed: number): Float64Array =>
  random(seed).fillNormal(new Float64Array(length)) as Float64Array

it.each([[[6, 5]], [[4, 8]], [[9]], [[16]]])(
  'coordinates of %o stand for the array, and have the gradient of finite differences',
  (size) => {
    const [height, width] = size.length === 2 ? size : [1, ...size]
    // those of a real array
    const white = rfft2(tensor(normal(height * width, 1), [height, width]))
    const amplitudes = Float64Array.from(abs(white).toTypedArray())
    const { from, to } = equalised(amplitudes, size)
    const x = normal(2 * size.reduce((product, n) => product * n, 1), 2)
    const z = tensor(to(x), [2, ...size])
    expectClose(from(z).toTypedArray(), x, { ofLargest: 1e-12 })
    expect(() => gradientCheck((coordinates: Tensor) => from(coordinates), [z])).not.toThrow()
  },
)
