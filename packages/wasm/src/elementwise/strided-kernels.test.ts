import * as operations from '@scatterlab/tensor/operations'
import { type Tensor, abs, add, div, empty, exp, mul, neg, sub, tensor } from '@scatterlab/tensor'
import { afterAll, describe, expect, it } from 'vitest'
import { type WasmBackend, createWasmBackend } from '../backend.ts'

const [one, many] = [1, 3].map((threads) => createWasmBackend({ maximumPages: 8192, threads }))
afterAll(() => many!.close())

/** Runs an operation on one thread and on three, and compares the bits. */
function expectSame(run: (backend: WasmBackend) => Tensor): void {
  const [a, b] = [one!, many!].map((backend) => {
    const { buffer, byteOffset, length } = run(backend).toTypedArray()
    return new Int32Array(buffer, byteOffset, length)
  })
  expect(b).toHaveLength(a!.length)
  expect(a!.findIndex((bits, i) => bits !== b![i])).toBe(-1)
}

const filled = (backend: WasmBackend, shape: readonly number[], seed: number): Tensor => {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1))
  for (let i = 0; i < data.length; i++) data[i] = Math.sin(i + seed)
  return tensor(data, shape, { backend })
}

describe('large work on several threads', () => {
  const shapes = [[300_001], [517, 601], [3, 400, 301], [2, 3, 5, 10_007], [131_072, 2]]

  it.each(shapes.map((shape) => [shape]))('maps, zips, copies and updates %j as one thread does', (shape) => {
    expectSame((backend) => {
      const out = empty(shape, { backend })
      exp.into(out, filled(backend, shape, 1))
      return out
    })
    expectSame((backend) => {
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
    expectSame((backend) => {
      const z = filled(backend, [...shape, 2], 3).asComplex()
      return div(mul(z, z), add(z, 2)).asReal()
    })
    expectSame((backend) => {
      const turned = filled(backend, shape, 1).transpose()
      const out = empty(turned.shape, { backend })
      operations.copy(backend, turned, out)
      return out
    })
    expectSame((backend) => {
      const [w, v, g] = [1, 2, 3].map((seed) => filled(backend, shape, seed))
      operations.sgdUpdate(backend, w!, v!, g!, { rate: 0.1, momentum: 0.9, decay: 0.01 })
      return w!
    })
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
