import * as operations from '@scatterlab/tensor/operations'
import { type Tensor, abs, add, div, empty, exp, mul, neg, sub, tensor } from '@scatterlab/tensor'
import { afterAll, describe, expect, it } from 'vitest'
import { type WasmBackend, createWasmBackend } from '../backend.ts'

const [one, many] = [1, 3].map((threads) => createWasmBackend({ maximumPages: 8192, threads }))
afterAll(() => many!.close())

/** Runs an operation on one thread and on three; both results, to the bit. */
function bothWays(run: (backend: WasmBackend) => Tensor): [number[], number[]] {
  const [a, b] = [one!, many!].map((backend) => Array.from(run(backend).toTypedArray()))
  return [a!, b!]
}

const filled = (backend: WasmBackend, shape: readonly number[], seed: number): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1)
  return tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i + seed)),
    shape,
    { backend },
  )
}

describe('large work on several threads', () => {
  const shapes = [[300_001], [517, 601], [3, 400, 301], [2, 3, 5, 10_007], [131_072, 2]]

  it.each(shapes.map((shape) => [shape]))('maps, zips, copies and updates %j as one thread does', (shape) => {
    const map = bothWays((backend) => {
      const out = empty(shape, { backend })
      exp.into(out, filled(backend, shape, 1))
      return out
    })
    expect(map[1]).toEqual(map[0])
    const zip = bothWays((backend) => {
      const out = empty(shape, { backend })
      const repeated = filled(
        backend,
        shape.map((length, axis) => (axis === 0 ? 1 : length)),
        2,
      ).broadcastTo(shape)
      const single = tensor(new Float32Array([0.3]), [1], { backend }).broadcastTo(shape)
      mul.into(out, filled(backend, shape, 1), repeated)
      sub.into(out, out, single)
      return out
    })
    expect(zip[1]).toEqual(zip[0])
    const complex = bothWays((backend) => {
      const z = filled(backend, [...shape, 2], 3).asComplex()
      return div(mul(z, z), add(z, 2)).asReal()
    })
    expect(complex[1]).toEqual(complex[0])
    const copy = bothWays((backend) => {
      const turned = filled(backend, shape, 1).transpose()
      const out = empty(turned.shape, { backend })
      operations.copy(backend, turned, out)
      return out
    })
    expect(copy[1]).toEqual(copy[0])
    const update = bothWays((backend) => {
      const [w, v, g] = [1, 2, 3].map((seed) => filled(backend, shape, seed))
      operations.sgdUpdate(backend, w!, v!, g!, { rate: 0.1, momentum: 0.9, decay: 0.01 })
      return w!
    })
    expect(update[1]).toEqual(update[0])
  })

  it('goes on alone once the threads are closed', () => {
    const backend = createWasmBackend({ maximumPages: 2048, threads: 2 })
    const x = filled(backend, [400, 500], 1)
    const out = empty([400, 500], { backend })
    neg.into(out, x)
    backend.close()
    abs.into(out, x)
    expect(out.toTypedArray()[7]).toBe(Math.abs(Math.fround(Math.sin(8))))
    backend.close()
  })
})
