// Wrong values in the place of every argument and option: an error of this project each time, and never a result.
import { type RightCall, functionsOf, wrongArguments } from '@scatterlab/testing'
import { expect, it } from 'vitest'
import * as wasm from './index.ts'

const options = {
  deterministic: true,
  threads: 1,
  convolutions: 'direct',
  shared: false,
  initialPages: 16,
  maximumPages: 64,
}
const calls: Readonly<Record<string, RightCall>> = {
  createWasmBackend: { args: () => [options] },
  wasmBackend: { args: () => [[wasm.copyKernels], options] },
}

/** Sets of kernels are for `wasmBackend` to call; the others take nothing. */
const others = /Kernels$|^(probe|corePeak)$/

const functions = functionsOf(wasm).filter(([name]) => !others.test(name))

it('calls every function', () => {
  expect(functions.map(([name]) => name).toSorted()).toEqual(Object.keys(calls).toSorted())
})

it.each(functions)('%s refuses what is wrong', async (name, f) => {
  expect(await wrongArguments(f, calls[name])).toEqual([])
})

it('refuses more memory at first than at most', () => {
  expect(() => wasm.createWasmBackend({ initialPages: 100, maximumPages: 10 })).toThrow(
    'initialPages is 100, more than',
  )
})
