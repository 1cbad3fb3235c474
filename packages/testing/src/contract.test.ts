import { type Backend, reference } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { backendContract } from './contract.ts'
import type { Operation } from './contract/call.ts'
import { checkOperation, contractCases } from './contract/check-operation.ts'

/** A back end that keeps memory of its own, as accelerated ones do, and computes as the reference. */
const wrapped: Backend = { ...reference, name: 'wrapped', adopt: (data) => reference.adopt(data.slice()) }

backendContract('a wrapped reference', () => wrapped, { runs: 60 })

/** A fault in one operation: the right result, with one number of an output wrong now and then. */
function faulty(operation: Operation, fault: (args: unknown[], calls: number) => void): Backend {
  let calls = 0
  const right = reference[operation] as (...args: unknown[]) => void
  const wrong = (...args: unknown[]): void => {
    right(...args)
    fault(args, calls++)
  }
  return { ...wrapped, [operation]: wrong }
}

type ViewLike = { buffer: { data: Float32Array }; shape: number[]; offset: number }
const isView = (value: unknown): value is ViewLike =>
  typeof value === 'object' && value !== null && 'buffer' in value && 'strides' in value
const viewsIn = (args: unknown[]): ViewLike[] =>
  args.flatMap((arg) => {
    if (isView(arg)) return [arg]
    return typeof arg === 'object' && arg !== null && !ArrayBuffer.isView(arg) ? Object.values(arg).filter(isView) : []
  })
const size = (view: ViewLike): number => view.shape.reduce((a, b) => a * b, 1)

describe('the contract can fail', () => {
  const operations = Object.keys(contractCases) as Operation[]

  it.each(operations)('a wrong number in every sixth output of %s', async (operation) => {
    const backend = faulty(operation, (args, calls) => {
      for (const view of viewsIn(args)) if (calls % 6 === 5 && size(view) > 0) view.buffer.data[view.offset] += 0.01
    })
    await expect(checkOperation(backend, operation, { runs: 60 })).rejects.toThrow(
      new RegExp(`^${operation}\\b.* are not close`),
    )
  })

  it.each(operations)('a write beside the output of %s', async (operation) => {
    const backend = faulty(operation, (args) => {
      for (const { buffer } of viewsIn(args)) if (buffer.data.length > 0) buffer.data[buffer.data.length - 1] += 1
    })
    await expect(checkOperation(backend, operation, { runs: 60 })).rejects.toThrow(
      new RegExp(`^${operation}\\b.* are not close`),
    )
  })

  it('a max that forgets NaN, a relu that takes it for 0', async () => {
    const forgetful: Backend = {
      ...wrapped,
      zip: (op, a, b, out) => {
        reference.zip(op, a, b, out)
        const data = out.buffer.data!
        if (op === 'max') for (let i = 0; i < data.length; i++) if (Number.isNaN(data[i])) data[i] = 0
      },
      relu: (x, out, slope) => {
        reference.relu(x, out, slope)
        const data = out.buffer.data!
        for (let i = 0; i < data.length; i++) if (Number.isNaN(data[i])) data[i] = 0
      },
    }
    await expect(checkOperation(forgetful, 'zip')).rejects.toThrow('zip (max')
    await expect(checkOperation(forgetful, 'relu')).rejects.toThrow('relu')
  })

  it('tolerances can be tightened and widened', async () => {
    const rough: Backend = {
      ...wrapped,
      matmul: (a, b, out, accumulate) => {
        reference.matmul(a, b, out, accumulate)
        if (out.shape.every((n) => n > 0)) out.buffer.data![out.offset] *= 1 + 1e-3
      },
    }
    await expect(checkOperation(rough, 'matmul')).rejects.toThrow('matmul')
    const wide = { float32: { relative: 1e-2 }, float64: { relative: 1e-2 } }
    expect(await checkOperation(rough, 'matmul', { tolerances: { matmul: wide } })).toEqual([100, 100])
  })

  it('counts what was declined', async () => {
    const declined = new Map<string, number>()
    let calls = 0
    const choosy: Backend = {
      ...wrapped,
      declined,
      copy: (x, out) => {
        if (calls++ % 4 === 0) declined.set('copy', (declined.get('copy') ?? 0) + 1)
        reference.copy(x, out)
      },
    }
    expect(await checkOperation(choosy, 'copy', { runs: 40 })).toEqual([40, 30])
  })
})
