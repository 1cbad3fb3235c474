import { backendContract } from '@scatterlab/testing'
import { createWasmBackend } from './backend.ts'

// The forms that the back end has: with relaxed SIMD or without, memory shared or not, on one thread or several.
const maximumPages = 4096
backendContract('wasm, relaxed', () => createWasmBackend({ maximumPages }), { runs: 60 })
backendContract('wasm, plain', () => createWasmBackend({ maximumPages, deterministic: true }), { runs: 40 })
backendContract('wasm, one thread, own memory', () => createWasmBackend({ maximumPages, threads: 1, shared: false }), {
  runs: 20,
})
