// Re-exports only.
export { type WasmBackend, type WasmOptions, createWasmBackend } from './backend.ts'
export { corePeak } from './matmul/calibration.ts'
export { type HeapOptions, type HeapStatistics, OutOfMemoryError } from './memory/heap.ts'
export { NoSimdError } from './no-simd.ts'
export { type Features, probe } from './probe.ts'
export { WorkerError } from './threads/workers.ts'
