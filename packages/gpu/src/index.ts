// Re-exports only.
export { type GpuBackend, type GpuOptions, createGpuBackend } from './backend.ts'
export { ContextLostError, KernelError, NoGpuError, ReleasedError } from './errors.ts'
export type { DeviceCounts, Mode } from './device.ts'
