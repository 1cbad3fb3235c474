import {
  type Buffer,
  type Tensor,
  grad,
  matmul,
  mul,
  onBackend,
  random,
  reference,
  square,
  sum,
  tanh,
  tensor,
  valueAndGrad,
} from '@scatterlab/tensor'
import { deviceBackend, gradientCheck } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { type Scattering2dOptions, scattering2d } from './index.ts'

const noise = (shape: readonly number[], seed: number): Tensor =>
  tensor(random(seed).fillNormal(new Float64Array(shape.reduce((a, b) => a * b, 1))), shape)

describe('apply is a differentiable operation', () => {
  it.each<Scattering2dOptions & { readonly batch: readonly number[] }>([
    { batch: [2, 3], shape: [9, 12], scales: 2, orientations: 3 },
    { batch: [], shape: [8, 8], scales: 3, orientations: 2, maxOrder: 3, padding: 'zero' },
    { batch: [5], shape: [7, 10], scales: 2, orientations: 2, padding: 'periodic', averaging: 'global' },
    { batch: [2], shape: [8, 8], scales: 2, orientations: 2, oversampling: 2, filters: { convention: 'exact' } },
  ])('with the slope of differences: %o', ({ batch, ...options }) => {
    const scatter = scattering2d(options)
    const x = noise([...batch, ...options.shape], 1)
    expect(() => gradientCheck((images) => scatter.apply(images), [x])).not.toThrow()
    expect(() => gradientCheck((images) => sum(square(scatter.apply(images))), [x])).not.toThrow()
  })

  it('between other operations, in its images and in what comes before and after', () => {
    const scatter = scattering2d({ shape: [8, 8], scales: 2, orientations: 2 })
    const [paths, rows, columns] = scatter.outputShape
    const x = noise([3, 8, 8], 1)
    const before = noise([8, 8], 2)
    const after = noise([paths * rows * columns, 2], 3)
    const L = (x: Tensor, before: Tensor, after: Tensor): Tensor =>
      square(tanh(matmul(scatter.apply(matmul(x, before)).reshape(3, -1), after)))
    expect(() => gradientCheck(L, [x, before, after])).not.toThrow()
    // a transposed view, and one image that is used twice
    expect(() =>
      gradientCheck((x) => mul(scatter.apply(x.transpose(0, 2, 1)), scatter.apply(x.slice([0, 1]))), [x]),
    ).not.toThrow()
  })

  it('with the Jacobian of `gradient`, for a gradient that is broadcast and one of single precision', () => {
    const scatter = scattering2d({ shape: [8, 12], scales: 2, orientations: 3 })
    const x = noise([2, 8, 12], 1)
    const S = scatter.transform(x)
    const ones = { data: S.data.map(() => 1), shape: S.shape }
    expect(grad((x: Tensor) => sum(scatter.apply(x)))(x).toTypedArray()).toEqual(scatter.gradient(x, ones).data)
    const single = { data: Float32Array.from(ones.data), shape: S.shape }
    expect(scatter.gradient(x, single).data).toEqual(scatter.gradient(x, ones).data)
  })

  it('gives all memory back but that of the result', async () => {
    const backend = deviceBackend()
    const scatter = scattering2d({ shape: [8, 8], scales: 2, orientations: 2, backend })
    const host = scattering2d({ shape: [8, 8], scales: 2, orientations: 2 })
    const x = noise([5, 8, 8], 1)
    const there = onBackend(x, backend)
    backend.release(scatter.apply(there).buffer)
    const held = backend.live.size
    const L = (of: typeof scatter) => (x: Tensor) => sum(square(of.apply(x)))
    const { value, gradient } = valueAndGrad(L(scatter))(there)
    expect(backend.live.size).toBe(held + 2)
    const expected = valueAndGrad(L(host))(x)
    expect(await value.read()).toEqual(expected.value.toTypedArray())
    expect(await gradient.read()).toEqual(expected.gradient.toTypedArray())
    for (const { buffer } of [value, gradient, there]) backend.release(buffer)
    scatter.dispose()
    expect(backend.live.size).toBe(0)
  })

  it('in memory that does not grow with the number of paths', () => {
    const held = [2, 8].map((orientations) => {
      const device = deviceBackend()
      let [numbers, most] = [0, 0]
      const backend = {
        ...device,
        allocate: (...args: Parameters<typeof device.allocate>) => {
          most = Math.max(most, (numbers += args[1]))
          return device.allocate(...args)
        },
        release: (buffer: Buffer) => {
          if (device.live.has(buffer)) numbers -= buffer.length
          device.release(buffer)
        },
      }
      const scatter = scattering2d({ shape: [32, 32], scales: 3, orientations, backend })
      const L = (x: Tensor): Tensor => sum(square(scatter.apply(x)))
      grad(L)(onBackend(noise([4, 32, 32], 1), backend))
      // S, its square, the gradients on it twice, and that of a block beside its images
      return most - 4 * 5 * scatter.outputShape.reduce((a, b) => a * b, 1)
    })
    expect(held[1]).toBeLessThan(held[0] * 1.01)
  })

  it('also where the filters are disposed of before the way back', async () => {
    const backend = deviceBackend()
    const x = noise([2, 8, 8], 1)
    const L = (x: Tensor): Tensor => {
      const scatter = scattering2d({ shape: [8, 8], scales: 2, orientations: 2, backend: x.backend })
      const loss = sum(square(scatter.apply(x)))
      scatter.dispose()
      return loss
    }
    expect(await grad(L)(onBackend(x, backend)).read()).toEqual(grad(L)(x).toTypedArray())
  })

  it('for a tensor of another back end, which its gradient goes back to', () => {
    const elsewhere = { ...reference, name: 'elsewhere' }
    const options = { shape: [8, 8], scales: 1, orientations: 2 } as const
    const [scatter, here] = [scattering2d({ ...options, backend: elsewhere }), scattering2d(options)]
    const x = noise([8, 8], 1)
    expect(scatter.apply(x).backend).toBe(elsewhere)
    const gradient = grad((x: Tensor) => sum(square(scatter.apply(x))))(x)
    expect(gradient.backend).toBe(reference)
    expect(gradient.toTypedArray()).toEqual(grad((x: Tensor) => sum(square(here.apply(x))))(x).toTypedArray())
  })

  it('and refuses what is no tensor, and paths that are not averaged', () => {
    const scatter = scattering2d({ shape: [8, 8], scales: 1 })
    expect(() => scatter.apply({ data: new Float32Array(64), shape: [8, 8] } as never)).toThrow(
      '`apply` takes a tensor',
    )
    const raw = scattering2d({ shape: [8, 8], scales: 1, averaging: 'none' })
    expect(() => raw.apply(noise([8, 8], 1))).toThrow("averaging is 'none'")
  })
})
