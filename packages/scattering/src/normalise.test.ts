import { random } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { logarithm, relativeToParent, scattering1d, scattering2d } from './index.ts'

const x = { data: random(1).fillNormal(new Float64Array(3 * 128)) as Float64Array, shape: [3, 128] }

it('the logarithm of each coefficient, lifted by the floor', () => {
  const { data, shape } = logarithm({ data: Float64Array.of(0, 1, 3), shape: [3] }, { floor: 1 })
  expect([...data]).toEqual([0, Math.log(2), Math.log(4)])
  expect(shape).toEqual([3])
  expect(logarithm({ data: new Float32Array(2), shape: [2] }).data[0]).toBeCloseTo(-20 * Math.log(2), 5)
  expect(() => logarithm({ data: Float64Array.of(-1), shape: [1] })).toThrow(
    'a coefficient is -1: leave the paths of order 0 out',
  )
})

it('order 2 relative to order 1 does not change with the gain of the signal, whose order 1 does', () => {
  const scatter = scattering1d({ length: 128, scales: 4, waveletsPerOctave: 2, maxOrder: 3 })
  const S = scatter.transform(x)
  const louder = scatter.transform({ ...x, data: x.data.map((v) => 5 * v) })
  const [a, b] = [S, louder].map((of) => relativeToParent(of, scatter.paths, { floor: 1e-12 }))
  const places = S.shape[2]
  a.data.forEach((v, i) => {
    const { order, index, parent } = scatter.paths[Math.floor(i / places) % scatter.paths.length]
    expect(b.data[i] / v).toBeCloseTo(order < 2 ? 5 : 1, 6)
    if (order >= 2) expect(v).toBeCloseTo(S.data[i] / S.data[i - (index - parent) * places], 8)
  })
})

it('of images too', () => {
  const scatter = scattering2d({ shape: [8, 8], scales: 2, orientations: 2 })
  const S = scatter.transform({ data: x.data.slice(0, 64), shape: [8, 8] })
  const relative = relativeToParent(S, scatter.paths)
  expect(relative.shape).toEqual(S.shape)
  const last = scatter.paths.at(-1)!
  expect(relative.data.at(-1)).toBeCloseTo(S.data.at(-1)! / (S.data[4 * last.parent + 3] + 2 ** -20), 10)
  expect(() => relativeToParent(S, scatter.paths.slice(0, 3))).toThrow('no axis of 3 paths')
})
