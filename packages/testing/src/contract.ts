// The contract that every back end keeps: the numbers of the reference, within stated tolerances, for any views; memory
// that is zeroed, shared or copied as promised; and honesty about what was declined.
import { type Backend, type DType, realOf, tensor } from '@scatterlab/tensor'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arrayCases } from './contract/array-cases.ts'
import { type Cases, type Operation, type Tolerances, compareCall, describeCall } from './contract/call.ts'
import { networkCases } from './contract/network-cases.ts'
import { scatteringCases } from './contract/scattering-cases.ts'
import { TOLERANCES } from './contract/tolerances.ts'
import type { Tolerance } from './expect-close.ts'

/** Random calls of each operation of the interface: one that lacks here does not compile. */
export const contractCases: Cases = {
  ...arrayCases,
  ...scatteringCases,
  ...networkCases,
}

/** How a back end is tested. */
export interface ContractOptions {
  /** Tolerances that differ from the table in contract/tolerances.ts, by operation. */
  readonly tolerances?: Partial<Record<Operation, Partial<Tolerances>>>
  /** Operations that the back end may decline always; of the others it must run at least one call itself. */
  readonly declines?: readonly Operation[]
  /** Random calls of each operation (default 100). */
  readonly runs?: number
  /** Of the random calls (default 1). */
  readonly seed?: number
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
  const { declines = [], runs = 100, seed = 1 } = options
  describe(`contract of ${name}`, () => {
    let backend: Backend
    beforeAll(async () => {
      backend = await make()
    })

    describe('operations', () => {
      const served: string[] = []
      for (const operation of Object.keys(contractCases) as Operation[]) {
        it(operation, async () => {
          const [total, taken] = await checkOperation(backend, operation, { ...options, runs, seed })
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
          backend.map('square', from, to)
        })
        expect(Array.from(await out.read())).toEqual(Array.from(await x.read(), (v) => v * v))
      }
    })

    it('describes itself', () => {
      expect(backend.name).not.toBe('')
      expect(backend.description).not.toBe('')
      expect(backend.lanes % backend.laneStep).toBe(0)
    })
  })
}

/**
 * Runs random calls of one operation; gives how many there were and how many the back end ran. Throws the simplest that
 * fails.
 */
export async function checkOperation(
  backend: Backend,
  operation: Operation,
  { runs = 100, seed = 1, tolerances = {} }: ContractOptions = {},
): Promise<[total: number, taken: number]> {
  const tolerance = (dtype: DType): Tolerance =>
    tolerances[operation]?.[realOf(dtype)] ?? TOLERANCES[operation][realOf(dtype)]
  const before = backend.declined.get(operation) ?? 0
  let total = 0
  const result = await fc.check(
    fc.asyncProperty(contractCases[operation], async (call) => {
      total++
      await compareCall(call, backend, tolerance)
    }),
    { numRuns: runs, seed },
  )
  if (result.failed) {
    const [call] = result.counterexample ?? []
    const cause = result.errorInstance
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new Error(call ? `${describeCall(operation, call)}: ${message}` : message, { cause })
  }
  return [total, total - ((backend.declined.get(operation) ?? 0) - before)]
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
    backend().map('exp', whole(a), whole(b))
    expect((await backend().read(b)).every((value) => value === 1)).toBe(true)
    expect((await backend().read(a)).every((value) => value === 0)).toBe(true)
    backend().release(a)
    backend().release(b)
  })
}

const whole = (buffer: ReturnType<Backend['allocate']>) => ({
  buffer,
  dtype: buffer.dtype,
  shape: [buffer.length],
  strides: [1],
  offset: 0,
  imagStride: 0,
})
