// The contract that every back end keeps: the numbers of the reference, within stated tolerances, for any views; memory
// that is zeroed, shared or copied as promised; and honesty about what was declined.
import { type Backend, Tensor, exp, random, reference, square, tensor } from '@scatterlab/tensor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scatteringLayer } from './contract/layer.ts'
import { expectClose } from './expect-close.ts'
import { type CheckOptions, checkOperation, contractCases } from './contract/check-operation.ts'

/** How a back end is tested. */
export interface ContractOptions extends CheckOptions {
  /** Operations that the back end may decline always; of the others it must run at least one call itself. */
  readonly declines?: readonly string[]
}

/**
 * Registers the contract's tests for a back end: each operation on random arrays (empty, of one element, of odd and
 * prime lengths; dense, transposed, reversed, with gaps, lanes innermost, planar and interleaved; in place where that
 * is allowed) against the reference, every number of every buffer compared, so that writes beside an output are found
 * too.
 */
export function backendContract(
  name: string,
  make: () => Backend | Promise<Backend>,
  options: ContractOptions = {},
): void {
  const { declines = [] } = options
  describe(`contract of ${name}`, () => {
    let backend: Backend
    beforeAll(async () => {
      backend = await make()
    })

    describe('operations', () => {
      const served: string[] = []
      for (const operation of Object.keys(contractCases)) {
        it(operation, async () => {
          const [total, taken] = await checkOperation(backend, operation, options)
          served.push(`${operation} ${taken}/${total}`)
          if (!declines.includes(operation)) expect(taken, `calls of ${operation} that ran`).toBeGreaterThan(0)
        })
      }
      afterAll(() => {
        if (backend !== undefined && backend.declined.size > 0) console.info(`${name} ran itself: ${served.join(', ')}`)
      })
    })

    describe('memory', () => {
      memoryTests(() => backend)
    })

    it('forEachGroup hands out every item once, in groups of the asked size', async () => {
      for (const [items, size] of [
        [13, 4],
        [8, 4],
        [3, 4],
        [1, 1],
        [0, 2],
      ]) {
        const x = tensor(
          Float32Array.from({ length: items * 5 }, (_, i) => i - 7),
          [items, 5],
          { backend },
        )
        const out = tensor(new Float32Array(items * 5), [items, 5], { backend })
        backend.forEachGroup(x, out, size, (from, to) => {
          expect(from.shape[0]).toBeLessThanOrEqual(size)
          square.into(new Tensor(backend, to), new Tensor(backend, from))
        })
        expect(Array.from(await out.read())).toEqual(Array.from(await x.read(), (v) => v * v))
      }
    })

    it('runs a scattering layer and its gradient in groups, with a key and without, on the input of each call', async () => {
      const [own, right] = [scatteringLayer(backend), scatteringLayer(reference)]
      const key = {}
      for (const [seed, images] of [2, 1, 9, 9, 16, 16, 9].map((factor, seed) => [
        seed,
        factor * backend.laneStep + 1,
      ])) {
        const x = random(seed).fillNormal(new Float32Array(images * 64)) as Float32Array
        const expected = await right.gradient(x)
        // a small modulus leaves its direction uncertain
        for (const of of [undefined, key]) expectClose(await own.gradient(x, of), expected, { ofLargest: 1e-3 })
      }
    })

    it('describes itself', () => {
      expect(backend.name).not.toBe('')
      expect(backend.description).not.toBe('')
      expect(backend.lanes % backend.laneStep).toBe(0)
    })
  })
}

function memoryTests(backend: () => Backend): void {
  it('is zeroed, also where it was used before', async () => {
    const used = Array.from({ length: 20 }, (_, i) => backend().adopt(new Float32Array(97 * (i + 1)).fill(NaN)))
    for (const buffer of used) backend().release(buffer)
    for (const dtype of ['float32', 'float64'] as const) {
      for (const length of [0, 1, 3, 97, 1000]) {
        const buffer = backend().allocate(dtype, length)
        expect([buffer.dtype, buffer.length]).toEqual([dtype, length])
        expect((await backend().read(buffer)).every((value) => value === 0)).toBe(true)
        backend().release(buffer)
      }
    }
  })

  it('may hold anything where that is asked for, and is of the same type and length', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const buffer = backend().allocate(dtype, 97, 'any')
      expect([buffer.dtype, buffer.length, buffer.data?.length ?? 97]).toEqual([dtype, 97, 97])
      backend().release(buffer)
    }
  })

  it('adopts and reads numbers of both precisions', async () => {
    for (const data of [
      new Float32Array([1, NaN, -0, 3e38]),
      new Float64Array([0.1, -Infinity, 1e300]),
      new Float64Array(0),
    ]) {
      const buffer = backend().adopt(data)
      const read = await backend().read(buffer)
      expect(read).toEqual(data)
      expect(read.buffer).not.toBe(buffer.data?.buffer)
      backend().release(buffer)
    }
  })

  it('is read as it was when the read was asked for, though it is released and used again', async () => {
    const buffer = backend().adopt(new Float32Array([1, 2, 3]))
    const reading = backend().read(buffer)
    backend().release(buffer)
    const next = backend().adopt(new Float32Array([7, 8, 9]))
    expect(await reading).toEqual(new Float32Array([1, 2, 3]))
    backend().release(next)
  })

  it('may be released twice', async () => {
    const first = backend().allocate('float32', 100)
    backend().release(first)
    backend().release(first)
    const [a, b] = [backend().allocate('float32', 100), backend().allocate('float32', 100)]
    exp.into(whole(backend(), b), whole(backend(), a))
    expect((await backend().read(b)).every((value) => value === 1)).toBe(true)
    expect((await backend().read(a)).every((value) => value === 0)).toBe(true)
    backend().release(a)
    backend().release(b)
  })
}

const whole = (backend: Backend, buffer: ReturnType<Backend['allocate']>): Tensor =>
  new Tensor(backend, { buffer, dtype: buffer.dtype, shape: [buffer.length], strides: [1], offset: 0, imagStride: 0 })
