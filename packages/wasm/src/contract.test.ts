import { type ContractOptions, backendContract } from '@scatterlab/testing'
import { createWasmBackend } from './backend.ts'

/** Operations without kernels: they must give the reference's numbers all the same. */
const declines: ContractOptions['declines'] = [
  'pad',
  'spectrum',
  'waveletModulus',
  'average',
  'padAdjoint',
  'spectrumAdjoint',
  'waveletModulusAdjoint',
  'averageAdjoint',
]

// The forms that the back end has: with relaxed SIMD or without, memory shared or not, on one thread or several.
const maximumPages = 4096
backendContract('wasm, relaxed', () => createWasmBackend({ maximumPages }), { declines, runs: 60 })
backendContract('wasm, plain', () => createWasmBackend({ maximumPages, deterministic: true }), { declines, runs: 40 })
backendContract('wasm, one thread, own memory', () => createWasmBackend({ maximumPages, threads: 1, shared: false }), {
  declines,
  runs: 20,
})
