import { type AnyOperation, type Backend, type Formula, reference } from '@scatterlab/tensor'
import * as operations from '@scatterlab/tensor/operations'
import { copy, fused, matmul } from '@scatterlab/tensor/operations'
import { describe, expect, it } from 'vitest'
import { backendContract } from './contract.ts'
import { checkOperation, contractCases } from './contract/check-operation.ts'

/** A back end that keeps memory of its own, as accelerated ones do, and computes as the reference. */
const wrapped: Backend = { ...reference, name: 'wrapped', adopt: (data) => reference.adopt(data.slice()) }

backendContract('a wrapped reference', () => wrapped, { runs: 60 })

/** The wrapped back end with something done after an operation, to the arguments that it had. */
const spoilt = (operation: AnyOperation, spoil: (args: readonly unknown[]) => void): Backend => ({
  ...wrapped,
  run: (own, args) => {
    own.reference(...args)
    if (own === operation) spoil(args)
  },
})

type ViewLike = { buffer: { data: Float32Array }; shape: number[]; offset: number }
const isView = (value: unknown): value is ViewLike =>
  typeof value === 'object' && value !== null && 'buffer' in value && 'strides' in value
const viewsIn = (args: readonly unknown[]): ViewLike[] =>
  args.flatMap((arg) => {
    if (isView(arg)) return [arg]
    return typeof arg === 'object' && arg !== null && !ArrayBuffer.isView(arg) ? Object.values(arg).filter(isView) : []
  })
const size = (view: ViewLike): number => view.shape.reduce((a, b) => a * b, 1)

it('every operation of tensor has its contract', () => {
  const titles = Object.values(operations).flatMap((value) =>
    typeof value === 'function' && 'reference' in value ? [value.title] : [],
  )
  const held = new Set(Object.values(contractCases).map(({ operation }) => operation.title))
  expect(titles.sort()).toEqual([...held].sort())
})

describe('the contract can fail', () => {
  const titles = Object.keys(contractCases)

  it.each(titles)('a wrong number in every sixth output of %s', async (title) => {
    let calls = 0
    const backend = spoilt(contractCases[title].operation, (args) => {
      if (calls++ % 6 !== 5) return
      for (const view of viewsIn(args)) if (size(view) > 0) view.buffer.data[view.offset] += 0.01
    })
    await expect(checkOperation(backend, title, { runs: 60, simplify: false })).rejects.toThrow(
      new RegExp(`^${title}\\b.* are not close`),
    )
  })

  it.each(titles)('a write beside the output of %s', async (title) => {
    const backend = spoilt(contractCases[title].operation, (args) => {
      for (const { buffer } of viewsIn(args)) if (buffer.data.length > 0) buffer.data[buffer.data.length - 1] += 1
    })
    await expect(checkOperation(backend, title, { runs: 60, simplify: false })).rejects.toThrow(
      new RegExp(`^${title}\\b.* are not close`),
    )
  })

  it('a max that forgets NaN, a relu that takes it for 0', async () => {
    const forget = (data: Float32Array): void => {
      for (let i = 0; i < data.length; i++) if (Number.isNaN(data[i])) data[i] = 0
    }
    for (const name of ['max', 'relu']) {
      const forgetful = spoilt(fused, ([formula, , outputs]) => {
        if ((formula as Formula).name === name) forget((outputs as ViewLike[])[0].buffer.data)
      })
      await expect(checkOperation(forgetful, 'fused', { runs: 1000 })).rejects.toThrow(`fused (${name}`)
    }
  })

  it('tolerances can be tightened and widened', async () => {
    const rough = spoilt(matmul, ([, , out]) => {
      const { buffer, offset } = out as ViewLike
      if (size(out as ViewLike) > 0) buffer.data[offset] *= 1 + 1e-3
    })
    await expect(checkOperation(rough, 'matmul')).rejects.toThrow('matmul')
    const wide = { float32: { relative: 1e-2 }, float64: { relative: 1e-2 } }
    expect(await checkOperation(rough, 'matmul', { tolerances: { matmul: wide } })).toEqual([100, 100])
  })

  it('counts what was declined', async () => {
    const declined = new Map<string, number>()
    let calls = 0
    const choosy: Backend = {
      ...spoilt(copy, () => {
        if (calls++ % 4 === 0) declined.set('copy', (declined.get('copy') ?? 0) + 1)
      }),
      declined,
    }
    expect(await checkOperation(choosy, 'copy', { runs: 40 })).toEqual([40, 30])
  })
})
