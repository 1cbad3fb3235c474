// Wrong values in the place of every argument and option: an error of this project each time, and never a result.
import { functionsOf, wrongArguments } from '@scatterlab/testing'
import { expect, it } from 'vitest'
import * as wasm from './index.ts'

const options = { deterministic: true, threads: 1, shared: false, initialPages: 16, maximumPages: 64 }
const calls = {
  createWasmBackend: { args: () => [options] },
  wasmBackend: { args: () => [[wasm.copyKernels], options] },
}

/** Sets of kernels are for `wasmBackend` to call; the others take nothing. */
const others = /Kernels$|^(probe|corePeak)$/

it('calls every function', () => {
  const names = functionsOf(wasm).map(([name]) => name)
  expect(names.filter((name) => !others.test(name)).toSorted()).toEqual(Object.keys(calls).toSorted())
})

it.each(Object.entries(calls))('%s refuses what is wrong', async (name, call) => {
  expect(await wrongArguments(wasm[name as keyof typeof calls], call)).toEqual([])
})

it('refuses more memory at first than at most', () => {
  expect(() => wasm.createWasmBackend({ initialPages: 100, maximumPages: 10 })).toThrow('initialPages is 100, more than')
})
